"""A shop pays back what it bought on credit, from the wallet or else by mobile money."""

from core.money.operations import Quote
from core.orders.credit import accounts, repaying
from core.orders.credit.repaying import REPAY_CREDIT, Repaid
from core.payments.wallets import Wallet
from flows.payments.steps import WalletOrPhoneSteps
from menus.answers import Amount
from menus.screens import Ask, End, Menu, Option
from menus.texts import Text, _
from values.money import Money

ALL, OTHER = "all", "other"


class RepayCredit(WalletOrPhoneSteps[Repaid]):
    """PIN -> all or another amount -> confirm -> paid back."""

    name = "repay_credit"
    operation = REPAY_CREDIT
    initial = "pin"
    transitions = [
        ["answer", "pin", "how"],
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
        amount: Money
        way: Wallet
        amount_minor: int = 0

    answers: Answers

    def _owed_minor(self) -> int:
        return sum(one.both_minor for one in self.read(accounts.dues, self.caller_id))

    def how(self) -> Menu | End:
        owed_minor = self._owed_minor()
        if not owed_minor:
            return End(_("You owe nothing on credit."))
        whole = _("All: {amount}", amount=self.money(owed_minor))
        options = (Option(1, whole, ALL), Option(2, _("Other"), OTHER))
        return Menu(_("Pay how much?"), options)

    def is_other(self) -> bool:
        return bool(self.given == OTHER)

    def take_all(self) -> None:
        self.answers.amount_minor = self._owed_minor()

    def amount(self) -> Ask:
        return Ask(_("How much?"), Amount(self.currency, 1, max(1, self._owed_minor())))

    def take_typed(self) -> None:
        self.answers.amount_minor = self.answers.amount.amount_minor

    def quote(self) -> Quote:
        return repaying.quote(self.caller_id, self.money(self.answers.amount_minor))

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
