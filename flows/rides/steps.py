"""What flows that ask for a stop have in common: a number, a part of a name, or a shared place."""

from core.rides import stops
from core.rides.stops import Stop
from engine.flow import Flow
from menus.location import Place
from menus.screens import Ask, Menu, Option
from menus.texts import Text, _
from values.location import Location


class StopSteps(Flow):
    """Mixed into flows with `found` among their answers: the stops that were meant last."""

    def ask_stop(self, prompt: Text) -> Ask:
        return Ask(prompt, Place(by_number=True))

    def look_up(self) -> None:
        """Before a state's conditions are looked at: which stops the answer may mean. Raises
        StopUnknown, NothingNear, NoStops."""
        said = self.given
        assert isinstance(said, Location)
        self.answers.found = tuple(self.read(stops.meant, said))

    def is_several(self) -> bool:
        return len(self.answers.found) > 1

    def only(self) -> Stop:
        """The one stop that was meant."""
        (stop,) = self.answers.found
        assert isinstance(stop, Stop)
        return stop

    def choose_stop(self) -> Menu:
        options = (
            Option(key, _("{stop} ({number})", stop=stop.name, number=stop.number), stop)
            for key, stop in enumerate(self.answers.found, start=1)
        )
        return Menu(_("Which stop?"), tuple(options))
