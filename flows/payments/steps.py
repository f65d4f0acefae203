"""The steps of a payment from the wallet that is paid by mobile money where the wallet is short."""

from typing import Any, ClassVar

from core.money.errors import InsufficientFunds
from core.payments import beginning, wallets
from core.payments.beginning import Asked
from core.payments.payments import COLLECTION
from core.payments.wallets import Wallet
from engine.payment import PaymentSteps, Receipt
from flows.payments.choosing import approve_text, none_answers, options_of
from menus.screens import End, Menu
from menus.texts import Text, _


class WalletOrPhoneSteps(PaymentSteps[Receipt]):
    """confirm -> PIN -> paid, or -> way -> asked. Mixed into a flow whose answer to `way` is a
    `Wallet`; one with other answers says the `wallet_asked` of its own.

    The session ends with `asked`, since the network asks on the phone only when it is in none.
    """

    way_steps: ClassVar[list[Any]] = [
        {"trigger": "answer", "source": "way", "dest": "asked", "before": "ask_phone"},
    ]
    pin_steps: ClassVar[list[Any]] = [
        *PaymentSteps.question_steps,
        {"trigger": "answer", "source": "pin", "dest": "way", "conditions": "is_short"},
        ["answer", "pin", "paid"],
    ]
    transitions: ClassVar[list[Any]] = [*pin_steps, *way_steps]

    def is_short(self) -> bool:
        """Whether the wallet has too little for it and a phone can be asked. To pay is how that is
        found out: a look before would cost everybody a round trip."""
        try:
            self.pay()
        except InsufficientFunds:
            if not wallets.of_tenant(self.tenant):
                raise
            self.context.undo()
            return True
        return False

    def way(self) -> Menu | End:
        ours = wallets.of_tenant(self.tenant)
        options = options_of(ours, self.read(wallets.away, COLLECTION))
        return Menu(self.too_little(), options) if options else End(none_answers(ours))

    def too_little(self) -> Text:
        """Asks for the provider."""
        total = self.quote().comes_to
        return _("Too little in your wallet. Pay {amount} from:", amount=total)

    def wallet_asked(self) -> Wallet:
        """What was chosen at `way`."""
        wallet: Wallet = self.answers.way
        return wallet

    def ask_phone(self) -> None:
        self.write(
            beginning.begin_collection,
            self.context.keys,
            tenant=self.tenant,
            wallet=self.wallet_asked(),
            intent_id=self.intent_id,
            subscriber_id=self.caller_id,
            address=self.context.address,
        )

    def asked(self) -> End:
        return End(approve_text(Asked(self.quote().comes_to, self.wallet_asked().name)))
