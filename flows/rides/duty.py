"""A driver begins duty at a stop, moves to another, or ends it."""

from core.rides import drivers
from core.rides.stops import Stop
from engine.flow_map import changes_what_no_intent_shows
from flows.rides.steps import StopSteps
from menus.screens import Ask, End, Menu, Option
from menus.texts import _
from values.location import Location

OFF, MOVE = "off", "move"


class Duty(StopSteps):
    """on duty: off, or another stop; off duty: at which stop."""

    name = "duty"
    initial = "on_duty"
    transitions = [
        {"trigger": "answer", "source": "on_duty", "dest": "off_duty", "conditions": "ends",
         "before": "end"},
        ["answer", "on_duty", "stop"],
        {"trigger": "answer", "source": "stop", "dest": "which", "prepare": "look_up",
         "conditions": "is_several"},
        {"trigger": "answer", "source": "stop", "dest": "begun", "before": "begin_at_only"},
        {"trigger": "answer", "source": "which", "dest": "begun", "before": "begin_at_chosen"},
    ]  # fmt: skip

    class Answers:
        stop: Location
        which: Stop
        found: tuple[Stop, ...] = ()
        at: str = ""

    answers: Answers

    def begins_at(self) -> str:
        return self.initial if self.read(drivers.get, self.caller_id).stop else "stop"

    def on_duty(self) -> Menu:
        stop = self.read(drivers.get, self.caller_id).stop or ""
        title = _("You are on duty at {stop}.", stop=stop)
        return Menu(title, (Option(1, _("End duty"), OFF), Option(2, _("Another stop"), MOVE)))

    def ends(self) -> bool:
        return bool(self.given == OFF)

    @changes_what_no_intent_shows
    def end(self) -> None:
        self.write(drivers.end_duty, self.caller_id)

    def off_duty(self) -> End:
        return End(_("You are off duty. No rides are offered to you."))

    def stop(self) -> Ask:
        return self.ask_stop(_("At which stop? Its number or name."))

    def which(self) -> Menu:
        return self.choose_stop()

    @changes_what_no_intent_shows
    def begin_at_only(self) -> None:
        self._begin(self.only())

    @changes_what_no_intent_shows
    def begin_at_chosen(self) -> None:
        self._begin(self.given)

    def _begin(self, stop: Stop) -> None:
        self.write(drivers.begin_duty, self.tenant, self.caller_id, stop)
        self.answers.at = stop.name

    def begun(self) -> End:
        return End(
            _("You are on duty at {stop}. We text you when there is a ride.", stop=self.answers.at)
        )
