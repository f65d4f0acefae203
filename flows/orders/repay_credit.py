"""A shop pays back what it bought on credit, from the wallet or else by mobile money."""

from core.money.operations import Quote
from core.orders.credit import accounts, repaying
from core.orders.credit.repaying import REPAY_CREDIT, Repaid
from core.payments.wallets import Wallet
from flows.payments.owed import OwedSteps
from menus.screens import End, Menu
from menus.texts import Text, _
from values.money import Money


class RepayCredit(OwedSteps[Repaid]):
    """PIN -> all or another amount -> confirm -> paid back."""

    name = "repay_credit"
    operation = REPAY_CREDIT
    transitions = [
        ["answer", "pin", "how"],
        *OwedSteps.how_steps,
    ]

    class Answers:
        amount: Money
        way: Wallet
        amount_minor: int = 0

    answers: Answers

    def owed(self) -> Money:
        return self.money(sum(one.both_minor for one in self.read(accounts.dues, self.caller_id)))

    def how(self) -> Menu | End:
        if not self.owed().amount_minor:
            return End(_("You owe nothing on credit."))
        return super().how()

    def quote(self) -> Quote:
        return repaying.quote(self.caller_id, self.to_pay)

    def question(self) -> Text:
        return _("Pay back what you bought on credit?")

    def receipt_text(self, receipt: Repaid) -> Text:
        return _(
            "Paid back {amount}. Ref {reference}.",
            amount=receipt.amount,
            reference=receipt.reference,
        )

    def paid_text(self, receipt: Repaid) -> Text:
        paid = self.receipt_text(receipt)
        if receipt.owed is None:
            return paid
        return _("{receipt} Still to pay {owed}.", receipt=paid, owed=receipt.owed)
