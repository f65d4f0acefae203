"""An agent buys float by mobile money."""

from core.agents import agents, float_buying
from core.agents.float_buying import FloatAsked
from core.money.operations import Quote
from core.payments import beginning, wallets
from core.payments.beginning import Asked
from core.payments.payments import COLLECTION
from core.payments.wallets import Wallet
from engine.payment import PaymentSteps
from flows.payments.choosing import approve_text, none_answers, options_of
from menus.screens import Ask, End, Menu
from menus.texts import Text, _
from values.money import Money


class BuyFloat(PaymentSteps[FloatAsked]):
    """provider -> amount -> confirm with amount, fee and total -> PIN -> asked for."""

    name = "buy_float"
    operation = float_buying.FLOAT_PURCHASE
    initial = "wallet"
    resumable = frozenset({"wallet", "amount", "confirm"})
    transitions = [
        ["answer", "wallet", "amount"],
        ["answer", "amount", "confirm"],
        *PaymentSteps.transitions,
    ]  # fmt: skip

    class Answers:
        wallet: Wallet
        amount: Money

    answers: Answers

    def wallet(self) -> Menu | End:
        ours = wallets.of_tenant(self.tenant)
        options = options_of(ours, self.read(wallets.away, COLLECTION)) if ours else ()
        return Menu(_("Buy float with:"), options) if options else End(none_answers(ours))

    def amount(self) -> Ask:
        level = self.read(agents.get, self.caller_id).level
        return Ask(_("How much float?"), self.amount_in_limits(level))

    def quote(self) -> Quote:
        return self.operation.quote(
            self.tenant,
            agent=self.read(agents.get, self.caller_id),
            provider=self.answers.wallet.name,
            amount=self.answers.amount,
        )

    def question(self) -> Text:
        return _("Buy float with {provider}?", provider=self.answers.wallet.name)

    def pay(self) -> None:
        asked = self.context.write(
            beginning.begin_collection,
            self.context.keys,
            tenant=self.tenant,
            wallet=self.answers.wallet,
            intent_id=self.intent_id,
            subscriber_id=self.caller_id,
            address=self.context.address,
        )
        self.keep(FloatAsked(asked.amount, asked.provider))

    def receipt_text(self, receipt: FloatAsked) -> Text:
        return approve_text(Asked(receipt.amount, receipt.provider))
