"""A shop's credit: its limit, what of it is used, what is due.

What is used is read from the orders themselves: the whole price until goods are delivered, then
what of them is not paid. So a short delivery and a payment give the limit back at once.
"""

import uuid
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import msgspec

from core.audit.trail import record
from core.db.database import Tx
from core.orders.credit.errors import (
    CreditOverdue,
    CreditTooSmall,
    NoCredit,
    NoCreditHere,
)
from core.orders.credit.terms import CreditTerms
from core.security.keyring import Keyring
from core.tenants import business
from values import clock, names
from values.money import Money

CREDIT: Final = "credit"
ACTIVE: Final = "active"
BLOCKED: Final = "blocked"
LISTED_MAXIMUM: Final = 500
_USED: Final = (
    "SELECT coalesce(sum(CASE WHEN state IN ('confirmed', 'assigned', 'picked') THEN total_minor"
    " WHEN state IN ('delivered', 'invoiced') THEN delivered_minor - paid_minor ELSE 0 END"
    " + late_fee_minor - late_fee_paid_minor), 0)::bigint FROM shop_order"
    " WHERE tenant_id = current_tenant() AND subscriber_id = %s AND payment = 'credit'"
)


@dataclass(frozen=True, slots=True)
class Account:
    """`days` is when an invoice is due; `reason` why it is blocked."""

    subscriber_id: uuid.UUID
    state: str
    limit_minor: int
    used_minor: int
    currency: str
    days: int
    reason: str

    @property
    def free_minor(self) -> int:
        return max(0, self.limit_minor - self.used_minor)

    @property
    def free(self) -> Money:
        return Money(self.free_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Due:
    """An invoice on credit that is not paid, or whose late fee is not."""

    order_id: uuid.UUID
    due_on: date
    owed_minor: int
    late_fee_minor: int

    @property
    def both_minor(self) -> int:
        return self.owed_minor + self.late_fee_minor


def terms(tx: Tx) -> CreditTerms:
    """The terms that hold now. Raises NoCreditHere."""
    row = tx.one(
        "SELECT terms::text FROM credit_policy WHERE tenant_id = current_tenant()"
        " ORDER BY created_at DESC, id DESC LIMIT 1"
    )
    if row is None:
        raise NoCreditHere
    return msgspec.json.decode(row[0], type=CreditTerms)


def today(tx: Tx) -> date:
    """The day by the tenant's clock."""
    return clock.now(business.of_transaction(tx).zone).date()


def find(tx: Tx, subscriber_id: uuid.UUID) -> Account | None:
    """A shop's credit; None where it has none."""
    row = tx.one(
        "SELECT state, limit_minor, currency, days, coalesce(reason, '') FROM trade_credit"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s",
        (subscriber_id,),
    )
    if row is None:
        return None
    state, limit_minor, currency, days, reason = row
    used = tx.one(_USED, (subscriber_id,))
    assert used is not None
    return Account(subscriber_id, state, limit_minor, int(used[0]), currency, days, reason)


def dues(tx: Tx, subscriber_id: uuid.UUID) -> list[Due]:
    """What of a shop's invoices on credit is open, the oldest day first."""
    rows = tx.all(
        "SELECT id, due_on, delivered_minor - paid_minor, late_fee_minor - late_fee_paid_minor"
        " FROM shop_order WHERE tenant_id = current_tenant() AND subscriber_id = %s"
        " AND payment = 'credit' AND due_on IS NOT NULL"
        " AND (delivered_minor > paid_minor OR late_fee_minor > late_fee_paid_minor)"
        " ORDER BY due_on, created_at, id",
        (subscriber_id,),
    )
    return [Due(*row) for row in rows]


def usable(tx: Tx, subscriber_id: uuid.UUID) -> Account | None:
    """Credit that a shop could use now; None where there is none or nothing of it is free."""
    account = find(tx, subscriber_id)
    if account is None or account.state != ACTIVE or not account.free_minor:
        return None
    return account


def require(tx: Tx, subscriber_id: uuid.UUID, amount_minor: int) -> Account:
    """Whether a shop may owe so much more. Its credit is locked, so that of two orders at once
    each sees the other. Raises NoCredit, CreditOverdue, CreditTooSmall."""
    locked = tx.one(
        "SELECT 1 FROM trade_credit WHERE tenant_id = current_tenant() AND subscriber_id = %s"
        " FOR UPDATE",
        (subscriber_id,),
    )
    account = find(tx, subscriber_id) if locked else None
    if account is None or account.state != ACTIVE:
        raise NoCredit
    limit_day = today(tx) - timedelta(days=terms(tx).grace_days)
    overdue = sum(one.both_minor for one in dues(tx, subscriber_id) if one.due_on < limit_day)
    if overdue:
        raise CreditOverdue(overdue_minor=overdue, currency=account.currency)
    if amount_minor > account.free_minor:
        raise CreditTooSmall(free_minor=account.free_minor, currency=account.currency)
    return account


def block(tx: Tx, subscriber_id: uuid.UUID, *, actor: str, reason: str) -> bool:
    """Nothing more is sold to them on credit; what they owe stays. Whether it was active."""
    return _turn(tx, subscriber_id, BLOCKED, actor=actor, reason=reason)


def unblock(tx: Tx, subscriber_id: uuid.UUID, *, actor: str, reason: str) -> bool:
    """They may buy on credit again. Whether it was blocked."""
    return _turn(tx, subscriber_id, ACTIVE, actor=actor, reason=reason)


def _turn(tx: Tx, subscriber_id: uuid.UUID, state: str, *, actor: str, reason: str) -> bool:
    done = tx.one(
        "UPDATE trade_credit SET state = %s, reason = %s WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s AND state <> %s RETURNING 1",
        (state, reason if state == BLOCKED else None, subscriber_id, state),
    )
    if done is not None:
        record(tx, actor, f"credit {state}", subscriber_id, {"reason": reason})
    return done is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """A shop's credit, what it is called by others, and what is open beyond its day."""

    account: Account
    shop: str
    overdue_minor: int


def listed(tx: Tx, keys: Keyring) -> list[Listed]:
    """Every shop that has credit: who owes most beyond its day first."""
    rows = tx.all(
        "SELECT c.subscriber_id, c.state, c.limit_minor, coalesce(o.used, 0)::bigint, c.currency,"
        " c.days, coalesce(c.reason, ''), s.name_sealed, coalesce(o.overdue, 0)::bigint"
        " FROM trade_credit c JOIN subscriber s ON s.tenant_id = c.tenant_id"
        " AND s.id = c.subscriber_id LEFT JOIN (SELECT subscriber_id, sum(CASE"
        "  WHEN state IN ('confirmed', 'assigned', 'picked') THEN total_minor"
        "  WHEN state IN ('delivered', 'invoiced') THEN delivered_minor - paid_minor ELSE 0 END"
        "  + late_fee_minor - late_fee_paid_minor) AS used,"
        "  sum(delivered_minor - paid_minor + late_fee_minor - late_fee_paid_minor)"
        "   FILTER (WHERE due_on < %s) AS overdue FROM shop_order"
        "  WHERE tenant_id = current_tenant() AND payment = 'credit' GROUP BY 1) o"
        " ON o.subscriber_id = c.subscriber_id WHERE c.tenant_id = current_tenant()"
        f" ORDER BY 9 DESC, c.created_at, c.subscriber_id LIMIT {LISTED_MAXIMUM}",
        (today(tx),),
    )
    return [
        Listed(
            Account(*rest),
            names.shown(keys.open(sealed, rest[0].bytes)) if sealed else "",
            int(overdue_minor),
        )
        for *rest, sealed, overdue_minor in rows
    ]
