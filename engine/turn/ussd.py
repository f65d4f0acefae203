"""A turn: one inbound message of a gateway, and the reply to it, exactly once.

load and lock (one Redis round trip) -> the same message again? its reply -> one step of the
conversation, facts changed in one transaction -> render -> commit -> save, log, unlock (one
Redis round trip)
"""

import contextlib
import logging
import os
import time
import traceback
import uuid

from core.db.database import Database, Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.metrics.series import APOLOGIES, tenant_label
from core.money import intents
from core.people.people import USSD
from core.security.keyring import Keyring
from core.tenants.directory import Directory, Service
from engine import limits
from engine.context import TurnContext
from engine.conversation import step
from engine.hop_limits import TooManyAlarm, levels_of
from engine.moves import SHOWN
from engine.registry import Registry
from engine.render import render
from engine.session import SECRETS, Session, Shown, replace
from engine.store.sessions import Opened, Store, StoreDown
from engine.turn.first_message import first_step, paused_step
from engine.turn.last_input import kept_number, name_hop, open_session, refuse_without_store
from engine.turn.log_line import log_line
from engine.turn.message import (
    ENDED,
    FAILED,
    STILL_WORKING,
    UNKNOWN,
    LastInput,
    Refused,
    Reply,
    StillWorking,
    Turn,
    UssdRequest,
    wait,
)
from engine.turn.recall import receipt_of, whose
from engine.turn.replay import StorelessReplay
from engine.turn.seal import SessionSeal
from engine.turn.stored import StoredSession
from menus import sentences
from menus.languages import SOURCE_LANGUAGE
from menus.texts import Text, say
from values import clock

log = logging.getLogger(__name__)

__all__ = ["LastInput", "Reply", "Turns", "UssdRequest"]


class Turns:
    """Takes messages. One a process; safe to share between threads."""

    def __init__(
        self,
        *,
        database: Database,
        store: Store,
        keys: Keyring,
        directory: Directory,
        flows: Registry,
    ) -> None:
        self.database = database
        self.store = store
        self.keys = keys
        self.seal = SessionSeal(keys)
        self.too_many = TooManyAlarm()
        self.directory = directory
        self.flows = flows

    def take(self, request: UssdRequest, only: Service | None = None) -> Reply:
        """Answer a message. Never raises: whatever goes wrong, a person gets an honest sentence.

        `only` is the service that the webhook's path belongs to; a message for another is refused.
        """
        turn = None
        try:
            turn = self._turn(request, only)
            levels = levels_of(turn.service, turn.number)
            if request.last is not None:
                found = open_session(self.store, self.seal, turn, levels, self.too_many)
                return found if isinstance(found, Reply) else self._work(turn, found)
            pointer = None if request.text else turn.pointer
            pause_s = limits.COPY_POLL_FIRST_S
            while True:
                opened = self.store.open(
                    turn.session_hash, turn.reply_key, turn.token, pointer, levels
                )
                if opened.too_many is not None:
                    self.too_many(turn.service, opened.too_many)
                    raise Refused(sentences.TOO_MANY)
                if opened.reply is not None:
                    reply = self.seal.open_reply(turn, opened.reply)
                    if reply is not None:
                        return Reply.unpack(reply)
                    self.store.drop(turn.session_hash)  # it is as lost, and walked again
                elif not opened.busy:
                    return self._work(turn, opened)
                # A copy of this message is being worked: wait for its reply.
                wait(turn, pause_s)
                pause_s = min(pause_s * 1.5, limits.COPY_POLL_LONGEST_S)
        except Exception as fault:
            return self._apologise(turn, only, fault)

    def _apologise(self, turn: Turn | None, only: Service | None, fault: Exception) -> Reply:
        """What is said of a fault; while Redis is down, what the text leads to."""
        try:
            if turn is not None and isinstance(fault, StoreDown):
                # Before anything was done: what follows `open` does not raise it.
                return self._replay_without_store(turn)
        except Exception as another:
            fault = another
        match fault:
            case Refused():
                reason: Text = fault.reason
                why = "refused"
            case Unavailable():
                reason = sentences.NOT_NOW
                why = "unavailable"
            case _:
                _log_fault(fault, turn)
                reason = sentences.NOT_NOW
                why = "fault"
        service = turn.service if turn else only
        APOLOGIES.labels(tenant_label(service.tenant.slug) if service else "", why).inc()
        if turn is not None:
            return _end(reason, turn.language)
        return _end(reason, only.tenant.languages[0] if only else SOURCE_LANGUAGE)

    def _turn(self, request: UssdRequest, only: Service | None) -> Turn:
        asked = (request.provider, "ussd", request.service_code)
        if only is not None and (only.provider, only.channel, only.code) == asked:
            service, digits = only, ""
        elif request.last is not None:  # only its own hook serves such a wire
            raise Refused(sentences.SERVICE_UNKNOWN)
        else:
            found = self.directory.find(*asked)
            if found is None or (only is not None and found[0].id != only.id):
                raise Refused(sentences.SERVICE_UNKNOWN)
            service, digits = found
        if request.too_long or len(request.text) > limits.TEXT_CHARS:
            raise Refused(sentences.TOO_LONG)
        # Empty answers before the first that says something are stars at the front: `*5`. A gateway
        # tells the first of them apart from a copy of the dial no more than we do.
        typed = request.text.lstrip("*")
        text = f"{digits}*{typed}" if digits and typed else digits or typed
        keys = self.keys
        number = keys.lookup(USSD, request.address).hex()
        text_hash = keys.session(number, text)[:20]
        turn = Turn(
            service=service,
            request=request,
            session_hash=keys.session(request.provider, service.code, request.session_id),
            number=number,
            text=text,
            text_hash=text_hash,
            reply_key=f"{len(text)}:{text_hash}",
            token=os.urandom(12),
            deadline=Deadline(limits.TURN_DEADLINE_S),
            language=service.tenant.languages[0],
        )
        return turn if request.last is None else name_hop(turn, keys)

    def _close(self, turn: Turn, fault: BaseException) -> None:
        """Let the session go after a failure. Once a PIN or a code was typed, no copy of it may
        pay what this says was not paid: it gets the same answer. Raises StillWorking where that
        cannot be had, since then a copy may be paying."""
        if turn.is_closed or isinstance(fault, StoreDown):  # then the lock runs out by itself
            return
        turn.is_closed = True
        answers = turn.at_secret and not isinstance(fault, Refused)
        failed = _end(sentences.NOT_NOW, turn.language).pack()
        reply = self.seal.seal_reply(turn, failed) if answers else b""
        kept = False
        with contextlib.suppress(StoreDown):
            kept = self.store.unlock(
                turn.session_hash, turn.token, turn.failure, turn.reply_key, reply
            )
        if answers and not kept:
            raise StillWorking from fault

    def _work(self, turn: Turn, opened: Opened) -> Reply:
        started_s = time.perf_counter()
        try:
            stored, typed = self._continue(turn, opened)
            session = stored.session
            context = TurnContext(
                self.database,
                self.keys,
                turn.service,
                self.flows,
                address=turn.request.address,
                session_hash=turn.name or turn.session_hash,
                deadline=turn.deadline,
            )
            try:
                if turn.service.tenant.paused:
                    taken = paused_step(context, session, first=typed is None)
                elif typed is None:
                    taken = first_step(self.store, self.seal, turn, context, opened.earlier)
                else:
                    taken = step(context, session, typed)
                page, after = render(context, taken)
                outcome = ENDED if page.ends and taken.outcome == SHOWN else taken.outcome
                reply = Reply(page.text, page.ends)
                if context.in_transaction and not context.commit():
                    outcome = UNKNOWN
                    reply, after = _unknown(after, is_pin_right=context.pin_right_of is not None)
            except Exception as fault:
                if not isinstance(fault, Refused):
                    turn.failure = log_line(
                        turn, session, place=turn.place, outcome=FAILED, started_s=started_s
                    )
                try:
                    self._close(turn, fault)
                finally:  # last: it may take its time
                    with contextlib.suppress(Unavailable, OutcomeUnknown):
                        context.give_back_pin()
                raise
            finally:
                if context.in_transaction:
                    context.rollback()
        except BaseException as fault:
            self._close(turn, fault)
            raise
        self._save(turn, stored, after, reply, outcome=outcome, started_s=started_s)
        return reply

    def _continue(self, turn: Turn, opened: Opened) -> tuple[StoredSession, str | None]:
        """The session so far, and the new answer in a cumulative text: what follows the text of the
        turn before. No answer: it is the first message.

        A `*` may be part of an answer, so that nothing is split here. Raises Refused when the
        message is of another phone, or its text does not go on from what was said.
        """
        if turn.continued is not None:
            return turn.continued
        stored, data = None, None
        if opened.data:
            data = self.seal.open(turn.service, turn.session_hash, opened.data)
        if data is not None:
            stored = StoredSession.unpack(data)
        new = stored is None
        if stored is None:
            stored = StoredSession(Session(), turn.number)
        turn.place, turn.count = stored.session.place.name, stored.turns + 1
        if new:
            return stored, None
        session, text, length = stored.session, turn.text, stored.text_length
        turn.language = session.language or turn.language
        if (
            stored.number == turn.number
            and not (opened.moved or session.ended)
            and stored.turns < limits.TURNS_PER_SESSION
        ):
            turn.at_secret = session.shown.kind in SECRETS
            if length == 0 and text:
                return stored, text
            goes_on = text[length : length + 1] == "*"
            if goes_on and self.keys.session(turn.number, text[:length])[:20] == stored.text_hash:
                return stored, text[length + 1 :]
        raise Refused(sentences.SESSION_ENDED)

    def _replay_without_store(self, turn: Turn) -> Reply:
        """Redis is down: the position is in the text. Nothing with an effect is shown or done; what
        the session has done already is said."""
        if turn.request.last is not None:
            refuse_without_store(turn)
        replay, reached = None, None
        try:
            with TurnContext(
                self.database,
                self.keys,
                turn.service,
                self.flows,
                address=turn.request.address,
                session_hash=turn.session_hash,
                deadline=turn.deadline,
                only_reads=True,
            ) as context:
                if context.tenant.paused:
                    reached = paused_step(context, Session(), first=True)
                else:
                    replay = StorelessReplay(turn, context)
                    reached = replay.run(Session())
                if reached is not None:
                    page, _ = render(context, reached)
                    return Reply(page.text, page.ends)  # and rolled back: a replay changes nothing
        except Unavailable:
            pass  # there would be an effect; or Postgres is away as well
        return self._stop_without_store(turn, replay)

    def _stop_without_store(self, turn: Turn, replay: StorelessReplay | None) -> Reply:
        """Nothing is taken; or the message is a copy of one that is being worked, or was. So what
        the session left open is void, and only then is it said. Raises StillWorking where it cannot
        be known."""
        if turn.request.text:
            if replay is None or replay.found is None or replay.may_have_acted():
                raise StillWorking
            if replay.found:
                done = self._end_session(turn, [person.id for person in replay.found])
                if done is not None:
                    person = whose(done, replay.found)
                    return _end(receipt_of(done, person.id), turn.language)
        return _end(sentences.NOT_NOW, turn.language)

    def _end_session(self, turn: Turn, people_ids: list[uuid.UUID]) -> intents.Intent | None:
        try:
            with self.database.transaction(turn.service.tenant.id, turn.deadline) as tx:
                return intents.end_session(tx, people_ids, turn.session_hash)
        except (Unavailable, OutcomeUnknown):
            raise StillWorking from None

    def _save(
        self,
        turn: Turn,
        before: StoredSession,
        session: Session,
        reply: Reply,
        *,
        outcome: str,
        started_s: float,
    ) -> None:
        """Keep the session and the reply, and log the turn."""
        saved = False
        try:
            place = session.place.name
            line = log_line(turn, session, place=place, outcome=outcome, started_s=started_s)
            text_length, at_s = len(turn.text), int(clock.epoch_s())
            number = kept_number(turn, before) if turn.request.last is not None else ""
            stored = StoredSession(
                *(session, turn.number, before.turns + 1, text_length, turn.text_hash, at_s),
                *(number, turn.name),
            )
            data, packed = self.seal.seal(turn, stored.pack(), reply.pack())
            saved = self.store.save(
                turn.session_hash,
                turn.token,
                data=data,
                reply_key=turn.reply_key,
                reply=packed,
                log=line,
                pointer=turn.pointer if before.turns == 0 else None,
                keeps=before.turns == 0 or _is_to_be_kept(before.at_s, at_s),
            )
        except StoreDown:
            pass
        except Exception as fault:  # it is committed: nobody may read that nothing was taken
            _log_fault(fault, turn)
        if not saved:  # what was done is done, and the reply says so
            log.warning("session not saved", extra=turn.names())


def _is_to_be_kept(before_s: int, at_s: int) -> bool:
    """Whether Redis is to be told again how long a session is kept."""
    return before_s // limits.KEPT_AGAIN_S != at_s // limits.KEPT_AGAIN_S


def _unknown(session: Session, *, is_pin_right: bool) -> tuple[Reply, Session]:
    """The answer to COMMIT was lost. Where money was to move, the message of that very transaction
    says that it did; and the next dial shows what became of it."""
    is_money = session.receipt != "" or (is_pin_right and session.payment.intent != "")
    # What it was to show, nobody sees.
    ended = replace(session, ended=True, receipt="", shown=Shown())
    return _end(sentences.OUTCOME_BY_SMS if is_money else STILL_WORKING, session.language), ended


def _end(text: Text, language: str) -> Reply:
    return Reply(say(text, language), True)


def _log_fault(fault: Exception, turn: Turn | None) -> None:
    """Where it happened and of what kind; never its text, which may hold what was typed. A demo's
    log explains it (`app.logs`)."""
    where = "".join(traceback.format_tb(fault.__traceback__)[-4:])
    names = turn.names() if turn else {}
    log.error("turn failed: %s\n%s", type(fault).__name__, where, extra={**names, "fault": fault})
