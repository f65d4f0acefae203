"""A shop pays what an order came to: from the wallet, or with money that comes by mobile money.

All of an invoice or a part of it; the last of it settles the order.
"""

import uuid
from dataclasses import dataclass
from typing import ClassVar, Final

from core.db.database import Tx
from core.messaging.messages import write_text
from core.money import intents, ledger
from core.money.errors import StillWaiting
from core.money.intents import Intent
from core.money.operations import PaidAtOnce, Quote, SettledLater
from core.orders import billing, orders
from core.orders.errors import OrderUnknown
from core.orders.messages import OrderPaid
from core.orders.orders import Order
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7
from values.money import Money

# The order's step says who took it.
BY_SHOP: Final = "shop"


@dataclass(frozen=True, slots=True)
class Paid:
    """The receipt. `order` is the order's reference; `owed` is what is still to pay of it, None
    where it was paid before, and this only shows it again."""

    order: str
    amount: Money
    reference: str
    owed: Money | None


class PayOrder(PaidAtOnce[Paid], SettledLater):
    """No fee. The payee is the order."""

    name: ClassVar[str] = "pay_order"
    receipt = Paid
    minimum_minor: ClassVar[int] = 1

    def pay(
        self, tx: Tx, *, tenant: Tenant, intent_id: uuid.UUID, subscriber_id: uuid.UUID
    ) -> Paid:
        """As `PaidAtOnce.pay`. Raises OrderUnknown, OrderGone and MoreThanOwed, too; StillWaiting
        where a phone was asked."""
        intent, is_ours = intents.claim(tx, intent_id, subscriber_id, entry_id=uuid7())
        if intent.entry_id is None:
            raise StillWaiting
        owed = None
        if is_ours:
            owed = self._post(tx, intent, intent.entry_id)
        return Paid(
            order=str(intent.quote["name"]),
            amount=Money(intent.amount_minor, intent.currency),
            reference=reference_of(intent.entry_id),
            owed=owed,
        )

    def settle(self, tx: Tx, *, tenant: Tenant, intent: Intent) -> None:
        """As `SettledLater.settle`. Raises OrderUnknown, OrderGone and MoreThanOwed, too."""
        entry_id = uuid7()
        self._post(tx, intent, entry_id)
        intents.finish(tx, intent.id, entry_id)

    def _post(self, tx: Tx, intent: Intent, entry_id: uuid.UUID) -> Money:
        order = orders.locked(tx, intent.payee_id)
        if order.subscriber_id != intent.subscriber_id:
            raise OrderUnknown
        wallet = ledger.account_id(intent.subscriber_id, ledger.WALLET, intent.currency)
        posted = billing.pay_invoice(
            tx,
            order,
            wallet,
            intent.amount_minor,
            key=f"{ledger.INTENT_KEY}{intent.id}",
            actor=BY_SHOP,
            entry_id=entry_id,
        )
        owed = Money(order.owed_minor - intent.amount_minor, order.currency)
        receipt = OrderPaid(
            order=order.reference,
            amount=Money(intent.amount_minor, order.currency),
            at=clock.now(),
            owed=owed,
            balance=Money(posted.balances[wallet], order.currency),
            reference=posted.reference,
        )
        write_text(
            tx,
            subscriber_id=intent.subscriber_id,
            service_id=uuid.UUID(intent.quote["service"]),
            message=receipt,
            entry_id=entry_id,
        )
        return owed


PAY_ORDER: Final = PayOrder()


def quote(order: Order, amount: Money) -> Quote:
    """What a shop is asked to agree to."""
    return Quote(
        PAY_ORDER.name,
        order.id,
        amount,
        Money(0, amount.currency),
        is_fee_on_top=True,
        detail={"name": order.reference},
    )
