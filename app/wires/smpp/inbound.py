"""What comes over a bind is worked as what comes to a hook is, and answered after its COMMIT."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final, Protocol, TypeVar

import msgspec
import smpp34

from app.web.refusals import log_fault
from app.webhooks.callbacks import Callbacks
from app.webhooks.receive import hop_at
from app.wires.smpp.seen import Seen
from app.wires.smpp.services import OwnServices
from core.db.errors import OutcomeUnknown as CommitUnknown
from core.db.errors import Unavailable
from core.security.keyring import Keyring
from core.tenants.directory import Service
from engine.turn.ussd import Reply, Turns
from menus import sentences
from menus.languages import SOURCE_LANGUAGE
from menus.texts import say
from providers.contracts.messages import (
    DeliveryReport,
    Refused,
    SendError,
    SmsInbound,
    SmsPart,
)
from providers.contracts.ussd import LastInput, UssdEnded
from providers.smpp import wire
from providers.smpp.inbound import Read, SmppHop, read, with_id
from providers.smpp.link import Answer
from providers.smpp.options import Options
from providers.smpp.ussd import UssdSession
from values.alarms import raise_alarm
from values.phone import NotAPhoneNumber, from_network

log = logging.getLogger(__name__)

Result = TypeVar("Result")

# A hop of a session that this connection does not know may be a copy of one that the last
# connection did not answer; one of a session that it knows hardly is.
COPY_ELSEWHERE_S: Final = 20
COPY_HERE_S: Final = 2
SESSIONS_KNOWN_MAX: Final = 20_000


class Shows(Protocol):
    """Sends screens."""

    async def show(
        self, session: UssdSession, reply_from: str, reply_to: str, text: str, *, ends: bool
    ) -> None: ...


class Lanes:
    """One at a time for each key, in the order of asking."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @contextlib.asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[None]:
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = lock, users + 1
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(key)
            if users > 1:
                self._locks[key] = lock, users - 1


class Inbound:
    """Works what the message centre delivers. `shows` is the bind, set once there is one."""

    def __init__(
        self,
        options: Options,
        *,
        turns: Turns,
        callbacks: Callbacks,
        services: OwnServices,
        seen: Seen,
        keys: Keyring,
        pool: ThreadPoolExecutor,
    ) -> None:
        self._options = options
        self._turns = turns
        self._callbacks = callbacks
        self._services = services
        self._seen = seen
        self._keys = keys
        self._pool = pool
        self._lanes = Lanes()
        self._sessions: dict[str, None] = {}
        self._hops: dict[tuple[str, bytes, str], asyncio.Future[None]] = {}
        self.shows: Shows | None = None

    def forget_sessions(self) -> None:
        """There is another connection."""
        self._sessions.clear()

    async def deliver(self, message: smpp34.DeliverSm) -> Answer:
        """Work a deliver_sm. Never raises: what cannot be stored now is to come again."""
        came_s = time.time()
        try:
            told = read(message, self._options)
            if told is None:
                log.info("%s: a delivery that says nothing to us", self._options.name)
                return Answer(wire.OK)
            if isinstance(told, SmppHop):
                return await self._hop(told)
            if isinstance(told, SmsInbound):
                return await self._text(message, told, came_s)
            await self._in_pool(lambda: self._store(told))
            return Answer(wire.OK)
        except (Unavailable, CommitUnknown) as away:
            log.warning("%s: to be delivered again: %s", self._options.name, away)
            return Answer(wire.TRY_LATER)
        except Exception as fault:
            log_fault("deliver_sm", fault)
            return Answer(wire.SYSTEM_ERROR)

    async def _in_pool(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    # --- texts and reports ----------------------------------------------------------------------

    async def _text(self, message: smpp34.DeliverSm, told: SmsInbound, came_s: float) -> Answer:
        """A person's texts are stored one at a time, in the order in which they came; where the
        wire gives no ids, until the answer to the one before has left."""
        lane = self._lanes.of(told.address)
        await lane.__aenter__()
        is_held = True
        try:
            if told.event_id:
                await self._in_pool(lambda: self._store(told))
                return Answer(wire.OK)
            octets = wire.octets_of(message, wire.tlvs_of(message))
            digest = self._keys.session(
                *("smpp", self._options.name, message.source_addr, message.destination_addr),
                *(str(message.data_coding), octets.hex()),
            )

            def keep() -> str:
                id = self._seen.id_of(digest, came_s)
                self._store(with_id(told, id))
                return id

            id = await self._in_pool(keep)
            is_held = False

            async def then(left: bool) -> None:
                try:
                    if left:
                        await self._in_pool(lambda: self._seen.answered(digest, id, came_s))
                finally:
                    await lane.__aexit__(None, None, None)

            return Answer(wire.OK, then)
        finally:
            if is_held:
                await lane.__aexit__(None, None, None)

    def _store(self, told: Read) -> None:
        """Raises Unavailable."""
        if isinstance(told, UssdEnded):
            service = self._services.dialled(told.service_code)
        elif isinstance(told, DeliveryReport):
            service = self._services.any_of("sms", "ussd")
        else:
            service = self._services.any_of("sms")
        if service is None:
            log.warning("%s: no service is reached by this account", self._options.name)
            return
        if isinstance(told, SmsInbound):
            told = _at_home(told, service)
        elif isinstance(told, SmsPart):
            told = replace(told, text=_at_home(told.text, service))
        assert not isinstance(told, SmppHop)
        self._callbacks.store(told, service)

    # --- USSD -----------------------------------------------------------------------------------

    async def _hop(self, told: SmppHop) -> Answer:
        """The answer leaves at once, and the screen behind it: once, where a hop comes twice while
        it is worked."""
        key = (told.hop.session_id, told.session.info, told.hop.text)
        first = self._hops.get(key)
        if first is not None:
            await first
            return Answer(wire.OK)
        mine = self._hops[key] = asyncio.get_running_loop().create_future()
        try:
            reply = await self._in_pool(lambda: self._turn(told))
        finally:
            del self._hops[key]
            mine.set_result(None)  # a turn raises nothing that could be told

        async def then(left: bool) -> None:
            if not left or self.shows is None:
                return  # it is delivered again
            try:
                await self.shows.show(
                    *(told.session, told.reply_from, told.reply_to, reply.text), ends=reply.ends
                )
            except SendError as error:
                self._not_shown(error)

        return Answer(wire.OK, then)

    def _turn(self, told: SmppHop) -> Reply:
        hop, last = told.hop, told.hop.last
        assert last is not None
        service = self._services.dialled(last.dialled, hop.service_code)
        if service is None:
            language = self._language()
            return Reply(say(sentences.SERVICE_UNKNOWN, language), True)
        known = hop.session_id in self._sessions
        if not known and len(self._sessions) >= SESSIONS_KNOWN_MAX:
            self._sessions.clear()
        self._sessions[hop.session_id] = None
        within_s = COPY_HERE_S if known else COPY_ELSEWHERE_S
        last = LastInput(is_first=last.is_first, dialled=last.dialled, copy_within_s=within_s)
        try:
            own = msgspec.structs.replace(hop, service_code="", last=last)
            request = hop_at(own, service)
        except NotAPhoneNumber:
            log.warning("hop from what is no number: service=%s", service.code)
            return Reply(say(sentences.NOT_NOW, service.tenant.languages[0]), True)
        return self._turns.take(request, service)

    def _language(self) -> str:
        with contextlib.suppress(Unavailable):
            service = self._services.any_of("ussd")
            if service is not None:
                return service.tenant.languages[0]
        return SOURCE_LANGUAGE

    def _not_shown(self, error: SendError) -> None:
        name = self._options.name
        if not isinstance(error, Refused):
            log.warning("%s: a screen may not have been shown (%s)", name, error.code)
            return
        raise_alarm(
            log,
            "screen_refused",
            name,
            f"{name}: the message centre refused a screen of ours ({error.code} {error.detail})",
        )


def _at_home(told: SmsInbound, service: Service) -> SmsInbound:
    """A sender without a country code is one of the service's country."""
    if not told.sender_is_phone:
        return told
    tenant = service.tenant
    try:
        address = from_network(told.address, tenant.country, tenant.calling_code)
    except NotAPhoneNumber:
        return replace(told, sender_is_phone=False)
    return replace(told, address=address)
