"""Stations, as people say which one they mean: by number, name, region or a shared position."""

import uuid
from dataclasses import dataclass
from typing import Final

import h3

from core.db.database import Tx
from core.fuel.errors import NoStationNear, NoStations, NotADealer, StationUnknown
from core.places import places
from core.places.names import key_of
from values.location import Location

# Nobody drives farther for fuel than this.
NEAR_M: Final = 50_000
NEAR_MAXIMUM: Final = 4
_E7: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Station:
    """A station. `number` is what people dial, for life; `dealer_id` is None where the company
    runs it."""

    id: uuid.UUID
    number: int
    name: str
    region: str
    latitude_e7: int
    longitude_e7: int
    dealer_id: uuid.UUID | None = None

    def metres_from(self, latitude: float, longitude: float) -> float:
        """Along a great circle."""
        here = (self.latitude_e7 / _E7, self.longitude_e7 / _E7)
        return float(h3.great_circle_distance(here, (latitude, longitude), unit="m"))


_SELECT: Final = (
    "SELECT id, number, name, region, latitude_e7, longitude_e7, dealer_id FROM fuel_station"
    " WHERE tenant_id = current_tenant()"
)


def all_stations(tx: Tx) -> list[Station]:
    """The tenant's stations by their numbers."""
    return [Station(*row) for row in tx.all(f"{_SELECT} ORDER BY number")]


def get_station(tx: Tx, station_id: uuid.UUID) -> Station:
    row = tx.one(f"{_SELECT} AND id = %s", (station_id,))
    assert row is not None, "stations are never deleted"
    return Station(*row)


def of_dealer(tx: Tx, dealer_id: uuid.UUID) -> list[Station]:
    """A dealer's stations by their numbers. Raises NotADealer where there is none."""
    rows = tx.all(f"{_SELECT} AND dealer_id = %s ORDER BY number", (dealer_id,))
    if not rows:
        raise NotADealer
    return [Station(*row) for row in rows]


def meant(tx: Tx, said: Location) -> list[Station]:
    """The stations that somebody may mean, the likeliest first; never none. A shared position means
    the nearest ones. Raises NoStations, StationUnknown, NoStationNear."""
    known = all_stations(tx)
    if not known:
        raise NoStations
    if said.latitude is not None and said.longitude is not None:
        return _near(known, said.latitude, said.longitude)
    found = _by_name(known, said.words)
    if not found:
        raise StationUnknown
    return found


def _near(known: list[Station], latitude: float, longitude: float) -> list[Station]:
    by_distance = sorted((one.metres_from(latitude, longitude), one.number, one) for one in known)
    found = [one for distance_m, _, one in by_distance[:NEAR_MAXIMUM] if distance_m <= NEAR_M]
    if not found:
        raise NoStationNear
    return found


def _by_name(known: list[Station], words: str) -> list[Station]:
    """The one of that number; names with that part, the shortest first; those of the region; else
    names that are alike."""
    if words.isdecimal():
        return [one for one in known if str(one.number) == words.lstrip("0")]
    part = key_of(words)
    if not part:
        return []
    parts = [one for one in known if part in key_of(one.name)]
    if not parts:
        parts = [one for one in known if key_of(one.region).startswith(part)]
    if parts:
        return sorted(parts, key=lambda one: (len(one.name), one.number))[: places.FOUND_MAXIMUM]
    by_id = {one.id: one for one in known}
    alike = [
        places.Place(one.id, places.STOP, places.STOP, (one.region, one.name)) for one in known
    ]
    return [by_id[found.id] for found in places.find(alike, words)]
