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
from collections.abc import Mapping

import orjson

from core.db.database import Database, Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.money import intents
from core.people import people
from core.people.people import Person
from core.security.keyring import Keyring
from core.tenants.directory import Directory, Service
from engine import limits
from engine.context import TurnContext
from engine.conversation import Conversation
from engine.flow import Flow
from engine.pin_throttle import PinThrottle, may_be_pin
from engine.render import render, tree_of
from engine.session import Session, Shown
from engine.store.sessions import Opened, Store, StoreDown
from engine.turn.message import (
    ENDED,
    FAILED,
    SHOWN,
    STILL_WORKING,
    UNKNOWN,
    Refused,
    Reply,
    StillWorking,
    Turn,
    UssdRequest,
)
from engine.turn.opening import (
    identify,
    open_conversation,
    paused,
    receipt_of,
    wait,
    walk_without_store,
    whose,
)
from menus import sentences
from menus.keys import navigation
from menus.screens import Screen
from menus.texts import SOURCE_LANGUAGE, Text, say
from values import clock
from values.ids import uuid7

log = logging.getLogger(__name__)

__all__ = ["Reply", "Turns", "UssdRequest"]


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

    def take(self, request: UssdRequest, only: Service | None = None) -> Reply:
        """Answer a request. Never raises: whatever goes wrong, a person gets an honest sentence.

        `only` is the service that the webhook's path belongs to; a hop for another is refused.
        """
        turn = None
        try:
            turn = self._turn(request, only)
            return self._take(turn)
        except Refused as refused:
            reason: Text = refused.reason
        except Unavailable:
            reason = sentences.NOT_NOW
        except Exception as fault:
            _log_fault(fault, turn)
            reason = sentences.NOT_NOW
        if turn is not None:
            return _end(reason, turn.language)
        return _end(reason, only.tenant.languages[0] if only else SOURCE_LANGUAGE)

    def _turn(self, request: UssdRequest, only: Service | None) -> Turn:
        found = self.directory.find(request.provider, "ussd", request.service_code)
        if found is None or (only is not None and found[0].id != only.id):
            raise Refused(sentences.SERVICE_UNKNOWN)
        if request.too_long or len(request.text) > limits.TEXT_CHARS:
            raise Refused(sentences.TOO_LONG)
        service, digits = found
        text = f"{digits}*{request.text}" if digits and request.text else digits or request.text
        number = self.keys.lookup(people.USSD, request.address).hex()
        return Turn(
            service=service,
            request=request,
            session_hash=self.keys.session(request.provider, service.code, request.session_id),
            number=number,
            text=text,
            reply_key=f"{len(text)}:{self.keys.session(number, text)[:20]}",
            token=os.urandom(12),
            deadline=Deadline(limits.TURN_DEADLINE_S),
            language=service.tenant.languages[0],
        )

    def _take(self, turn: Turn) -> Reply:
        try:
            opened = self._open(turn)
            if opened.reply is not None:
                return Reply.unpack(opened.reply)
            return self._work_or_unlock(turn, opened)
        except StoreDown:  # before anything was done: what follows that does not raise it
            return self._walk_without_store(turn)

    def _work_or_unlock(self, turn: Turn, opened: Opened) -> Reply:
        try:
            return self._work(turn, opened)
        except BaseException as fault:
            self._close(turn, fault)
            raise

    def _close(self, turn: Turn, fault: BaseException) -> None:
        """Let the session go after a failure. Once a PIN or a code was typed, no copy of it may
        pay what this says was not paid: it gets the same answer. Raises StillWorking where that
        cannot be had, since then a copy may be paying."""
        if turn.is_closed or isinstance(fault, StoreDown):  # then the lock runs out by itself
            return
        turn.is_closed = True
        answers = turn.at_secret and not isinstance(fault, Refused)
        reply = _end(sentences.NOT_NOW, turn.language).pack() if answers else b""
        kept = False
        with contextlib.suppress(StoreDown):
            kept = self.store.unlock(
                turn.session_hash, turn.token, turn.failure, turn.reply_key, reply
            )
        if answers and not kept:
            raise StillWorking from fault

    def _open(self, turn: Turn) -> Opened:
        """Load and lock; while a copy of this hop is being worked, wait for its reply."""
        pointer = None if turn.request.text else turn.pointer
        pins_of = turn.service.tenant.id.hex if may_be_pin(turn.text) else None
        pause_s = limits.COPY_POLL_FIRST_S
        while True:
            opened = self.store.open(
                turn.session_hash, turn.reply_key, turn.token, pointer, pins_of=pins_of
            )
            if not opened.busy:
                return opened
            wait(turn, pause_s)
            pause_s = min(pause_s * 1.5, limits.COPY_POLL_LONGEST_S)

    def _work(self, turn: Turn, opened: Opened) -> Reply:
        started = time.perf_counter()
        session = Session.decode(opened.data) if opened.data else None
        turn.language = (session and session.language) or turn.language
        answer = None if session is None else self._continuity(turn, session, opened)
        session = session or Session(number=turn.number)
        turn.at_secret = session.asks_secret
        place = turn.place = session.place.name
        turn.count = session.turns + 1
        pin_throttle = PinThrottle(self.store, turn.service.tenant, opened.wrong_pins)
        with self._context(turn, pin_throttle=pin_throttle) as context:
            talk = Conversation(tree_of(turn.service), self.flows, context, session)
            try:
                reply = _reply(talk, self._screen(turn, talk, answer, opened.earlier))
                outcome = ENDED if reply.ends and talk.outcome == SHOWN else talk.outcome
                if not context.commit():
                    outcome = UNKNOWN
                    reply = _unknown(session, pin_was_right=talk.pin_was_right)
            except Exception as fault:
                turn.language = session.language or turn.language
                if not isinstance(fault, Refused):
                    turn.failure = _line(turn, session, place, FAILED, started)
                try:
                    self._close(turn, fault)
                finally:  # last: it may take its time
                    with contextlib.suppress(Unavailable, OutcomeUnknown):
                        talk.give_back()
                raise
        line = _line(turn, session, session.place.name, outcome, started)
        session.turns += 1
        session.text_length = len(turn.text)
        session.text_hash = self._text_hash(turn.text)
        session.at_s = int(clock.epoch_s())
        self._save(turn, session, reply, line)
        return reply

    def _screen(
        self, turn: Turn, talk: Conversation, answer: str | None, earlier: bytes | None
    ) -> Screen:
        if turn.service.tenant.paused:
            return paused(talk, first=answer is None)
        if answer is None:
            return open_conversation(self.store, turn, talk, earlier)
        talk.take(answer)
        return talk.show()

    def _context(
        self, turn: Turn, *, pin_throttle: PinThrottle | None = None, only_reads: bool = False
    ) -> TurnContext:
        return TurnContext(
            self.database,
            self.keys,
            turn.service,
            address=turn.request.address,
            session_hash=turn.session_hash,
            deadline=turn.deadline,
            pin_throttle=pin_throttle,
            only_reads=only_reads,
        )

    def _text_hash(self, text: str) -> str:
        return self.keys.session("text", text)[:20]

    def _continuity(self, turn: Turn, session: Session, opened: Opened) -> str:
        """The new answer in a cumulative text: what follows the text of the turn before.

        A `*` may be part of an answer, so that nothing is split here. Raises Refused when the hop
        is of another phone, or its text does not go on from what was said.
        """
        text, length = turn.text, session.text_length
        if (
            session.number == turn.number
            and not (opened.moved or session.ended)
            and session.turns < limits.TURNS_PER_SESSION
        ):
            if length == 0 and text:
                return text
            goes_on = text[length : length + 1] == "*"
            if goes_on and self._text_hash(text[:length]) == session.text_hash:
                return text[length + 1 :]
        raise Refused(sentences.SESSION_ENDED)

    def _walk_without_store(self, turn: Turn) -> Reply:
        """Redis is down: the position is in the text. Nothing with an effect is shown or done; what
        the session has done already is told."""
        session = Session(number=turn.number)
        found: list[Person] | None = None
        talk: Conversation | None = None
        try:
            with self._context(turn, only_reads=True) as context:
                talk = Conversation(tree_of(turn.service), self.flows, context, session)
                if context.tenant.paused:
                    return _reply(talk, paused(talk, first=True))
                found = identify(talk)
                screen = walk_without_store(turn, talk, found)
                if screen is not None:
                    return _reply(talk, screen)  # and rolled back: a walk changes nothing
        except Unavailable:
            pass  # there would be an effect; or Postgres is away as well
        return self._stop_without_store(turn, session, found, talk.unread if talk else [])

    def _may_have_acted(self, session: Session, unread: list[str]) -> bool:
        """Whether answers that a walk did not feed could have changed what is not to be seen in the
        intents of the session: somebody's PIN, or a sale that another session began."""
        if len(unread) > 1 and any(navigation(part) for part in unread):
            return True  # they went elsewhere
        flow = self.flows.get(session.place.flow)
        return flow is not None and 0 < flow.acts_after <= len(unread)

    def _stop_without_store(
        self, turn: Turn, session: Session, found: list[Person] | None, unread: list[str]
    ) -> Reply:
        """Nothing is taken; or the hop is a copy of one that is being worked, or was. So what the
        session left open is void, and only then is it said. Raises StillWorking where it cannot be
        known."""
        typed = turn.request.text
        if typed and found is None:
            raise StillWorking
        if typed and self._may_have_acted(session, unread):
            raise StillWorking
        if typed and found:
            try:
                with self.database.transaction(turn.service.tenant.id, turn.deadline) as tx:
                    ids = [person.id for person in found]
                    done = intents.end_session(tx, ids, turn.session_hash)
            except (Unavailable, OutcomeUnknown):
                raise StillWorking from None
            if done is not None:
                return _end(receipt_of(done, whose(done, found).id), turn.language)
        return _end(sentences.NOT_NOW, turn.language)

    def _save(self, turn: Turn, session: Session, reply: Reply, line: bytes) -> None:
        saved = False
        try:
            saved = self.store.save(
                turn.session_hash,
                turn.token,
                data=session.encode(),
                reply_key=turn.reply_key,
                reply=reply.pack(),
                log=line,
                pointer=turn.pointer if session.turns == 1 else None,
            )
        except StoreDown:
            pass
        except Exception as fault:  # it is committed: nobody may be told that nothing was taken
            _log_fault(fault, turn)
        if not saved:  # what was done is done, and the reply says so
            log.warning("session not saved", extra=turn.names())


def _line(turn: Turn, session: Session, place: str, outcome: str, started_s: float) -> bytes:
    """A line of the turn log, for the turn that comes after those that the session counts."""
    return orjson.dumps(
        {
            "tenant": turn.service.tenant.id,
            "id": uuid7(),
            "service": turn.service.id,
            "session": turn.session_hash,
            "subscriber": session.caller.id or None,
            "number": session.turns + 1,
            "place": place,
            "outcome": outcome,
            "language": session.language,
            "took_us": int((time.perf_counter() - started_s) * 1e6),
        }
    )


def _unknown(session: Session, *, pin_was_right: bool) -> Reply:
    """The answer to COMMIT was lost. Where money was to move, the text of that very transaction
    tells that it did; and the next dial shows what became of it."""
    money = session.receipt != "" or (pin_was_right and "intent" in session.data)
    session.ended = True
    session.receipt = ""
    session.shown = Shown()  # what it was to show, nobody sees
    return _end(sentences.OUTCOME_BY_SMS if money else STILL_WORKING, session.language)


def _reply(talk: Conversation, screen: Screen) -> Reply:
    page = render(talk, screen)
    return Reply(page.text, page.ends)


def _end(text: Text, language: str) -> Reply:
    return Reply(say(text, language), True)


def _log_fault(fault: Exception, turn: Turn | None) -> None:
    """Where it happened and of what kind; never its text, which may hold what was typed. A demo's
    log explains it (`app.logs`)."""
    where = "".join(traceback.format_tb(fault.__traceback__)[-4:])
    names = turn.names() if turn else {}
    log.error("turn failed: %s\n%s", type(fault).__name__, where, extra={**names, "fault": fault})
