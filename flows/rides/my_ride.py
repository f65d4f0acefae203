"""A customer's ride: where it stands, cancel, help now, and stars once it is over."""

import uuid

from core.rides import booking, helping, positions, rides
from core.rides.rides import Ride
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus import sentences
from menus.screens import Confirm, End, Fact, Menu, Option
from menus.texts import Text, _

CANCEL, HELP, STARS_MAXIMUM = "cancel", "help", 5


class MyRide(Flow):
    """the ride -> cancel, or help; where there is none, stars for the last one."""

    name = "my_ride"
    initial = "ride"
    transitions = [
        {"trigger": "answer", "source": "ride", "dest": "thanks", "conditions": "gives_stars",
         "before": "rate"},
        {"trigger": "answer", "source": "ride", "dest": "helped", "conditions": "wants_help",
         "before": "call_help"},
        ["answer", "ride", "sure"],
        {"trigger": "answer", "source": "sure", "dest": "cancelled", "conditions": "yes",
         "before": "cancel"},
        ["answer", "sure", "kept"],
    ]  # fmt: skip

    class Answers:
        ride_id: uuid.UUID | None = None
        fee_minor: int = 0

    answers: Answers

    def ride(self) -> Menu | End:
        ride = self.read(rides.active_of, self.caller_id)
        if ride is None:
            return self._stars()
        options = [Option(2, _("Help now"), HELP)]
        if ride.state != "started":
            options.insert(0, Option(1, _("Cancel the ride"), CANCEL))
        return Menu(self._standing(ride), tuple(options))

    def _standing(self, ride: Ride) -> Text:
        rider = self._rider(ride)
        if ride.state == "accepted":
            minutes = self.read(positions.minutes_to_pickup, ride)
            if minutes is not None:
                return _coming(ride, rider, minutes)
        return _standing(ride, rider)

    def _rider(self, ride: Ride) -> str:
        if ride.driver_id is None:
            return ""
        return self.read(rides.name_of, self.context.keys, ride.driver_id)

    def _active(self) -> Ride:
        """Raises RideOver where there is none any more."""
        return self.read(booking.require_active, self.caller_id)

    def wants_help(self) -> bool:
        return bool(self.given == HELP)

    @changes_what_no_intent_shows
    def call_help(self) -> None:
        self.write(helping.call, ride_id=self._active().id, actor_id=self.caller_id)

    def helped(self) -> End:
        return End(_("We know, and look at your ride now. Call {phone}.", phone=self._help_phone))

    @property
    def _help_phone(self) -> str:
        return self.tenant.help_phone

    def sure(self) -> Confirm:
        ride = self._active()
        self.answers.ride_id = ride.id
        fee_minor = self.read(booking.cancellation_fee_minor, ride)
        facts = (Fact(sentences.FEE, self.money(fee_minor)),) if fee_minor else ()
        return Confirm(_("Cancel the ride to {stop}?", stop=ride.destination), facts)

    @changes_what_no_intent_shows
    def cancel(self) -> None:
        assert self.answers.ride_id is not None, "it was shown"
        self.answers.fee_minor = self.write(
            booking.cancel,
            self.context.keys,
            ride_id=self.answers.ride_id,
            customer_id=self.caller_id,
        )

    def cancelled(self) -> End:
        if self.answers.fee_minor:
            fee = self.money(self.answers.fee_minor)
            return End(_("Your ride is cancelled. {fee} was taken.", fee=fee))
        return End(_("Your ride is cancelled. Nothing was taken."))

    def kept(self) -> End:
        return End(_("Your ride goes on."))

    def _stars(self) -> Menu | End:
        """Of the last ride, where it has none."""
        last = self.read(rides.to_rate, self.caller_id)
        if last is None:
            return End(_("You have no ride now."))
        self.answers.ride_id = last.id
        options = (Option(stars, str(stars), stars) for stars in range(1, STARS_MAXIMUM + 1))
        title = _("How was your ride to {stop}? 5 is the best.", stop=last.destination)
        return Menu(title, tuple(options))

    def gives_stars(self) -> bool:
        return isinstance(self.given, int)

    @changes_what_no_intent_shows
    def rate(self) -> None:
        assert self.answers.ride_id is not None, "it was shown"
        self.write(rides.rate, self.answers.ride_id, self.caller_id, self.given)

    def thanks(self) -> End:
        return End(_("Thank you."))


def _coming(ride: Ride, rider: str, minutes: int) -> Text:
    return _(
        "To {stop}: {rider}, plate {plate}, is about {minutes} min from {pickup}.",
        stop=ride.destination,
        rider=rider,
        plate=ride.plate or "",
        minutes=minutes,
        pickup=ride.pickup,
    )


def _standing(ride: Ride, rider: str) -> Text:
    match ride.state:
        case "requested" | "offered":
            return _("To {stop}: we are asking riders near you.", stop=ride.destination)
        case "accepted":
            sentence = _(
                "To {stop}: {rider}, plate {plate}, is coming to {pickup}.",
                stop=ride.destination,
                rider=rider,
                plate=ride.plate or "",
                pickup=ride.pickup,
            )
        case "arrived":
            sentence = _(
                "To {stop}: {rider}, plate {plate}, is at {pickup}.",
                stop=ride.destination,
                rider=rider,
                plate=ride.plate or "",
                pickup=ride.pickup,
            )
        case _:
            sentence = _(
                "On the way to {stop} with {rider}, plate {plate}.",
                stop=ride.destination,
                rider=rider,
                plate=ride.plate or "",
            )
    return sentence
