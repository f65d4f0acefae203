"""An agent gives float back to the one whom they work for."""

from core.agents import agents, float_moves
from core.agents.float_moves import Peer
from core.money.operations import Quote
from engine.payment import PaymentSteps
from flows.agents.float_steps import FloatSteps
from menus.screens import Ask
from menus.texts import Text, _
from values.money import Money


class ReturnFloat(FloatSteps):
    """amount, to whom is shown -> confirm with name, amount, fee and total -> PIN -> waits."""

    name = "return_float"
    operation = float_moves.FLOAT_RETURN
    initial = "amount"
    resumable = frozenset({"amount"})
    transitions = [
        ["answer", "amount", "confirm"],
        *PaymentSteps.transitions,
    ]  # fmt: skip

    class Answers:
        amount: Money

    answers: Answers

    def other(self) -> Peer:
        agent = self.read(agents.get, self.caller_id)
        return self.read(float_moves.agent_above, self.context.keys, agent)

    def amount(self) -> Ask:
        return self.ask_amount(_("How much float back to {agent}?", agent=self.other().name))

    def quote(self) -> Quote:
        return self.quoted(self.answers.amount)

    def question(self) -> Text:
        return _("Give float back to {agent}?", agent=self.other().name)
