"""From a provider's callback to our answer: who may, parse, hand over, format. No HTTP server."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.web.refusals import PLAIN, log_fault
from app.webhooks.auth import WebhookAuth
from app.webhooks.body_limit import Bodies
from app.webhooks.callbacks import Callbacks
from app.webhooks.pushes import Pushes
from core.db.errors import OutcomeUnknown, Unavailable
from core.metrics.series import hook_series
from core.tenants.directory import Service
from engine.turn.ussd import LastInput, Turns, UssdRequest
from menus import sentences
from menus.languages import SOURCE_LANGUAGE
from menus.texts import say
from providers import registry
from providers.contracts import ussd
from providers.contracts.airtime import AirtimeAsked
from providers.contracts.errors import BadPayload, UnknownKind, UnknownProvider
from providers.contracts.messages import Refused
from providers.contracts.payments import ArrivalAsked, ArrivalRefusal
from providers.contracts.ussd import UssdHop
from providers.contracts.webhooks import (
    BODY_BYTES_MAXIMUM,
    Batch,
    HttpReply,
    Inbound,
    Kind,
    SignedRequest,
)
from providers.registry import Provider
from values.alarms import raise_alarm
from values.phone import NotAPhoneNumber, from_network
from values.ussd_codes import behind_shared_code
from workers.sending.accounts import Accounts, second_of

log = logging.getLogger(__name__)

# Of an account, whatever the channel of the service whose hook it is.
_OF_ACCOUNTS = ("airtime-validation", "airtime-status")
# Of a service, by its channel; a provider may know more kinds of callback than we serve. What a
# USSD service texts is reported to it.
OF_CHANNEL: Mapping[str, tuple[str, ...]] = {
    "ussd": ("ussd", "ussd-end", "sms-report", "sms-optout", *_OF_ACCOUNTS),
    "sms": ("sms-in", "sms-report", "sms-optout", "sms-subscription", *_OF_ACCOUNTS),
    "whatsapp": ("whatsapp", "whatsapp-in", "whatsapp-report"),
    "payments": ("payment", "arrival", "arrival-check"),
}
SERVED = frozenset(kind for kinds in OF_CHANNEL.values() for kind in kinds)
# On the wire: a body in chunks has up to five bytes more for each of its own.
CHUNKED_BYTES_MAXIMUM = 8 * BODY_BYTES_MAXIMUM


class CutOff(Exception):
    """The connection was lost before all of the body had come: half would be a shorter answer."""


class TooLong(Exception):
    """The body is over the limit."""


class Callback(NamedTuple):
    """A callback as it came: the three last segments of its path, and how to read its body, which
    is the query of a GET.

    `read` may wait for the sender, so it is asked only once the secret is known to be right. It
    raises CutOff and TooLong. `is_chunked`: the body does not say how long it is. `header(name)`
    answers '' where there is none; `target` is the path with the query, as it was asked for, and
    `behind` what stands in the path behind the secret.
    """

    provider: str
    kind: str
    secret: str
    content_type: str
    read: Callable[[], bytes]
    is_chunked: bool = False
    method: str = "POST"
    header: Callable[[str], str] = lambda _: ""
    target: str = ""
    behind: str = ""


class Hooks:
    """Answers callbacks. Raises nothing: what goes wrong is an answer, too."""

    def __init__(
        self,
        turns: Turns,
        auth: WebhookAuth,
        callbacks: Callbacks,
        accounts: Accounts,
        bodies: Bodies,
        *,
        public_url: str = "",
    ) -> None:
        self._turns = turns
        self._bodies = bodies
        self._auth = auth
        self._callbacks = callbacks
        self._accounts = accounts
        self._public_url = public_url.rstrip("/")
        self._pushes = Pushes(accounts)

    def bytes_maximum(self, provider: str, kind: str) -> int:
        """How long a body of this kind may be."""
        try:
            return registry.find(provider).kind(kind).bytes_maximum
        except (UnknownProvider, UnknownKind):
            return BODY_BYTES_MAXIMUM

    def receive(self, callback: Callback) -> HttpReply:
        """Answer it, as `_answer` says, and time it."""
        started_s = time.perf_counter()
        reply = self._answer(callback)
        # What is not served has no name of ours.
        named = ("", "") if reply.status in (404, 405) else (callback.provider, callback.kind)
        hook_series(*named, reply.status).observe(time.perf_counter() - started_s)
        return reply

    def _answer(self, callback: Callback) -> HttpReply:
        """403 for a wrong secret or signature, 404 for a callback that is not served, 405 for
        another method, 400 for half a body, 413 for one over the limit, 503 while what is only to
        be stored cannot be (the provider asks again). A USSD hop that cannot be worked gets that on
        its screen, since an HTTP error would cut the caller off."""
        found = _reader_of(callback)
        if isinstance(found, HttpReply):
            return found
        provider, reader = found
        if callback.provider != provider.name:  # it has another name in addresses
            callback = callback._replace(provider=provider.name)
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
                if reader.verify is not None or callback.method not in reader.methods:
                    refused = self._refused(callback, reader, service, body)
                    if refused is not None:
                        return refused
                    if reader.reads_query:  # such callbacks are signed, query and all
                        body = _with_query(callback.target, body)
                if reader.reads_path:
                    body = f"/{callback.behind}\n".encode() + body
                event = reader.parse(body, callback.content_type)
                if isinstance(event, UssdHop) and reader.screen is not None:
                    reply = self._turns.take(hop_at(event, service), service)
                    return reader.screen(reply.text, reply.ends, event)
                return self._take(event, reader, service) or provider.ack
            finally:
                working.put(None)
        except Exception as fault:
            return _refuse(reader, service, fault) or provider.ack

    def _take(self, told: Inbound | Batch, reader: Kind, service: Service) -> HttpReply | None:
        """The answer to a question; None once it is stored what there is to store, or a screen is
        on its way by itself."""
        if isinstance(told, UssdHop):
            reply = self._turns.take(hop_at(told, service), service)
            self._pushes.push(reader, told, reply, service)
            return None
        if isinstance(told, AirtimeAsked) and reader.answer is not None:
            return reader.answer(self._callbacks.is_ours(told, service))
        if isinstance(told, ArrivalAsked) and reader.verdict is not None:
            return reader.verdict(self._callbacks.why_not(told, service))
        self._store(told, service)
        return None

    def _store(self, told: Inbound | Batch, service: Service) -> None:
        if not isinstance(told, Batch):
            self._callbacks.store(told, service)
            return
        for fault in told.faults:
            log.warning("unreadable part of a callback for %s: %s", service.code, fault)
        for what, times in Counter(told.unknown).items():
            raise_alarm(
                log,
                "callback_unknown",
                f"{service.provider} {what}",
                f"{service.provider} sends what nobody described to us: {what} ({times} times)",
            )
        failed: Exception | None = None
        for event in told.events:
            try:
                self._callbacks.store(event, service)
            except (Unavailable, OutcomeUnknown):
                raise
            except Exception as fault:  # the others are worked; the whole comes again, for this one
                log_fault("event of a callback", fault)
                failed = fault
        if failed is not None:
            raise Unavailable("an event of a batch could not be stored")

    def _refused(
        self, callback: Callback, reader: Kind, service: Service, body: bytes
    ) -> HttpReply | None:
        """The answer to a callback that proves nothing, or that only asks whose address this is;
        None for one that is to be worked."""
        if callback.method not in reader.methods:
            return self._shake_hands(reader, service, body)
        if reader.verify is None:
            return None
        why = self._why_forged(reader, callback, service, body)
        if not why:
            return None
        log.warning("callback refused for %s: %s", service.code, why)
        return plain(403)

    def _why_forged(self, reader: Kind, callback: Callback, service: Service, body: bytes) -> str:
        """Why a signature is not taken, in a word; '' for a good one."""
        assert reader.verify is not None
        if service.provider != callback.provider:  # it reports on what it took over
            service = second_of(service) or service
        try:
            account = self._accounts.account(service)
        except Refused:
            return "no_account"
        if not account.signing_secrets:
            return "no_signing_secret"  # a missing secret is never a reason to skip the check
        url = self._public_url + callback.target
        request = SignedRequest(url, callback.header, callback.content_type, body)
        return reader.verify(request, account)

    def _shake_hands(self, reader: Kind, service: Service, query: bytes) -> HttpReply:
        assert reader.handshake is not None
        try:
            account = self._accounts.account(service)
        except Refused:
            return plain(403)
        return reader.handshake(query, account) or plain(403)


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
                return _no(reader)
        case Unavailable() | OutcomeUnknown():
            pass
        case _:  # a turn raises nothing, so no money has moved
            log_fault("callback", fault)
    return _not_now(reader, service) if reader.screen else plain(503)


def _no(reader: Kind) -> HttpReply | None:
    """A no where the callback is a question."""
    if reader.verdict is not None:
        return reader.verdict(ArrivalRefusal.OTHER)
    return reader.answer(False) if reader.answer else None


def _not_now(reader: Kind, service: Service | None) -> HttpReply:
    """In the service's first language: nobody knows yet who speaks."""
    assert reader.screen is not None
    language = service.tenant.languages[0] if service else SOURCE_LANGUAGE
    return reader.screen(say(sentences.NOT_NOW, language), True, None)


def _reader_of(callback: Callback) -> HttpReply | tuple[Provider, Kind]:
    """How to read a callback, or the answer to one that is not served."""
    try:
        provider = registry.find(callback.provider)
        reader = provider.kind(callback.kind)
    except (UnknownProvider, UnknownKind):
        return plain(404)
    if callback.kind not in SERVED or (callback.behind and not reader.reads_path):
        return plain(404)
    asks_whose = callback.method == "GET" and reader.handshake is not None
    if callback.method not in reader.methods and not asks_whose:
        return _only(", ".join(reader.methods))
    return provider, reader


def _with_query(target: str, body: bytes) -> bytes:
    """A form, and before it what stands in the query of the address that it was posted to."""
    query = target.partition("?")[2]
    return b"&".join(part for part in (query.encode("latin-1", "replace"), body) if part)


def hop_at(told: UssdHop, service: Service) -> UssdRequest:
    """A hop of this service, as a turn takes it. Raises NotAPhoneNumber."""
    tenant = service.tenant
    # No number: the wire gave it in the session's first hop.
    address = told.address and from_network(told.address, tenant.country, tenant.calling_code)
    code, text = told.service_code, told.text
    if code != service.code:
        code, text = _of_service(told, service)
    last = _last_input(told.last) if told.last else None
    return UssdRequest(
        *(told.provider, code, told.session_id, address, text, told.text_too_long, last),
        network=told.network,
    )


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
