"""A shop pays for what was delivered, from the wallet or else by mobile money."""

import uuid

from core.money.operations import Quote
from core.orders import orders, paying
from core.orders.orders import Order
from core.orders.paying import PAY_ORDER, Paid
from core.payments.wallets import Wallet
from flows.payments.steps import WalletOrPhoneSteps
from menus.answers import Amount
from menus.screens import Ask, End, Menu, Option
from menus.texts import Text, _
from values.money import Money

ALL, OTHER = "all", "other"


class PayOrder(WalletOrPhoneSteps[Paid]):
    """PIN -> order -> all or another amount -> confirm -> paid.

    What is owed is a balance, so the PIN comes first.
    """

    name = "pay_order"
    operation = PAY_ORDER
    initial = "pin"
    transitions = [
        ["answer", "pin", "order"],
        ["answer", "order", "how"],
        {"trigger": "answer", "source": "how", "dest": "amount", "conditions": "is_other"},
        {"trigger": "answer", "source": "how", "dest": "confirm", "before": "take_all"},
        {"trigger": "answer", "source": "amount", "dest": "confirm", "before": "take_typed"},
        {"trigger": "answer", "source": "confirm", "dest": "way",
         "conditions": ["yes", "is_short"]},
        {"trigger": "answer", "source": "confirm", "dest": "paid", "conditions": "yes",
         "before": "pay"},
        {"trigger": "answer", "source": "confirm", "dest": "cancelled", "before": "give_up"},
        {"trigger": "answer", "source": "way", "dest": "asked", "before": "ask_phone"},
    ]  # fmt: skip

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

    def how(self) -> Menu:
        whole = _("All: {amount}", amount=_owed(self._order()))
        options = (Option(1, whole, ALL), Option(2, _("Other"), OTHER))
        return Menu(_("Pay how much?"), options)

    def is_other(self) -> bool:
        return bool(self.given == OTHER)

    def take_all(self) -> None:
        self.answers.amount_minor = self._order().owed_minor

    def amount(self) -> Ask:
        order = self._order()
        return Ask(_("How much?"), Amount(order.currency, 1, order.owed_minor))

    def take_typed(self) -> None:
        self.answers.amount_minor = self.answers.amount.amount_minor

    def quote(self) -> Quote:
        order = self._order()
        return paying.quote(order, Money(self.answers.amount_minor, order.currency))

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
