"""A driver on duty says where they are: the position of a phone that can share it, or a stop."""

from core.rides import drivers, positions, stops
from core.rides.fares import Place
from core.rides.stops import Stop
from engine.flow_map import changes_what_no_intent_shows
from flows.rides.steps import StopSteps
from menus.screens import Ask, End, Menu
from menus.texts import _
from values import clock
from values.location import Location


class RiderPosition(StopSteps):
    """where -> known; of several stops that are meant, which."""

    name = "rider_position"
    initial = "where"
    transitions = [
        {"trigger": "answer", "source": "where", "dest": "known", "conditions": "is_shared",
         "before": "say_shared"},
        {"trigger": "answer", "source": "where", "dest": "which", "prepare": "look_up",
         "conditions": "is_several"},
        {"trigger": "answer", "source": "where", "dest": "known", "before": "move_to_only"},
        {"trigger": "answer", "source": "which", "dest": "known", "before": "move_to_chosen"},
    ]  # fmt: skip

    class Answers:
        where: Location
        which: Stop
        found: tuple[Stop, ...] = ()
        at: str = ""

    answers: Answers

    def where(self) -> Ask:
        self.read(drivers.require_on_duty, self.caller_id)
        return self.ask_stop(_("Where are you? Number of the stop, or its name."))

    def which(self) -> Menu:
        return self.choose_stop()

    def is_shared(self) -> bool:
        return isinstance(self.given, Location) and self.given.is_shared

    @changes_what_no_intent_shows
    def say_shared(self) -> None:
        place = Place.of_degrees(self.given.latitude, self.given.longitude)
        near = self.read(stops.nearest, place)
        self.write(positions.report, self.caller_id, place, at_s=clock.epoch_s())
        self.answers.at = near.name if near else ""

    @changes_what_no_intent_shows
    def move_to_only(self) -> None:
        self._move_to(self.only())

    @changes_what_no_intent_shows
    def move_to_chosen(self) -> None:
        self._move_to(self.given)

    def _move_to(self, stop: Stop) -> None:
        """A stop that is named is where they are from now on, also when a minute has passed."""
        self.write(drivers.begin_duty, self.tenant, self.caller_id, stop)
        self.write(positions.report, self.caller_id, stop.place, at_s=clock.epoch_s())
        self.answers.at = stop.name

    def known(self) -> End:
        if not self.answers.at:
            return End(_("We know where you are, for a minute. No stop is near you."))
        return End(_("We know where you are: near {stop}.", stop=self.answers.at))
