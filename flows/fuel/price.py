"""What fuel costs at a station, for anybody."""

from core.fuel import prices, stations
from core.fuel.stations import Station
from engine.flow import Flow
from menus.location import Place
from menus.screens import Ask, End, Menu, Option
from menus.texts import _
from values import clock
from values.location import Location


class FuelPrice(Flow):
    """where -> which of several -> its prices."""

    name = "fuel_price"
    initial = "place"
    resumable = frozenset({"place", "which"})
    transitions = [
        {"trigger": "answer", "source": "place", "dest": "which", "prepare": "look_up",
         "conditions": "is_several"},
        ["answer", "place", "price"],
        {"trigger": "answer", "source": "which", "dest": "price", "before": "choose"},
    ]  # fmt: skip

    class Answers:
        place: Location
        which: Station
        found: tuple[Station, ...] = ()

    answers: Answers

    def place(self) -> Ask:
        return Ask(_("Where? Number or name of the station, or a region."), Place(by_number=True))

    def look_up(self) -> None:
        """Before a state's conditions are looked at: which stations the answer may mean. Raises
        StationUnknown, NoStationNear, NoStations."""
        said = self.given
        assert isinstance(said, Location)
        self.answers.found = tuple(self.read(stations.meant, said))

    def is_several(self) -> bool:
        return len(self.answers.found) > 1

    def which(self) -> Menu:
        options = (
            Option(key, _("{station} ({number})", station=one.name, number=one.number), one)
            for key, one in enumerate(self.answers.found, start=1)
        )
        return Menu(_("Which station?"), tuple(options))

    def choose(self) -> None:
        self.answers.found = (self.given,)

    def price(self) -> End:
        (station,) = self.answers.found
        there = self.read(prices.at, station, clock.now())
        return End(
            _(
                "{station} ({number}): {prices} {currency}. Since {day}.",
                station=station.name,
                number=station.number,
                prices=there.in_words,
                currency=there.publication.currency,
                day=f"{there.publication.valid_from.astimezone(self.tenant.zone):%d/%m/%Y}",
            )
        )
