"""Borrowers are reminded of an instalment: before it is due, and while it is late. Each once."""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Final

from core.db.database import Database, Tx
from core.loans import loans
from core.loans.lifecycle import IS_OWED
from core.loans.messages import InstalmentLate, InstalmentSoon
from core.savings import reminders
from core.savings.reminders import DEFAULT_DAYS, INSTALMENT, LATE, Today
from values.messages import Message
from values.money import Money

# Instalments of the plan in force that are due in so many days, or were due so many days ago, as
# the group's rules say, or else the usual ones.
_DUE: Final = (
    "SELECT l.id, i.due_on FROM loan l"
    " LEFT JOIN LATERAL (SELECT c.body -> 'reminders' AS days FROM savings_constitution c"
    "  WHERE c.tenant_id = l.tenant_id AND c.group_id = l.group_id"
    "  AND %(today)s BETWEEN c.valid_from AND c.valid_until LIMIT 1) c ON true"
    " JOIN loan_instalment i ON i.tenant_id = l.tenant_id AND i.loan_id = l.id"
    "  AND i.version = (SELECT max(v.version) FROM loan_instalment v"
    "   WHERE v.tenant_id = l.tenant_id AND v.loan_id = l.id)"
    f" WHERE l.tenant_id = current_tenant() AND l.{IS_OWED}"
    " AND (coalesce(c.days, %(usual)s::jsonb) -> 'instalment' @> to_jsonb(i.due_on - %(today)s)"
    "  OR coalesce(c.days, %(usual)s::jsonb) -> 'late' @> to_jsonb(%(today)s - i.due_on))"
    " ORDER BY l.id, i.due_on"
)


def send_due(app: Database, relay: Database, now: datetime | None = None) -> int:
    """Remind the borrowers of all tenants, a loan a transaction. Answers how many. `relay` looks
    across tenants, `app` acts within one."""
    with relay.transaction(None) as tx:
        rows = tx.all(f"SELECT DISTINCT tenant_id FROM loan WHERE {IS_OWED}")
    reminded = 0
    for today in reminders.days_of(app, [row[0] for row in rows], now):
        with app.transaction(today.tenant_id) as tx:
            due = tx.all(_DUE, {"today": today.day, "usual": DEFAULT_DAYS})
        for loan_id, due_on in due:
            with app.transaction(today.tenant_id) as tx:
                reminded += _remind(tx, loan_id, due_on, today)
    return reminded


def _remind(tx: Tx, loan_id: uuid.UUID, due_on: date, today: Today) -> int:
    """What of it is open: nobody is reminded of what is paid. One is late for as many days as the
    oldest instalment, so that a text speaks of all that is."""
    loan = loans.get(tx, loan_id)
    assert loan is not None
    is_late = due_on < today.day
    standing = loans.standing(tx, loan, today.day if is_late else due_on)
    open_minor = sum(
        one.open_minor
        for one in standing.instalments
        if (one.due_on < today.day if is_late else one.due_on == due_on)
    )
    if not open_minor:
        return 0
    amount, reference = Money(open_minor, loan.currency), loan.reference
    told: Message = (
        InstalmentLate(loan.group, amount, reference)
        if is_late
        else InstalmentSoon(loan.group, amount, f"{due_on:%d/%m/%Y}", reference)
    )
    return reminders.remind(
        *(tx, LATE if is_late else INSTALMENT, loan.id, {loan.borrower_id: told}, today.day),
        until=None if is_late else _end_of(due_on, today),
    )


def _end_of(day: date, today: Today) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), today.zone)
