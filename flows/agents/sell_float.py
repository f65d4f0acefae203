"""An agent sells float to one who works for them."""

from core.agents import float_moves
from core.agents.float_moves import Peer
from core.money.operations import Quote
from engine.payment import PaymentSteps
from flows.agents import choosing
from flows.agents.float_steps import FloatSteps
from menus.answers import Phone
from menus.screens import Ask, Menu
from menus.texts import Text, _
from values.money import Money


class SellFloat(FloatSteps):
    """number -> name shown -> amount -> confirm with name, amount, fee, total -> PIN -> waits."""

    name = "sell_float"
    operation = float_moves.FLOAT_SALE
    initial = "number"
    resumable = frozenset({"number", "amount"})
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
        return Ask(_("Phone number of your agent?"), Phone(self.tenant.country))

    def look_up(self) -> None:
        """Before the conditions of `number`: which agent of the seller's has it?"""
        self.answers.found = self.read(
            float_moves.agents_at, self.context.keys, self.given, seller_id=self.caller_id
        )
        self.answers.agent = self.answers.found[0]

    def several(self) -> bool:
        return len(self.answers.found) > 1

    def agent(self) -> Menu:
        return choosing.menu_of(self.answers.found)

    def other(self) -> Peer:
        return self.answers.agent

    def amount(self) -> Ask:
        return self.ask_amount(_("How much float for {agent}?", agent=self.answers.agent.name))

    def quote(self) -> Quote:
        return self.quoted(self.answers.amount)

    def question(self) -> Text:
        return _("Sell float to {agent}?", agent=self.answers.agent.name)
