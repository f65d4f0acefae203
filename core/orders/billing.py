"""What was delivered is invoiced, and paid: from the wallet, or in cash.

An invoice takes the amount from what the shop may owe (`receivable`, below zero for what it owes)
to the tenant's sales; a payment brings it there from the wallet, or from the cash that the tenant
took. The clock invoices and settles, an order a transaction, so that what a killed process left is
taken up again.
"""

import logging
import uuid
from typing import Final

from core.db.database import Database, Tx
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.ledger import Line, Posted
from core.orders import orders, placing
from core.orders.credit import accounts
from core.orders.errors import MoreThanOwed, OrderGone
from core.orders.lifecycle import ORDER
from core.orders.messages import OrderDelivered
from core.orders.orders import Order
from core.orders.placing import WALLET, note_step
from values import clock
from values.alarms import raise_alarm
from values.money import Money
from values.refusals import BusinessError

log = logging.getLogger(__name__)

INVOICE: Final = "order_invoice"
PAYMENT: Final = "order_payment"
RECEIVABLE: Final = "receivable"
SALES: Final = "sales"
CASH_TAKEN: Final = "cash"

_INVOICE = ORDER.advance("invoice", where="id = %s", returning="1")
_SETTLE = ORDER.advance("settle", sets="ended_at = now()", where="id = %s", returning="1")
# What the clock goes on with: reservations that ended, and what is delivered or set aside.
_DUE: Final = (
    "SELECT tenant_id, id, state FROM shop_order WHERE"
    " (state IN ('created', 'reserved') AND reserved_until < now()) OR state = 'delivered'"
    " OR (state = 'invoiced' AND payment = 'wallet') ORDER BY reserved_until LIMIT %s"
)
BATCH: Final = 500


def invoice(tx: Tx, order_id: uuid.UUID) -> bool:
    """Invoice what was delivered, once, and tell the shop. Whether this call did."""
    order = orders.locked(tx, order_id)
    if tx.one(_INVOICE, (order_id,)) is None:
        return False
    if order.payment == accounts.CREDIT:
        _set_due(tx, order)
    owed_minor = order.delivered_minor or 0
    business = _tenant_id(tx)
    entry_id = None
    if owed_minor:
        receivable = _open(tx, order.subscriber_id, RECEIVABLE, order.currency)
        sales = _open(tx, business, SALES, order.currency)
        posted = ledger.post(
            tx,
            key=f"order:{order_id}:invoice",
            kind=INVOICE,
            lines=[Line(receivable, -owed_minor), Line(sales, owed_minor)],
            currency=order.currency,
            actor_id=None,
            detail={"name": order.reference, "order": str(order_id), "fee_minor": 0},
        )
        entry_id = posted.entry_id
    note_step(tx, order_id, "invoice", None)
    told = OrderDelivered(
        reference=order.reference, amount=Money(owed_minor, order.currency), at=clock.now()
    )
    write_notice(tx, order.subscriber_id, told, entry_id=entry_id)
    return True


def settle_from_wallet(tx: Tx, order_id: uuid.UUID) -> bool:
    """Take what was set aside for an invoiced order: no more than the invoice, the rest is free
    again. Whether this call did."""
    order = orders.locked(tx, order_id)
    if order.state != "invoiced" or order.payment != WALLET:
        return False
    if order.hold_id is not None:
        ledger.void_hold(tx, order.hold_id)
    if order.owed_minor:
        wallet = ledger.account_id(order.subscriber_id, ledger.WALLET, order.currency)
        _pay(tx, order, wallet, order.owed_minor, key=f"order:{order_id}:wallet")
    settle_paid(tx, order.id, None)
    return True


def take_cash(tx: Tx, order_id: uuid.UUID, amount_minor: int, *, key: str, actor: str) -> Order:
    """The shop paid so much of its invoice in cash; `key` counts it once. The last of it settles
    the order. Raises OrderUnknown, OrderGone, MoreThanOwed."""
    assert amount_minor > 0
    order = orders.locked(tx, order_id)
    if _was_booked(tx, f"order:{order_id}:cash:{key}"):
        return order
    cash = _open(tx, _tenant_id(tx), CASH_TAKEN, order.currency)
    pay_invoice(tx, order, cash, amount_minor, key=f"order:{order_id}:cash:{key}", actor=actor)
    return orders.get(tx, order_id)


def pay_invoice(
    tx: Tx,
    order: Order,
    source: uuid.UUID,
    amount_minor: int,
    *,
    key: str,
    actor: str,
    entry_id: uuid.UUID | None = None,
) -> Posted:
    """Pay so much of a locked order's invoice from an account; the last of it settles the order.
    One whose price was set aside in the wallet is paid by the clock, and by nobody else. Raises
    OrderGone, MoreThanOwed, and what `ledger.post` raises."""
    if order.state != "invoiced" or order.payment == WALLET:
        raise OrderGone
    if amount_minor > order.owed_minor:
        raise MoreThanOwed(owed_minor=order.owed_minor, currency=order.currency)
    posted = _pay(tx, order, source, amount_minor, key=key, entry_id=entry_id)
    if amount_minor == order.owed_minor:
        settle_paid(tx, order.id, actor)
    return posted


def _pay(
    tx: Tx,
    order: Order,
    source: uuid.UUID,
    amount_minor: int,
    *,
    key: str,
    entry_id: uuid.UUID | None = None,
) -> Posted:
    receivable = ledger.account_id(order.subscriber_id, RECEIVABLE, order.currency)
    posted = ledger.post(
        tx,
        key=key,
        kind=PAYMENT,
        lines=[Line(source, -amount_minor), Line(receivable, amount_minor)],
        currency=order.currency,
        actor_id=order.subscriber_id,
        detail={"name": order.reference, "order": str(order.id), "fee_minor": 0},
        entry_id=entry_id,
    )
    tx.execute(
        "UPDATE shop_order SET paid_minor = paid_minor + %s"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (amount_minor, order.id),
    )
    return posted


def settle_paid(tx: Tx, order_id: uuid.UUID, actor: str | None) -> None:
    """An invoiced order that is locked and owes nothing any more is settled."""
    assert tx.one(_SETTLE, (order_id,)) is not None, "it is locked, and was invoiced"
    note_step(tx, order_id, "settle", actor)


def _set_due(tx: Tx, order: Order) -> None:
    """What is bought on credit is due so many days after its invoice, as its shop agreed."""
    tx.execute(
        "UPDATE shop_order o SET due_on = %s::date + c.days FROM trade_credit c"
        " WHERE o.tenant_id = current_tenant() AND o.id = %s AND c.tenant_id = o.tenant_id"
        " AND c.subscriber_id = o.subscriber_id",
        (accounts.today(tx), order.id),
    )


def _was_booked(tx: Tx, key: str) -> bool:
    return (
        tx.one("SELECT 1 FROM entry WHERE tenant_id = current_tenant() AND key = %s", (key,))
        is not None
    )


def _open(tx: Tx, owner_id: uuid.UUID, kind: str, currency: str) -> uuid.UUID:
    account = ledger.account_id(owner_id, kind, currency)
    ledger.open_account(tx, id=account, kind=kind, currency=currency, owner_id=owner_id)
    return account


def _tenant_id(tx: Tx) -> uuid.UUID:
    row = tx.one("SELECT current_tenant()")
    assert row is not None
    found: uuid.UUID = row[0]
    return found


def go_on(app: Database, relay: Database) -> int:
    """Take the next step of every order that waits for the clock, each in a transaction of its
    own; one that is refused raises an alarm. Answers how many steps were taken. `relay` looks
    across tenants, `app` acts within one."""
    taken = 0
    with relay.transaction(None) as tx:
        due = tx.all(_DUE, (BATCH,))
    for tenant_id, order_id, state in due:
        try:
            with app.transaction(tenant_id) as tx:
                taken += _next(tx, order_id, state)
        except BusinessError as refused:
            # A frozen wallet, for one: somebody must look, and the others go on.
            sentence = f"Orders that are {state} cannot go on: {refused}."
            raise_alarm(log, "order_stuck", state, sentence, tenant_id=tenant_id)
    return taken


def _next(tx: Tx, order_id: uuid.UUID, state: str) -> bool:
    if state == "delivered":
        return invoice(tx, order_id)
    if state == "invoiced":
        return settle_from_wallet(tx, order_id)
    return placing.expire(tx, order_id)
