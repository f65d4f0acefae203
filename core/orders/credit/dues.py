"""What the clock does about invoices on credit: reminders by the terms' days, and late fees.

Each order is a transaction of its own, and each reminder and fee is written with the order, so that
what a killed process left is taken up again and nobody is reminded twice of one day.
"""

import uuid
from datetime import date, timedelta
from typing import Final

from core.db.database import Database, Tx
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.ledger import Line
from core.orders import orders
from core.orders.credit import accounts
from core.orders.credit.errors import NoCreditHere
from core.orders.credit.messages import CreditDue, CreditLate
from core.orders.credit.repaying import LATE_FEES_OWED
from core.orders.credit.terms import CreditTerms
from core.orders.orders import Order
from values.money import Money

LATE_FEE: Final = "credit_late_fee"
LATE_FEES: Final = "late_fees"
BATCH: Final = 5_000
# So long before its day an invoice is looked at first.
AHEAD_DAYS: Final = 30

_DUE: Final = (
    "SELECT tenant_id, id FROM shop_order WHERE payment = 'credit' AND state = 'invoiced'"
    " AND due_on <= current_date + %s ORDER BY due_on LIMIT %s"
)


def go_on(app: Database, relay: Database) -> int:
    """Remind and charge what is to be, of all tenants. Answers how many orders had something."""
    with relay.transaction(None) as tx:
        due = tx.all(_DUE, (AHEAD_DAYS, BATCH))
    done = 0
    for tenant_id, order_id in due:
        with app.transaction(tenant_id) as tx:
            done += look(tx, order_id)
    return done


def look(tx: Tx, order_id: uuid.UUID) -> bool:
    """Remind of one invoice, or charge its late fee. Whether there was something to do."""
    order = orders.locked(tx, order_id)
    row = tx.one(
        "SELECT due_on, reminded, late_fee_minor FROM shop_order"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (order_id,),
    )
    assert row is not None
    due_on, reminded, fee_minor = row
    if order.state != "invoiced" or due_on is None or not order.owed_minor:
        return False
    try:
        terms = accounts.terms(tx)
    except NoCreditHere:
        return False
    day = accounts.today(tx)
    is_late = day > due_on + timedelta(days=terms.grace_days)
    if is_late and not fee_minor and _charge(tx, order, due_on, terms):
        return True
    come = [at for at in terms.reminders if at <= (day - due_on).days]
    if not come or (reminded is not None and reminded >= max(come)):
        return False
    _remind(tx, order, due_on, max(come))
    return True


def _charge(tx: Tx, order: Order, due_on: date, terms: CreditTerms) -> bool:
    fee = order.owed_minor * terms.late_fee_basis_points // 10_000
    fee -= fee % terms.coin_minor
    if not fee:
        return False
    business = tx.one("SELECT current_tenant()")
    assert business is not None
    owed, fees = (
        ledger.account_id(owner, kind, order.currency)
        for owner, kind in ((order.subscriber_id, LATE_FEES_OWED), (business[0], LATE_FEES))
    )
    for account, owner, kind in (
        (owed, order.subscriber_id, LATE_FEES_OWED),
        (fees, business[0], LATE_FEES),
    ):
        ledger.open_account(tx, id=account, kind=kind, currency=order.currency, owner_id=owner)
    ledger.post(
        tx,
        key=f"order:{order.id}:late",
        kind=LATE_FEE,
        lines=[Line(owed, -fee), Line(fees, fee)],
        currency=order.currency,
        actor_id=None,
        detail={"name": order.reference, "order": str(order.id), "fee_minor": 0},
    )
    tx.execute(
        "UPDATE shop_order SET late_fee_minor = %s WHERE tenant_id = current_tenant() AND id = %s",
        (fee, order.id),
    )
    told = CreditLate(
        order=order.reference,
        day=_said(due_on),
        owed=Money(order.owed_minor, order.currency),
        fee=Money(fee, order.currency),
    )
    write_notice(tx, order.subscriber_id, told)
    return True


def _remind(tx: Tx, order: Order, due_on: date, at: int) -> None:
    """The newest reminder whose day has come, once."""
    tx.execute(
        "UPDATE shop_order SET reminded = %s WHERE tenant_id = current_tenant() AND id = %s",
        (at, order.id),
    )
    owed = Money(order.owed_minor, order.currency)
    told = CreditDue(order=order.reference, owed=owed, day=_said(due_on))
    write_notice(tx, order.subscriber_id, told)


def _said(day: date) -> str:
    return f"{day:%d/%m/%Y}"
