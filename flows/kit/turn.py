"""A turn: one inbound hop and the reply to it, exactly once.

load and lock (one Redis round trip) -> the same hop again? its reply -> one step of the
conversation, facts changed in one transaction -> render -> commit -> save, log, unlock (one
Redis round trip)
"""

import contextlib
import logging
import os
import time
import traceback
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from core import intents, people
from core.db import Database, Deadline
from core.errors import OutcomeUnknown, Unavailable
from core.ids import reference_of, uuid7
from core.people import Person
from core.secrets import Keyring
from core.tenants import Directory, Service
from flows.kit import limits
from flows.kit.conversation import Conversation
from flows.kit.desk import Desk
from flows.kit.flow import Flow
from flows.kit.render import render, tree_of
from flows.kit.session import Place, Session
from flows.kit.store import Opened, Store, StoreDown
from menus import sentences
from menus.answers import Code
from menus.screens import Ask, End, Screen
from menus.texts import Local, Money, Text, _, say

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hop:
    """One inbound hop of a gateway with cumulative text; `address` is E.164."""

    provider: str
    service_code: str
    session_id: str
    address: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the phone shows; `ends` closes the session."""

    text: str
    ends: bool

    def pack(self) -> bytes:
        return (b"E" if self.ends else b"C") + self.text.encode()

    @classmethod
    def unpack(cls, packed: bytes) -> "Reply":
        return cls(packed[1:].decode(), packed[:1] == b"E")


class Refused(Exception):
    """The hop does not fit its session: nothing is changed, and the phone is told in a word."""

    def __init__(self, reason: Text) -> None:
        super().__init__("refused")
        self.reason = reason


@dataclass(slots=True)
class _Turn:
    """What is known of the hop being worked."""

    service: Service
    hop: Hop
    session_hash: str
    number: str
    text: str
    reply_key: str
    token: bytes
    deadline: Deadline
    outcome: str = "shown"


class Turns:
    """Takes hops. One a process; safe to share between threads."""

    def __init__(
        self,
        *,
        database: Database,
        store: Store,
        keys: Keyring,
        directory: Directory,
        flows: Mapping[str, type[Flow]],
    ) -> None:
        self.database = database
        self.store = store
        self.keys = keys
        self.directory = directory
        self.flows = flows

    def take(self, hop: Hop, only: Service | None = None) -> Reply:
        """Answer a hop. Never raises: whatever goes wrong, a person gets an honest sentence.

        `only` is the service that the webhook's path belongs to; a hop for another is refused.
        """
        deadline = Deadline(limits.TURN_DEADLINE_S)
        language = "en"
        try:
            found = self.directory.find(hop.provider, "ussd", hop.service_code)
            if found is None or (only is not None and found[0].id != only.id):
                return _end(sentences.SERVICE_UNKNOWN, language)
            service, digits = found
            language = service.tenant.languages[0]
            if len(hop.text) > limits.TEXT_CHARS:
                return _end(sentences.TOO_LONG, language)
            text = "*".join(part for part in (digits, hop.text) if part)
            number = self.keys.lookup(people.USSD, hop.address).hex()
            turn = _Turn(
                service=service,
                hop=hop,
                session_hash=self.keys.session(hop.provider, service.code, hop.session_id),
                number=number,
                text=text,
                reply_key=f"{len(text)}:{self.keys.session(number, text)[:20]}",
                token=os.urandom(12),
                deadline=deadline,
            )
            return self._take(turn)
        except Unavailable:
            return _end(sentences.NOT_NOW, language)
        except Refused as refused:
            return _end(refused.reason, language)
        except Exception as fault:
            _log_fault(fault)
            return _end(sentences.NOT_NOW, language)

    def _take(self, turn: _Turn) -> Reply:
        try:
            opened = self._open(turn)
        except StoreDown:
            return self._walk_without_store(turn)
        if opened.reply is not None:
            return Reply.unpack(opened.reply)
        try:
            return self._work(turn, opened)
        except BaseException:
            self._unlock(turn)
            raise

    def _open(self, turn: _Turn) -> Opened:
        """Load and lock; while a copy of this hop is being worked, wait for its reply."""
        pointer = self._pointer(turn) if not turn.hop.text else None
        pause_s = limits.COPY_POLL_FIRST_S
        while True:
            opened = self.store.open(turn.session_hash, turn.reply_key, turn.token, pointer)
            if not opened.busy:
                return opened
            turn.deadline.require()
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, limits.COPY_POLL_LONGEST_S)

    def _pointer(self, turn: _Turn) -> str:
        return f"{turn.service.id.hex}:{turn.number}"

    def _unlock(self, turn: _Turn) -> None:
        with contextlib.suppress(StoreDown):  # else the lock runs out by itself
            self.store.unlock(turn.session_hash, turn.token)

    # -- with a session --------------------------------------------------------------------------

    def _work(self, turn: _Turn, opened: Opened) -> Reply:
        started = time.perf_counter()
        session = Session.decode(opened.data) if opened.data else None
        answer = self._continuity(turn, session, opened) if session else ""
        with self._desk(turn) as desk:
            if session is None:
                session = Session(number=turn.number)
                talk = Conversation(tree_of(turn.service), self.flows, desk, session)
                screen = self._first(turn, talk, opened.earlier)
            else:
                talk = Conversation(tree_of(turn.service), self.flows, desk, session)
                screen = self._next(talk, answer)
            reply = self._reply(talk, screen)
            try:
                desk.commit()
            except OutcomeUnknown:
                turn.outcome = "unknown"
                session.ended = True
                reply = _end(sentences.OUTCOME_BY_SMS, session.language)
        session.turns += 1
        session.text_length = len(turn.text)
        session.text_hash = self._text_hash(turn.text)
        session.at_s = int(time.time())
        took_us = int((time.perf_counter() - started) * 1e6)
        self._save(turn, session, reply, took_us)
        return reply

    def _desk(self, turn: _Turn) -> Desk:
        return Desk(
            self.database,
            self.keys,
            turn.service,
            address=turn.hop.address,
            session_hash=turn.session_hash,
            deadline=turn.deadline,
        )

    def _text_hash(self, text: str) -> str:
        return self.keys.session("text", text)[:20]

    def _continuity(self, turn: _Turn, session: Session, opened: Opened) -> str:
        """The new answer in a cumulative text: what follows the text of the turn before.

        A `*` may be part of an answer, so that nothing is split here. Raises Refused when the hop
        is of another phone, or its text does not go on from what was said.
        """
        if session.number != turn.number:
            raise Refused(sentences.SESSION_ENDED)
        if opened.moved or session.ended or session.turns >= limits.TURNS_PER_SESSION:
            raise Refused(sentences.SESSION_ENDED)
        length, text = session.text_length, turn.text
        if length == 0 and text:
            return text
        if text[length : length + 1] == "*" and self._text_hash(text[:length]) == session.text_hash:
            return text[length + 1 :]
        raise Refused(sentences.SESSION_ENDED)

    def _next(self, talk: Conversation, answer: str) -> Screen:
        if talk.desk.tenant.paused:
            return _paused(talk)
        talk.take(answer)
        return talk.show()

    def _first(self, turn: _Turn, talk: Conversation, earlier: bytes | None) -> Screen:
        """The first hop of a session, or one whose session was lost."""
        if talk.desk.tenant.paused:
            return _paused(talk)
        lost = False
        if turn.hop.text:
            earlier = self.store.last_session(self._pointer(turn))
            lost = earlier == turn.session_hash.encode()
        if lost:
            return self._rebuild(turn, talk)
        if turn.text:  # dialled with digits: what was pending is dropped
            talk.begin(self._identify(talk))
            return self._feed(talk, turn.text, fitting=False)
        if earlier is not None and earlier != turn.session_hash.encode():
            old = self._take_over(turn, earlier.decode())
            if old is not None:
                self._begin_after(talk, old)
                return talk.show()
        talk.begin(self._identify(talk))
        return talk.show()

    def _take_over(self, turn: _Turn, earlier: str) -> Session | None:
        """The session that this phone left, if it can be gone on with."""
        while True:
            data = self.store.take_over(earlier)
            if data != b"":
                break
            turn.deadline.require()
            time.sleep(limits.COPY_POLL_LONGEST_S)
        old = Session.decode(data) if data else None
        if old is None or old.number != turn.number:
            return None
        return old if time.time() - old.at_s <= limits.RESUME_WITHIN_S else None

    def _begin_after(self, talk: Conversation, old: Session) -> None:
        """A dial soon after another: go on where it was dropped, or say what it did."""
        intent = old.data.get("intent")
        if intent is not None and not old.ended and old.caller.id:
            done = talk.desk.read(intents.look, uuid.UUID(intent[0]), uuid.UUID(old.caller.id))
            if done is not None and done.entry_id is not None:
                # Committed, and then the server died before it could say so.
                old.ended = True
                old.receipt = say(_done(done), old.language)
        if not talk.resume(old):
            talk.begin(self._identify(talk))
            if old.receipt and talk.session.place == Place():
                talk.notice = old.receipt

    def _identify(self, talk: Conversation) -> list[Person]:
        desk = talk.desk
        return desk.read(people.identify, desk.keys, desk.address)

    def _rebuild(self, turn: _Turn, talk: Conversation) -> Screen:
        """The session was lost and its text is known: walk it. The walk restores the position and
        nothing else; what the session had done already is shown, not asked again."""
        found = self._identify(talk)
        for person in found:
            done = talk.desk.read(intents.done_in_session, person.id, turn.session_hash)
            if done is not None:
                talk.become(person)
                talk.notice = _done(done)
                return talk.show()
        talk.begin(found)
        return self._feed(talk, turn.text, fitting=True)

    def _feed(self, talk: Conversation, text: str, *, fitting: bool) -> Screen:
        """Feed a text's parts as answers, up to the first secret or confirmation.

        `fitting`: a part that does not fit means that the lists have changed since: the main menu.
        """
        screen = talk.show()
        for part in text.split("*")[: limits.STEPS_PER_TURN]:
            if not takes_fed(screen):
                break  # the rest may hold a secret: dropped, unread
            self._reply(talk, screen)  # what the screen takes, and on which page, is part of it
            talk.notice = ""
            talk.take(part)
            if talk.session.wrong:
                if fitting:
                    talk.go_home(sentences.MENU_CHANGED)
                    talk.session.wrong = 0
                return talk.show()
            screen = talk.show()
        return screen

    # -- without a session -----------------------------------------------------------------------

    def _walk_without_store(self, turn: _Turn) -> Reply:
        """Redis is down: the position is in the text. Nothing with an effect is shown."""
        with self._desk(turn) as desk:
            desk.money_allowed = False
            session = Session(number=turn.number)
            talk = Conversation(tree_of(turn.service), self.flows, desk, session)
            if desk.tenant.paused:
                return self._reply(talk, _paused(talk))
            talk.begin(self._identify(talk))
            screen = self._feed(talk, turn.text, fitting=True) if turn.text else talk.show()
            if not shows_no_effect(screen):
                return _end(sentences.NOT_NOW, session.language)
            return self._reply(talk, screen)  # rolled back: a walk changes nothing

    # -- replying --------------------------------------------------------------------------------

    def _reply(self, talk: Conversation, screen: Screen) -> Reply:
        page = render(talk, screen)
        return Reply(page.text, page.ends)

    def _save(self, turn: _Turn, session: Session, reply: Reply, took_us: int) -> None:
        line = orjson.dumps(
            {
                "tenant": turn.service.tenant.id,
                "id": uuid7(),
                "service": turn.service.id,
                "session": turn.session_hash,
                "subscriber": session.caller.id or None,
                "number": session.turns,
                "place": session.place.name,
                "outcome": "ended" if reply.ends and turn.outcome == "shown" else turn.outcome,
                "language": session.language,
                "took_us": took_us,
            }
        )
        try:
            saved = self.store.save(
                turn.session_hash,
                turn.token,
                data=session.encode(),
                reply_key=turn.reply_key,
                reply=reply.pack(),
                log=line,
            )
        except StoreDown:
            saved = False
        if not saved:
            log.warning("session not saved: session=%s", turn.session_hash[:8])


# Screens that a dialled string may be fed into, and that may be shown while sessions are not kept.
def takes_fed(screen: Screen) -> bool:
    """Whether an answer may be fed into the screen: no secret, no confirmation, not the end."""
    kind = type(screen).__name__
    return kind in _FED and not (isinstance(screen, Ask) and isinstance(screen.answer, Code))


def shows_no_effect(screen: Screen) -> bool:
    return takes_fed(screen) or type(screen).__name__ in ("Info", "End")


_FED: Final = frozenset({"Menu", "Ask", "Info"})


def _done(intent: intents.Intent) -> Text:
    assert intent.entry_id is not None
    return _(
        "Done: {amount}. Ref {reference}.",
        amount=Money(intent.amount_minor, intent.currency),
        reference=reference_of(intent.entry_id),
    )


def _paused(talk: Conversation) -> Screen:
    told = talk.desk.tenant.paused_notice
    talk.session.language = talk.session.language or talk.desk.tenant.languages[0]
    return End(Local(told) if told else sentences.SERVICE_PAUSED)


def _end(text: Text, language: str) -> Reply:
    return Reply(say(text, language), True)


def _log_fault(fault: Exception) -> None:
    """Where it happened and of what kind; never its text, which may hold what was typed."""
    where = "".join(traceback.format_tb(fault.__traceback__)[-4:])
    log.error("turn failed: %s\n%s", type(fault).__name__, where)
