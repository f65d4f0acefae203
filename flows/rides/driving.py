"""A driver's ride: at the stop, begun with the customer's code, ended."""

from core.rides import driving, rides
from core.rides.driving import Ended
from core.rides.errors import WrongRideCode
from core.rides.rides import Ride
from engine.flow import Flow
from engine.flow_map import changes_what_no_intent_shows
from menus.answers import Code
from menus.screens import Ask, Confirm, End, Fact, Menu, Option
from menus.texts import _

ARRIVE, BEGIN, FINISH, GIVE_UP, MISSING = range(1, 6)


class DriveRide(Flow):
    """the ride -> what is done next."""

    name = "drive_ride"
    initial = "ride"
    transitions = [
        {"trigger": "answer", "source": "ride", "dest": "arrived", "conditions": "is_arriving",
         "before": "arrive"},
        {"trigger": "answer", "source": "ride", "dest": "code", "conditions": "is_beginning"},
        {"trigger": "answer", "source": "ride", "dest": "finish", "conditions": "is_finishing"},
        {"trigger": "answer", "source": "ride", "dest": "missing", "conditions": "is_missing"},
        ["answer", "ride", "give_up"],
        {"trigger": "answer", "source": "code", "dest": "begun", "before": "begin"},
        {"trigger": "answer", "source": "finish", "dest": "finished", "conditions": "yes",
         "before": "end"},
        ["answer", "finish", "unchanged"],
        {"trigger": "answer", "source": "missing", "dest": "missed", "conditions": "yes",
         "before": "miss"},
        ["answer", "missing", "unchanged"],
        {"trigger": "answer", "source": "give_up", "dest": "given_up", "conditions": "yes",
         "before": "hand_back"},
        ["answer", "give_up", "unchanged"],
    ]  # fmt: skip

    class Answers:
        ended: Ended | None = None

    answers: Answers

    def ride(self) -> Menu | End:
        ride = self.read(rides.taken_by, self.caller_id)
        if ride is None:
            return End(_("You have no ride now."))
        title = _(
            "{customer}: {pickup} to {destination}, {fare}.",
            customer=self.read(rides.name_of, self.context.keys, ride.customer_id),
            pickup=ride.pickup,
            destination=ride.destination,
            fare=ride.fare,
        )
        return Menu(title, tuple(_steps(ride)))

    def _ride(self) -> Ride:
        """Raises RideOver where it is somebody else's by now."""
        return self.read(driving.require_taken, self.caller_id)

    def is_arriving(self) -> bool:
        return bool(self.given == ARRIVE)

    def is_beginning(self) -> bool:
        return bool(self.given == BEGIN)

    def is_finishing(self) -> bool:
        return bool(self.given == FINISH)

    def is_missing(self) -> bool:
        return bool(self.given == MISSING)

    @changes_what_no_intent_shows
    def arrive(self) -> None:
        self.write(
            driving.arrive,
            self.context.keys,
            ride_id=self._ride().id,
            driver_id=self.caller_id,
        )

    def arrived(self) -> End:
        return End(_("The customer is told that you are there. Ask for the code to begin."))

    def code(self) -> Ask:
        return Ask(_("The customer's code of 4 digits?"), Code(rides.CODE_DIGITS))

    @changes_what_no_intent_shows
    def begin(self) -> None:
        ride_id = self._ride().id
        is_right = self.context.autonomous(
            driving.check_code,
            self.context.keys,
            ride_id=ride_id,
            driver_id=self.caller_id,
            code=self.secret,
        )
        if not is_right:
            raise WrongRideCode
        self.write(driving.start, self.context.keys, ride_id=ride_id, driver_id=self.caller_id)

    def begun(self) -> End:
        return End(_("The ride has begun. Ride safely, and finish it here."))

    def finish(self) -> Confirm:
        ride = self._ride()
        return Confirm(
            _("Are you at {stop}?", stop=ride.destination), (Fact(_("Fare"), ride.total),)
        )

    @changes_what_no_intent_shows
    def end(self) -> None:
        self.answers.ended = self.write(
            driving.complete,
            self.context.keys,
            self.tenant,
            ride_id=self._ride().id,
            driver_id=self.caller_id,
        )

    def finished(self) -> End:
        ended = self.answers.ended
        assert ended is not None, "it was just ended"
        if ended.is_in_cash:
            return End(
                _(
                    "Finished. Take {fare} in cash. Ref {reference}.",
                    fare=ended.fare,
                    reference=ended.reference,
                )
            )
        return End(
            _(
                "Finished. {earned} is in your wallet. Ref {reference}.",
                earned=ended.earned,
                reference=ended.reference,
            )
        )

    def missing(self) -> Confirm:
        return Confirm(_("The customer did not come to {stop}?", stop=self._ride().pickup))

    @changes_what_no_intent_shows
    def miss(self) -> None:
        self.write(
            driving.miss, self.context.keys, ride_id=self._ride().id, driver_id=self.caller_id
        )

    def missed(self) -> End:
        return End(_("The ride has ended. The customer is told."))

    def give_up(self) -> Confirm:
        return Confirm(_("Give the ride from {stop} to another rider?", stop=self._ride().pickup))

    @changes_what_no_intent_shows
    def hand_back(self) -> None:
        self.write(
            driving.give_up,
            self.context.keys,
            ride_id=self._ride().id,
            driver_id=self.caller_id,
        )

    def given_up(self) -> End:
        return End(_("Another rider is asked. The customer is told."))

    def unchanged(self) -> End:
        return End(_("Nothing was changed."))


def _steps(ride: Ride) -> list[Option]:
    """What can be done next, each always under its own key."""
    if ride.state == "started":
        return [Option(FINISH, _("Finish the ride"), FINISH)]
    begin = Option(BEGIN, _("Begin with the code"), BEGIN)
    give_up = Option(GIVE_UP, _("I cannot come"), GIVE_UP)
    if ride.state == "accepted":
        return [Option(ARRIVE, _("I am at the stop"), ARRIVE), begin, give_up]
    return [begin, give_up, Option(MISSING, _("Nobody came"), MISSING)]
