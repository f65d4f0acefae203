"""Money into the wallet by mobile money, and out of it."""

from abc import abstractmethod
from collections.abc import Callable
from typing import ClassVar

from core.money.operations import Quote
from core.payments import beginning, wallets
from core.payments.beginning import Asked
from core.payments.payments import COLLECTION, DISBURSEMENT
from core.payments.wallet_operations import DEPOSIT, WITHDRAW, ByMobileMoney
from core.payments.wallets import Wallet
from engine.payment import PaymentSteps
from flows.payments.choosing import approve_text, none_answers, options_of
from menus.screens import Ask, End, Menu
from menus.texts import Text, _
from values.money import Money


class WalletMoney(PaymentSteps[Asked]):
    """provider -> amount -> confirm -> PIN -> asked for, or on its way.

    `kind` is what the provider is asked for, and `begin` the operation of the core that asks.
    """

    initial = "wallet"
    resumable = frozenset({"wallet", "amount", "confirm"})
    transitions = [
        ["answer", "wallet", "amount"],
        ["answer", "amount", "confirm"],
        *PaymentSteps.transitions,
    ]  # fmt: skip
    operation: ByMobileMoney
    kind: ClassVar[str]
    begin: ClassVar[Callable[..., Asked]]

    class Answers:
        wallet: Wallet
        amount: Money

    answers: Answers

    @abstractmethod
    def which(self) -> Text:
        """Asks for the provider."""

    def wallet(self) -> Menu | End:
        ours = wallets.of_tenant(self.tenant)
        options = options_of(ours, self.read(wallets.away, self.kind)) if ours else ()
        return Menu(self.which(), options) if options else End(none_answers(ours))

    def amount(self) -> Ask:
        return Ask(_("How much?"), self.amount_in_limits())

    def quote(self) -> Quote:
        return self.operation.quote(self.tenant, self.answers.wallet, self.answers.amount)

    def pay(self) -> None:
        self.keep(
            self.context.write(
                type(self).begin,
                self.context.keys,
                tenant=self.tenant,
                wallet=self.answers.wallet,
                intent_id=self.intent_id,
                subscriber_id=self.caller_id,
                address=self.context.address,
            )
        )


class Deposit(WalletMoney):
    """Into the wallet: the network asks on the phone when the session has ended."""

    name = "deposit"
    operation = DEPOSIT
    kind = COLLECTION
    begin = beginning.begin_collection

    def which(self) -> Text:
        return _("Put money in from:")

    def question(self) -> Text:
        return _("Put money in from {provider}?", provider=self.answers.wallet.name)

    def receipt_text(self, receipt: Asked) -> Text:
        return approve_text(receipt)


class Withdraw(WalletMoney):
    """Out of the wallet, to the phone that dials."""

    name = "withdraw"
    operation = WITHDRAW
    kind = DISBURSEMENT
    begin = beginning.begin_payout

    def which(self) -> Text:
        return _("Withdraw to:")

    def question(self) -> Text:
        return _("Withdraw to {provider}?", provider=self.answers.wallet.name)

    def receipt_text(self, receipt: Asked) -> Text:
        return _(
            "{amount} goes to your {provider} now. We will text you.",
            amount=receipt.amount,
            provider=receipt.provider,
        )
