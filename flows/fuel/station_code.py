"""A dealer reads the code of the hour of a station: who types it is there."""

from core.fuel import station_codes, stations
from core.fuel.stations import Station
from engine.flow import Flow
from menus.screens import End, Menu, Option
from menus.texts import _


class StationCode(Flow):
    """which of several stations -> its code."""

    name = "station_code"
    initial = "which"
    transitions = [["answer", "which", "code"]]

    class Answers:
        which: Station | None = None

    answers: Answers

    def _stations(self) -> list[Station]:
        """Raises NotADealer."""
        return self.read(stations.of_dealer, self.caller_id)

    def begins_at(self) -> str:
        return "code" if len(self._stations()) == 1 else self.initial

    def which(self) -> Menu:
        options = (
            Option(key, _("{station} ({number})", station=one.name, number=one.number), one)
            for key, one in enumerate(self._stations(), start=1)
        )
        return Menu(_("Which station?"), tuple(options))

    def code(self) -> End:
        station = self.answers.which or self._stations()[0]
        digits = station_codes.digits_of(self.context.keys, station.id)
        return End(_("{station}: code of this hour {code}.", station=station.name, code=digits))
