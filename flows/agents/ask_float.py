"""An agent asks the one above for float."""

from core.agents import agents, float_asks, float_moves
from core.agents.float_moves import FLOAT_SALE
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus import sentences
from menus.answers import Amount
from menus.screens import Ask, Confirm, End, Fact
from menus.texts import _
from values.money import Money


class AskFloat(Flow):
    """amount -> of whom, sure? -> asked. No money moves, so no PIN is asked for."""

    name = "ask_float"
    initial = "amount"
    resumable = frozenset({"amount"})
    transitions = [
        ["answer", "amount", "sure"],
        {"trigger": "answer", "source": "sure", "dest": "asked", "conditions": "yes",
         "before": "ask"},
        ["answer", "sure", "kept"],
    ]  # fmt: skip

    class Answers:
        amount: Money

    answers: Answers

    def amount(self) -> Ask:
        agent = self.read(agents.get, self.caller_id)
        above = self.read(float_moves.agent_above, self.context.keys, agent)
        limits = FLOAT_SALE.limits(self.tenant, level=agent.level)
        return Ask(
            _("How much float do you ask of {agent}?", agent=above.name),
            Amount(self.currency, limits.minimum_minor, limits.maximum_minor),
        )

    def sure(self) -> Confirm:
        agent = self.read(agents.get, self.caller_id)
        above = self.read(float_moves.agent_above, self.context.keys, agent)
        return Confirm(
            _("Ask {agent} for float?", agent=above.name),
            (Fact(sentences.AMOUNT, self.answers.amount),),
        )

    @changes_what_no_intent_shows
    def ask(self) -> None:
        self.write(
            float_asks.ask,
            agent=self.read(agents.get, self.caller_id),
            agent_name=self.caller.name,
            amount=self.answers.amount,
        )

    def asked(self) -> End:
        return End(_("Asked for {amount} of float. We will text you.", amount=self.answers.amount))

    def kept(self) -> End:
        return End(sentences.CANCELLED)
