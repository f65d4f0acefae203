"""An agent gives float that one who works for them asked for, or refuses it."""

from core.agents import agents, float_asks, float_moves
from core.agents.float_asks import FloatAsk
from core.agents.float_moves import Peer
from core.money.operations import Quote
from engine.flow_map import changes_what_no_intent_shows
from engine.payment import PaymentSteps
from flows.agents.float_steps import FloatSteps
from menus.screens import End, Menu, Option
from menus.texts import Text, _

GIVE, REFUSE = "give", "refuse"


class GiveFloat(FloatSteps):
    """who asks -> give, with confirm and PIN, or refuse."""

    name = "give_float"
    operation = float_moves.FLOAT_GRANT
    initial = "asks"
    resumable = frozenset({"asks"})
    transitions = [
        ["answer", "asks", "what"],
        {"trigger": "answer", "source": "what", "dest": "confirm", "conditions": "gives"},
        {"trigger": "answer", "source": "what", "dest": "refused", "before": "refuse"},
        *PaymentSteps.transitions,
    ]  # fmt: skip

    class Answers:
        asks: FloatAsk

    answers: Answers

    def asks(self) -> Menu | End:
        self.read(agents.get, self.caller_id)
        found = self.read(float_asks.asked_of, self.context.keys, self.caller_id)
        if not found:
            return End(_("Nobody asks you for float."))
        options = (
            Option(key, _("{amount} {agent}", amount=one.amount, agent=one.asker), one)
            for key, one in enumerate(found, start=1)
        )
        return Menu(_("Who asks for float:"), tuple(options))

    def what(self) -> Menu:
        asked = self.answers.asks
        return Menu(
            _("{agent} asks for {amount}.", agent=asked.asker, amount=asked.amount),
            (Option(1, _("Give it"), GIVE), Option(2, _("Refuse"), REFUSE)),
        )

    def gives(self) -> bool:
        return bool(self.given == GIVE)

    @changes_what_no_intent_shows
    def refuse(self) -> None:
        self.write(float_asks.refuse, self.answers.asks.id, self.caller_id)

    def refused(self) -> End:
        return End(_("Refused. We tell them."))

    def other(self) -> Peer:
        return Peer(self.answers.asks.asker_id, self.answers.asks.asker)

    def quote(self) -> Quote:
        return self.operation.quote_asked(
            self.tenant,
            agent=self.read(agents.get, self.caller_id),
            agent_name=self.caller.name,
            ask=self.answers.asks,
        )

    def question(self) -> Text:
        return _("Give float to {agent}?", agent=self.answers.asks.asker)
