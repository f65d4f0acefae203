"""Stock: what lies in a warehouse, what of it is promised, and what is free.

Free is what lies there and is promised to nobody. It never goes below zero: each statement that
takes from it has that as its condition, and looks at the rows that it has locked, in the order of
their products. So of two that want the last carton one gets it, and the other is told.
"""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from core.alarms import alarms
from core.db.database import Tx
from core.orders.errors import NoWarehouse, OutOfStock, StockChanged, UnknownProduct
from values.ids import uuid7

LOW_STOCK: Final = "low_stock"
COUNT_MAXIMUM: Final = 10**12
# The counts of a statement, joined to the rows of one warehouse, locked in the same order by all.
_WANTED: Final = (
    "WITH wanted AS MATERIALIZED (SELECT s.product, w.quantity FROM"
    " unnest(%(products)s::text[], %(quantities)s::bigint[]) AS w (product, quantity)"
    " JOIN stock s ON s.tenant_id = current_tenant() AND s.warehouse = %(warehouse)s"
    " AND s.product = w.product ORDER BY s.product FOR UPDATE OF s)"
    " UPDATE stock s SET {sets}, version = s.version + 1 FROM wanted w"
    " WHERE s.tenant_id = current_tenant() AND s.warehouse = %(warehouse)s"
    " AND s.product = w.product AND {condition}"
    " RETURNING s.product, s.on_hand - s.reserved, s.reorder_at"
)
_RESERVE: Final = _WANTED.format(
    sets="reserved = s.reserved + w.quantity", condition="s.on_hand - s.reserved >= w.quantity"
)
_RELEASE: Final = _WANTED.format(
    sets="reserved = s.reserved - w.quantity", condition="s.reserved >= w.quantity"
)
_TAKE: Final = _WANTED.format(
    sets="on_hand = s.on_hand - w.quantity", condition="s.on_hand - s.reserved >= w.quantity"
)


@dataclass(frozen=True, slots=True)
class Stocked:
    """A product in a warehouse. `version` is another after each change."""

    warehouse: str
    product: str
    on_hand: int
    reserved: int
    reorder_at: int
    version: int

    @property
    def free(self) -> int:
        return self.on_hand - self.reserved

    @property
    def is_low(self) -> bool:
        return self.reorder_at > 0 and self.free <= self.reorder_at


def warehouse_for(tx: Tx, region: str) -> str:
    """Whose goods a shop of that region gets: the first that serves it, or else the tenant's
    first. Raises NoWarehouse."""
    row = tx.one(
        "SELECT code FROM warehouse WHERE tenant_id = current_tenant()"
        " ORDER BY NOT %s = ANY (regions), position, code LIMIT 1",
        (region,),
    )
    if row is None:
        raise NoWarehouse
    return str(row[0])


def reserve(tx: Tx, warehouse: str, wanted: Mapping[str, int]) -> None:
    """Promise so many units of each product, all of them or none; what runs low by it raises an
    alarm. Raises OutOfStock (product, and `left`, how many are free); then the transaction can only
    be rolled back."""
    changed = _change(tx, _RESERVE, warehouse, wanted)
    for product in sorted(wanted):
        if product not in changed:
            raise OutOfStock(product=product, left=free(tx, warehouse, [product]).get(product, 0))
    for product, (left, reorder_at) in sorted(changed.items()):
        if left <= reorder_at < left + wanted[product]:
            alarms.record(
                tx,
                kind=LOW_STOCK,
                subject=f"{warehouse} {product}",
                sentence=f"{product} is low in {warehouse}: {left} left, reorder at {reorder_at}.",
                count=1,
            )


def release(tx: Tx, warehouse: str, promised: Mapping[str, int]) -> None:
    """Take promises back: these units are free again."""
    changed = _change(tx, _RELEASE, warehouse, promised)
    assert changed.keys() == promised.keys(), "what is released was reserved"


def take_out(
    tx: Tx, warehouse: str, taken: Mapping[str, int], *, order_id: uuid.UUID, actor: str | None
) -> None:
    """Let units that are free leave the warehouse for an order. Raises OutOfStock."""
    gone = {product: quantity for product, quantity in taken.items() if quantity}
    changed = _change(tx, _TAKE, warehouse, gone)
    for product in sorted(gone):
        if product not in changed:
            raise OutOfStock(product=product, left=free(tx, warehouse, [product]).get(product, 0))
        _move(tx, (warehouse, product), -gone[product], "delivered", actor=actor, order_id=order_id)


def receive(tx: Tx, warehouse: str, product: str, quantity: int, *, actor: str | None) -> None:
    """Goods came in. Raises UnknownProduct."""
    assert 0 < quantity <= COUNT_MAXIMUM
    if _add(tx, warehouse, product, quantity) is None:
        raise UnknownProduct(product=product)
    _move(tx, (warehouse, product), quantity, "received", actor=actor)


def count(
    tx: Tx, warehouse: str, product: str, on_hand: int, *, version: int, actor: str | None
) -> None:
    """Somebody counted what lies there, when the row had that version. Raises StockChanged where it
    has another by now, or where more is promised than was counted; UnknownProduct."""
    row = tx.one(
        "SELECT on_hand, reserved, version FROM stock WHERE tenant_id = current_tenant()"
        " AND warehouse = %s AND product = %s FOR UPDATE",
        (warehouse, product),
    )
    if row is None:
        raise UnknownProduct(product=product)
    was, reserved, known = row
    if known != version or reserved > on_hand:
        raise StockChanged
    tx.execute(
        "UPDATE stock SET on_hand = %s, version = version + 1 WHERE tenant_id = current_tenant()"
        " AND warehouse = %s AND product = %s AND version = %s",
        (on_hand, warehouse, product, version),
    )
    if on_hand != was:
        _move(tx, (warehouse, product), on_hand - was, "counted", actor=actor)


def free(tx: Tx, warehouse: str, products: Iterable[str]) -> dict[str, int]:
    """How many units are free; a product that never lay there is not in it."""
    rows = tx.all(
        "SELECT product, on_hand - reserved FROM stock WHERE tenant_id = current_tenant()"
        " AND warehouse = %s AND product = ANY (%s)",
        (warehouse, list(products)),
    )
    return {product: int(left) for product, left in rows}


def listed(tx: Tx) -> list[Stocked]:
    """Everything that lies anywhere, by warehouse and product."""
    rows = tx.all(
        "SELECT warehouse, product, on_hand, reserved, reorder_at, version FROM stock"
        " WHERE tenant_id = current_tenant() ORDER BY warehouse, product"
    )
    return [Stocked(*row) for row in rows]


def open_row(tx: Tx, warehouse: str, product: str, *, opening: int, reorder_at: int) -> None:
    """Let a warehouse have a product; `opening` counts once, when it had none before."""
    new = tx.one(
        "INSERT INTO stock (tenant_id, warehouse, product, on_hand, reorder_at)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1",
        (warehouse, product, opening, reorder_at),
    )
    if new is not None and opening:
        _move(tx, (warehouse, product), opening, "opening")
    if new is None:
        tx.execute(
            "UPDATE stock SET reorder_at = %s WHERE tenant_id = current_tenant()"
            " AND warehouse = %s AND product = %s",
            (reorder_at, warehouse, product),
        )


def _change(
    tx: Tx, query: str, warehouse: str, counts: Mapping[str, int]
) -> dict[str, tuple[int, int]]:
    """The products that changed, each with what is free by now and where it must be reordered."""
    products = sorted(counts)
    rows = tx.all(
        query,
        {
            "warehouse": warehouse,
            "products": products,
            "quantities": [counts[product] for product in products],
        },
    )
    return {product: (int(left), int(reorder_at)) for product, left, reorder_at in rows}


def _add(tx: Tx, warehouse: str, product: str, quantity: int) -> object:
    return tx.one(
        "UPDATE stock SET on_hand = on_hand + %s, version = version + 1"
        " WHERE tenant_id = current_tenant() AND warehouse = %s AND product = %s RETURNING 1",
        (quantity, warehouse, product),
    )


def _move(
    tx: Tx,
    place: tuple[str, str],
    quantity: int,
    reason: str,
    *,
    actor: str | None = None,
    order_id: uuid.UUID | None = None,
) -> None:
    """Write down why a warehouse has another count of a product."""
    tx.execute(
        "INSERT INTO stock_movement (tenant_id, id, warehouse, product, quantity, reason, order_id,"
        " actor) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)",
        (uuid7(), *place, quantity, reason, order_id, actor),
    )
