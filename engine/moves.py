"""Where a step leads: into a flow, to somebody's main menu, on where a call was dropped."""

import logging
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from core.db.errors import Unavailable
from core.inbox import handovers
from core.money.errors import Frozen
from core.people import numbers
from core.people.errors import NumberIsNew
from core.people.people import Person
from engine.context import TurnContext
from engine.flow import Flow
from engine.places import changed_since, home, is_missing, paused_notice
from engine.resume import resume
from engine.session import NO_PAYMENT, NOTHING, Caller, Place, Session, replace
from engine.wording import refusal
from menus import sentences
from menus.screens import End, Screen
from menus.texts import Text

log = logging.getLogger(__name__)

REGISTER = "register"
NEW_PIN = "new_pin"
APPROVE = "approve"
GIVE_CODE = "give_code"
WHO = "who"
LINK_CHAT = "link_chat"

NOBODY: Final = Caller()

# What became of an answer.
SHOWN = "shown"
WRONG = "wrong"
REFUSED = "refused"


class Moved(msgspec.Struct, frozen=True):
    """A step before its screen is made, unless `screen` is there already. `is_changed`: the flow
    is another one than when it was entered, and may miss something."""

    session: Session
    notice: Text = ""
    outcome: str = SHOWN
    halted: bool = False
    screen: Screen | None = None
    is_changed: bool = False


def enter(
    context: TurnContext,
    session: Session,
    name: str,
    node: str | None = None,
    answers: Mapping[str, Any] = NOTHING,
) -> Moved:
    """Begin a flow, with what it is told at once. What it refuses, its first screen says."""
    if name in context.tenant.paused_flows:
        return stop_paused(context, session)
    flow = context.flows[name]
    place = Place(session.place.node if node is None else node, name, flow.initial)
    begun = replace(
        session,
        place=place,
        answers=answers,
        payment=NO_PAYMENT,
        fingerprint=flow.map.fingerprint,
    )
    if flow.begins_at is not Flow.begins_at:
        begun = replace(begun, place=replace(place, state=flow(context, begun).begins_at()))
    return Moved(begun)


def stop_paused(context: TurnContext, session: Session) -> Moved:
    """The flow that the person is in, or is to enter, is paused."""
    notice = paused_notice(context, session.place.node)
    if session.caller.id:
        return Moved(home(session), notice, halted=True)
    return Moved(session, halted=True, screen=End(notice))


def become(
    context: TurnContext, session: Session, person: Person, old: Session | None = None
) -> Moved:
    """From now on this person speaks; what waits for their word is shown first."""
    if not person.has_pin and not person.frozen:
        # Entered by staff, or forgotten: the phone's holder chooses a PIN first.
        return _choose_pin(context, session, person, old)
    has_been_asked = session.place.flow == WHO
    caller = Caller(str(person.id), person.shown_name, person.roles)
    session = home(replace(session, caller=caller, language=person.language))
    if person.frozen:
        return _stop_frozen(context, session, has_been_asked=has_been_asked)
    if person.waited_for and APPROVE not in context.tenant.paused_flows:
        try:
            numbers.require_settled(context.tenant, person.sim_changed_at)
        except NumberIsNew as new:
            return Moved(session, refusal(new), REFUSED)
        return enter(context, session, APPROVE)
    return _left_open(context, session, person) or go_on(context, Moved(session), old)


def _left_open(context: TurnContext, session: Session, person: Person) -> Moved | None:
    """What waits for the person's dial, since it takes a secret, which no chat asks for."""
    if context.service.channel != "ussd":
        return None
    if person.code_due and GIVE_CODE not in context.tenant.paused_flows:
        return enter(context, session, GIVE_CODE)
    return _begun_in_chat(context, session, person) if person.to_finish else None


def _begun_in_chat(context: TurnContext, session: Session, person: Person) -> Moved | None:
    """What the person began in a chat, where it waits for a PIN; None where that is no more."""
    try:
        raw = context.write(handovers.take_over, context.keys, person.id)
    except Unavailable:  # only reading
        return None
    if raw is None:
        return None
    begun = msgspec.json.decode(raw, type=Session)
    place = begun.place
    begun = replace(begun, caller=session.caller, language=session.language)
    if (
        is_missing(context, begun, place)
        or changed_since(context, begun)
        or place.flow in context.tenant.paused_flows
    ):
        return None
    return Moved(begun, sentences.RESUMED)


def _stop_frozen(context: TurnContext, session: Session, *, has_been_asked: bool) -> Moved:
    """Somebody on hold is told so. Whoever has their number by now may say that they are another,
    unless they said who they are a moment ago."""
    if has_been_asked or WHO in context.tenant.paused_flows:
        return Moved(session, outcome=REFUSED, screen=End(refusal(Frozen())))
    return replace(enter(context, replace(session, caller=NOBODY), WHO), outcome=REFUSED)


def begin_anew(context: TurnContext, session: Session, old: Session | None = None) -> Moved:
    """Nobody speaks whom the number is known to have: they register beside those who have it."""
    session = home(replace(session, caller=NOBODY, dropped=None))
    return go_on(context, enter(context, session, REGISTER, answers={"beside": True}), old)


def _choose_pin(
    context: TurnContext, session: Session, person: Person, old: Session | None
) -> Moved:
    if person.pin_reset:
        session = replace(session, language=person.language)
    name, answers = NEW_PIN if person.pin_reset else REGISTER, {"person": str(person.id)}
    chooses = enter(context, session, name, answers=answers)
    # Nothing that was begun before goes on once officers took the old PIN away.
    return chooses if person.pin_reset else go_on(context, chooses, old)


def go_on(context: TurnContext, moved: Moved, old: Session | None) -> Moved:
    """Go on where an earlier session was dropped, or say what it had done."""
    session = moved.session
    if old is None or old.caller.id != session.caller.id:
        return moved
    resumed = resume(context, session, old)
    if resumed is not None:
        is_changed = changed_since(context, resumed)
        # Who has not registered yet has no main menu.
        notice = sentences.RESUMED_OR_HOME if session.caller.id else sentences.RESUMED
        return replace(moved, session=resumed, notice=notice, is_changed=is_changed)
    if old.receipt and not context.service.settings.get("shared_phones"):
        # Again at the next dial, should this screen be lost as well.
        shown = replace(session, receipt=old.receipt, waits=old.waits)
        return replace(moved, session=shown, notice=old.receipt)
    return moved


def log_missing(flow: str, tenant: str, why: str) -> None:
    """Say what a person is shown "This menu has changed" for: this process lacks it, or a state of
    it, since it runs other code than the tenant's menus or the session are made for."""
    log.warning(
        "this menu has changed: no flow, or no such state of it, in this process; %s",
        why,
        extra={"tenant": tenant, "flow": flow},
    )
