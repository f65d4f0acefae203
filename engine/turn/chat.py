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
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import msgspec

from core.analytics import turnlog
from core.db.database import Database, Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.inbox import handovers, inbox
from core.inbox.inbox import Held, LeaseLost, Waiting
from core.messaging.messages import SEND_TEXT
from core.people import people
from core.people.people import Person
from core.security.keyring import Keyring
from core.tenants import directory as tenants
from core.tenants.directory import Directory, Service
from engine import limits
from engine.context import TurnContext
from engine.conversation import Step, begin, paused, step
from engine.flow import Flow
from engine.kinds import kind_of
from engine.moves import SHOWN
from engine.render import render
from engine.session import NO_PAYMENT, SECRETS, Session, Shown, replace
from engine.turn.message import ENDED, FAILED
from engine.turn.stored import StoredSession
from menus import sentences
from menus.keys import is_menu_word
from menus.texts import Text, say
from values.ids import uuid7

log = logging.getLogger(__name__)


class ChatReply(NamedTuple):
    """What a message came to: the words, and the session after it (None: it is over)."""

    text: str
    session: Session | None
    expects_pin: bool = False
    outcome: str = SHOWN
    place: str = ""


class ChatTurns:
    """Works what people write. One a process."""

    def __init__(
        self,
        *,
        database: Database,
        keys: Keyring,
        directory: Directory,
        flows: Mapping[str, type[Flow]],
    ) -> None:
        self._database = database
        self._keys = keys
        self._directory = directory
        self._flows = flows

    def work_next(self, tenant_id: uuid.UUID, held: Held) -> bool:
        """Answer the oldest message of a conversation that this process holds; False where none
        waits. A fault of ours is answered, too, so that no message stops those behind it.

        Raises Unavailable and OutcomeUnknown (the message waits, or is done), LeaseLost.
        """
        service = self._directory.by_id(held.service_id)
        if service is None:  # it was closed: what came in before is answered by nobody
            return False
        started_s = time.perf_counter()
        message = None
        try:
            with self._context(service, held) as context:
                message = context.read(inbox.next_message, self._keys, held)
                if message is None:
                    return False
                stored = StoredSession.decode(message.session) if message.session else None
                number = message.sessions + (stored is None)
                context.session_hash = self._keys.session("chat", held.id.hex, str(number))
                reply = self._take(context, stored, message)
                turns = stored.turns + 1 if stored else 1
                self._answer(context, held, message, reply=reply, turns=turns, started_s=started_s)
                if not context.commit():
                    raise OutcomeUnknown("the answer to COMMIT was lost")
        except (Unavailable, OutcomeUnknown, LeaseLost):
            raise
        except Exception as fault:
            if message is None:
                raise
            _log_fault(fault, service, held)
            with self._context(service, held) as context:
                excuse = say(sentences.NOT_NOW, service.tenant.languages[0])
                failed = ChatReply(excuse, None, outcome=FAILED)
                self._answer(context, held, message, reply=failed, turns=1, started_s=started_s)
                context.commit()
        return True

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
    ) -> None:
        session = reply.session
        context.write(
            inbox.answer,
            self._keys,
            held,
            message,
            reply={"text": reply.text},
            session=StoredSession(session, "", turns).encode() if session else None,
            lasts_s=lasts_s(context.service),
            is_new=message.session is None,
            expects_pin=reply.expects_pin,
            send_kind=SEND_TEXT,
            failed=reply.outcome == FAILED,
        )
        caller = session.caller.id if session else ""
        context.write(
            turnlog.write,
            [
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
                )
            ],
        )

    # --- one step -------------------------------------------------------------------------------

    def _take(
        self, context: TurnContext, stored: StoredSession | None, message: Waiting
    ) -> ChatReply:
        session = stored.session if stored else None
        begins = session is None or is_menu_word(message.content.text)
        found = self._found(context) if begins else []
        language = context.tenant.languages[0]
        if session is not None:
            language = session.language or language
        elif len(found) == 1:
            language = found[0].language
        if message.had_pin:  # it was taken out before it was stored
            return self._by_ussd(context, sentences.pin_in_chat, language, session)
        if context.tenant.paused:
            return _shown(context, paused(context, Session(language=language)))
        if session is None or begins:
            if not found or not all(person.has_pin or person.frozen for person in found):
                return self._by_ussd(context, sentences.register_by_ussd, language, None)
            taken = begin(context, Session(), found)
        else:
            taken = step(context, session, message.content.text)
        if kind_of(taken.screen) in SECRETS:  # what is never typed in a chat
            return self._hand_over(context, taken)
        return _shown(context, taken)

    def _found(self, context: TurnContext) -> list[Person]:
        return context.read(
            people.identify, self._keys, context.address, channel=context.address_channel
        )

    def _hand_over(self, context: TurnContext, taken: Step) -> ChatReply:
        """What comes next needs a PIN: it waits for the person's dial, at the screen before it,
        where that is one of the same conversation."""
        session = taken.session
        if session.back and session.back[-1].flow == session.place.flow and session.caller.id:
            waiting = replace(
                session,
                place=session.back[-1],
                back=session.back[:-1],
                payment=NO_PAYMENT,
                shown=Shown(),
            )
            context.write(
                handovers.hand_over,
                self._keys,
                uuid.UUID(session.caller.id),
                msgspec.json.encode(waiting),
                lasts_s=limits.HANDOVER_S,
            )
            return self._by_ussd(context, sentences.finish_by_ussd, session.language, None)
        return self._by_ussd(context, sentences.only_by_ussd, session.language, None)

    def _by_ussd(
        self,
        context: TurnContext,
        sentence: Callable[[str], Text],
        language: str,
        session: Session | None,
    ) -> ChatReply:
        code = context.read(tenants.ussd_code)
        words = sentence(code) if code else sentences.NOT_IN_CHAT
        return ChatReply(say(words, language), session, expects_pin=True)


def lasts_s(service: Service) -> float:
    """How long a conversation lasts after each message."""
    minutes = service.settings.get("session_minutes")
    return float(minutes) * 60 if minutes else CHAT_SESSION_S[service.channel]


CHAT_SESSION_S: Final = {"sms": 15 * 60.0, "whatsapp": 24 * 3600.0}


def _shown(context: TurnContext, taken: Step) -> ChatReply:
    page, session = render(context, taken)
    outcome = ENDED if page.ends and taken.outcome == SHOWN else taken.outcome
    return ChatReply(
        page.text, None if session.ended else session, outcome=outcome, place=session.place.name
    )


def _log_fault(fault: Exception, service: Service, held: Held) -> None:
    """Where it happened and of what kind; never its text, which may hold what was typed."""
    where = "".join(traceback.format_tb(fault.__traceback__)[-4:])
    log.error(
        "chat turn failed: %s\n%s",
        type(fault).__name__,
        where,
        extra={"tenant": service.tenant.slug, "conversation": held.id.hex[:8], "fault": fault},
    )
