"""Going on where a call was dropped: at which question, and with which answers."""

from engine.context import TurnContext
from engine.places import CALL_BACK, has, is_missing
from engine.session import NO_PAYMENT, NOTHING, Place, Session, replace


def resume(context: TurnContext, session: Session, old: Session) -> Session | None:
    """Go on where the caller's earlier session was dropped: at its question, or at the last one
    before it that may be resumed. None: there is nothing to go on with.

    A payment is gone on with at its confirmation, never at the PIN: with no intent, so that what is
    shown is written down as a new one.
    """
    if (
        old.ended
        or is_missing(context, session, old.place)
        or _is_another_registration(session, old)
    ):
        return None
    trail = [*old.back, old.place]
    while trail and trail[-1].flow == CALL_BACK:
        trail.pop()  # it came in between, and the answers are those of the flow below it
    asked = trail[-1].flow if trail else ""
    while trail and not _resumable(context, session, trail[-1]):
        trail.pop()
    if not trail or trail[-1] == session.place:
        return None
    place = trail[-1]
    goes_on = bool(asked) and place.flow == asked
    if place.flow and place.state in context.flows[place.flow].map.confirmations:
        place = replace(place, starts=(0,))  # it is laid out otherwise than it was
    return replace(
        session,
        place=place,
        back=tuple(trail[:-1]),
        language=old.language,
        answers=old.answers if goes_on else NOTHING,
        payment=NO_PAYMENT,
        fingerprint=old.fingerprint,
        # In a chat a confirmation keeps its Yes: no PIN is typed there.
        resumed=context.service.channel == "ussd",
    )


def _is_another_registration(session: Session, old: Session) -> bool:
    if session.caller.id:
        return False
    return bool(session.answers.get("person") != old.answers.get("person"))


def _resumable(context: TurnContext, session: Session, place: Place) -> bool:
    if not place.flow:
        return has(context, session, place.node)
    if context.service.settings.get("shared_phones"):
        return False  # payees and amounts are not for the next person who holds the phone
    if is_missing(context, session, place) or place.flow in context.tenant.paused_flows:
        return False
    return place.state in context.flows[place.flow].resumable
