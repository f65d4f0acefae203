"""One step of a conversation: (session, what was typed) -> Step. No wire, no Redis."""

import msgspec
from transitions import MachineError

from core.people.people import Person
from engine.answering import choose, take
from engine.context import TurnContext
from engine.flow import Leave, Return
from engine.moves import (
    REFUSED,
    REGISTER,
    SHOWN,
    WHO,
    Moved,
    become,
    enter,
    go_on,
    log_missing,
    stop_paused,
)
from engine.places import at_nearest_menu, changed_since, home, is_missing, paused_notice
from engine.session import Session, replace
from engine.wording import refusal
from menus import sentences
from menus.keys import navigation
from menus.screens import Confirm, End, Screen
from menus.texts import Text
from values.refusals import BusinessError


class Step(msgspec.Struct, frozen=True):
    """What a step led to: where the conversation stands, the screen, and the line above it.

    `outcome` says what became of the answer: shown (what it leads to), wrong or refused. `halted`:
    what was to be entered is paused.
    """

    session: Session
    screen: Screen
    notice: Text = ""
    outcome: str = SHOWN
    halted: bool = False


def begin(
    context: TurnContext, session: Session, found: list[Person], old: Session | None = None
) -> Step:
    """A new conversation: the main menu, or first who this is. `old` is what the same phone was
    dropped from: the conversation goes on there."""
    session = replace(session, language=session.language or context.tenant.languages[0])
    if len(found) > 1:
        moved = enter(context, session, WHO)
        if old is not None:  # or what that one was dropped from, before anybody said who
            dropped = old.dropped or old
            moved = replace(moved, session=replace(moved.session, dropped=dropped))
    elif not found:
        moved = go_on(context, enter(context, session, REGISTER), old)
    else:
        moved = become(context, session, found[0], old)
    return _show(context, moved)


def lead_into(context: TurnContext, session: Session, name: str) -> Step | None:
    """From the main menu into a flow, as its option leads there; None where this person's menu does
    not have it."""
    node = context.tree.find_flow(name, session.caller.roles)
    return None if node is None else _show(context, choose(context, session, node))


def begin_as(context: TurnContext, session: Session, person: Person) -> Step:
    """A new conversation of somebody who is known."""
    return _show(context, become(context, session, person))


def step(context: TurnContext, session: Session, typed: str) -> Step:
    """Take an answer. Raises what is a fault of ours, or of the servers."""
    place = session.place
    if session.receipt:  # an answer shows that it was seen
        session = replace(session, receipt="", waits="")
    key = navigation(typed)
    if is_missing(context, session, place):
        return _at_nearest_menu(context, session)
    if place.flow in context.tenant.paused_flows:
        return _show(context, stop_paused(context, session))
    is_changed = place.flow != "" and changed_since(context, session)
    try:
        moved = take(context, session, typed, key)
        if moved.screen is not None:
            return Step(moved.session, moved.screen, moved.notice, moved.outcome, moved.halted)
        return _show(context, replace(moved, is_changed=True) if is_changed else moved)
    except (LookupError, MachineError):
        if not is_changed:
            raise
        context.undo()
        return _at_nearest_menu(context, session)


def open_node(context: TurnContext, session: Session, node: str) -> Step:
    """Open a node of the menu tree, from wherever the person is: what was begun is left."""
    return _show(context, choose(context, home(session), node))


def ask_again(context: TurnContext, session: Session, why: Text, outcome: str = SHOWN) -> Step:
    """What is asked already, under a line that says why. It counts as no answer."""
    if is_missing(context, session, session.place):
        return _at_nearest_menu(context, session)
    return _show(context, Moved(session, why, outcome))


def paused(context: TurnContext, session: Session) -> Step:
    """The tenant is paused: its own words, or ours."""
    session = replace(session, language=session.language or context.tenant.languages[0])
    return Step(session, End(paused_notice(context, "")))


# --- showing --------------------------------------------------------------------------------------


def _show(context: TurnContext, moved: Moved) -> Step:
    """The screen of the place where the session is now."""
    if moved.screen is not None:
        return Step(moved.session, moved.screen, moved.notice, moved.outcome, moved.halted)
    try:
        return _show_place(context, moved)
    except BusinessError as refused:
        context.undo()
        return Step(moved.session, End(refusal(refused)), moved.notice, REFUSED, moved.halted)
    except (LookupError, MachineError):
        if not moved.is_changed:
            raise
        context.undo()
        return _at_nearest_menu(context, moved.session)


def _show_place(context: TurnContext, moved: Moved) -> Step:
    notice = moved.notice
    session, shows = _look(context, moved.session)
    if type(shows) is Leave:
        session, notice = home(session), shows.notice
        session, shows = _look(context, session)
    elif type(shows) is Return:
        session, shows = _look(context, _returned(session))
    assert not isinstance(shows, Leave | Return), "a menu, or a question that was asked before"
    return Step(session, shows, notice, moved.outcome, moved.halted)


def _look(context: TurnContext, session: Session) -> tuple[Session, Screen | Leave | Return]:
    """What the session's place shows, and the session after it: a confirmation is written down
    before it is shown."""
    place = session.place
    if not place.flow:
        tree = context.tree
        return session, tree.screen(tree.node(place.node), session.caller.roles)
    flow = context.flows[session.place.flow](context, session)
    shows = flow.screen()
    if session.resumed and type(shows) is Confirm:
        # All that was shown before the drop is shown again; to agree and to pay is one answer.
        shows = Confirm(shows.question, shows.facts, by_pin=True)
    return flow.session, shows


def _returned(session: Session) -> Session:
    between = session.place.flow
    while session.back and session.place.flow == between:
        session = replace(session, place=session.back[-1], back=session.back[:-1])
    return session


def _at_nearest_menu(context: TurnContext, session: Session) -> Step:
    place = session.place
    if place.flow:
        log_missing(place.flow, context.tenant.slug, f"a session stands at {place.state}")
    return _show_place(context, Moved(at_nearest_menu(context, session), sentences.MENU_CHANGED))
