"""A customer left something on a ride."""

from datetime import datetime

from core.rides import sharing
from core.rides.sharing import Ridden
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus import sentences
from menus.screens import Ask, Confirm, End, Fact, Menu, Option
from menus.texts import _
from menus.words import Words

WHAT_CHARS_MAXIMUM = 40


class LostProperty(Flow):
    """which ride -> what -> confirm -> the rider is texted, and staff see it."""

    name = "lost_property"
    initial = "ride"
    resumable = frozenset({"ride", "what"})
    transitions = [
        ["answer", "ride", "what"],
        ["answer", "what", "confirm"],
        {"trigger": "answer", "source": "confirm", "dest": "told", "conditions": "yes",
         "before": "tell"},
        ["answer", "confirm", "cancelled"],
    ]  # fmt: skip

    class Answers:
        ride: Ridden
        what: str
        reference: str = ""

    answers: Answers

    def ride(self) -> Menu | End:
        found = self.read(sharing.ridden, self.caller_id)
        if not found:
            return End(_("You had no ride in the last 7 days."))
        options = (
            Option(
                key,
                _(
                    "{destination}, {day}",
                    destination=one.destination,
                    day=f"{datetime.fromtimestamp(one.ended_s, self.tenant.zone):%d/%m %H:%M}",
                ),
                one,
            )
            for key, one in enumerate(found, start=1)
        )
        return Menu(_("On which ride?"), tuple(options))

    def what(self) -> Ask:
        return Ask(_("What did you leave?"), Words(maximum_chars=WHAT_CHARS_MAXIMUM))

    def confirm(self) -> Confirm:
        return Confirm(_("Tell the rider?"), (Fact(_("Left"), self.answers.what),))

    @changes_what_no_intent_shows
    def tell(self) -> None:
        self.answers.reference = self.write(
            sharing.lost,
            self.context.keys,
            ride_id=self.answers.ride.id,
            customer_id=self.caller_id,
            what=self.answers.what,
        )

    def told(self) -> End:
        return End(
            _(
                "The rider is texted, and the office knows. Questions? {office} Ref {reference}.",
                office=self.tenant.help_phone,
                reference=self.answers.reference,
            )
        )

    def cancelled(self) -> End:
        return End(sentences.CANCELLED)
