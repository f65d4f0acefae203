"""Float that waits: what was sent to an agent, what they sent, and what they asked for."""

import uuid

from core.agents import agents, float_asks, float_offers
from core.agents.float_offers import FloatTaken
from engine.flow_map import changes_what_no_intent_shows
from engine.payment import ReceiptSteps
from menus.screens import End, Menu, Option, Pin
from menus.texts import Text, _

TAKE, DECLINE, RECALL, WITHDRAW = "take", "decline", "recall", "withdraw"
OFFERED, SENT, ASKED = "offered", "sent", "asked"


class FloatWaits(ReceiptSteps[FloatTaken]):
    """PIN -> which -> take or decline it; or, of what is one's own, have it back."""

    name = "float_waits"
    initial = "pin"
    receipt = FloatTaken
    transitions = [
        ["answer", "pin", "which"],
        {"trigger": "answer", "source": "which", "dest": "what", "before": "choose"},
        {"trigger": "answer", "source": "what", "dest": "paid", "conditions": "is_taken",
         "before": "take"},
        {"trigger": "answer", "source": "what", "dest": "declined", "conditions": "is_declined",
         "before": "decline"},
        {"trigger": "answer", "source": "what", "dest": "recalled", "conditions": "is_recalled",
         "before": "recall"},
        {"trigger": "answer", "source": "what", "dest": "withdrawn", "before": "withdraw"},
    ]  # fmt: skip

    class Answers:
        kind: str = ""
        id: uuid.UUID | None = None

    answers: Answers

    def pin(self) -> Pin:
        return Pin()

    def which(self) -> Menu | End:
        self.read(agents.get, self.caller_id)
        options: list[tuple[Text, str]] = []
        for one in self.read(float_offers.waiting_of, self.caller_id):
            sent = _("{amount} to {agent}", amount=one.amount, agent=one.other)
            came = _("{amount} from {agent}", amount=one.amount, agent=one.other)
            options.append(
                (sent, f"{SENT}:{one.id}") if one.is_mine else (came, f"{OFFERED}:{one.id}")
            )
        asked = self.read(float_asks.mine, self.caller_id)
        if asked:
            options.append(
                (_("You asked for {amount}", amount=asked.amount), f"{ASKED}:{asked.id}")
            )
        if not options:
            return End(_("No float is waiting."))
        return Menu(
            _("Which float?"),
            tuple(Option(key, text, value) for key, (text, value) in enumerate(options, start=1)),
        )

    def choose(self) -> None:
        self.answers.kind, _colon, id = self.given.partition(":")
        self.answers.id = uuid.UUID(id)

    @property
    def _id(self) -> uuid.UUID:
        assert self.answers.id is not None, "it was chosen"
        return self.answers.id

    def what(self) -> Menu:
        if self.answers.kind == OFFERED:
            title = _("It was sent to you.")
            return Menu(title, (Option(1, _("Take it"), TAKE), Option(2, _("Decline it"), DECLINE)))
        if self.answers.kind == SENT:
            return Menu(_("It is not taken yet."), (Option(1, _("Take it back"), RECALL),))
        return Menu(_("Nobody answered yet."), (Option(1, _("Ask no more"), WITHDRAW),))

    def is_taken(self) -> bool:
        return bool(self.given == TAKE)

    def is_declined(self) -> bool:
        return bool(self.given == DECLINE)

    def is_recalled(self) -> bool:
        return bool(self.given == RECALL)

    @changes_what_no_intent_shows
    def take(self) -> None:
        self.keep(
            self.write(
                float_offers.take, tenant=self.tenant, offer_id=self._id, taker_id=self.caller_id
            )
        )

    @changes_what_no_intent_shows
    def decline(self) -> None:
        self.write(float_offers.decline, self._id, self.caller_id)

    @changes_what_no_intent_shows
    def recall(self) -> None:
        self.write(float_offers.recall, self._id, self.caller_id)

    @changes_what_no_intent_shows
    def withdraw(self) -> None:
        self.write(float_asks.withdraw, self._id, self.caller_id)

    def receipt_text(self, receipt: FloatTaken) -> Text:
        return _(
            "You took {amount} of float from {agent}. Ref {reference}.",
            amount=receipt.amount,
            agent=receipt.agent,
            reference=receipt.reference,
        )

    def declined(self) -> End:
        return End(_("Declined. The float is theirs again."))

    def recalled(self) -> End:
        return End(_("Taken back. You can use that float again."))

    def withdrawn(self) -> End:
        return End(_("You ask for no float any more."))
