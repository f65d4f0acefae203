"""From a provider's callback to our answer: who may, parse, hand over, format."""

import logging

from flask import Blueprint, Response, request
from werkzeug.exceptions import BadRequest, HTTPException, LengthRequired

from app.hooks.callbacks import store
from app.hooks.gate import Gate
from app.refusals import PLAIN, log_fault
from core.db import Database
from core.errors import OutcomeUnknown, Unavailable
from core.secrets import Keyring
from core.tenants import Service
from flows.kit.turn import Hop, Turns
from menus import sentences
from menus.texts import say
from providers import registry
from providers.contract import BadPayload, HttpReply, Kind, UnknownKind, UnknownProvider, UssdHop

log = logging.getLogger(__name__)

# What is worked today; a provider may know more kinds of callback than we serve.
SERVED = ("ussd", "ussd-end", "sms-report")
BODY_BYTES_MAXIMUM = 64 * 1024


def blueprint(turns: Turns, gate: Gate, database: Database, keys: Keyring) -> Blueprint:
    """`POST /hooks/<provider>/<kind>/<secret>`.

    403 for a wrong secret, 404 for a callback that is not served, 405 for another method, 400 for a
    body that was cut off on its way and 411 for one that does not say its length (sent in chunks),
    413 for one over 64 KiB, 503 while what is only to be stored cannot be (the provider asks
    again). A USSD hop that cannot be worked is told so on the screen, since an HTTP error would cut
    the caller off.
    """
    hooks = Blueprint("hooks", __name__, url_prefix="/hooks")

    @hooks.post("/<provider>/<kind>/<secret>")
    def receive(provider: str, kind: str, secret: str) -> Response:
        try:
            found = registry.find(provider)
            reader = found.kind(kind)
        except (UnknownProvider, UnknownKind):
            return _plain(404)
        if kind not in SERVED:
            return _plain(404)
        try:
            service = gate.service(provider, kind, secret)
            if service is None:
                return _plain(403)
            return _http(answer(reader, service) or found.ack)
        except HTTPException:
            raise
        except (Unavailable, OutcomeUnknown):
            return _http(_not_now(reader)) if reader.screen else _plain(503)
        except Exception as fault:  # a turn raises nothing, so no money has moved
            log_fault("callback", fault)
            return _http(_not_now(reader)) if reader.screen else _plain(503)

    def answer(reader: Kind, service: Service) -> HttpReply | None:
        """What to answer, or None for the provider's acknowledgement. Raises Unavailable."""
        try:
            told = reader.parse(_body(), request.content_type or "")
        except BadPayload as bad:
            log.warning("unreadable callback for %s: %s", service.code, bad)
            return _not_now(reader) if reader.screen else None
        if isinstance(told, UssdHop) and reader.screen is not None:
            reply = turns.take(_hop(told), service)
            return reader.screen(reply.text, reply.ends)
        store(told, service, database, keys)
        return None

    return hooks


def _body() -> bytes:
    """The whole body. Half of one would be a shorter answer, and when a connection is lost the
    server gives us what has come so far, without a word."""
    length = request.content_length
    if length is None:
        raise LengthRequired
    body = request.get_data(cache=False)
    if len(body) != length:
        raise BadRequest
    return body


def _hop(told: UssdHop) -> Hop:
    return Hop(
        told.provider,
        told.service_code,
        told.session_id,
        told.address,
        told.text,
        told.text_too_long,
    )


def _not_now(reader: Kind) -> HttpReply:
    assert reader.screen is not None
    return reader.screen(say(sentences.NOT_NOW, "en"), True)


def _http(reply: HttpReply) -> Response:
    return Response(reply.body, reply.status, content_type=reply.content_type)


def _plain(status: int) -> Response:
    return Response("", status, content_type=PLAIN)
