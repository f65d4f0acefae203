"""The year of savings groups: what they do is drawn, and the books are looked at all along.

A month is one meeting of each group. People save, some by phone; loans are asked for, paid out at
the meeting or to the wallet, repaid there, by wallet or between two; some fall behind. A close is
killed now and then before its commit, and done again. At the end each group shares out.
"""

import contextlib
import random
import resource
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import psycopg

from core.db.errors import OutcomeUnknown, Unavailable
from core.loans import at_meeting, cash, loans, share_out_paying, sharing
from core.loans.errors import LoanError
from core.loans.replay import Replayed
from core.loans.terms import Part
from core.savings import share_outs
from tests.support.tenants import CURRENCY, Tenant
from tests.support.year import Year, year_of

MONTHS = 11
LAST_DAY = date(2026, 12, 14)


@dataclass
class Totals:
    """What has happened, in all groups."""

    meetings: int = 0
    saved_minor: int = 0
    loans: int = 0
    repaid: int = 0
    by_wallet: int = 0
    between_two: int = 0
    late: int = 0
    short_boxes: int = 0
    kills: int = 0
    share_outs: int = 0
    paid_minor: int = 0
    carried_over_minor: int = 0
    receivable_minor: int = 0
    checks: int = 0
    broken: list[str] = field(default_factory=list)
    seconds: float = 0.0
    memory_mb: float = 0.0

    def rows(self) -> Iterator[tuple[str, object]]:
        for name, value in vars(self).items():
            shown = f"{value:,.0f}" if isinstance(value, (int, float)) else value or "none"
            yield name.replace("_", " "), shown


def simulate(tenant: Tenant, *, groups: int, members: int, seed: int) -> Totals:
    """A year of so many groups. Raises AssertionError where a sum is not what it must be."""
    draw, done, began = random.Random(seed), Totals(), time.monotonic()
    all_groups = [year_of(tenant, members=members, coin_minor=10) for _ in range(groups)]
    for month in range(MONTHS):
        for group in all_groups:
            group.day = date(2026, month + 1, 5 + draw.randint(5, 20))
            _month(group, draw, done)
        _look(tenant, done)
    for group in all_groups:
        group.day = LAST_DAY
        _share_out(group, draw, done)
    _look(tenant, done)
    done.seconds = time.monotonic() - began
    done.memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return done


def _look(tenant: Tenant, done: Totals) -> None:
    done.checks += 1
    done.broken += tenant.broken()
    assert done.broken == []


def _month(group: Year, draw: random.Random, done: Totals) -> None:
    _ask_for_loans(group, draw)
    _between_meetings(group, draw, done)
    before = group.funds
    meeting = group.open()
    saved_minor = 0
    for member in group.people:
        shares = draw.choice((0, 1, 2, 3, 5))
        group.save(member, shares)
        saved_minor += shares * group.rules.share_minor
        if draw.random() < 0.1:
            group.fine(member, draw.choice(("late", "phone")))
    group.pay_social()
    paid_out_minor = _pay_out(group, done)
    repaid_minor = _repay(group, draw, done)
    now = group.now()
    brought_minor = saved_minor + now.social_minor + now.fine_minor + repaid_minor
    assert now.book_minor == before.cash_minor + brought_minor - paid_out_minor
    short_minor = 500 if draw.random() < 0.05 and now.book_minor > 10_000 else 0
    done.short_boxes += bool(short_minor)
    group.count(now.book_minor - short_minor, "Change was wrong" if short_minor else "")
    if draw.random() < 0.1:
        _kill_at_close(group, meeting.id)
        done.kills += 1
    group.close(meeting.id)
    done.meetings += 1
    done.saved_minor += saved_minor
    after = group.funds
    assert after.cash_minor == now.book_minor - short_minor
    assert after.saved_minor == before.saved_minor + saved_minor


def _ask_for_loans(group: Year, draw: random.Random) -> None:
    for member in draw.sample(group.people[2:], 2):
        principal_minor = draw.randrange(1_000, 8_000, 500)
        with contextlib.suppress(LoanError):
            group.agree(member, principal_minor, payout=draw.choice((loans.CASH, loans.WALLET)))


def _pay_out(group: Year, done: Totals) -> int:
    paid_minor = 0
    with group.tenant.tx() as tx:
        waiting = at_meeting.to_pay_out(tx, group.tenant.keys, group.now())
    for one in waiting:
        with contextlib.suppress(LoanError), group.tenant.tx() as tx:
            at_meeting.write_payout(tx, group.now(), one.loan_id, by=group.treasurer)
            paid_minor += one.principal_minor
            done.loans += 1
    return paid_minor


def _repay(group: Year, draw: random.Random, done: Totals) -> int:
    """Nine of ten who have something due bring it to the meeting."""
    repaid_minor = 0
    for loan in _owed(group):
        standing = group.standing(loan.id)
        _adds_up(loan, standing)
        if standing.days_late:
            done.late += 1
        if standing.due_now_minor and draw.random() < 0.9:
            group.repay_at_meeting(loan.borrower_id, standing.due_now_minor)
            repaid_minor += standing.due_now_minor
            done.repaid += 1
    return repaid_minor


def _adds_up(loan: loans.Loan, standing: Replayed) -> None:
    parts = [one.asked[Part.PRINCIPAL] for one in standing.instalments]
    assert sum(parts) == loan.principal_minor


def _owed(group: Year) -> list[loans.Loan]:
    with group.tenant.tx() as tx:
        return loans.where(
            tx, "l.group_id = %s AND l.state IN ('disbursed', 'repaying')", (group.id,)
        )


def _between_meetings(group: Year, draw: random.Random, done: Totals) -> None:
    """One pays by wallet, one in cash before two."""
    for loan in _owed(group)[:2]:
        owed_minor = group.standing(loan.id).owed_minor
        amount_minor = min(owed_minor, draw.randrange(100, 900, 50))
        if draw.random() < 0.5:
            group.repay_by_wallet(loan.id, amount_minor)
            done.by_wallet += 1
            continue
        with group.tenant.tx() as tx:
            cash_id = cash.record(
                tx,
                group_id=group.id,
                loan_id=loan.id,
                is_payout=False,
                amount_minor=amount_minor,
                by=group.treasurer,
                today=group.day,
            )
        with group.tenant.tx() as tx:
            cash.confirm(tx, cash_id, by=group.secretary, today=group.day)
        done.between_two += 1


def _kill_at_close(group: Year, meeting_id: uuid.UUID) -> None:
    """The server loses the connection before the commit: nothing is posted."""
    entries = group.tenant.count("entry")
    with contextlib.suppress(psycopg.Error, OutcomeUnknown, Unavailable), group.tenant.tx() as tx:
        at_meeting.close(tx, meeting_id, by=group.treasurer, service_id=group.service_id)
        (pid,) = tx.one("SELECT pg_backend_pid()") or (0,)
        group.tenant.as_superuser("SELECT pg_terminate_backend(%s)", pid)
    assert group.tenant.count("entry") == entries
    assert group.now().state == "counted"


def _share_out(group: Year, draw: random.Random, done: Totals) -> None:
    for loan in _owed(group):
        if draw.random() < 0.5:  # half of the debtors pay before it
            group.repay_by_wallet(loan.id, group.standing(loan.id).owed_minor)
    group.propose()
    for member in group.people:
        if draw.random() < 0.3:
            with group.tenant.tx() as tx:
                sharing.choose_way(tx, group.id, member, share_outs.CASH)
    group.vote_yes(len(group.people))
    held = group.funds
    group.freeze()
    paid = group.pay()
    given_minor = paid.cash.amount_minor + paid.wallets.amount_minor
    there_minor = held.loan_cash_minor + held.loan_e_money_minor
    assert given_minor + paid.carry_over.amount_minor == there_minor
    with group.tenant.tx() as tx:
        share_out_paying.close(tx, group_id=group.id, by=group.treasurer, today=group.day)
    left = group.funds
    assert left.saved_minor == 0
    assert left.social_minor == held.social_minor
    assert left.earned_minor == left.lent_minor + paid.carry_over.amount_minor
    done.share_outs += 1
    done.paid_minor += given_minor
    done.carried_over_minor += paid.carry_over.amount_minor
    done.receivable_minor += left.lent_minor
    assert paid.fund.currency == CURRENCY
