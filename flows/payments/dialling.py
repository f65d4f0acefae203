"""The steps of a payment that may also be made by the network's own menu."""

from abc import abstractmethod
from typing import Any, ClassVar

from core.money.purposes import Payee
from core.payments import wallets
from core.payments.messages import DialToPay
from core.payments.own_payment import EXPECTED_H, expect_own_payment
from core.payments.payments import COLLECTION
from core.payments.wallets import Wallet
from engine.payment import Receipt
from flows.payments.choosing import Way, dial_text, none_answers, ways_of
from flows.payments.steps import WalletOrPhoneSteps
from menus.screens import End, Menu
from values.money import Money


class WalletPhoneOrDialSteps(WalletOrPhoneSteps[Receipt]):
    """... -> way -> asked, or -> dial, where it is read what to dial and the payment is expected.

    Mixed into a flow that keeps `amount`, `way` (a `Way`) and `reference`, and says `paid_to`.
    """

    way_steps: ClassVar[list[Any]] = [
        {
            "trigger": "answer", "source": "way", "dest": "dial",
            "conditions": "is_dialled", "before": "expect",
        },
        *WalletOrPhoneSteps.way_steps,
    ]  # fmt: skip
    transitions: ClassVar[list[Any]] = [*WalletOrPhoneSteps.pin_steps, *way_steps]

    @abstractmethod
    def paid_to(self) -> tuple[Payee, str]:
        """Whose the money is when it comes, and what they call that: a group's name."""

    def way(self) -> Menu | End:
        ours, amount = wallets.of_tenant(self.tenant), self._amount
        options = ways_of(ours, self.read(wallets.away, COLLECTION), amount)
        return Menu(self.too_little(), options) if options else End(none_answers(ours))

    def wallet_asked(self) -> Wallet:
        return self._way.wallet

    def is_dialled(self) -> bool:
        return self._way.is_dialled

    def expect(self) -> None:
        payee, what = self.paid_to()
        wallet, intent_id = self._way.wallet, self.intent_id
        told = self.write(
            expect_own_payment, wallet=wallet, payee=payee, what=what, intent_id=intent_id
        )
        self.answers.reference = told.reference

    def dial(self) -> End:
        _payee, what = self.paid_to()
        code = self._way.wallet.dialled(self._amount)
        return End(
            dial_text(DialToPay(code, EXPECTED_H, self._amount, what, self.answers.reference))
        )

    @property
    def _way(self) -> Way:
        way: Way = self.answers.way
        return way

    @property
    def _amount(self) -> Money:
        amount: Money = self.answers.amount
        return amount
