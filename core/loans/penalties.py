"""Penalties: written down once for each day that an instalment is late, by the schedule.

They are booked as income when they are paid, not before. What was charged and should not have been
(a payment counts from an earlier day) is taken back by a row below zero: both stay.
"""

import uuid
from collections.abc import Mapping
from datetime import date

from core.db.database import Database, Tx
from core.loans import loans
from core.loans.lifecycle import IS_OWED


def write(tx: Tx, loan_id: uuid.UUID, charges: Mapping[tuple[int, date], int]) -> int:
    """Bring what is written of a locked loan's penalties in line with what they come to: by
    instalment and day. Answers how many rows that took; the same again is none."""
    known: dict[tuple[int, date], tuple[int, int]] = {
        (number, day): (total, rows)
        for number, day, total, rows in tx.all(
            "SELECT number, day, sum(amount_minor)::bigint, count(*) FROM loan_penalty"
            " WHERE tenant_id = current_tenant() AND loan_id = %s GROUP BY number, day",
            (loan_id,),
        )
    }
    written = 0
    for key in sorted(known.keys() | charges.keys()):
        total, rows = known.get(key, (0, 0))
        difference = charges.get(key, 0) - total
        if not difference:
            continue
        written += 1
        tx.execute(
            "INSERT INTO loan_penalty (tenant_id, loan_id, number, day, ordinal, amount_minor)"
            " VALUES (current_tenant(), %s, %s, %s, %s, %s)",
            (loan_id, *key, rows, difference),
        )
    return written


def charge(tx: Tx, loan_id: uuid.UUID, today: date) -> int:
    """Write the penalties of a loan for all days before `today`. Answers how many rows."""
    loan = loans.locked(tx, loan_id)
    if not loan.is_owed:
        return 0
    return write(tx, loan_id, loans.standing(tx, loan, today).charges)


_LATE = (
    "SELECT l.id, (now() AT TIME ZONE t.time_zone)::date FROM loan l"
    " JOIN tenant t ON t.id = l.tenant_id"
    f" WHERE l.tenant_id = current_tenant() AND l.{IS_OWED}"
    " AND l.terms ->> 'penalty_percent' <> '0'"
    " AND EXISTS (SELECT 1 FROM loan_instalment i WHERE i.tenant_id = l.tenant_id"
    "  AND i.loan_id = l.id AND i.due_on < (now() AT TIME ZONE t.time_zone)::date) ORDER BY l.id"
)


def charge_due(app: Database, relay: Database) -> int:
    """Charge what is late, of all tenants, a loan a transaction. Answers how many rows. `relay`
    looks across tenants, `app` acts within one."""
    with relay.transaction(None) as tx:
        tenants = tx.all(f"SELECT DISTINCT tenant_id FROM loan WHERE {IS_OWED}")
    written = 0
    for (tenant_id,) in tenants:
        with app.transaction(tenant_id) as tx:
            late = tx.all(_LATE)
        for loan_id, today in late:
            with app.transaction(tenant_id) as tx:
                written += charge(tx, loan_id, today)
    return written
