"""Payments: money asked for and paid out through providers of mobile money, and the networks' texts
that prove it."""

from app.domains.domain import Domain
from core.payments import checks, devices, exceptions, expected, lifecycle, retention, text_inbox
from core.payments.allocations import PAY_BACK, Allocate
from core.payments.matching import Purposes
from workers.texts import jobs


def _purposes() -> Purposes:
    """What all domains say that people pay for."""
    from app import domains

    return domains.load().purposes


DOMAIN = Domain(
    name="payments",
    checks=checks.CHECKS,
    lifecycles=(
        lifecycle.PAYMENT,
        lifecycle.MOVEMENT,
        devices.DEVICE,
        text_inbox.TEXT,
        expected.EXPECTED,
        exceptions.EXCEPTION,
    ),
    approvals=(Allocate(_purposes), PAY_BACK),
    retention=retention.RETENTION,
    jobs=jobs.JOBS,
)
