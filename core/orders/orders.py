"""Orders as they are read: by the shop, by staff and by programs."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Tx
from core.orders.errors import OrderUnknown
from values.ids import reference_bits, reference_of
from values.money import Money

BOARD_MAXIMUM: Final = 200


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line: `delivered` is None until the goods arrived; `substitute` came in their place."""

    number: int
    product: str
    quantity: int
    total_minor: int
    delivered: int | None
    substitute: str | None

    @property
    def product_delivered(self) -> str:
        return self.substitute or self.product

    @property
    def owed_minor(self) -> int:
        """What was delivered of it costs, rounded down: a whole line costs its whole price."""
        return self.total_minor * (self.delivered or 0) // self.quantity


@dataclass(frozen=True, slots=True)
class Order:
    """An order. `total_minor` is what was promised, `delivered_minor` what the goods that arrived
    come to."""

    id: uuid.UUID
    subscriber_id: uuid.UUID
    quote_id: uuid.UUID
    warehouse: str
    channel: str
    payment: str
    state: str
    currency: str
    total_minor: int
    delivered_minor: int | None
    paid_minor: int
    hold_id: uuid.UUID | None
    deliverer: str | None
    reason: str | None
    created_at: datetime
    reserved_until: datetime
    ended_at: datetime | None

    @property
    def reference(self) -> str:
        """How people call it."""
        return reference_of(self.id)

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)

    @property
    def owed_minor(self) -> int:
        """What is to pay of it now."""
        return (self.delivered_minor or 0) - self.paid_minor


COLUMNS: Final = (
    "id, subscriber_id, quote_id, warehouse, channel, payment, state, currency, total_minor,"
    " delivered_minor, paid_minor, hold_id, deliverer, reason, created_at, reserved_until, ended_at"
)
_ONE: Final = (
    f"SELECT {COLUMNS} FROM shop_order WHERE tenant_id = current_tenant() AND {{which}} = %s"
)


def get(tx: Tx, order_id: uuid.UUID) -> Order:
    """Raises OrderUnknown."""
    return _found(tx, _ONE.format(which="id"), order_id)


def locked(tx: Tx, order_id: uuid.UUID) -> Order:
    """An order that nobody else changes until the COMMIT. Raises OrderUnknown."""
    return _found(tx, _ONE.format(which="id") + " FOR UPDATE", order_id)


def of_quote(tx: Tx, quote_id: uuid.UUID) -> Order:
    """What a promised price became. Raises OrderUnknown."""
    return _found(tx, _ONE.format(which="quote_id"), quote_id)


def by_reference(tx: Tx, reference: str) -> Order:
    """The order that people call so; the newest, where two of years ago are called alike. Raises
    OrderUnknown."""
    bits = reference_bits(reference)
    row = tx.one(
        f"SELECT {COLUMNS} FROM shop_order WHERE tenant_id = current_tenant()"
        " AND right(id::text, 10) = %s ORDER BY created_at DESC LIMIT 1",
        ("" if bits is None else f"{bits:010x}",),
    )
    if row is None:
        raise OrderUnknown
    return Order(*row)


def _found(tx: Tx, query: str, id: uuid.UUID) -> Order:
    row = tx.one(query, (id,))
    if row is None:
        raise OrderUnknown
    return Order(*row)


def lines(tx: Tx, order_id: uuid.UUID) -> list[OrderLine]:
    rows = tx.all(
        "SELECT number, product, quantity, total_minor, delivered, substitute FROM shop_order_line"
        " WHERE tenant_id = current_tenant() AND order_id = %s ORDER BY number",
        (order_id,),
    )
    return [OrderLine(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class StepTaken:
    """A step, when it was taken and by whom: None is the clock."""

    step: str
    actor: str | None
    at: datetime


def steps(tx: Tx, order_id: uuid.UUID) -> list[StepTaken]:
    rows = tx.all(
        "SELECT step, actor, created_at FROM shop_order_step WHERE tenant_id = current_tenant()"
        " AND order_id = %s ORDER BY ordinal",
        (order_id,),
    )
    return [StepTaken(*row) for row in rows]


def latest(tx: Tx, subscriber_id: uuid.UUID, limit: int) -> list[Order]:
    """A shop's orders, the newest first."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM shop_order WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s ORDER BY created_at DESC, id DESC LIMIT %s",
        (subscriber_id, limit),
    )
    return [Order(*row) for row in rows]


def board(tx: Tx, state: str = "") -> list[Order]:
    """The tenant's orders in a state, or in any, the newest first."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM shop_order WHERE tenant_id = current_tenant()"
        f" AND (%(state)s = '' OR state = %(state)s) ORDER BY created_at DESC, id DESC"
        f" LIMIT {BOARD_MAXIMUM}",
        {"state": state},
    )
    return [Order(*row) for row in rows]


def to_pay(tx: Tx, subscriber_id: uuid.UUID, limit: int = 9) -> list[Order]:
    """What a shop has to pay itself, the oldest first: where the price was set aside in its wallet,
    the clock pays."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM shop_order WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s AND state = 'invoiced' AND payment <> 'wallet'"
        " AND delivered_minor > paid_minor ORDER BY created_at, id LIMIT %s",
        (subscriber_id, limit),
    )
    return [Order(*row) for row in rows]


def owed(tx: Tx, subscriber_id: uuid.UUID) -> int:
    """What a shop has to pay for what was delivered and invoiced, in minor units."""
    row = tx.one(
        "SELECT coalesce(sum(delivered_minor - paid_minor), 0)::bigint FROM shop_order"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s AND state = 'invoiced'",
        (subscriber_id,),
    )
    assert row is not None
    return int(row[0])
