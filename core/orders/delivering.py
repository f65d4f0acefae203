"""An order on its way: somebody brings it, picks it, and hands over what the shop takes."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.db.database import Tx
from core.orders import orders, stock
from core.orders.errors import MoreThanOrdered, OrderGone
from core.orders.lifecycle import ORDER
from core.orders.orders import Order, OrderLine
from core.orders.placing import give_back, note_step, promised
from core.orders.prices import BOOKS

_STEPS: Final = {
    "assign": ORDER.advance("assign", sets="deliverer = %s", where="id = %s", returning="1"),
    "take_back": ORDER.advance(
        "take_back", sets="deliverer = NULL", where="id = %s", returning="1"
    ),
    "pick": ORDER.advance("pick", where="id = %s", returning="1"),
}
_DELIVER = ORDER.advance("deliver", sets="delivered_minor = %s", where="id = %s")
_REFUSE = ORDER.advance("refuse", sets="reason = %s, ended_at = now()", where="id = %s")


@dataclass(frozen=True, slots=True)
class Handed:
    """What was handed over of a line: so many units, of `substitute` where it is another product
    at the promised price."""

    number: int
    quantity: int
    substitute: str = ""


def assign(tx: Tx, order_id: uuid.UUID, *, deliverer: str, actor: str) -> Order:
    """Somebody will bring it. Raises OrderUnknown, OrderGone."""
    return _step(tx, order_id, "assign", actor, deliverer)


def take_back(tx: Tx, order_id: uuid.UUID, *, actor: str) -> Order:
    """They will not: it waits for somebody else. Raises OrderUnknown, OrderGone."""
    return _step(tx, order_id, "take_back", actor)


def pick(tx: Tx, order_id: uuid.UUID, *, actor: str) -> Order:
    """Its goods are taken from their shelves: from now on nobody cancels it. Raises OrderUnknown,
    OrderGone."""
    return _step(tx, order_id, "pick", actor)


def _step(tx: Tx, order_id: uuid.UUID, step: str, actor: str, *values: object) -> Order:
    orders.locked(tx, order_id)
    if tx.one(_STEPS[step], (*values, order_id)) is None:
        raise OrderGone
    note_step(tx, order_id, step, actor)
    return orders.get(tx, order_id)


def deliver(tx: Tx, order_id: uuid.UUID, handed: Sequence[Handed], *, actor: str) -> Order:
    """What the shop took. A line that is not named came whole; 0 is a quantity. Where the shop took
    nothing, the order is refused, and all of it is given back.

    Raises OrderUnknown, OrderGone, MoreThanOrdered, OutOfStock (of a substitute); after any of them
    the transaction can only be rolled back.
    """
    order = orders.locked(tx, order_id)
    if order.state != "picked":
        raise OrderGone
    lines = _handed_over(orders.lines(tx, order_id), handed)
    if not any(line.delivered for line in lines):
        tx.execute(_REFUSE, ("shop", order_id))
        give_back(tx, order)
        note_step(tx, order_id, "refuse", actor)
        return orders.get(tx, order_id)
    for line in lines:
        tx.execute(
            "UPDATE shop_order_line SET delivered = %s, substitute = %s"
            " WHERE tenant_id = current_tenant() AND order_id = %s AND number = %s",
            (line.delivered, line.substitute, order_id, line.number),
        )
    stock.release(tx, order.warehouse, promised(tx, order_id))
    taken: Counter[str] = Counter()
    for line in lines:
        taken[line.product_delivered] += line.delivered or 0
    stock.take_out(tx, order.warehouse, taken, order_id=order_id, actor=actor)
    tx.execute(_DELIVER, (owed_minor(tx, order, lines), order_id))
    note_step(tx, order_id, "deliver", actor)
    return orders.get(tx, order_id)


def _handed_over(lines: Sequence[OrderLine], handed: Sequence[Handed]) -> list[OrderLine]:
    """The lines with what was handed over of each. Raises MoreThanOrdered."""
    said: Mapping[int, Handed] = {one.number: one for one in handed}
    if len(said) != len(handed) or said.keys() - {line.number for line in lines}:
        raise MoreThanOrdered
    found = []
    for line in lines:
        one = said.get(line.number, Handed(line.number, line.quantity))
        if not 0 <= one.quantity <= line.quantity:
            raise MoreThanOrdered
        found.append(replace(line, delivered=one.quantity, substitute=one.substitute or None))
    return found


def owed_minor(tx: Tx, order: Order, lines: Sequence[OrderLine]) -> int:
    """What was delivered costs: the promised price where it came whole; else each line's part of
    its price, in coins that the tenant takes, rounded down."""
    if all(line.delivered == line.quantity for line in lines):
        return order.total_minor
    row = tx.one(
        "SELECT price_book_id FROM price_quote WHERE tenant_id = current_tenant() AND id = %s",
        (order.quote_id,),
    )
    assert row is not None
    coin_minor = BOOKS.of(tx, row[0]).terms.coin_minor
    owed = min(order.total_minor, sum(line.owed_minor for line in lines))
    return owed - owed % coin_minor
