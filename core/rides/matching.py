"""Which rider is asked next: pure. Half of the offers go by score, half by lot among those who are
near, so that newcomers get work and nobody is always first."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import h3.api.basic_int as h3

from core.rides.fares import Place, metres_between

# A hexagon of this size has edges of about 200 m, and its middle lies 350 m from its neighbours'.
RESOLUTION: Final = 9
_RING_M: Final = 300  # somewhat less than that: a ring too many costs little, one too few a rider
# Who was offered fewer than this within a day is new: a score says nothing yet.
OFFERS_FOR_A_SCORE: Final = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """How a ride is offered: how far out in turn, for how long each, and how often in all."""

    radius_steps_m: tuple[int, ...] = (500, 1_000, 2_000, 4_000)
    offer_s: int = 30
    offers_maximum: int = 10
    candidates_maximum: int = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rider on duty who may be asked. Counts are of the last day."""

    driver_id: uuid.UUID
    place: Place
    offers: int
    accepted: int

    @property
    def is_new(self) -> bool:
        return self.offers < OFFERS_FOR_A_SCORE


def cell_of(place: Place) -> int:
    """The hexagon that a place lies in."""
    return int(h3.latlng_to_cell(*place.degrees, RESOLUTION))


def cells_within(place: Place, radius_m: int) -> list[int]:
    """The hexagons that whoever is within a radius is in, and a few beyond it."""
    return [int(cell) for cell in h3.grid_disk(cell_of(place), -(-radius_m // _RING_M))]


def choose(
    found: Sequence[Candidate], pickup: Place, radius_m: int, lot: random.Random
) -> Candidate | None:
    """Whom to ask of those found within a radius; None where nobody is."""
    near = [one for one in found if metres_between(one.place, pickup) <= radius_m]
    if not near:
        return None
    known = [one for one in near if not one.is_new]
    if known and lot.random() < 0.5:
        return max(known, key=lambda one: (_score(one, pickup, radius_m), one.driver_id.int))
    return lot.choice(sorted(near, key=lambda one: one.driver_id.int))


def _score(one: Candidate, pickup: Place, radius_m: int) -> float:
    """The mean of how often offers are accepted and of how near the rider is, each 0 to 1."""
    nearness = 1 - metres_between(one.place, pickup) / max(radius_m, 1)
    return (one.accepted / one.offers + nearness) / 2
