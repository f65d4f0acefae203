"""Payments: money asked for and paid out through providers of mobile money."""

from app.domains.domain import Domain
from core.payments import checks, lifecycle

DOMAIN = Domain(
    name="payments",
    checks=checks.CHECKS,
    lifecycles=(lifecycle.PAYMENT, lifecycle.MOVEMENT),
)
