"""Payments in sentences for the person who looks."""

from typing import Final

from core.payments.listing import Event
from core.payments.payments import COLLECTION, DISBURSEMENT

REASONS: Final = {
    "no_outcome": "The provider's time is over, and it has not said what became of it.",
    "other_amount": "The provider says another amount than was asked for.",
    "other_currency": "The provider says another currency than was asked for.",
    "other_reference": "The provider's record is of another request.",
    "other_party": "The provider says another number than was asked.",
    "already_credited": "Its money was given to somebody before.",
    "late_success": "It had ended as not paid, and then the provider said that it was paid.",
    "on_hold": "It is paid, and its owner cannot take it: a frozen account, or a limit.",
    "callback_differs": "The provider says paid, and its callbacks say something else.",
}
_HAPPENED: Final = {
    "begun": "Begun here",
    "sent": "Sent to the provider",
    "callback": "A callback said",
    "asked": "The provider was asked last",
    "moved": "The money moved",
    "booked": "Written into our books",
    "refunded": "A refund was begun",
    "ended": "Ended",
}


def reason(name: str) -> str:
    """Why it is in review, or did not end well."""
    return REASONS.get(name, f"{name.replace('_', ' ').capitalize()}." if name else "")


def direction(kind: str) -> str:
    """Which way the money goes."""
    return {COLLECTION: "from a person", DISBURSEMENT: "to a person"}.get(kind, "back to a person")


def happened(event: Event) -> str:
    """What an event is, with what it said."""
    said = event.said.replace("_", " ")
    return f"{_HAPPENED.get(event.what, event.what)}{f': {said}' if said else ''}"
