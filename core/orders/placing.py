"""A promised price becomes an order: its goods are reserved with it, and it is confirmed when its
money is sure. What ends it before gives back all that it had.

Locks are taken in one order: the quote, the order, its stock, the wallet.
"""

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from core.db.database import Tx
from core.messaging.notices import write_notice
from core.money import ledger
from core.orders import orders, quotes, stock
from core.orders.credit import accounts
from core.orders.errors import OrderGone, QuoteUnknown, TooLateToCancel
from core.orders.lifecycle import CANCELLED_BY_SHOP, CANCELLED_BY_STAFF, ORDER, RESERVED
from core.orders.messages import OrderCancelled
from core.orders.orders import Order
from core.orders.prices import shops
from values import clock
from values.ids import uuid7

WALLET: Final = "wallet"
CASH: Final = "cash"
PAYMENTS: Final = (WALLET, CASH, accounts.CREDIT)
# An order that nobody confirms keeps its goods for so long.
RESERVATION_LIVES: Final = timedelta(minutes=15)
ENDED_BEFORE: Final = ("cancelled", "expired", "refused")

_RESERVE = ORDER.advance("reserve", where="id = %s")
_CONFIRM = ORDER.advance("confirm", sets="hold_id = %s", where="id = %s", returning="1")
_CANCEL = ORDER.advance("cancel", sets="reason = %s, ended_at = now()", where="id = %s")
_EXPIRE = ORDER.advance(
    "expire",
    sets="reason = 'expired', ended_at = now()",
    where="id = %s AND reserved_until < now()",
    returning="1",
)


def place(
    tx: Tx,
    quote_id: uuid.UUID,
    subscriber_id: uuid.UUID,
    *,
    payment: str,
    channel: str,
    actor: str | None = None,
    lives: timedelta = RESERVATION_LIVES,
) -> Order:
    """Order what was promised, and reserve its goods. Said again, it is the same order.

    Raises QuoteUnknown (also for somebody else's), QuoteExpired, NoWarehouse, OutOfStock; after any
    of them the transaction can only be rolled back.
    """
    assert payment in PAYMENTS
    quote = quotes.confirm(tx, quote_id)
    if quote.subscriber_id != subscriber_id:
        raise QuoteUnknown
    shop = shops(tx, [subscriber_id]).get(subscriber_id)
    warehouse = stock.warehouse_for(tx, shop.region if shop else "")
    order_id = uuid7()
    new = tx.one(
        "INSERT INTO shop_order (tenant_id, id, subscriber_id, quote_id, warehouse, channel,"
        " payment, currency, total_minor, reserved_until) VALUES (current_tenant(), %s, %s, %s, %s,"
        " %s, %s, %s, %s, now() + %s) ON CONFLICT (tenant_id, quote_id) DO NOTHING RETURNING id",
        (
            *(order_id, subscriber_id, quote_id, warehouse, channel, payment),
            *(quote.priced.currency, quote.priced.total_minor, lives),
        ),
    )
    if new is None:
        return orders.of_quote(tx, quote_id)
    wanted: Counter[str] = Counter()
    for number, line in enumerate(quote.priced.lines, start=1):
        wanted[line.product] += line.quantity
        tx.execute(
            "INSERT INTO shop_order_line (tenant_id, order_id, number, product, quantity,"
            " total_minor) VALUES (current_tenant(), %s, %s, %s, %s, %s)",
            (order_id, number, line.product, line.quantity, line.total_minor),
        )
    note_step(tx, order_id, "create", actor)
    stock.reserve(tx, warehouse, wanted)
    tx.execute(_RESERVE, (order_id,))
    note_step(tx, order_id, "reserve", actor)
    return orders.get(tx, order_id)


def confirm(tx: Tx, order_id: uuid.UUID, *, actor: str | None = None) -> Order:
    """The shop wants it: its money is set aside in the wallet, or it pays in cash at its door, or
    it may owe that much more. Said again, nothing changes.

    Raises OrderUnknown, OrderGone, InsufficientFunds (params: available_minor), FrozenAccount,
    CreditError; after any of them the transaction can only be rolled back.
    """
    order = orders.locked(tx, order_id)
    if order.state in ENDED_BEFORE or order.state == "created":
        raise OrderGone
    if order.state != "reserved":
        return order
    if order.reserved_until <= clock.now():
        raise OrderGone
    hold_id = None
    if order.payment == accounts.CREDIT:
        accounts.require(tx, order.subscriber_id, order.total_minor)
    if order.payment == WALLET and order.total_minor:
        hold_id = uuid.uuid5(order_id, "hold")
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=ledger.account_id(order.subscriber_id, ledger.WALLET, order.currency),
            amount_minor=order.total_minor,
            currency=order.currency,
            expires_at=None,
        )
    assert tx.one(_CONFIRM, (hold_id, order_id)) is not None, "it is locked"
    note_step(tx, order_id, "confirm", actor)
    return orders.get(tx, order_id)


def cancel_by_shop(tx: Tx, order_id: uuid.UUID, subscriber_id: uuid.UUID) -> Order:
    """The shop wants it no more. Raises OrderUnknown, TooLateToCancel once somebody brings it."""
    order = orders.locked(tx, order_id)
    if order.subscriber_id != subscriber_id:
        raise QuoteUnknown
    if order.state == "cancelled":
        return order
    if order.state not in CANCELLED_BY_SHOP:
        raise TooLateToCancel
    return _cancelled(tx, order, "shop", "shop")


def cancel_by_staff(tx: Tx, order_id: uuid.UUID, *, reason: str, actor: str) -> Order:
    """Staff cannot bring it; the shop is told why. Raises OrderUnknown, OrderGone."""
    order = orders.locked(tx, order_id)
    if order.state == "cancelled":
        return order
    if order.state not in CANCELLED_BY_STAFF:
        raise OrderGone
    told = OrderCancelled(reference=order.reference, reason=reason)
    write_notice(tx, order.subscriber_id, told)
    return _cancelled(tx, order, reason, actor)


def _cancelled(tx: Tx, order: Order, reason: str, actor: str) -> Order:
    tx.execute(_CANCEL, (reason, order.id))
    give_back(tx, order)
    note_step(tx, order.id, "cancel", actor)
    return orders.get(tx, order.id)


def expire(tx: Tx, order_id: uuid.UUID) -> bool:
    """End an order that nobody confirmed in time. Whether this call ended it."""
    order = orders.locked(tx, order_id)
    if tx.one(_EXPIRE, (order_id,)) is None:
        return False
    give_back(tx, order)
    note_step(tx, order_id, "expire", None)
    return True


def give_back(tx: Tx, order: Order) -> None:
    """What a locked order had until now: its goods, its money, its coupon's use."""
    if order.state in RESERVED:
        stock.release(tx, order.warehouse, promised(tx, order.id))
    if order.hold_id is not None:
        ledger.void_hold(tx, order.hold_id)
    tx.execute(
        "UPDATE price_quote SET coupon_rule = '' WHERE tenant_id = current_tenant() AND id = %s"
        " AND coupon_rule <> ''",
        (order.quote_id,),
    )


def promised(tx: Tx, order_id: uuid.UUID) -> Mapping[str, int]:
    """How many units of each product an order asked for."""
    wanted: Counter[str] = Counter()
    for line in orders.lines(tx, order_id):
        wanted[line.product] += line.quantity
    return wanted


def note_step(tx: Tx, order_id: uuid.UUID, step: str, actor: str | None) -> None:
    """Write down that a locked order took a step."""
    tx.execute(
        "INSERT INTO shop_order_step (tenant_id, order_id, ordinal, step, actor)"
        " SELECT current_tenant(), %(order)s, coalesce(max(ordinal), 0) + 1, %(step)s, %(actor)s"
        " FROM shop_order_step WHERE tenant_id = current_tenant() AND order_id = %(order)s",
        {"order": order_id, "step": step, "actor": actor},
    )
