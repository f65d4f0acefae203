"""The orders board: what staff see of all orders, and what waits longest."""

import uuid
from dataclasses import dataclass
from typing import Final

from core.db.database import Tx
from core.orders.orders import COLUMNS, Order
from core.security.keyring import Keyring
from values import names

PAGE: Final = 50
# In the order in which an order goes through them.
OPEN: Final = ("reserved", "confirmed", "assigned", "picked", "delivered", "invoiced")
ENDED: Final = ("settled", "refused", "cancelled", "expired")


@dataclass(frozen=True, slots=True)
class Row:
    """An order and what the shop is called by others."""

    order: Order
    shop: str


@dataclass(frozen=True, slots=True)
class Lane:
    """How many orders are in a state, and what they come to in minor units."""

    state: str
    count: int
    total_minor: int


def lanes(tx: Tx) -> list[Lane]:
    """The states that orders are in before they end, each with its orders."""
    found = {
        state: Lane(state, count, total_minor)
        for state, count, total_minor in tx.all(
            "SELECT state, count(*), sum(total_minor)::bigint FROM shop_order"
            " WHERE tenant_id = current_tenant() AND state = ANY (%s) GROUP BY state",
            (list(OPEN),),
        )
    }
    return [found.get(state, Lane(state, 0, 0)) for state in OPEN]


def page(
    tx: Tx, keys: Keyring, *, state: str = "", before: uuid.UUID | None = None, limit: int = PAGE
) -> list[Row]:
    """Orders in a state, or in any, the newest first, from behind one on."""
    found = listed(tx, state=state, before=before, limit=limit)
    rows = tx.all(
        "SELECT id, name_sealed FROM subscriber WHERE tenant_id = current_tenant()"
        " AND id = ANY (%s) AND name_sealed IS NOT NULL",
        ([order.subscriber_id for order in found],),
    )
    called = {id: names.shown(keys.open(name, id.bytes)) for id, name in rows}
    return [Row(order, called.get(order.subscriber_id, "")) for order in found]


def listed(
    tx: Tx, *, state: str = "", before: uuid.UUID | None = None, limit: int = PAGE
) -> list[Order]:
    """The same orders, without their shops' names."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM shop_order WHERE tenant_id = current_tenant()"
        " AND (%(state)s = '' OR state = %(state)s)"
        " AND (%(before)s::uuid IS NULL OR (created_at, id) < (SELECT b.created_at, b.id"
        "  FROM shop_order b WHERE b.tenant_id = current_tenant() AND b.id = %(before)s))"
        " ORDER BY created_at DESC, id DESC LIMIT %(limit)s",
        {"state": state, "before": before, "limit": limit},
    )
    return [Order(*row) for row in rows]


def products(tx: Tx) -> list[str]:
    """The codes of what is sold: what may come in the place of something."""
    rows = tx.all(
        "SELECT code FROM product WHERE tenant_id = current_tenant() AND sold"
        " ORDER BY position, code"
    )
    return [row[0] for row in rows]
