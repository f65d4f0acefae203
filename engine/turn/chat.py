"""A chat turn: the oldest message that waits in a conversation, and the reply to it, exactly once.

hold the conversation -> its oldest message and its session -> one step -> the reply, the session
and the message's end, in one transaction

The reply is a message of its own, sent by a worker. Nothing has a deadline of seconds here, and no
session is on the wire: it lasts for a while after each message. No PIN is typed: what needs one is
finished by USSD, where the session waits.
"""

import logging
import time
import traceback
import uuid
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Final

import msgspec

from core.analytics import turnlog
from core.db.database import Database, Deadline, Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.inbox import inbox
from core.inbox.inbox import Behind, Held, LeaseLost, Waiting
from core.messaging.delivery import SEND_TEXT
from core.security.keyring import Keyring
from core.tenants.directory import Directory, Service
from engine import limits
from engine.context import TurnContext
from engine.registry import Registry
from engine.turn.chat_step import ChatReply, take
from engine.turn.message import FAILED
from engine.turn.replies import WITH_CHOICES, Reply
from engine.turn.stored import StoredSession
from engine.turn.written import Written, alike, written_of
from menus import sentences
from menus.texts import say
from values.ids import uuid7

log = logging.getLogger(__name__)


class Worked(Enum):
    """What became of the messages that waited in a conversation."""

    NOTHING = "none waited"
    ONE = "one is answered; others may wait"
    ALL = "what waited is answered, and `at_end` is done"


class ChatTurns:
    """Works what people write. One a process."""

    def __init__(
        self,
        *,
        database: Database,
        keys: Keyring,
        directory: Directory,
        flows: Registry,
    ) -> None:
        self._database = database
        self._keys = keys
        self._directory = directory
        self._flows = flows

    def work_next(
        self, tenant_id: uuid.UUID, held: Held, at_end: Callable[[Tx], None] | None = None
    ) -> Worked:
        """Answer the oldest message of a conversation that this process holds. A fault of ours is
        answered, too, so that no message stops those behind it.

        Where no other message waits, `at_end` is done in the transaction of the reply: one that
        has come meanwhile has a row of its own.

        Raises Unavailable and OutcomeUnknown (the message waits, or is done), LeaseLost.
        """
        service = self._directory.by_id(held.service_id)
        if service is None:  # it was closed: what came in before is answered by nobody
            return Worked.NOTHING
        started_s = time.perf_counter()
        message = None
        try:
            with self._context(service, held) as context:
                message = context.read(inbox.next_message, self._keys, held)
                if message is None:
                    return Worked.NOTHING
                stored = StoredSession.decode(message.session) if message.session else None
                number = message.sessions + (stored is None)
                context.session_hash = self._keys.session("chat", held.id.hex, str(number))
                session = stored.session if stored else None
                written = written_of(
                    message.id, message.content, message.had_pin, message.reply_flow
                )
                reply = take(context, held, session, written)
                turns = stored.turns + 1 if stored else 1
                also = self._answered_too(message, written) if reply.repeats else []
                self._answer(
                    context,
                    held,
                    message,
                    reply=reply,
                    turns=turns,
                    started_s=started_s,
                    also=also,
                )
                is_last = at_end is not None and len(also) == len(message.behind)
                if at_end is not None and is_last:
                    context.write(at_end)
                if not context.commit():
                    raise OutcomeUnknown("the answer to COMMIT was lost")
                return Worked.ALL if is_last else Worked.ONE
        except (Unavailable, OutcomeUnknown, LeaseLost):
            raise
        except Exception as fault:
            if message is None:
                raise
            _log_fault(fault, service, held)
            with self._context(service, held) as context:
                excuse = say(sentences.NOT_NOW, service.tenant.languages[0])
                failed = ChatReply(Reply(excuse), None, outcome=FAILED)
                self._answer(context, held, message, reply=failed, turns=1, started_s=started_s)
                context.commit()
        return Worked.ONE

    def _context(self, service: Service, held: Held) -> TurnContext:
        return TurnContext(
            self._database,
            self._keys,
            service,
            self._flows,
            address=held.address,
            address_channel=held.channel,
            session_hash="",
            deadline=Deadline(limits.CHAT_DEADLINE_S),
        )

    def _answer(
        self,
        context: TurnContext,
        held: Held,
        message: Waiting,
        *,
        reply: ChatReply,
        turns: int,
        started_s: float,
        also: Sequence[Behind] = (),
    ) -> None:
        session = reply.session
        said = reply.message
        if context.service.channel in WITH_CHOICES and len(message.behind) > len(also):
            # Other messages wait: which of them this one answers is shown.
            said = msgspec.structs.replace(said, answers_id=message.provider_message_id)
        if message.content.link_id:
            said = msgspec.structs.replace(said, link_id=message.content.link_id)
        context.write(
            inbox.answer,
            self._keys,
            held,
            message,
            reply=said.packed(),
            session=StoredSession(session, "", turns).encode() if session else None,
            lasts_s=lasts_s(context.service),
            is_new=message.session is None,
            expects_pin=reply.expects_pin,
            send_kind=SEND_TEXT,
            failed=reply.outcome == FAILED,
            also=also,
            subscriber_id=uuid.UUID(session.caller.id) if session and session.caller.id else None,
        )
        caller = session.caller.id if session else ""
        context.write(
            turnlog.append,
            turnlog.Turn(
                tenant=context.tenant.id,
                id=uuid7(),
                service=context.service.id,
                session=context.session_hash,
                subscriber=uuid.UUID(caller) if caller else None,
                number=turns,
                place=reply.place,
                outcome=reply.outcome,
                language=session.language if session else "",
                took_us=int((time.perf_counter() - started_s) * 1e6),
            ),
        )

    def _answered_too(self, message: Waiting, written: Written) -> list[Behind]:
        """Those right behind a message that say the same: of a burst, one reply answers all where
        each would get the same one and change nothing more."""
        found = []
        for each in message.behind:
            if not alike(written, written_of(each.id, each.content(self._keys), each.had_pin)):
                break
            found.append(each)
        return found


def lasts_s(service: Service) -> float:
    """How long a conversation lasts after each message."""
    minutes = service.settings.get("session_minutes")
    return float(minutes) * 60 if minutes else CHAT_SESSION_S[service.channel]


CHAT_SESSION_S: Final = {"sms": 15 * 60.0, "whatsapp": 24 * 3600.0}


def _log_fault(fault: Exception, service: Service, held: Held) -> None:
    """Where it happened and of what kind; never its text, which may hold what was typed."""
    where = "".join(traceback.format_tb(fault.__traceback__)[-4:])
    log.error(
        "chat turn failed: %s\n%s",
        type(fault).__name__,
        where,
        extra={"tenant": service.tenant.slug, "conversation": held.id.hex[:8], "fault": fault},
    )
