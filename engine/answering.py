"""Taking an answer: our own keys, and what the screen that was shown asked for."""

from collections.abc import Sequence
from typing import Any, Final

from core.people.errors import PinLocked
from engine.context import TurnContext
from engine.flow import Flow
from engine.kinds import kind_of
from engine.limits import WRONG_ANSWERS
from engine.locked_pins import tell_locked
from engine.moves import REFUSED, SHOWN, WRONG, Moved, become, begin_anew, enter, log_missing
from engine.places import CALL_BACK, home, offers_call, paused_notice
from engine.session import NO_PAYMENT, NOTHING, Place, Session, replace
from engine.wording import refusal
from menus import sentences
from menus.answers import Amount, Code, WrongAnswer, weak_pin
from menus.keys import NO, YES, Navigation, option_key, yes_or_no
from menus.limits import ANSWER_CHARS_MAX
from menus.screens import Ask, End, Pin
from menus.texts import Text
from menus.tree import NoSuchNode
from values.money import Money
from values.refusals import BusinessError


def take(context: TurnContext, session: Session, typed: str, key: Navigation | None) -> Moved:
    if key is not None:
        went = _navigate(context, session, key)
        if went is not None:
            return Moved(went)
    try:
        moved = _answer(context, session, typed)
    except WrongAnswer as wrong:
        chosen = _at_main_menu(context, session, typed) if session.resumed else None
        if chosen is None:
            return _wrong(context, session, wrong.reason, WRONG)
        moved = chosen
    except BusinessError as refused:
        context.undo()
        return _refused(context, session, refused)
    if moved.session.wrong or moved.session.resumed:
        return _answered(moved)
    return moved


def _answered(moved: Moved) -> Moved:
    """It fitted. Where it led on, what is asked next is no resumed question any more."""
    is_resumed = moved.session.resumed and moved.outcome != SHOWN
    return replace(moved, session=replace(moved.session, wrong=0, resumed=is_resumed))


def _at_main_menu(context: TurnContext, session: Session, typed: str) -> Moved | None:
    """After a drop, people who know the keys by heart believe that they are at the main menu: what
    does not fit the resumed question may be a key of that. None where it is not."""
    if not session.caller.id:
        return None
    tree = context.tree
    main = tree.screen(tree.node(), session.caller.roles)
    try:
        option = main.parse(typed)
    except WrongAnswer:
        return None
    return None if option is None else choose(context, home(session), str(option.value))


def _navigate(context: TurnContext, session: Session, key: Navigation) -> Session | None:
    """Where a key of ours leads; None where it is an answer."""
    place, shown = session.place, session.shown
    match key:
        case "more" if shown.more is not None:
            opened = replace(place, starts=(*place.starts, shown.more))
            return replace(session, place=opened, wrong=0)
        case "home" if session.caller.id:
            return replace(home(session), wrong=0)
        case "back" if len(place.starts) > 1:
            return replace(session, place=replace(place, starts=place.starts[:-1]), wrong=0)
        case "back" if session.back and not shown.takes_zero:
            return replace(_step_back(session), wrong=0)
        case "call_me" if offers_call(session):
            offer = Place(place.node, CALL_BACK, context.flows[CALL_BACK].initial)
            left = (*session.back, place)
            return replace(session, place=offer, back=left, wrong=0, resumed=False)
    return None


def _step_back(session: Session) -> Session:
    left, back = session.place, session.back[-1]
    session = replace(session, place=back, back=session.back[:-1], resumed=False)
    if left.flow == CALL_BACK:
        return session  # it came in between: the question is still the same
    if left.flow and not back.flow:
        return replace(session, answers=NOTHING, payment=NO_PAYMENT)
    return replace(session, payment=replace(session.payment, intent="", quote=None))


def _wrong(context: TurnContext, session: Session, reason: Text, outcome: str) -> Moved:
    """The same question, and why. After WRONG_ANSWERS an offer to be called stands beside it; an
    answer that fits is taken all the same."""
    is_offered = session.place.flow != CALL_BACK and CALL_BACK not in context.tenant.paused_flows
    most = WRONG_ANSWERS if is_offered else WRONG_ANSWERS - 1
    return Moved(replace(session, wrong=min(session.wrong + 1, most)), reason, outcome)


def _refused(context: TurnContext, session: Session, refused: BusinessError) -> Moved:
    if refused.ends:
        return Moved(session, outcome=REFUSED, screen=End(refusal(refused)))
    if session.asks_secret:  # whose tries are counted elsewhere
        return Moved(session, refusal(refused), REFUSED)
    return _wrong(context, session, refusal(refused), REFUSED)


def _answer(context: TurnContext, session: Session, typed: str) -> Moved:
    shown = session.shown
    if len(typed) > ANSWER_CHARS_MAX:
        raise WrongAnswer(sentences.TOO_LONG)
    if not session.place.flow:
        return choose(context, session, str(_chosen(shown.options, typed)))
    flow = context.flows[session.place.flow](context, session)
    # The flow says what its state asks, and not what was kept of the screen: that may be another
    # release's.
    if shown.kind not in (flow.map.kinds[flow.state] or {kind_of(flow.screen())}):
        raise WrongAnswer(sentences.MENU_CHANGED)
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
        case "confirm_by_pin":
            return _confirm_by_pin(context, session, flow, typed)
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


def choose(context: TurnContext, session: Session, node: str) -> Moved:
    """Follow an option of the menu tree."""
    tree = context.tree
    try:
        item = tree.node(node)
    except NoSuchNode:  # an option that was taken out after it was shown
        return Moved(session, sentences.MENU_CHANGED)
    if item.flow is None:
        screen = tree.screen(item, session.caller.roles)
        opened = replace(session, place=Place(node), back=(*session.back, session.place))
        return Moved(opened, screen=screen)
    if item.flow not in context.flows:
        log_missing(item.flow, context.tenant.slug, f"the option {node} leads to it")
        return Moved(session, sentences.MENU_CHANGED)
    if item.flow in context.tenant.paused_flows:
        return Moved(session, paused_notice(context, node), halted=True)
    pushed = replace(session, back=(*session.back, session.place))
    return enter(context, pushed, item.flow, node)


def _advance(context: TurnContext, session: Session, flow: Flow, value: Any) -> Moved:
    left = session.place
    flow.answer(value)
    after = flow.session
    if flow.is_nobody_known:
        return begin_anew(context, after, after.dropped)
    if flow.becomes is not None:
        return become(context, replace(after, dropped=None), flow.becomes, after.dropped)
    place = Place(left.node, left.flow, flow.state)
    return Moved(replace(after, place=place, back=(*after.back, left)), flow.notice)


def _take_pin(context: TurnContext, session: Session, flow: Flow, typed: str) -> Moved:
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
    return _check_pin(context, session, flow, pin)


def _confirm_by_pin(context: TurnContext, session: Session, flow: Flow, typed: str) -> Moved:
    """The PIN below a confirmation that was gone on with: it agrees to what that showed."""
    if not session.shown.asks:
        raise WrongAnswer(sentences.WRONG_OPTION)
    return _check_pin(context, session, flow, Pin().parse(typed), confirms=True)


def _check_pin(
    context: TurnContext, session: Session, flow: Flow, pin: str, *, confirms: bool = False
) -> Moved:
    check = context.check_pin(flow.caller_id, pin)
    if check.right:
        if confirms:
            flow.answer(True)
        moved = _advance(context, session, flow, True)
        after = moved.session
        if not after.payment.intent:
            return moved
        # It is claimed, and there is no way back behind that.
        back = tuple(place for place in after.back if place.flow != session.place.flow)
        return replace(moved, session=replace(after, back=back))
    tell_locked(context, flow.caller_id, check)
    if check.tries_left:
        reason = sentences.wrong_pin(check.tries_left, context.tenant.help_phone)
        return Moved(session, reason, REFUSED)
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
