"""One step of a conversation: (session, what was typed) -> Step. No wire, no Redis."""

import logging
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from transitions import MachineError

from core.messaging.messages import write_text
from core.money.errors import Frozen
from core.people.errors import PinLocked
from core.people.messages import PinIsLocked
from core.people.people import Person
from engine.context import TurnContext
from engine.flow import Flow, Leave, Return
from engine.limits import WRONG_ANSWERS
from engine.places import (
    CALL_BACK,
    at_nearest_menu,
    changed_since,
    home,
    is_missing,
    offers_call,
    paused_notice,
    resume,
)
from engine.session import NO_PAYMENT, NOTHING, Caller, Place, Session
from engine.wording import refusal
from menus import sentences
from menus.answers import Amount, Code, WrongAnswer, weak_pin
from menus.keys import NO, YES, Navigation, navigation, option_key, yes_or_no
from menus.limits import ANSWER_CHARS_MAX
from menus.screens import Ask, End, Pin, Screen
from menus.texts import Text
from menus.tree import NoSuchNode
from values.money import Money
from values.refusals import BusinessError

log = logging.getLogger(__name__)

REGISTER = "register"
WHO = "who"
APPROVE = "approve"

# What became of an answer.
SHOWN = "shown"
WRONG = "wrong"
REFUSED = "refused"


class Step(NamedTuple):
    """What a step led to: where the conversation stands, the screen, and the line above it.

    `outcome` says what became of the answer: shown (what it leads to), wrong or refused. `halted`:
    what was to be entered is paused.
    """

    session: Session
    screen: Screen
    notice: Text = ""
    outcome: str = SHOWN
    halted: bool = False


class _Moved(NamedTuple):
    """A step before its screen is made, unless `screen` is there already. `is_changed`: the flow
    is another one than when it was entered, and may miss something."""

    session: Session
    notice: Text = ""
    outcome: str = SHOWN
    halted: bool = False
    screen: Screen | None = None
    is_changed: bool = False


def begin(
    context: TurnContext, session: Session, found: list[Person], old: Session | None = None
) -> Step:
    """A new conversation: the main menu, or first who this is. `old` is what the same phone was
    dropped from: whoever it was goes on there."""
    session = session._replace(language=session.language or context.tenant.languages[0])
    if len(found) > 1:
        moved = _enter(context, session, WHO)
        if old is not None:  # or what that one was dropped from, before anybody said who
            dropped = old.dropped or old.pack()
            moved = moved._replace(session=moved.session._replace(dropped=dropped))
    elif not found:
        moved = _go_on(context, _enter(context, session, REGISTER), old)
    else:
        moved = _become(context, session, found[0], old)
    return _show(context, moved)


def begin_as(context: TurnContext, session: Session, person: Person) -> Step:
    """A new conversation of somebody who is known."""
    return _show(context, _become(context, session, person))


def step(context: TurnContext, session: Session, typed: str) -> Step:
    """Take an answer. Raises what is a fault of ours, or of the servers."""
    place = session.place
    if session.receipt:  # whoever answers has seen it
        session = session._replace(receipt="", waits="")
    key = navigation(typed)
    if is_missing(context, session, place):
        return _at_nearest_menu(context, session)
    if place.flow in context.tenant.paused_flows:
        return _show(context, _stop_paused(context, session))
    is_changed = place.flow != "" and changed_since(context, session)
    try:
        moved = _take(context, session, typed, key)
        if moved.screen is not None:
            return Step(moved.session, moved.screen, moved.notice, moved.outcome, moved.halted)
        return _show(context, moved._replace(is_changed=True) if is_changed else moved)
    except (LookupError, MachineError):
        if not is_changed:
            raise
        context.undo()
        return _at_nearest_menu(context, session)


def paused(context: TurnContext, session: Session) -> Step:
    """The tenant is paused: its own words, or ours."""
    session = session._replace(language=session.language or context.tenant.languages[0])
    return Step(session, End(paused_notice(context, "")))


# --- taking an answer -----------------------------------------------------------------------------


def _take(context: TurnContext, session: Session, typed: str, key: Navigation | None) -> _Moved:
    if key is not None:
        went = _navigate(context, session, key)
        if went is not None:
            return _Moved(went)
    try:
        moved = _answer(context, session, typed)
    except WrongAnswer as wrong:
        return _wrong(context, session, wrong.reason, WRONG)
    except BusinessError as refused:
        context.undo()
        return _refused(context, session, refused)
    if moved.session.wrong:
        return moved._replace(session=moved.session._replace(wrong=0))
    return moved


def _navigate(context: TurnContext, session: Session, key: Navigation) -> Session | None:
    """Where a key of ours leads; None where it is an answer."""
    place, shown = session.place, session.shown
    match key:
        case "more" if shown.more is not None:
            opened = place._replace(starts=(*place.starts, shown.more))
            return session._replace(place=opened, wrong=0)
        case "home" if session.caller.id:
            return home(session)._replace(wrong=0)
        case "back" if len(place.starts) > 1:
            return session._replace(place=place._replace(starts=place.starts[:-1]), wrong=0)
        case "back" if session.back and not shown.takes_zero:
            return _step_back(session)._replace(wrong=0)
        case "call_me" if offers_call(session):
            offer = Place(place.node, CALL_BACK, context.flows[CALL_BACK].initial)
            return session._replace(place=offer, back=(*session.back, place), wrong=0)
    return None


def _step_back(session: Session) -> Session:
    left, back = session.place, session.back[-1]
    session = session._replace(place=back, back=session.back[:-1])
    if left.flow == CALL_BACK:
        return session  # it came in between: the question is still the same
    if left.flow and not back.flow:
        return session._replace(answers=NOTHING, payment=NO_PAYMENT)
    return session._replace(payment=session.payment._replace(intent="", quote=None))


def _wrong(context: TurnContext, session: Session, reason: Text, outcome: str) -> _Moved:
    """The same question, and why. After WRONG_ANSWERS an offer to be called stands beside it; an
    answer that fits is taken all the same."""
    is_offered = session.place.flow != CALL_BACK and CALL_BACK not in context.tenant.paused_flows
    most = WRONG_ANSWERS if is_offered else WRONG_ANSWERS - 1
    return _Moved(session._replace(wrong=min(session.wrong + 1, most)), reason, outcome)


def _refused(context: TurnContext, session: Session, refused: BusinessError) -> _Moved:
    if refused.ends:
        return _Moved(session, outcome=REFUSED, screen=End(refusal(refused)))
    if session.asks_secret:  # whose tries are counted elsewhere
        return _Moved(session, refusal(refused), REFUSED)
    return _wrong(context, session, refusal(refused), REFUSED)


def _answer(context: TurnContext, session: Session, typed: str) -> _Moved:
    shown = session.shown
    if len(typed) > ANSWER_CHARS_MAX:
        raise WrongAnswer(sentences.TOO_LONG)
    if not session.place.flow:
        return _choose(context, session, typed)
    flow = _flow(context, session)
    match shown.kind:
        case "menu":
            return _advance(context, session, flow, _chosen(shown.options, typed))
        case "confirm":
            said = yes_or_no(typed)
            if said is None or not shown.asks:
                raise WrongAnswer(sentences.WRONG_OPTION)
            return _advance(context, session, flow, said)
        case "pin":
            return _take_pin(context, session, flow, typed)
        case "ask" | "code":
            screen = flow.screen()
            if not isinstance(screen, Ask):
                raise WrongAnswer(sentences.WRONG_OPTION)
            value = screen.parse(typed)
            if isinstance(screen.answer, Code):
                flow.secret, value = value, True
            elif isinstance(screen.answer, Amount):
                value = Money(value, screen.answer.currency)
            return _advance(context, session, flow, value)
    raise WrongAnswer(sentences.WRONG_OPTION)


def _choose(context: TurnContext, session: Session, typed: str) -> _Moved:
    """Follow an option of the menu tree."""
    node, tree = str(_chosen(session.shown.options, typed)), context.tree
    try:
        item = tree.node(node)
    except NoSuchNode:  # an option that was taken out after it was shown
        return _Moved(session, sentences.MENU_CHANGED)
    if item.flow is None:
        screen = tree.screen(item, session.caller.roles)
        opened = session._replace(place=Place(node), back=(*session.back, session.place))
        return _Moved(opened, screen=screen)
    if item.flow not in context.flows:
        log_missing(item.flow, context.tenant.slug, f"the option {node} leads to it")
        return _Moved(session, sentences.MENU_CHANGED)
    if item.flow in context.tenant.paused_flows:
        return _Moved(session, paused_notice(context, node), halted=True)
    pushed = session._replace(back=(*session.back, session.place))
    return _enter(context, pushed, item.flow, node)


def _advance(context: TurnContext, session: Session, flow: Flow, value: Any) -> _Moved:
    left = session.place
    flow.answer(value)
    after = flow.session
    if flow.becomes is not None:
        old = Session.unpack(after.dropped) if after.dropped else None
        return _become(context, after._replace(dropped=None), flow.becomes, old)
    place = Place(left.node, left.flow, flow.state)
    return _Moved(after._replace(place=place, back=(*after.back, left)), flow.notice)


def _take_pin(context: TurnContext, session: Session, flow: Flow, typed: str) -> _Moved:
    screen = flow.screen()
    if not isinstance(screen, Pin):
        raise WrongAnswer(sentences.WRONG_OPTION)
    pin = screen.parse(typed)
    if screen.fresh:
        reason = weak_pin(pin, context.address, flow.birth_year())
        if reason is not None:
            raise WrongAnswer(reason)
        flow.secret = pin
        return _advance(context, session, flow, True)
    check = context.check_pin(flow.caller_id, pin)
    if check.right:
        moved = _advance(context, session, flow, True)
        after = moved.session
        if not after.payment.intent:
            return moved
        # It is claimed, and there is no way back behind that.
        back = tuple(place for place in after.back if place.flow != session.place.flow)
        return moved._replace(session=after._replace(back=back))
    if check.tries_left:
        return _Moved(session, sentences.wrong_pin(check.tries_left), REFUSED)
    context.autonomous(
        write_text,
        subscriber_id=flow.caller_id,
        service_id=context.service.id,
        message=PinIsLocked(minutes=check.locked_minutes),
    )
    raise PinLocked(minutes=check.locked_minutes)


_YES_OR_NO: Final = [[YES, True], [NO, False]]


def _chosen(options: Sequence[Sequence[Any]], typed: str) -> Any:
    if options == _YES_OR_NO and (said := yes_or_no(typed)) is not None:
        return said
    key = option_key(typed)
    for each, value in options:
        if each == key:
            return value
    raise WrongAnswer(sentences.WRONG_OPTION)


# --- moving ---------------------------------------------------------------------------------------


def _enter(context: TurnContext, session: Session, name: str, node: str | None = None) -> _Moved:
    """Begin a flow. What it refuses, its first screen says."""
    if name in context.tenant.paused_flows:
        return _stop_paused(context, session)
    flow = context.flows[name]
    place = Place(session.place.node if node is None else node, name, flow.initial)
    return _Moved(
        session._replace(
            place=place, answers=NOTHING, payment=NO_PAYMENT, fingerprint=flow.map.fingerprint
        )
    )


def _stop_paused(context: TurnContext, session: Session) -> _Moved:
    """The flow that the person is in, or is to enter, is paused."""
    notice = paused_notice(context, session.place.node)
    if session.caller.id:
        return _Moved(home(session), notice, halted=True)
    return _Moved(session, halted=True, screen=End(notice))


def _become(
    context: TurnContext, session: Session, person: Person, old: Session | None = None
) -> _Moved:
    """From now on this person speaks; whoever waits for their word is shown first."""
    if not person.has_pin and not person.frozen:
        # Entered by staff: the phone's holder chooses a PIN first.
        moved = _enter(context, session, REGISTER)
        registers = moved.session._replace(answers={"person": str(person.id)})
        return _go_on(context, moved._replace(session=registers), old)
    caller = Caller(str(person.id), person.shown_name, person.roles)
    session = home(session._replace(caller=caller, language=person.language))
    if person.frozen:
        return _Moved(session, outcome=REFUSED, screen=End(refusal(Frozen())))
    if person.waited_for and APPROVE not in context.tenant.paused_flows:
        return _enter(context, session, APPROVE)
    return _go_on(context, _Moved(session), old)


def _go_on(context: TurnContext, moved: _Moved, old: Session | None) -> _Moved:
    """Go on where an earlier session was dropped, or say what it had done."""
    session = moved.session
    if old is None or old.caller.id != session.caller.id:
        return moved
    resumed = resume(context, session, old)
    if resumed is not None:
        is_changed = changed_since(context, resumed)
        return moved._replace(session=resumed, notice=sentences.RESUMED, is_changed=is_changed)
    if old.receipt and not context.service.settings.get("shared_phones"):
        # Again at the next dial, should this screen be lost as well.
        told = session._replace(receipt=old.receipt, waits=old.waits)
        return moved._replace(session=told, notice=old.receipt)
    return moved


# --- showing --------------------------------------------------------------------------------------


def _show(context: TurnContext, moved: _Moved) -> Step:
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


def _show_place(context: TurnContext, moved: _Moved) -> Step:
    session, notice, outcome, halted, _, _ = moved
    session, shows = _look(context, session)
    if type(shows) is Leave:
        session, notice = home(session), shows.notice
        session, shows = _look(context, session)
    elif type(shows) is Return:
        session, shows = _look(context, _returned(session))
    assert not isinstance(shows, Leave | Return), "a menu, or a question that was asked before"
    return Step(session, shows, notice, outcome, halted)


def _look(context: TurnContext, session: Session) -> tuple[Session, Screen | Leave | Return]:
    """What the session's place shows, and the session after it: a confirmation is written down
    before it is shown."""
    place = session.place
    if not place.flow:
        tree = context.tree
        return session, tree.screen(tree.node(place.node), session.caller.roles)
    flow = _flow(context, session)
    shows = flow.screen()
    return flow.session, shows


def _returned(session: Session) -> Session:
    between = session.place.flow
    while session.back and session.place.flow == between:
        session = session._replace(place=session.back[-1], back=session.back[:-1])
    return session


def _flow(context: TurnContext, session: Session) -> Flow:
    return context.flows[session.place.flow](context, session)


def _at_nearest_menu(context: TurnContext, session: Session) -> Step:
    place = session.place
    if place.flow:
        log_missing(place.flow, context.tenant.slug, f"a session stands at {place.state}")
    return _show_place(context, _Moved(at_nearest_menu(context, session), sentences.MENU_CHANGED))


def log_missing(flow: str, tenant: str, why: str) -> None:
    """Say what a person is shown "This menu has changed" for: this process lacks it, or a state of
    it, since it runs other code than the tenant's menus or the session are made for."""
    log.warning(
        "this menu has changed: no flow, or no such state of it, in this process; %s",
        why,
        extra={"tenant": tenant, "flow": flow},
    )
