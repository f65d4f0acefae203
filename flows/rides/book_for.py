"""An agent books a ride for a customer who is there, in cash: nobody spends another's money."""

import uuid

from core.agents import agents, sales
from core.agents.sales import Customer
from core.people import people
from core.rides import booking_for
from core.rides.fares import Fare
from core.rides.stops import Stop
from engine.flow_map import changes_what_no_intent_shows
from flows.agents import choosing
from flows.rides.book import BookRide
from menus.answers import Phone
from menus.screens import Ask, Confirm, End, Fact, Menu
from menus.texts import _
from values.location import Location


class BookRideFor(BookRide):
    """customer -> name shown -> from -> to -> the fare -> booked."""

    name = "book_ride_for"
    initial = "customer"
    resumable = frozenset(
        {"customer", "person", "pickup", "which_pickup", "destination", "which_destination"}
    )
    transitions = [
        {"trigger": "answer", "source": "customer", "dest": "person", "prepare": "look_for",
         "conditions": "has_several"},
        ["answer", "customer", "pickup"],
        ["answer", "person", "pickup"],
        {"trigger": "answer", "source": "pickup", "dest": "which_pickup", "prepare": "look_up",
         "conditions": "is_several"},
        {"trigger": "answer", "source": "pickup", "dest": "destination", "before": "take_pickup"},
        {"trigger": "answer", "source": "which_pickup", "dest": "destination",
         "before": "choose_pickup"},
        {"trigger": "answer", "source": "destination", "dest": "which_destination",
         "prepare": "look_up", "conditions": "is_several"},
        {"trigger": "answer", "source": "destination", "dest": "confirm_cash",
         "before": "take_destination"},
        {"trigger": "answer", "source": "which_destination", "dest": "confirm_cash",
         "before": "choose_destination"},
        {"trigger": "answer", "source": "confirm_cash", "dest": "booked", "conditions": "yes",
         "before": "book"},
        ["answer", "confirm_cash", "cancelled"],
    ]  # fmt: skip

    class Answers:
        """The customer's number is not kept: from the look-up on they are an id."""

        person: Customer
        pickup: Location
        which_pickup: Stop
        destination: Location
        which_destination: Stop
        among: tuple[Customer, ...] = ()
        found: tuple[Stop, ...] = ()
        start: Stop | None = None
        end: Stop | None = None
        fare: Fare | None = None
        reference: str = ""

    answers: Answers  # type: ignore[assignment]

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

    @property
    def _customer_id(self) -> uuid.UUID:
        return self.answers.person.id

    def pickup(self) -> Ask:
        self.read(booking_for.require_free, self._customer_id)
        return self.ask_stop(_("From where? Number of the stop, or its name."))

    def confirm_cash(self) -> Confirm:
        return Confirm(
            _("Book for {customer}?", customer=self.answers.person.name),
            (
                Fact(_("From"), self._start.name),
                Fact(_("To"), self._end.name),
                Fact(_("Cash"), self.money(self._fare.fare_minor)),
            ),
        )

    @changes_what_no_intent_shows
    def book(self) -> None:
        ride = self.write(
            booking_for.book,
            self.context.keys,
            self.tenant,
            agent_id=self.caller_id,
            customer_id=self._customer_id,
            pickup_id=self._start.id,
            destination_id=self._end.id,
            fare=self._fare,
        )
        self.answers.reference = ride.reference

    def booked(self) -> End:
        return End(
            _(
                "Booked for {customer}. We text them who comes, and their code. Ref {reference}.",
                customer=self.answers.person.name,
                reference=self.answers.reference,
            )
        )
