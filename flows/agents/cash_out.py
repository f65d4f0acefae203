"""A customer takes cash from an agent."""

from core.agents import cash_out
from core.agents.cash_out import CashGiven
from core.agents.float_moves import Peer
from core.money.operations import Quote
from engine.fees import fee_text
from engine.payment import PaymentSteps
from flows.agents import choosing
from menus.answers import Phone
from menus.screens import Ask, Menu
from menus.texts import Text, _
from values.money import Money


class CashOut(PaymentSteps[CashGiven]):
    """the agent's number -> name shown -> amount -> confirm with name, amount, fee and total -> PIN
    -> paid. The agent gives the cash when their own phone says so."""

    name = "cash_out"
    operation = cash_out.CASH_OUT
    initial = "number"
    resumable = frozenset({"number", "amount", "confirm"})
    transitions = [
        {"trigger": "answer", "source": "number", "dest": "agent", "prepare": "look_up",
         "conditions": "several"},
        ["answer", "number", "amount"],
        ["answer", "agent", "amount"],
        ["answer", "amount", "confirm"],
        *PaymentSteps.transitions,
    ]  # fmt: skip

    class Answers:
        """The agent's number is not kept: from the look-up on they are an id."""

        agent: Peer
        amount: Money
        found: tuple[Peer, ...] = ()

    answers: Answers

    def number(self) -> Ask:
        return Ask(_("Phone number of the agent?"), Phone(self.tenant.country))

    def look_up(self) -> None:
        """Before the conditions of `number`: which agents have it?"""
        self.answers.found = self.read(
            cash_out.agents_at, self.context.keys, self.given, customer_id=self.caller_id
        )
        self.answers.agent = self.answers.found[0]

    def several(self) -> bool:
        return len(self.answers.found) > 1

    def agent(self) -> Menu:
        return choosing.menu_of(self.answers.found)

    def amount(self) -> Ask:
        prompt = _("How much cash from {agent}?", agent=self.answers.agent.name)
        return Ask(prompt, self.amount_in_limits())

    def quote(self) -> Quote:
        return self.operation.quote(
            self.tenant,
            agent=self.answers.agent,
            customer=self.caller.name,
            amount=self.answers.amount,
        )

    def question(self) -> Text:
        return _("Take cash from {agent}?", agent=self.answers.agent.name)

    def pay(self) -> None:
        self.keep(
            self.context.write(
                self.operation.pay,
                keys=self.context.keys,
                tenant=self.tenant,
                intent_id=self.intent_id,
                subscriber_id=self.caller_id,
                address=self.context.address,
            )
        )

    def receipt_text(self, receipt: CashGiven) -> Text:
        return _(
            "{agent} gives you {amount} cash, {fee}. Ref {reference}.",
            agent=receipt.agent,
            amount=receipt.amount,
            fee=fee_text(receipt.fee),
            reference=receipt.reference,
        )

    def paid_text(self, receipt: CashGiven) -> Text:
        given = self.receipt_text(receipt)
        if receipt.balance is None:
            return given
        return _("{receipt} New balance {balance}.", receipt=given, balance=receipt.balance)
