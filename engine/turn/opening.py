"""The first hop of a session: a new one, one that goes on after a drop, one dialled with digits,
or one whose session was lost and whose text is walked again."""

import contextlib
import time
import uuid
from typing import Final

from core.db.errors import Unavailable
from core.money import intents
from core.money.errors import HoldGone, IntentVoid
from core.people import people
from core.people.people import Person
from engine import limits
from engine.conversation import WAITS, Conversation
from engine.render import render
from engine.session import Caller, Session
from engine.store.sessions import Store
from engine.turn.message import SHOWN, StillWorking, Turn
from engine.wording import done_text, refusal
from menus import sentences
from menus.answers import Code
from menus.screens import Ask, End, Info, Menu, Screen
from menus.texts import Text, _, say
from values import clock
from values.ids import reference_of
from values.money import Money


def open_conversation(
    store: Store, turn: Turn, talk: Conversation, earlier: bytes | None
) -> Screen:
    """The first screen. `earlier` is the session that this phone had before, on a plain dial."""
    this = turn.session_hash.encode()
    if turn.request.text:
        # Digits that a gateway sends as a first text, or a session that was lost.
        return _walk(turn, talk, store.last_session(turn.pointer))
    if turn.text:  # dialled with digits: what was pending is dropped
        talk.begin(identify(talk))
        return feed(talk, turn.text, rebuilding=False)
    old = None
    if earlier is not None and earlier != this:
        old = _take_over(store, turn, earlier.decode())
    if old is None:
        found, old = _recall(store, turn, talk)
    else:
        _look_at_what_was_asked(talk, old)
        found = identify(talk)
    talk.begin(found, old)
    return talk.show()


def identify(talk: Conversation) -> list[Person]:
    context = talk.context
    return context.single_read(people.identify, context.keys, context.address)


def paused(talk: Conversation, *, first: bool) -> End:
    """The tenant is paused, which is said in the caller's language where they are known: at the
    first request, if Postgres can be asked."""
    if first:
        with contextlib.suppress(Unavailable):
            found = identify(talk)
            if len(found) == 1:
                talk.session.language = found[0].language
    return talk.paused()


def done_before(talk: Conversation, found: list[Person]) -> intents.Intent | None:
    """What this very session has done, or set going, as far as the books know."""
    if not found:
        return None
    ids = [person.id for person in found]
    session = talk.context.session_hash
    done = talk.context.read(intents.of_session, ids, session)
    return done or talk.context.read(intents.of_sale_ended_by, ids, session)


def _leads_elsewhere(talk: Conversation, found: list[Person]) -> bool:
    """Whether a text that was typed before may lead to other screens than it did then: whoever has
    a PIN by now is asked to choose none, and what was chosen would be taken for an amount."""
    if not found:
        return False
    ids = [person.id for person in found]
    read = talk.context.read
    if any(person.has_pin for person in found) and read(
        people.has_chosen_pin, talk.context.session_hash
    ):
        return True
    return bool(read(intents.was_waited_for, ids, limits.WALKED_AFTER_S))


def receipt_of(intent: intents.Intent, seen_by: uuid.UUID) -> Text:
    """What became of an intent that was done, or held, as that side of it is told."""
    if intent.state == "pending":
        amount = Money(intent.amount_minor, intent.currency)
        return _("Still waiting: {amount}. We will text you the outcome.", amount=amount)
    if intent.entry_id is None:
        return refusal(HoldGone())
    return done_text(intent, reference_of(intent.entry_id), seen_by)


def feed(talk: Conversation, text: str, *, rebuilding: bool) -> Screen:
    """Feed a text's parts as answers, up to the first secret or confirmation.

    Dialled digits stop at what does not fit, and it is told. `rebuilding` a session, a part that
    does not fit was a slip, and changed nothing then as it does now; two of them one after the
    other mean that the lists have changed since, and the main menu is the honest place.
    """
    talk.unread = text.split("*")
    screen = talk.show()
    slips_allowed = 1 if rebuilding else 0
    for part in talk.unread[: limits.STEPS_PER_TURN]:
        if not takes_fed(screen):
            break  # the rest may hold a secret: dropped, unread
        talk.unread = talk.unread[1:]
        render(talk, screen)  # which options there are, and on which page, is part of the answer
        talk.notice = ""
        talk.take(part)
        if talk.halted:
            return talk.show()
        if talk.session.wrong > slips_allowed:
            if rebuilding:
                talk.go_home(sentences.MENU_CHANGED)
                talk.session.wrong = 0
                talk.outcome = SHOWN
            return talk.show()
        screen = talk.show()
    return screen


def takes_fed(screen: Screen) -> bool:
    """Whether an answer may be fed into the screen: no secret, no confirmation, not the end."""
    return type(screen) in _FED and not (
        isinstance(screen, Ask) and isinstance(screen.answer, Code)
    )


_FED: Final = frozenset({Menu, Ask, Info})


def _take_over(store: Store, turn: Turn, earlier: str) -> Session | None:
    """The session that this phone left, if it can be gone on with. Raises StillWorking."""
    while (data := store.take_over(earlier)) == b"":
        wait(turn, limits.COPY_POLL_LONGEST_S)
    old = Session.decode(data) if data else None
    if old is None or old.number != turn.number:
        return None
    return old if clock.epoch_s() - old.at_s <= limits.RESUME_WITHIN_S else None


def wait(turn: Turn, pause_s: float) -> None:
    """Wait for another turn's end, within this one's deadline. Raises StillWorking."""
    if turn.deadline.left_s <= pause_s:
        raise StillWorking
    time.sleep(pause_s)


def _recall(store: Store, turn: Turn, talk: Conversation) -> tuple[list[Person], Session | None]:
    """Who is calling; and, where no session tells what they did last, the books do: as a session
    that has ended and left a receipt. Once, since a session that somebody remembers tells it."""
    context = talk.context
    if context.service.settings.get("shared_phones"):
        return identify(talk), None
    found, intent = context.single_read(
        people.identify_and_recall, context.keys, context.address, limits.RESUME_WITHIN_S
    )
    if intent is None or not store.first_to_tell(intent.session, turn.session_hash):
        return found, None
    person = whose(intent, found)
    return found, Session(
        number=turn.number,
        language=person.language,
        caller=Caller(str(person.id)),
        ended=True,
        receipt=say(receipt_of(intent, person.id), person.language),
        data={WAITS: _waits(intent)},
    )


def whose(intent: intents.Intent, found: list[Person]) -> Person:
    """Who began it; of a held sale that was ended, it may be its customer who is here."""
    sides = (intent.subscriber_id, intent.payee_id)
    return next(person for side in sides for person in found if person.id == side)


def _look_at_what_was_asked(talk: Conversation, old: Session) -> None:
    """What a dropped session was about to do comes first: what was done is told."""
    if not old.caller.id:
        return
    caller_id = uuid.UUID(old.caller.id)
    if old.receipt:
        _look_at_what_waited(talk, old, caller_id)
    elif "intent" in old.data:
        _look_at_intent(talk, old, uuid.UUID(old.data["intent"][0]), caller_id)
    elif "approval" in old.data and not old.has_shown_its_end:
        _look_at_sale(talk, old, uuid.UUID(old.data["approval"]), caller_id)


def _look_at_what_waited(talk: Conversation, old: Session, caller_id: uuid.UUID) -> None:
    """What was told to wait may be over, and is then told anew."""
    if waits := old.data.get(WAITS):
        intent = talk.context.read(intents.get, uuid.UUID(waits), caller_id)
        if intent is not None:
            _leave_receipt(old, receipt_of(intent, caller_id), _waits(intent))


def _look_at_intent(
    talk: Conversation, old: Session, intent_id: uuid.UUID, caller_id: uuid.UUID
) -> None:
    """Done, waiting or refused meanwhile is told; open is void."""
    intent = talk.context.read(intents.get, intent_id, caller_id)
    if intent is not None and intent.state == "open":
        intent = talk.context.write(intents.end, intent_id, caller_id)
        if intent is not None and intent.state == "void":
            if old.ended and not old.has_shown_its_end:  # it was told that this might be done
                _leave_receipt(old, refusal(IntentVoid()))
            return
    if intent is None:
        return
    if intent.state != "void" or ("approval" in old.data and not old.has_shown_its_end):
        # Committed, and then the server died, or its answer was lost; or somebody else ended it.
        _leave_receipt(old, receipt_of(intent, caller_id), _waits(intent))


def _look_at_sale(
    talk: Conversation, old: Session, approval_id: uuid.UUID, caller_id: uuid.UUID
) -> None:
    """A held sale that was to be ended, by its customer or its agent. One that still waits is asked
    about again."""
    intent = talk.context.read(intents.of_sale, approval_id, caller_id)
    if intent is not None and intent.state != "pending":
        _leave_receipt(old, receipt_of(intent, caller_id))


def _leave_receipt(old: Session, receipt: Text, waits: str = "") -> None:
    old.ended = True
    old.receipt = say(receipt, old.language)
    old.data = {WAITS: waits}


def _waits(intent: intents.Intent) -> str:
    return str(intent.id) if intent.state == "pending" else ""


def _walk(turn: Turn, talk: Conversation, last: bytes | None) -> Screen:
    """Walk a text. It restores the position and nothing else; what the session had done already,
    if it was lost, is told, not asked again. `last` is the session that this phone began last: of
    another one, the text is only what was dialled with the code."""
    was_ours = last == turn.session_hash.encode()
    found = identify(talk)
    done = done_before(talk, found)
    if done is not None:
        person = whose(done, found)
        talk.become(person)
        talk.tell(say(receipt_of(done, person.id), talk.session.language), _waits(done))
        return talk.show()
    talk.begin(found)
    if (was_ours or last is None) and _leads_elsewhere(talk, found):
        return talk.show()
    return feed(talk, turn.text, rebuilding=was_ours)


def walk_without_store(turn: Turn, talk: Conversation, found: list[Person]) -> Screen | None:
    """Walk a text while sessions are not kept. None: on from here there would be an effect. Raises
    Unavailable at one, too."""
    done = done_before(talk, found) if turn.request.text else None
    if done is not None:
        person = whose(done, found)
        turn.language = talk.session.language = person.language
        return End(receipt_of(done, person.id))
    talk.begin(found)
    turn.language = talk.session.language
    fed = turn.text and not (turn.request.text and _leads_elsewhere(talk, found))
    screen = feed(talk, turn.text, rebuilding=True) if fed else talk.show()
    return screen if takes_fed(screen) or type(screen) is End else None
