"""Payments in sentences for the person who looks."""

from typing import Final

from core.payments.listing import Event
from core.payments.payments import COLLECTION, DISBURSEMENT
from values.said import said

REASONS: Final = {
    "no_outcome": said("The provider's time is over, and it has not said what became of it."),
    "other_amount": said("The provider says another amount than was asked for."),
    "other_currency": said("The provider says another currency than was asked for."),
    "other_reference": said("The provider's record is of another request."),
    "other_party": said("The provider says another number than was asked."),
    "already_credited": said("Its money was given to somebody before."),
    "late_success": said("It had ended as not paid, and then the provider said that it was paid."),
    "on_hold": said("It is paid, and its owner cannot take it: a frozen account, or a limit."),
    "callback_differs": said("The provider says paid, and its callbacks say something else."),
}
_HAPPENED: Final = {
    "begun": said("Begun here"),
    "sent": said("Sent to the provider"),
    "callback": said("A callback said"),
    "asked": said("The provider was asked last"),
    "moved": said("The money moved"),
    "booked": said("Written into our books"),
    "refunded": said("A refund was begun"),
    "ended": said("Ended"),
}


def reason(name: str) -> str:
    """Why it is in review, or did not end well."""
    return REASONS.get(name, f"{name.replace('_', ' ').capitalize()}." if name else "")


def direction(kind: str) -> str:
    """Which way the money goes."""
    ways = {COLLECTION: said("from a person"), DISBURSEMENT: said("to a person")}
    return ways.get(kind, said("back to a person"))


def happened(event: Event) -> str:
    """What an event is, with what it said."""
    what, words = _HAPPENED.get(event.what, event.what), event.said.replace("_", " ")
    return said("{what}: {words}", what=what, words=words) if words else what
