"""Payments: money asked for and paid out through providers of mobile money, and the networks' texts
that prove it."""

from app.domains.domain import Domain, Sections
from checks import payments as samples
from core.payments import (
    checks,
    devices,
    exceptions,
    expected,
    export_lists,
    figures,
    lifecycle,
    messages,
    missing,
    personal,
    retention,
    text_inbox,
)
from core.payments.allocations import PAY_BACK, Allocate
from core.payments.matching import Purposes
from core.payments.outcomes import Operations
from core.payments.reconciliation import days
from core.payments.settling import Settle
from core.payments.undoing import REFUND_PAID, REVERSAL
from flows.payments.entries import ENTRIES
from flows.payments.give_code import GiveCode
from flows.payments.missing_money import MissingMoney
from flows.payments.wallet_money import Deposit, Withdraw
from workers.payments import jobs
from workers.schedule import payments as schedule
from workers.texts import jobs as texts_jobs


def _purposes() -> Purposes:
    """What all domains say that people pay for."""
    from app import domains

    return domains.load().purposes


def _operations() -> Operations:
    """What all domains say that money moves by."""
    from app import domains

    return domains.load().operations


def _sections() -> Sections:
    from core.payments.manifest import WALLETS

    return (WALLETS,)


DOMAIN = Domain(
    name="payments",
    flows=(Deposit, GiveCode, Withdraw, MissingMoney),
    entered_by_engine=frozenset({GiveCode.name}),
    entries=ENTRIES,
    endpoints=("app.api.resources.exceptions",),
    messages=messages.MESSAGES,
    checks=checks.CHECKS,
    figures=figures.FIGURES,
    lifecycles=(
        lifecycle.PAYMENT,
        lifecycle.MOVEMENT,
        devices.DEVICE,
        text_inbox.TEXT,
        expected.EXPECTED,
        exceptions.EXCEPTION,
        missing.MISSING,
        days.RECONCILIATION,
    ),
    approvals=(
        Allocate(_purposes),
        PAY_BACK,
        days.REOPEN,
        Settle(_operations),
        REFUND_PAID,
        REVERSAL,
    ),
    retention=retention.RETENTION,
    tasks=schedule.TASKS,
    jobs=(*jobs.JOBS, *texts_jobs.JOBS),
    sections=_sections,
    samples=samples.SAMPLES,
    pages=(
        "app.console.exceptions.page",
        "app.console.missing.page",
        "app.console.payments.page",
        "app.console.reconcile.page",
    ),
    listings=export_lists.LISTINGS,
    personal=personal.PERSONAL,
    holds_back=personal.HOLDS_BACK,
)
