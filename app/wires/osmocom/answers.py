"""What answers a hop from an Osmocom core: the screen of a turn.

What of a session is not in the wire is kept for it: its service, and the id of the phone's first
Invoke, which its last screen answers. It lies in memory and in Redis, so that a session goes on
when this process is killed between two hops.
"""

import logging
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from app.web.refusals import log_fault
from app.webhooks.receive import hop_at
from app.wires.remembered import Remembered
from core.db.errors import OutcomeUnknown, Unavailable
from core.security.keyring import Keyring
from core.tenants.directory import Directory, Service
from engine.store.sessions import Store, StoreDown
from engine.turn.message import STILL_WORKING
from engine.turn.ussd import Reply, Turns
from menus import sentences
from menus.languages import SOURCE_LANGUAGE
from menus.texts import Text, say
from providers.contracts.errors import BadPayload
from providers.osmocom import NAME, session
from providers.osmocom.gsup import Message
from providers.osmocom.numbers import Numbers, NumbersDown
from providers.osmocom.session import Ask, NotAsked
from values.alarms import raise_alarm
from values.phone import NotAPhoneNumber
from workers.process import Outage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """What is kept of a session. `invoke_id` is that of the phone's first Invoke."""

    service_id: uuid.UUID
    invoke_id: int

    def pack(self) -> str:
        return f"{self.service_id.hex}:{self.invoke_id}"

    @classmethod
    def unpack(cls, packed: str) -> "Begun":
        service, _, invoke_id = packed.partition(":")
        return cls(uuid.UUID(service), int(invoke_id))


class Answers:
    """Answers what comes over one connection. Safe to share between threads; raises nothing."""

    def __init__(
        self,
        account: str,
        *,
        turns: Turns,
        directory: Directory,
        store: Store,
        keys: Keyring,
        numbers: Numbers,
        is_ours: Callable[[Service], bool],
    ) -> None:
        """`account` is the name of the account; `is_ours` says whether a service is reached by
        it."""
        self._account = account
        self._turns = turns
        self._directory = directory
        self._remembered = Remembered(NAME, account, store, keys)
        self._numbers = numbers
        self._is_ours = is_ours
        self._numbers_outage = Outage(log, f"the CTRL interface of {account}")

    def answer(self, message: Message) -> Message | None:
        """The message that answers this one; None where nothing is to be said."""
        try:
            ask = session.read(message)
        except NotAsked as why:
            self._forget(message)
            self._note_end(why.code)
            return None
        except BadPayload as fault:
            log.warning("%s: a hop cannot be read: %s", self._account, fault)
            return session.refusal(message)
        try:
            return self._first(ask) if ask.is_first else self._next(ask)
        except Exception as fault:  # a turn raises nothing, so no money has moved
            log_fault("hop", fault)
            return session.refusal(message)

    def too_many(self, message: Message) -> Message | None:
        """The answer to a hop that is not worked, because too many are. It asks Redis nothing."""
        try:
            ask = session.read(message)
        except (NotAsked, BadPayload):
            return None
        packed = self._remembered.here(_key(message))
        begun = Begun.unpack(packed) if packed else None
        if ask.is_first:
            begun = Begun(uuid.UUID(int=0), ask.invoke_id)
        text = say(sentences.TOO_MANY, SOURCE_LANGUAGE)
        return self._shown(ask, Reply(text, ends=True), begun)

    def _first(self, ask: Ask) -> Message:
        begun = Begun(uuid.UUID(int=0), ask.invoke_id)
        try:
            found = self._directory.find(NAME, "ussd", ask.dialled)
        except (Unavailable, OutcomeUnknown):
            return self._shown(ask, _sorry(sentences.NOT_NOW), begun)
        if found is None or not self._is_ours(found[0]):
            return self._shown(ask, _sorry(sentences.SERVICE_UNKNOWN), begun)
        service = found[0]
        begun = Begun(service.id, ask.invoke_id)
        number = self._number_of(ask.message.imsi)
        if not number:
            return self._shown(ask, _sorry(sentences.NOT_NOW, service), begun)
        self._remembered.keep(_key(ask.message), begun.pack())
        return self._turn(ask, service, begun, number)

    def _next(self, ask: Ask) -> Message:
        try:
            begun = self._kept(ask)
        except StoreDown:
            return self._shown(ask, _sorry(STILL_WORKING), None)
        try:
            service = self._directory.by_id(begun.service_id) if begun else None
        except (Unavailable, OutcomeUnknown):
            return self._shown(ask, _sorry(sentences.NOT_NOW), begun)
        if service is None or not self._is_ours(service):
            return self._shown(ask, _sorry(sentences.SESSION_ENDED), begun)
        return self._turn(ask, service, begun, "")

    def _turn(self, ask: Ask, service: Service, begun: Begun | None, number: str) -> Message:
        hop = session.hop(ask, service.code, number, os.urandom(8).hex())
        try:
            request = hop_at(hop, service)
        except NotAPhoneNumber:
            log.warning("%s: a subscriber has a number of no plan", self._account)
            return self._shown(ask, _sorry(sentences.NOT_NOW, service), begun)
        return self._shown(ask, self._turns.take(request, service), begun, service)

    def _shown(
        self, ask: Ask, reply: Reply, begun: Begun | None, service: Service | None = None
    ) -> Message:
        """The message with a screen. Where nobody knows any more what an end would answer, the
        screen asks, which needs no such id: it is shown all the same, and the next answer gets it
        again."""
        if reply.ends and begun is not None:
            message, is_cut = session.ending(ask, reply.text, begun.invoke_id)
            self._forget(ask.message)
        else:
            message, is_cut = session.question(ask, reply.text)
        if is_cut:
            code = service.code if service else "?"
            raise_alarm(
                log,
                "screen_cut",
                f"{NAME} {code}",
                f"A screen of {code} was cut: osmo-hlr carries {session.SEPTETS_MAXIMUM} septets."
                " Leave budget_septets and ucs2 out of its settings.",
                tenant_id=service.tenant.id if service else None,
            )
        return message

    def _number_of(self, imsi: str) -> str:
        """In E.164, or as digits without a plus; "" where there is none to be had."""
        try:
            number = self._numbers.number_of(imsi)
        except NumbersDown as fault:
            self._numbers_outage.begin(fault)
            return ""
        self._numbers_outage.end()
        if not number:
            log.warning("%s: a subscriber without a number has dialled", self._account)
        return number

    def _note_end(self, code: str) -> None:
        if code != "ended":  # the phone gave up
            log.warning("%s: a session has ended: %s", self._account, code)

    def _kept(self, ask: Ask) -> Begun | None:
        """Raises StoreDown."""
        packed = self._remembered.find(_key(ask.message))
        return Begun.unpack(packed) if packed else None

    def _forget(self, message: Message) -> None:
        self._remembered.forget(_key(message))


def _key(message: Message) -> tuple[str, str]:
    return message.imsi, str(message.session_id)


def _sorry(text: Text, service: Service | None = None) -> Reply:
    """In the service's first language: nobody knows yet who speaks."""
    language = service.tenant.languages[0] if service else SOURCE_LANGUAGE
    return Reply(say(text, language), ends=True)
