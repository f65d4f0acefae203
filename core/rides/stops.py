"""The stops of a city, as people say where they are: by number, by name, by a shared position."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.db.database import Tx
from core.places import places
from core.places.names import key_of
from core.rides.errors import NoStops, NothingNear, StopUnknown
from core.rides.fares import Place, metres_between
from values.location import Location

# Farther than this nobody walks to where the rider waits.
NEAR_M: Final = 2_000
NEAR_MAXIMUM: Final = 4


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop as a customer chooses it. `number` is what people dial, for life."""

    id: uuid.UUID
    name: str
    number: int
    latitude_e7: int
    longitude_e7: int

    @property
    def place(self) -> Place:
        return Place(self.latitude_e7, self.longitude_e7)


_ALL: Final = (
    "SELECT id, path[cardinality(path)], number, latitude_e7, longitude_e7 FROM place"
    " WHERE tenant_id = current_tenant() AND kind = 'stop' ORDER BY number"
)


def all_stops(tx: Tx) -> list[Stop]:
    """The tenant's stops by their numbers."""
    return [Stop(*row) for row in tx.all(_ALL)]


def get(tx: Tx, stop_id: uuid.UUID) -> Stop | None:
    return next((one for one in all_stops(tx) if one.id == stop_id), None)


def meant(tx: Tx, said: Location) -> list[Stop]:
    """The stops that somebody may mean, the likeliest first; never none.

    A shared position means the stops near it. Raises NoStops, StopUnknown, NothingNear.
    """
    known = all_stops(tx)
    if not known:
        raise NoStops
    if said.latitude is not None and said.longitude is not None:
        return near(known, Place.of_degrees(said.latitude, said.longitude))
    if said.words.isdecimal():
        found = [one for one in known if str(one.number) == said.words.lstrip("0")]
    else:
        found = _by_name(known, said.words)
    if not found:
        raise StopUnknown
    return found


def near(known: Sequence[Stop], place: Place) -> list[Stop]:
    """The stops within walking distance, the nearest first. Raises NothingNear."""
    by_distance = sorted((metres_between(place, one.place), one.number, one) for one in known)
    found = [one for distance_m, _, one in by_distance[:NEAR_MAXIMUM] if distance_m <= NEAR_M]
    if not found:
        raise NothingNear
    return found


def nearest(tx: Tx, place: Place) -> Stop | None:
    """The stop within walking distance that is nearest; None where there is none."""
    try:
        return near(all_stops(tx), place)[0]
    except NothingNear:
        return None


def _by_name(known: Sequence[Stop], words: str) -> list[Stop]:
    """The whole name first, then names with that part, the shortest first; else what is alike."""
    part = key_of(words)
    parts = [one for one in known if part in key_of(one.name)] if part else []
    if parts:
        return sorted(parts, key=lambda one: (len(one.name), one.number))[: places.FOUND_MAXIMUM]
    by_id = {one.id: one for one in known}
    as_places = [
        places.Place(one.id, places.STOP, places.STOP, (one.name,), number=one.number)
        for one in known
    ]
    return [by_id[found.id] for found in places.find(as_places, words)]
