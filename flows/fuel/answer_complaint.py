"""A dealer answers a complaint: what was short is given back, or the measure was right."""

import uuid

from core.fuel import complaints
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.screens import End, Menu, Option, Pin
from menus.texts import _
from values.money import Money

BACK, RIGHT, LATER = "back", "right", "later"


class AnswerComplaint(Flow):
    """the oldest one -> give back, with the PIN; or it was right; or later."""

    name = "answer_complaint"
    initial = "complaint"
    transitions = [
        {"trigger": "answer", "source": "complaint", "dest": "pin", "conditions": "gives_back"},
        {"trigger": "answer", "source": "complaint", "dest": "was_right", "conditions": "is_right",
         "before": "call_it_right"},
        ["answer", "complaint", "later"],
        {"trigger": "answer", "source": "pin", "dest": "given_back", "before": "give_back"},
    ]  # fmt: skip

    class Answers:
        complaint_id: uuid.UUID | None = None
        amount: Money | None = None

    answers: Answers

    def complaint(self) -> Menu | End:
        """Raises NotADealer."""
        found = self.read(complaints.waiting_for, self.caller_id)
        if found is None:
            return End(_("No complaint waits for your answer."))
        self.answers.complaint_id = found.id
        self.answers.amount = found.short
        options = (
            Option(1, _("Give back {amount}", amount=found.short), BACK),
            Option(2, _("It was right"), RIGHT),
            Option(3, _("Later"), LATER),
        )
        title = _(
            "{station}: {volume} {product} paid, {got} got? Ref {reference}.",
            station=found.station,
            volume=found.volume,
            product=found.product,
            got=found.got,
            reference=found.reference,
        )
        return Menu(title, options)

    @property
    def _id(self) -> uuid.UUID:
        assert self.answers.complaint_id is not None, "it was shown"
        return self.answers.complaint_id

    def gives_back(self) -> bool:
        return bool(self.given == BACK)

    def is_right(self) -> bool:
        return bool(self.given == RIGHT)

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def give_back(self) -> None:
        self.answers.amount = self.write(
            complaints.give_back, complaint_id=self._id, dealer_id=self.caller_id
        )

    def given_back(self) -> End:
        assert self.answers.amount is not None, "it was shown"
        return End(
            _("{amount} is given back, and the customer is told.", amount=self.answers.amount)
        )

    @changes_what_no_intent_shows
    def call_it_right(self) -> None:
        self.write(complaints.call_it_right, complaint_id=self._id, dealer_id=self.caller_id)

    def was_right(self) -> End:
        return End(_("The customer is told, and may call the company."))

    def later(self) -> End:
        return End(_("Nothing was written. Answer in time: after that the company does."))
