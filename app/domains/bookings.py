"""The tenant's own bookings, by two officers."""

from app.domains.domain import Domain
from core.bookings import bookings, checks, messages

DOMAIN = Domain(
    name="bookings",
    messages=messages.MESSAGES,
    checks=checks.CHECKS,
    approvals=(bookings.BOOK, bookings.REVERSE),
)
