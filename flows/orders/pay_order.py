"""A shop pays for what was delivered, from the wallet or else by mobile money."""

import uuid

from core.money.operations import Quote
from core.orders import orders, paying
from core.orders.orders import Order
from core.orders.paying import PAY_ORDER, Paid
from core.payments.wallets import Wallet
from flows.payments.owed import OwedSteps
from menus.screens import End, Menu, Option
from menus.texts import Text, _
from values.money import Money


class PayOrder(OwedSteps[Paid]):
    """PIN -> order -> all or another amount -> confirm -> paid."""

    name = "pay_order"
    operation = PAY_ORDER
    transitions = [
        ["answer", "pin", "order"],
        ["answer", "order", "how"],
        *OwedSteps.how_steps,
    ]

    class Answers:
        order: uuid.UUID
        amount: Money
        way: Wallet
        amount_minor: int = 0

    answers: Answers

    def order(self) -> Menu | End:
        found = self.read(orders.to_pay, self.caller_id)
        if not found:
            return End(_("You have nothing to pay now."))
        options = (
            Option(
                number,
                _("{reference} {amount}", reference=one.reference, amount=_owed(one)),
                str(one.id),
            )
            for number, one in enumerate(found, start=1)
        )
        return Menu(_("Pay for which order?"), tuple(options))

    def _order(self) -> Order:
        return self.read(orders.get, self.answers.order)

    def owed(self) -> Money:
        return _owed(self._order())

    def quote(self) -> Quote:
        return paying.quote(self._order(), self.to_pay)

    def question(self) -> Text:
        return _("Pay for order {reference}?", reference=self._order().reference)

    def receipt_text(self, receipt: Paid) -> Text:
        return _(
            "Paid {amount} for order {order}. Ref {reference}.",
            amount=receipt.amount,
            order=receipt.order,
            reference=receipt.reference,
        )

    def paid_text(self, receipt: Paid) -> Text:
        paid = self.receipt_text(receipt)
        if receipt.owed is None:
            return paid
        return _("{receipt} Still to pay {owed}.", receipt=paid, owed=receipt.owed)


def _owed(order: Order) -> Money:
    return Money(order.owed_minor, order.currency)
