"""The first message of a session: a new one, one that goes on after a drop, one dialled with
digits, or one whose session was lost."""

import contextlib

from core.db.errors import Unavailable
from core.inbox import inbox
from core.people.people import Person
from engine import limits
from engine.context import TurnContext
from engine.conversation import Step, begin, paused
from engine.session import Session, replace
from engine.store.sessions import Store
from engine.turn.message import Turn, wait
from engine.turn.recall import identify, identify_and_recall, with_what_became
from engine.turn.replay import Replay, replay_text
from engine.turn.replies import leads_to_pin
from engine.turn.seal import SessionSeal
from engine.turn.stored import StoredSession
from values import clock


def first_step(
    store: Store, seal: SessionSeal, turn: Turn, context: TurnContext, earlier: bytes | None
) -> Step:
    """The first step. `earlier` is the session that this phone had before, on a plain dial. Raises
    StillWorking while that one's turn is running."""
    this = turn.session_hash.encode()
    session = Session()
    if turn.request.text:
        # Digits that a gateway sends as a first text, or a session that was lost.
        return replay_text(turn, context, session, store.last_session(turn.pointer))
    if turn.text:  # dialled with digits: what was pending is dropped
        begun = begin(context, session, identify(context))
        return Replay(context, begun).feed(turn.text, rebuilding=False)
    old = turn.before
    if earlier is not None and earlier != this:
        old = _take_over(store, seal, turn, earlier.decode())
    if old is None:
        found, old = identify_and_recall(store, context)
        if old is None and len(found) == 1:
            old = _asked_in_chat(context, found[0])
    else:
        old = with_what_became(context, old)
        found = identify(context)
    return begin(context, session, found, old)


def paused_step(context: TurnContext, session: Session, *, first: bool) -> Step:
    """The tenant is paused, which is said in the caller's language where they are known: at the
    first message, if Postgres can be asked."""
    if first:
        with contextlib.suppress(Unavailable):
            found = identify(context)
            if len(found) == 1:
                session = replace(session, language=found[0].language)
    return paused(context, session)


def _asked_in_chat(context: TurnContext, person: Person) -> Session | None:
    """What a chat of the person's asked a moment ago, which ends there: the dial goes on with it.
    What a PIN was to finish is none of it: it waits for the dial by itself, or was finished."""
    if not person.in_chat or person.to_finish or person.waited_for or person.code_due:
        return None
    if person.frozen or not person.has_pin:
        return None
    try:
        raw = context.write(inbox.take_from_elsewhere, context.keys, None, [person.id])
    except Unavailable:  # only reading
        return None
    stored = StoredSession.decode(raw) if raw is not None else None
    if stored is None:
        return None
    place = stored.session.place
    if leads_to_pin(context.flows.get(place.flow), place.state):
        return None
    return stored.session


def _take_over(store: Store, seal: SessionSeal, turn: Turn, earlier: str) -> Session | None:
    """The session that this phone left, if it can be gone on with. Raises StillWorking."""
    while (data := store.take_over(earlier)) == b"":
        wait(turn, limits.COPY_POLL_LONGEST_S)
    opened = seal.open(turn.service, earlier, data) if data else None
    old = StoredSession.unpack(opened) if opened else None
    if old is None or old.number != turn.number:
        return None
    return old.session if clock.epoch_s() - old.at_s <= limits.RESUME_WITHIN_S else None
