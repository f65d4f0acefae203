"""The first hop of a session: a new one, one that goes on after a drop, one dialled with digits,
or one whose session was lost and whose text is walked again."""

import time
import uuid
from typing import Final

from core import intents, people
from core.ids import reference_of
from core.people import Person
from flows.kit import limits
from flows.kit.conversation import Conversation
from flows.kit.hop import StillWorking, Turn
from flows.kit.render import render
from flows.kit.session import Session
from flows.kit.store import Store
from menus import sentences
from menus.answers import Code
from menus.screens import Ask, End, Info, Menu, Screen
from menus.texts import Money, Text, _, say


def open_conversation(
    store: Store, turn: Turn, talk: Conversation, earlier: bytes | None
) -> Screen:
    """The first screen. `earlier` is the session that this phone had before, on a plain dial."""
    this = turn.session_hash.encode()
    if turn.hop.text:
        # Digits that a gateway sends as a first text, or a session that was lost.
        return _walk(turn, talk, was_ours=store.last_session(turn.pointer) == this)
    if turn.text:  # dialled with digits: what was pending is dropped
        talk.begin(identify(talk))
        return feed(talk, turn.text, rebuilding=False)
    old = None
    if earlier is not None and earlier != this:
        old = _take_over(store, turn, earlier.decode())
        if old is not None:
            _look_at_intent(talk, old)
    talk.begin(identify(talk), old)
    return talk.show()


def identify(talk: Conversation) -> list[Person]:
    desk = talk.desk
    return desk.read(people.identify, desk.keys, desk.address)


def feed(talk: Conversation, text: str, *, rebuilding: bool) -> Screen:
    """Feed a text's parts as answers, up to the first secret or confirmation.

    Dialled digits stop at what does not fit, and it is told. `rebuilding` a session, a part that
    does not fit was a slip, and changed nothing then as it does now; two of them one after the
    other mean that the lists have changed since, and the main menu is the honest place.
    """
    screen = talk.show()
    slips_allowed = 1 if rebuilding else 0
    for part in text.split("*")[: limits.STEPS_PER_TURN]:
        if not takes_fed(screen):
            break  # the rest may hold a secret: dropped, unread
        render(talk, screen)  # which options there are, and on which page, is part of the answer
        talk.notice = ""
        talk.take(part)
        if talk.session.wrong > slips_allowed:
            if rebuilding:
                talk.go_home(sentences.MENU_CHANGED)
                talk.session.wrong = 0
            return talk.show()
        screen = talk.show()
    return screen


def takes_fed(screen: Screen) -> bool:
    """Whether an answer may be fed into the screen: no secret, no confirmation, not the end."""
    return type(screen) in _FED and not (
        isinstance(screen, Ask) and isinstance(screen.answer, Code)
    )


def shows_no_effect(screen: Screen) -> bool:
    """Whether the screen may be shown while sessions are not kept."""
    return takes_fed(screen) or type(screen) is End


_FED: Final = frozenset({Menu, Ask, Info})


def done_notice(intent: intents.Intent) -> Text:
    assert intent.entry_id is not None
    return _(
        "Done: {amount}. Ref {reference}.",
        amount=Money(intent.amount_minor, intent.currency),
        reference=reference_of(intent.entry_id),
    )


def _take_over(store: Store, turn: Turn, earlier: str) -> Session | None:
    """The session that this phone left, if it can be gone on with. Raises StillWorking."""
    while (data := store.take_over(earlier)) == b"":
        wait(turn, limits.COPY_POLL_LONGEST_S)
    old = Session.decode(data) if data else None
    if old is None or old.number != turn.number:
        return None
    return old if time.time() - old.at_s <= limits.RESUME_WITHIN_S else None


def wait(turn: Turn, pause_s: float) -> None:
    """Wait for another turn's end, within this one's deadline. Raises StillWorking."""
    if turn.deadline.left_s <= pause_s:
        raise StillWorking
    time.sleep(pause_s)


def _look_at_intent(talk: Conversation, old: Session) -> None:
    """What a dropped session was about to do comes first: done is told, open is void."""
    asked = old.data.get("intent")
    if asked is None or old.receipt or not old.caller.id:
        return
    intent_id, caller_id = uuid.UUID(asked[0]), uuid.UUID(old.caller.id)
    intent = talk.desk.read(intents.look, intent_id, caller_id)
    if intent is None:
        return
    if intent.entry_id is not None:
        # Committed, and then the server died, or its answer was lost.
        old.ended = True
        old.receipt = say(done_notice(intent), old.language)
    elif intent.state == "pending":
        old.ended = True
        amount = Money(intent.amount_minor, intent.currency)
        waits = _("Still waiting: {amount}. We will text you the outcome.", amount=amount)
        old.receipt = say(waits, old.language)
    else:
        talk.desk.write(intents.void, intent_id, caller_id)


def _walk(turn: Turn, talk: Conversation, *, was_ours: bool) -> Screen:
    """Walk a text. It restores the position and nothing else; what the session had done already,
    if it was lost, is told, not asked again."""
    found = identify(talk)
    ids = [person.id for person in found]
    done = talk.desk.read(intents.done_in_session, ids, turn.session_hash) if ids else None
    if done is not None:
        talk.become(next(person for person in found if person.id == done.subscriber_id))
        talk.tell(say(done_notice(done), talk.session.language))
        return talk.show()
    talk.begin(found)
    return feed(talk, turn.text, rebuilding=was_ours)
