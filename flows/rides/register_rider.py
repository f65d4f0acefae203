"""An agent registers a customer who is there as a rider: staff check the papers, as of anybody."""

import uuid
from datetime import date

from core.agents import agents, sales
from core.agents.sales import Customer
from core.people import people
from flows.agents import choosing
from flows.rides.papers import ALL_STEPS, LAST_STEPS, RiderPapers
from menus.answers import Phone
from menus.screens import Ask, End, Menu
from menus.texts import Text, _
from values.attached import AttachedFile


class RegisterRider(RiderPapers):
    """customer -> name shown -> their papers -> confirm -> staff check them."""

    name = "register_rider"
    initial = "customer"
    resumable = frozenset(
        {"customer", "person", "plate", "licence", "licence_until", "insurance_until",
         "licence_photo", "insurance_photo"}
    )  # fmt: skip
    transitions = [
        {"trigger": "answer", "source": "customer", "dest": "person", "prepare": "look_for",
         "conditions": "has_several"},
        ["answer", "customer", "plate"],
        ["answer", "person", "plate"],
        *ALL_STEPS,
        *LAST_STEPS,
    ]  # fmt: skip

    class Answers:
        """The customer's number is not kept: from the look-up on they are an id."""

        person: Customer
        among: tuple[Customer, ...] = ()
        plate: str = ""
        licence: str = ""
        licence_until: date | None = None
        insurance_until: date | None = None
        licence_photo: AttachedFile | None = None
        insurance_photo: AttachedFile | None = None

    answers: Answers  # type: ignore[assignment]

    @property
    def rider_id(self) -> uuid.UUID:
        return self.answers.person.id

    def customer(self) -> Ask:
        self.read(agents.get, self.caller_id)
        return Ask(_("Customer's phone number?"), Phone(self.tenant.country))

    def look_for(self) -> None:
        """Before the conditions of `customer`: who has this number?"""
        sales.require_other_number(self.given, self.context.address)
        # Counted whatever comes of it: a number that nobody has is something learnt, too.
        self.context.autonomous(agents.count_lookup, self.caller_id)
        found = self.read(people.identify, self.context.keys, self.given)
        self.answers.among = sales.customers_among(found, self.caller_id)
        self.answers.person = self.answers.among[0]

    def has_several(self) -> bool:
        return len(self.answers.among) > 1

    def person(self) -> Menu:
        return choosing.menu_of(self.answers.among)

    def brings_all(self) -> bool:
        return True

    def question(self) -> Text:
        return _("Register {customer} as a rider?", customer=self.answers.person.name)

    def brought(self) -> End:
        return End(
            _(
                "We text {customer} when the office has checked the papers.",
                customer=self.answers.person.name,
            )
        )
