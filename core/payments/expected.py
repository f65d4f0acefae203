"""What somebody said they would pay: so much, until then, for this."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.money.purposes import Payee
from values.ids import uuid7
from values.money import Money

EXPECTED: Final = Lifecycle(
    "expected_payment",
    initial="open",
    transitions=[["meet", "open", "met"], ["withdraw", "open", "withdrawn"]],
)


@dataclass(frozen=True, slots=True)
class Expected:
    """One of them: who is going to pay, and for what."""

    purpose: str
    subscriber_id: uuid.UUID
    subject_id: uuid.UUID


def expect(
    tx: Tx,
    payee: Payee,
    amount: Money,
    *,
    until: datetime,
    wallet: str | None = None,
    id: uuid.UUID | None = None,
) -> bool:
    """Write down that this is going to be paid, into `wallet` or, where it is None, any of the
    tenant's. One before for the same payee and amount, if it was not met, is taken back. The same
    `id` again is the same one, as it is by then, and the answer False."""
    if id is not None and tx.one(
        "SELECT 1 FROM expected_payment WHERE tenant_id = current_tenant() AND id = %s", (id,)
    ):
        return False
    tx.execute(
        EXPECTED.advance(
            "withdraw",
            where="purpose = %s AND subscriber_id = %s AND subject_id = %s AND amount_minor = %s"
            " AND currency = %s",
        ),
        (
            *(payee.purpose, payee.subscriber_id, payee.subject_id),
            *(amount.amount_minor, amount.currency),
        ),
    )
    tx.execute(
        "INSERT INTO expected_payment (tenant_id, id, purpose, subscriber_id, subject_id, wallet,"
        " amount_minor, currency, until) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(id or uuid7(), payee.purpose, payee.subscriber_id, payee.subject_id, wallet),
            *(amount.amount_minor, amount.currency, until),
        ),
    )
    return True


def fitting(tx: Tx, *, wallet: str, amount: Money, at: datetime) -> list[Expected]:
    """Those that a payment of this amount at this time would meet, the oldest first."""
    rows = tx.all(
        "SELECT purpose, subscriber_id, subject_id FROM expected_payment"
        " WHERE tenant_id = current_tenant() AND state = 'open' AND amount_minor = %s"
        " AND currency = %s AND coalesce(wallet, %s) = %s AND until >= %s"
        " AND created_at <= %s + interval '2 minutes' ORDER BY created_at, id LIMIT 50",
        (amount.amount_minor, amount.currency, wallet, wallet, at, at),
    )
    return [Expected(*row) for row in rows]


def meet(tx: Tx, payee: Payee, amount: Money, movement_id: uuid.UUID) -> None:
    """It was paid: the oldest open one of this payee and amount is met."""
    tx.execute(
        EXPECTED.advance(
            "meet",
            sets="movement_id = %s",
            where="id = (SELECT id FROM expected_payment WHERE tenant_id = current_tenant()"
            " AND state = 'open' AND purpose = %s AND subscriber_id = %s AND subject_id = %s"
            " AND amount_minor = %s AND currency = %s ORDER BY created_at, id LIMIT 1)",
        ),
        (
            *(movement_id, payee.purpose, payee.subscriber_id, payee.subject_id),
            *(amount.amount_minor, amount.currency),
        ),
    )
