"""From a provider's callback to our answer: parse, hand over, format."""

import logging

from flask import Blueprint, Response, request

from app.hooks.gate import Gate
from core.db import Database
from core.errors import Unavailable
from core.messages import take_report
from core.secrets import Keyring
from core.tenants import Service
from flows.kit.turn import Hop, Turns
from menus import sentences
from menus.texts import say
from providers import registry
from providers.contract import (
    BadPayload,
    HttpReply,
    Inbound,
    SmsReport,
    UnknownKind,
    UnknownProvider,
    UssdEnded,
    UssdHop,
)
from providers.registry import Provider

log = logging.getLogger(__name__)

# What is worked today; a provider may know more kinds of callback than we serve.
SERVED = ("ussd", "ussd-end", "sms-report")
BODY_BYTES_MAXIMUM = 64 * 1024


def blueprint(turns: Turns, gate: Gate, database: Database, keys: Keyring) -> Blueprint:
    """`POST /hooks/<provider>/<kind>/<secret>`.

    403 for a wrong secret, 404 for a callback that is not served, 413 for a body over 64 KiB; a
    USSD hop that cannot be read is told so politely, since an HTTP error would cut the caller off.
    """
    hooks = Blueprint("hooks", __name__, url_prefix="/hooks")

    @hooks.post("/<provider>/<kind>/<secret>")
    def receive(provider: str, kind: str, secret: str) -> Response:
        if kind not in SERVED:
            return _plain(404)
        try:
            found = registry.find(provider)
            reader = found.kind(kind)
        except (UnknownProvider, UnknownKind):
            return _plain(404)
        try:
            service = gate.service(provider, kind, secret)
        except Unavailable:
            return _unavailable(found, kind)
        if service is None:
            return _plain(403)
        try:
            told = reader.parse(request.get_data(), request.content_type or "")
        except BadPayload as bad:
            log.warning("unreadable callback: %s %s: %s", provider, kind, bad)
            if reader.screen is None:
                return _http(found.ack)  # asking for it again would not make it better
            return _http(reader.screen(say(sentences.NOT_NOW, "en"), True))
        if isinstance(told, UssdHop) and reader.screen is not None:
            reply = turns.take(_hop(told), service)
            return _http(reader.screen(reply.text, reply.ends))
        try:
            _store(told, service)
        except Unavailable:
            return _plain(503)  # the provider asks again
        return _http(found.ack)

    def _store(told: Inbound, service: Service) -> None:
        match told:
            case SmsReport():
                take_report(database, keys, service.tenant.id, told.provider, told)
            case UssdEnded(status="failed"):
                # Our own answer was refused: the best alarm there is.
                log.error(
                    "gateway refused our screen: service=%s reply=%s chars=%d",
                    service.code,
                    told.reply_prefix,
                    told.reply_chars,
                )

    return hooks


def _hop(told: UssdHop) -> Hop:
    text = told.text if not told.text_too_long else "?" * 10_000
    return Hop(told.provider, told.service_code, told.session_id, told.address, text)


def _http(reply: HttpReply) -> Response:
    return Response(reply.body, reply.status, content_type=reply.content_type)


def _plain(status: int) -> Response:
    return Response("", status, content_type="text/plain; charset=utf-8")


def _unavailable(provider: Provider, kind: str) -> Response:
    screen = provider.kind(kind).screen
    if screen is None:
        return _plain(503)
    return _http(screen(say(sentences.NOT_NOW, "en"), True))
