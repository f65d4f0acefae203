"""The tenant's own bookings, by two officers."""

from app.domains.domain import Domain
from core.bookings import bookings, checks, messages
from engine.registry import EntryWords
from menus import sentences

DOMAIN = Domain(
    name="bookings",
    entries=dict.fromkeys(
        (bookings.BOOKING, bookings.REVERSAL), EntryWords(lambda line: sentences.office(""))
    ),
    messages=messages.MESSAGES,
    checks=checks.CHECKS,
    approvals=(bookings.BOOK, bookings.REVERSE),
)
