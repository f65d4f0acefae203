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

from core import people
from core.db import Database, Deadline
from core.errors import OutcomeUnknown, Unavailable
from core.ids import uuid7
from core.secrets import Keyring
from core.tenants import Directory, Service
from flows.kit import limits
from flows.kit.conversation import Conversation
from flows.kit.desk import Desk
from flows.kit.flow import Flow
from flows.kit.hop import STILL_WORKING, Hop, Refused, Reply, Turn
from flows.kit.opening import feed, identify, open_conversation, shows_no_effect, wait
from flows.kit.render import render, tree_of
from flows.kit.session import Session
from flows.kit.store import Opened, Store, StoreDown
from menus import sentences
from menus.screens import Screen
from menus.texts import Text, say

log = logging.getLogger(__name__)

__all__ = ["Hop", "Reply", "Turns"]


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
        turn = None
        try:
            turn = self._turn(hop, only)
            return self._take(turn)
        except Refused as refused:
            reason: Text = refused.reason
        except Unavailable:
            reason = sentences.NOT_NOW
        except Exception as fault:
            _log_fault(fault)
            reason = sentences.NOT_NOW
        return _end(reason, turn.language if turn else "en")

    def _turn(self, hop: Hop, only: Service | None) -> Turn:
        found = self.directory.find(hop.provider, "ussd", hop.service_code)
        if found is None or (only is not None and found[0].id != only.id):
            raise Refused(sentences.SERVICE_UNKNOWN)
        if hop.too_long or len(hop.text) > limits.TEXT_CHARS:
            raise Refused(sentences.TOO_LONG)
        service, digits = found
        text = f"{digits}*{hop.text}" if digits and hop.text else digits or hop.text
        number = self.keys.lookup(people.USSD, hop.address).hex()
        return Turn(
            service=service,
            hop=hop,
            session_hash=self.keys.session(hop.provider, service.code, hop.session_id),
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
        except StoreDown:
            return self._walk_without_store(turn)
        if opened.reply is not None:
            return Reply.unpack(opened.reply)
        try:
            return self._work(turn, opened)
        except BaseException:
            with contextlib.suppress(StoreDown):  # else the lock runs out by itself
                self.store.unlock(turn.session_hash, turn.token)
            raise

    def _open(self, turn: Turn) -> Opened:
        """Load and lock; while a copy of this hop is being worked, wait for its reply."""
        pointer = None if turn.hop.text else turn.pointer
        pause_s = limits.COPY_POLL_FIRST_S
        while True:
            opened = self.store.open(turn.session_hash, turn.reply_key, turn.token, pointer)
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
        with self._desk(turn) as desk:
            talk = Conversation(tree_of(turn.service), self.flows, desk, session)
            try:
                reply = _reply(talk, self._screen(turn, talk, answer, opened.earlier))
                if not desk.commit():
                    turn.outcome = "unknown"
                    reply = _unknown(session)
            except Exception:
                turn.language = session.language or turn.language
                with contextlib.suppress(Unavailable, OutcomeUnknown):
                    talk.give_back()
                raise
        session.turns += 1
        session.text_length = len(turn.text)
        session.text_hash = self._text_hash(turn.text)
        session.at_s = int(time.time())
        self._save(turn, session, reply, time.perf_counter() - started)
        return reply

    def _screen(
        self, turn: Turn, talk: Conversation, answer: str | None, earlier: bytes | None
    ) -> Screen:
        if turn.service.tenant.paused:
            return talk.paused()
        if answer is None:
            return open_conversation(self.store, turn, talk, earlier)
        talk.take(answer)
        return talk.show()

    def _desk(self, turn: Turn, *, only_reads: bool = False) -> Desk:
        return Desk(
            self.database,
            self.keys,
            turn.service,
            address=turn.hop.address,
            session_hash=turn.session_hash,
            deadline=turn.deadline,
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
        """Redis is down: the position is in the text. Nothing with an effect is shown or done."""
        with self._desk(turn, only_reads=True) as desk:
            session = Session(number=turn.number)
            talk = Conversation(tree_of(turn.service), self.flows, desk, session)
            if desk.tenant.paused:
                return _reply(talk, talk.paused())
            talk.begin(identify(talk))
            turn.language = session.language
            screen = feed(talk, turn.text, rebuilding=True) if turn.text else talk.show()
            if not shows_no_effect(screen):
                return _end(sentences.NOT_NOW, session.language)
            return _reply(talk, screen)  # and rolled back: a walk changes nothing

    def _save(self, turn: Turn, session: Session, reply: Reply, took_s: float) -> None:
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
                "took_us": int(took_s * 1e6),
            }
        )
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
            _log_fault(fault)
        if not saved:  # what was done is done, and the reply says so
            log.warning("session not saved: session=%s", turn.session_hash[:8])


def _unknown(session: Session) -> Reply:
    """The answer to COMMIT was lost. Where money was asked for, the text of that very transaction
    tells whether it moved; elsewhere the next dial shows what became of it."""
    money = "intent" in session.data or "approval" in session.data
    session.ended = True
    session.receipt = ""
    return _end(sentences.OUTCOME_BY_SMS if money else STILL_WORKING, session.language)


def _reply(talk: Conversation, screen: Screen) -> Reply:
    page = render(talk, screen)
    return Reply(page.text, page.ends)


def _end(text: Text, language: str) -> Reply:
    return Reply(say(text, language), True)


def _log_fault(fault: Exception) -> None:
    """Where it happened and of what kind; never its text, which may hold what was typed."""
    where = "".join(traceback.format_tb(fault.__traceback__)[-4:])
    log.error("turn failed: %s\n%s", type(fault).__name__, where)
