"""The year of savings groups: what they do is drawn, and the books are looked at all along.

A month is one meeting of each group. People save, some by mobile money; some come late or not at
all, and are fined; loans are asked for, paid out at the meeting or to the wallet, repaid there, by
wallet or between two; some fall behind. The connection of a close, of cash between two and of a
share-out is killed now and then before its commit, and it is done again. At the end each group
shares out. After each meeting a group's books are compared with a tally kept beside them, and after
each month all invariants of the house are looked at.
"""

import contextlib
import random
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import psycopg

from core.db.database import Tx
from core.db.errors import OutcomeUnknown, Unavailable
from core.loans import at_meeting, cash, loans, share_out_paying, sharing
from core.loans.errors import LoanError
from core.savings import meeting_lines, meetings, share_outs
from tests.simulations.books import Tally, adds_up, loans_of, owed_by
from tests.simulations.mobile_money import GroupTill
from tests.support.domains import verify
from tests.support.tenants import CURRENCY, Tenant
from tests.support.year import Year, year_of

MONTHS = 11
LAST_DAY = date(2026, 12, 14)


@dataclass
class Totals:
    """What has happened, in all groups."""

    meetings: int = 0
    saved_minor: int = 0
    fines: int = 0
    loans: int = 0
    repaid: int = 0
    by_wallet: int = 0
    between_two: int = 0
    by_mobile_money: int = 0
    in_question: int = 0
    late: int = 0
    short_boxes: int = 0
    kills: int = 0
    share_outs: int = 0
    paid_minor: int = 0
    carried_over_minor: int = 0
    receivable_minor: int = 0
    schedules: int = 0
    books_looked_at: int = 0
    checks: int = 0
    broken: list[str] = field(default_factory=list)
    first_month_ms: float = 0.0
    last_month_ms: float = 0.0
    seconds: float = 0.0
    memory_mb: float = 0.0

    def rows(self) -> Iterator[tuple[str, object]]:
        for name, value in vars(self).items():
            shown = f"{value:,.0f}" if isinstance(value, (int, float)) else value or "none"
            yield name.replace("_", " "), shown


@dataclass
class Living:
    """A group, its till, and what its people did."""

    group: Year
    till: GroupTill
    tally: Tally


def simulate(
    tenant: Tenant,
    *,
    groups: int,
    members: int,
    seed: int,
    say: Callable[[str], object] = lambda _: None,
) -> Totals:
    """A year of so many groups. Raises AssertionError where a sum is not what it must be."""
    draw, done, began = random.Random(seed), Totals(), time.monotonic()
    all_groups = [_founded(tenant, members) for _ in range(groups)]
    took_ms: list[float] = []
    for month in range(MONTHS):
        took_ms = [_timed_month(one, month, draw, done) for one in all_groups]
        _look(tenant, done)
        if month == 0:
            done.first_month_ms = statistics.median(took_ms)
        say(f"month {month + 1}: {time.monotonic() - began:,.0f} s")
    done.last_month_ms = statistics.median(took_ms)
    for one in all_groups:
        one.group.day = LAST_DAY
        _share_out(one, draw, done)
    _look(tenant, done)
    done.seconds = time.monotonic() - began
    done.memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return done


def _founded(tenant: Tenant, members: int) -> Living:
    fines = {"late": 100, "absent": 200, "phone": 50}
    group = year_of(tenant, members=members, coin_minor=10, fines=fines, fined_at_close=("absent",))
    return Living(group, GroupTill(group), Tally())


def _look(tenant: Tenant, done: Totals) -> None:
    done.checks += 1
    done.broken += [one.name for one in verify(tenant.urls.verify_url).checks if not one.ok]
    assert done.broken == []


def _timed_month(one: Living, month: int, draw: random.Random, done: Totals) -> float:
    """How long the month took, in milliseconds."""
    began = time.monotonic()
    one.group.day = date(2026, month + 1, 5 + draw.randint(5, 20))
    _between_meetings(one, draw, done)
    _ask_for_loans(one.group, draw)
    _meeting(one, draw, done)
    one.tally.look(one.group)
    done.books_looked_at += 1
    return (time.monotonic() - began) * 1_000


def _meeting(one: Living, draw: random.Random, done: Totals) -> None:
    group, tally = one.group, one.tally
    group.open()
    absent = _roll(group, draw)
    saved_minor = 0
    for member in group.people:
        if member not in absent:
            shares = draw.choice((0, 1, 2, 3, 5))
            group.save(member, shares)
            saved_minor += shares * group.rules.share_minor
            if draw.random() < 0.1:
                group.fine(member, draw.choice(("late", "phone")))
                done.fines += 1
    group.pay_social()
    social_minor = (len(group.people) - len(absent)) * group.rules.social_minor
    tally.box_minor -= _pay_out(group)
    tally.box_minor += _repay(group, absent, draw, done)
    now = group.now()
    tally.box_minor += saved_minor + social_minor + now.fine_minor
    assert now.book_minor == tally.box_minor
    short_minor = 500 if draw.random() < 0.05 and now.book_minor > 10_000 else 0
    done.short_boxes += bool(short_minor)
    group.count(now.book_minor - short_minor, "Change was wrong" if short_minor else "")
    close = _closing(group)
    if draw.random() < 0.1:
        _kill(group, close, done)
        assert group.now().state == "counted"
    _commit(group, close)
    tally.saved_minor += saved_minor
    tally.social_minor += social_minor
    tally.box_minor -= short_minor
    done.meetings += 1
    done.saved_minor += saved_minor
    done.fines += len(absent)


def _roll(group: Year, draw: random.Random) -> set[object]:
    """One in twenty does not come, and owes a fine. Who keeps the keys does."""
    absent: set[object] = set()
    for number, member in enumerate(group.people[2:], 3):
        if draw.random() < 0.05:
            absent.add(member)
            with group.tenant.tx() as tx:
                meeting = meetings.require(tx, group.id)
                line = meeting_lines.by_number(tx, group.tenant.keys, meeting.id, number)
                meeting_lines.mark(tx, meeting, line.subscriber_id, "absent", by=group.secretary)
    return absent


def _ask_for_loans(group: Year, draw: random.Random) -> None:
    for member in draw.sample(group.people[2:], 2):
        principal_minor = draw.randrange(1_000, 8_000, 500)
        with contextlib.suppress(LoanError):
            group.agree(member, principal_minor, payout=draw.choice((loans.CASH, loans.WALLET)))


def _pay_out(group: Year) -> int:
    paid_minor = 0
    with group.tenant.tx() as tx:
        waiting = at_meeting.to_pay_out(tx, group.tenant.keys, group.now())
    for one in waiting:
        with contextlib.suppress(LoanError), group.tenant.tx() as tx:
            at_meeting.write_payout(tx, group.now(), one.loan_id, by=group.treasurer)
            paid_minor += one.principal_minor
    return paid_minor


def _repay(group: Year, absent: set[object], draw: random.Random, done: Totals) -> int:
    """Nine of ten who are there and have something due bring it."""
    repaid_minor = 0
    for loan in owed_by(group):
        standing = group.standing(loan.id)
        done.late += bool(standing.days_late)
        is_brought = loan.borrower_id not in absent and draw.random() < 0.9
        if standing.due_now_minor and is_brought:
            group.repay_at_meeting(loan.borrower_id, standing.due_now_minor)
            repaid_minor += standing.due_now_minor
            done.repaid += 1
    return repaid_minor


def _between_meetings(one: Living, draw: random.Random, done: Totals) -> None:
    """One pays a loan by wallet, one in cash before two; two save by mobile money."""
    group = one.group
    for loan in owed_by(group)[:2]:
        owed_minor = group.standing(loan.id).owed_minor
        amount_minor = min(owed_minor, draw.randrange(100, 900, 50))
        if draw.random() < 0.5:
            group.repay_by_wallet(loan.id, amount_minor)
            done.by_wallet += 1
            continue
        _before_two(group, loan, amount_minor, draw, done)
        one.tally.box_minor += amount_minor
    for member in draw.sample(group.people, 2):
        amount_minor = draw.randrange(200, 3_000, 100)
        if one.till.pay(member, amount_minor, draw):
            one.tally.saved_minor += amount_minor
            done.by_mobile_money += 1
        else:
            done.in_question += 1


def _before_two(
    group: Year, loan: loans.Loan, amount_minor: int, draw: random.Random, done: Totals
) -> None:
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

    def confirm(tx: Tx) -> None:
        cash.confirm(tx, cash_id, by=group.secretary, today=group.day)

    if draw.random() < 0.1:
        _kill(group, confirm, done)
    _commit(group, confirm)
    done.between_two += 1


def _closing(group: Year) -> Callable[[Tx], object]:
    meeting_id = group.now().id
    return lambda tx: at_meeting.close(
        tx, meeting_id, by=group.treasurer, service_id=group.service_id
    )


def _commit(group: Year, work: Callable[[Tx], object]) -> None:
    with group.tenant.tx() as tx:
        work(tx)


def _kill(group: Year, work: Callable[[Tx], object], done: Totals) -> None:
    """The server loses the connection before the commit: nothing is posted."""
    before = group.funds
    with contextlib.suppress(psycopg.Error, OutcomeUnknown, Unavailable), group.tenant.tx() as tx:
        work(tx)
        (pid,) = tx.one("SELECT pg_backend_pid()") or (0,)
        group.tenant.as_superuser("SELECT pg_terminate_backend(%s)", pid)
    assert group.funds == before
    done.kills += 1


def _share_out(one: Living, draw: random.Random, done: Totals) -> None:
    group = one.group
    for loan in owed_by(group):
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
    if draw.random() < 0.1:
        _kill(
            group,
            lambda tx: share_out_paying.pay(tx, group_id=group.id, by=group.secretary),
            done,
        )
    paid = group.pay()
    given_minor = paid.cash.amount_minor + paid.wallets.amount_minor
    there_minor = held.loan_cash_minor + held.loan_e_money_minor
    assert given_minor + paid.carry_over.amount_minor == there_minor
    with group.tenant.tx() as tx:
        share_out_paying.close(tx, group_id=group.id, by=group.treasurer, today=group.day)
    left = group.funds
    assert left.earned_minor == left.lent_minor + paid.carry_over.amount_minor
    one.tally.saved_minor = 0
    one.tally.box_minor -= paid.cash.amount_minor
    one.tally.look(group)
    for loan in loans_of(group):
        adds_up(loan, group.standing(loan.id))
        done.loans += 1
        done.schedules += 1
    done.share_outs += 1
    done.paid_minor += given_minor
    done.carried_over_minor += paid.carry_over.amount_minor
    done.receivable_minor += left.lent_minor
    assert paid.fund.currency == CURRENCY
