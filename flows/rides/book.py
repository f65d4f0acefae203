"""A customer books a ride: from stop to stop, at a fare that is shown before and honoured."""

from core.rides import booking, tariffs
from core.rides.fares import Fare
from core.rides.stops import Stop
from engine.flow_map import changes_what_no_intent_shows
from flows.rides.steps import StopSteps
from menus import sentences
from menus.screens import Ask, Confirm, End, Fact, Menu, Option, Pin
from menus.texts import Text, _
from values.location import Location

CASH, WALLET = "cash", "wallet"


class BookRide(StopSteps):
    """from -> to -> how it is paid -> the fare -> PIN where the wallet pays -> booked."""

    name = "book_ride"
    initial = "pickup"
    resumable = frozenset({"pickup", "which_pickup", "destination", "which_destination", "way"})
    transitions = [
        {"trigger": "answer", "source": "pickup", "dest": "which_pickup", "prepare": "look_up",
         "conditions": "is_several"},
        {"trigger": "answer", "source": "pickup", "dest": "destination", "before": "take_pickup"},
        {"trigger": "answer", "source": "which_pickup", "dest": "destination",
         "before": "choose_pickup"},
        {"trigger": "answer", "source": "destination", "dest": "which_destination",
         "prepare": "look_up", "conditions": "is_several"},
        {"trigger": "answer", "source": "destination", "dest": "way",
         "before": "take_destination"},
        {"trigger": "answer", "source": "which_destination", "dest": "way",
         "before": "choose_destination"},
        {"trigger": "answer", "source": "way", "dest": "confirm", "conditions": "is_from_wallet"},
        ["answer", "way", "confirm_cash"],
        {"trigger": "answer", "source": "confirm", "dest": "pin", "conditions": "yes"},
        ["answer", "confirm", "cancelled"],
        {"trigger": "answer", "source": "confirm_cash", "dest": "booked", "conditions": "yes",
         "before": "book"},
        ["answer", "confirm_cash", "cancelled"],
        {"trigger": "answer", "source": "pin", "dest": "booked", "before": "book"},
    ]  # fmt: skip

    class Answers:
        pickup: Location
        which_pickup: Stop
        destination: Location
        which_destination: Stop
        way: str
        found: tuple[Stop, ...] = ()
        start: Stop | None = None
        end: Stop | None = None
        fare: Fare | None = None
        reference: str = ""

    answers: Answers

    def pickup(self) -> Ask:
        self.read(booking.require_free, self.caller_id)
        return self.ask_stop(_("Where are you? Number of the stop, or its name."))

    def which_pickup(self) -> Menu:
        return self.choose_stop()

    def take_pickup(self) -> None:
        self.answers.start = self.only()

    def choose_pickup(self) -> None:
        self.answers.start = self.given

    def destination(self) -> Ask:
        prompt = _("From {stop}. Where to? Number of the stop, or its name.", stop=self._start.name)
        return self.ask_stop(prompt)

    def which_destination(self) -> Menu:
        return self.choose_stop()

    def take_destination(self) -> None:
        self._price(self.only())

    def choose_destination(self) -> None:
        self._price(self.given)

    def _price(self, end: Stop) -> None:
        self.answers.fare = self.read(
            tariffs.fare, self.tenant, pickup=self._start, destination=end
        )
        self.answers.end = end

    def way(self) -> Menu:
        title = _(
            "{start} to {end}, {distance_km} km: {fare}. Pay how?",
            start=self._start.name,
            end=self._end.name,
            distance_km=self._fare.distance_km,
            fare=self.money(self._fare.fare_minor),
        )
        return Menu(title, (Option(1, _("Cash"), CASH), Option(2, _("My wallet"), WALLET)))

    def is_from_wallet(self) -> bool:
        return self.answers.way == WALLET

    def confirm(self) -> Confirm:
        return self._confirm(_("My wallet"))

    def confirm_cash(self) -> Confirm:
        """A state of its own: no PIN follows, so that a chat can finish it."""
        return self._confirm(_("Cash"))

    def _confirm(self, paid: Text) -> Confirm:
        return Confirm(
            _("Book this ride?"),
            (
                Fact(_("From"), self._start.name),
                Fact(_("To"), self._end.name),
                Fact(_("Fare"), self.money(self._fare.fare_minor)),
                Fact(_("Paid"), paid),
            ),
        )

    def pin(self) -> Pin:
        return Pin()

    @changes_what_no_intent_shows
    def book(self) -> None:
        ride = self.write(
            booking.book,
            self.tenant,
            customer_id=self.caller_id,
            pickup_id=self._start.id,
            destination_id=self._end.id,
            fare=self._fare,
            in_cash=not self.is_from_wallet(),
        )
        self.answers.reference = ride.reference

    def booked(self) -> End:
        return End(
            _(
                "Booked. We ask riders near {stop} and text you who comes, and your code."
                " Ref {reference}.",
                stop=self._start.name,
                reference=self.answers.reference,
            )
        )

    def cancelled(self) -> End:
        return End(sentences.CANCELLED)

    @property
    def _start(self) -> Stop:
        assert self.answers.start is not None, "it was chosen first"
        return self.answers.start

    @property
    def _end(self) -> Stop:
        assert self.answers.end is not None, "it was chosen before"
        return self.answers.end

    @property
    def _fare(self) -> Fare:
        assert self.answers.fare is not None, "it was worked out with the destination"
        return self.answers.fare
