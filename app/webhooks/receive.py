"""From a provider's callback to our answer: who may, parse, hand over, format. No HTTP server."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.web.refusals import PLAIN, log_fault
from app.webhooks.auth import WebhookAuth
from app.webhooks.body_limit import BodyLimit
from app.webhooks.callbacks import store
from core.db.database import Database
from core.db.errors import OutcomeUnknown, Unavailable
from core.security.keyring import Keyring
from core.tenants.directory import Service
from engine.turn.ussd import LastInput, Turns, UssdRequest
from menus import sentences
from menus.languages import SOURCE_LANGUAGE
from menus.texts import say
from providers import registry
from providers.contracts import ussd
from providers.contracts.errors import BadPayload, UnknownKind, UnknownProvider
from providers.contracts.ussd import UssdHop
from providers.contracts.webhooks import HttpReply, Kind
from values.phone import NotAPhoneNumber, from_network
from values.ussd_codes import behind_shared_code

log = logging.getLogger(__name__)

# What is worked today; a provider may know more kinds of callback than we serve.
SERVED = ("ussd", "ussd-end", "sms-in", "sms-report")
# Of a service, by its channel. What a USSD service texts is reported to it.
OF_CHANNEL: Mapping[str, tuple[str, ...]] = {
    "ussd": ("ussd", "ussd-end", "sms-report"),
    "sms": ("sms-in", "sms-report"),
}
BODY_BYTES_MAXIMUM = 64 * 1024
# On the wire: a body in chunks has up to five bytes more for each of its own.
CHUNKED_BYTES_MAXIMUM = 8 * BODY_BYTES_MAXIMUM


class CutOff(Exception):
    """The connection was lost before all of the body had come: half would be a shorter answer."""


class TooLong(Exception):
    """The body is over the limit."""


@dataclass(frozen=True, slots=True)
class Callback:
    """A callback as it came: the three last segments of its path, and how to read its body, which
    is the query of a GET.

    `read` may wait for the sender, so it is asked only once the secret is known to be right. It
    raises CutOff and TooLong. `is_chunked`: the body does not say how long it is.
    """

    provider: str
    kind: str
    secret: str
    content_type: str
    read: Callable[[], bytes]
    is_chunked: bool = False
    method: str = "POST"


class Hooks:
    """Answers callbacks. Raises nothing: what goes wrong is an answer, too."""

    def __init__(
        self, turns: Turns, auth: WebhookAuth, database: Database, keys: Keyring, bodies: BodyLimit
    ) -> None:
        self._turns = turns
        self._bodies = bodies
        self._auth = auth
        self._database = database
        self._keys = keys

    def receive(self, callback: Callback) -> HttpReply:
        """403 for a wrong secret, 404 for a callback that is not served, 405 for another method,
        400 for half a body, 413 for one over the limit, 503 while what is only to be stored cannot
        be (the provider asks again). A USSD hop that cannot be worked gets that on its screen,
        since an HTTP error would cut the caller off."""
        try:
            provider = registry.find(callback.provider)
            reader = provider.kind(callback.kind)
        except (UnknownProvider, UnknownKind):
            return plain(404)
        if callback.kind not in SERVED or callback.method != reader.method:
            return plain(404) if callback.kind not in SERVED else _only(reader.method)
        service = None
        try:
            service = self._auth.service(callback.provider, callback.kind, callback.secret)
            if service is None or callback.kind not in OF_CHANNEL.get(service.channel, ()):
                return plain(404 if service else 403)
            bodies = self._bodies
            read = bodies.read_unmeasured if callback.is_chunked else bodies.read
            body = read(service.id, callback.read)
            working = self._bodies.working
            working.get()
            try:
                event = reader.parse(body, callback.content_type)
                if isinstance(event, UssdHop) and reader.screen is not None:
                    tenant = service.tenant
                    # No number: the wire gave it in the session's first hop.
                    address = event.address and from_network(
                        event.address, tenant.country, tenant.calling_code
                    )
                    code, text = event.service_code, event.text
                    if code != service.code:
                        code, text = _of_service(event, service)
                    request = UssdRequest(
                        event.provider,
                        code,
                        event.session_id,
                        address,
                        text,
                        event.text_too_long,
                        _last_input(event.last) if event.last else None,
                    )
                    reply = self._turns.take(request, service)
                    return reader.screen(reply.text, reply.ends, event)
                store(event, service, self._database, self._keys)
                return provider.ack
            finally:
                working.put(None)
        except Exception as fault:
            return _refuse(reader, service, fault) or provider.ack


def _refuse(reader: Kind, service: Service | None, fault: Exception) -> HttpReply | None:
    """What a callback gets that could not be worked; None for the acknowledgement."""
    if isinstance(fault, NotAPhoneNumber):  # none of the service's country
        fault = BadPayload("not_a_phone_number", "address")
    match fault:
        case CutOff():
            return plain(400)
        case TooLong():
            return plain(413)
        case BadPayload():
            code = service.code if service else ""
            log.warning("unreadable callback for %s: %s", code, fault)
            if reader.screen is None:
                return None
        case Unavailable() | OutcomeUnknown():
            pass
        case _:  # a turn raises nothing, so no money has moved
            log_fault("callback", fault)
    return _not_now(reader, service) if reader.screen else plain(503)


def _not_now(reader: Kind, service: Service | None) -> HttpReply:
    """In the service's first language: nobody knows yet who speaks."""
    assert reader.screen is not None
    language = service.tenant.languages[0] if service else SOURCE_LANGUAGE
    return reader.screen(say(sentences.NOT_NOW, language), True, None)


def _last_input(last: ussd.LastInput) -> LastInput:
    return LastInput(
        is_first=last.is_first,
        dialled=last.dialled,
        hop_id=last.hop_id,
        copy_within_s=last.copy_within_s,
        number_once=last.number_once,
        ids_unique=last.ids_unique,
    )


def _of_service(told: UssdHop, service: Service) -> tuple[str, str]:
    """The code and the text so far, where the wire gives no code or one that others share."""
    if not told.service_code:
        return service.code, told.text
    text = behind_shared_code(service.code, told.service_code, told.text)
    return (told.service_code, told.text) if text is None else (service.code, text)


def _only(method: str) -> HttpReply:
    return HttpReply(405, PLAIN, b"", (("Allow", f"OPTIONS, {method}"),))


def plain(status: int) -> HttpReply:
    """A status and nothing else."""
    return HttpReply(status, PLAIN, b"")
