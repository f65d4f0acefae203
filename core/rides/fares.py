"""What a ride costs: pure, in integer minor units and whole metres. Distances are along a great
circle, times a factor for the road; a fare is worked out exactly and rounded once, as the tariff
says."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from fractions import Fraction
from typing import Any, Final, Self

import h3.api.basic_int as h3

METRES_A_KM: Final = 1_000
_E7: Final = 10_000_000
_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A point on the ground, in ten millionths of a degree (WGS 84)."""

    latitude_e7: int
    longitude_e7: int

    @classmethod
    def of_degrees(cls, latitude: float, longitude: float) -> Self:
        return cls(round(latitude * _E7), round(longitude * _E7))

    @property
    def degrees(self) -> tuple[float, float]:
        return self.latitude_e7 / _E7, self.longitude_e7 / _E7


def metres_between(here: Place, there: Place) -> int:
    """Along a great circle."""
    return round(float(h3.great_circle_distance(here.degrees, there.degrees, unit="m")))


@dataclass(frozen=True, slots=True)
class Night:
    """From a time of day to another, both local; it may go over midnight."""

    begins: time
    ends: time
    percent: int

    def holds(self, at: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends


@dataclass(frozen=True, slots=True)
class Tariff:
    """A table of fares.

    The first `includes_m` metres cost `base_minor`; each further kilometre costs what the band that
    it lies in says: `bands` are (from so many metres, minor units a kilometre), ascending, the
    first at `includes_m`. `waiting_minor` a minute begun is added after `waiting_free_minutes`.
    `vat_percent` is in the fare. `cancellation_minor` is owed by a customer who cancels later than
    `cancellation_after_s` after a rider accepted.
    """

    base_minor: int
    includes_m: int
    bands: tuple[tuple[int, int], ...]
    round_to_minor: int = 1
    road_factor: Fraction = Fraction(13, 10)
    waiting_minor: int = 0
    waiting_free_minutes: int = 10
    night: Night | None = None
    cancellation_minor: int = 0
    cancellation_after_s: int = 300
    commission_percent: int = 0
    vat_percent: int = 0
    honoured_minutes: int = 10
    maximum_m: int = 100_000

    def road_m(self, here: Place, there: Place) -> int:
        """How long the way is taken to be."""
        return math.ceil(metres_between(here, there) * self.road_factor)

    def fare_minor(self, distance_m: int, at: time) -> int:
        """What so many metres cost when they begin at a time of day, local."""
        exact = Fraction(self.base_minor)
        for number, (begins_m, minor) in enumerate(self.bands):
            following = self.bands[number + 1 : number + 2]
            ends_m = min(distance_m, following[0][0]) if following else distance_m
            exact += Fraction(max(0, ends_m - begins_m) * minor, METRES_A_KM)
        if self.night is not None and self.night.holds(at):
            exact *= Fraction(_PERCENT + self.night.percent, _PERCENT)
        return self._rounded(exact)

    def waiting_fee_minor(self, waited_s: float) -> int:
        """What waiting adds; each minute begun beyond the free ones counts."""
        minutes = math.ceil(max(0.0, waited_s) / 60) - self.waiting_free_minutes
        return max(0, minutes) * self.waiting_minor

    def commission_minor(self, fare_minor: int) -> int:
        """The operator's part of a fare, rounded in the rider's favour."""
        return fare_minor * self.commission_percent // _PERCENT

    def vat_minor(self, fare_minor: int) -> int:
        """The tax that a fare has in it, rounded to the nearest unit; half goes up."""
        whole = _PERCENT + self.vat_percent
        return math.floor(Fraction(fare_minor * self.vat_percent, whole) + Fraction(1, 2))

    def _rounded(self, exact: Fraction) -> int:
        """To the nearest step; half goes up."""
        return math.floor(exact / self.round_to_minor + Fraction(1, 2)) * self.round_to_minor

    def to_data(self) -> dict[str, Any]:
        """As JSON."""
        night = self.night
        return {
            "base_minor": self.base_minor,
            "includes_m": self.includes_m,
            "bands": [list(band) for band in self.bands],
            "round_to_minor": self.round_to_minor,
            "road_factor": str(self.road_factor),
            "waiting_minor": self.waiting_minor,
            "waiting_free_minutes": self.waiting_free_minutes,
            "night": night
            and {
                "begins": night.begins.isoformat("minutes"),
                "ends": night.ends.isoformat("minutes"),
                "percent": night.percent,
            },
            "cancellation_minor": self.cancellation_minor,
            "cancellation_after_s": self.cancellation_after_s,
            "commission_percent": self.commission_percent,
            "vat_percent": self.vat_percent,
            "honoured_minutes": self.honoured_minutes,
            "maximum_m": self.maximum_m,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """What `to_data` made."""
        night = data["night"]
        return cls(
            **{
                **data,
                "bands": tuple((begins_m, minor) for begins_m, minor in data["bands"]),
                "road_factor": Fraction(data["road_factor"]),
                "night": night
                and Night(
                    time.fromisoformat(night["begins"]),
                    time.fromisoformat(night["ends"]),
                    night["percent"],
                ),
            }
        )


@dataclass(frozen=True, slots=True)
class Fare:
    """What was shown for a way, and until when it is honoured (seconds since 1970)."""

    fare_minor: int
    distance_m: int
    honoured_until_s: int
    tariff_id: str = field(default="")

    @property
    def distance_km(self) -> str:
        """With one decimal."""
        return f"{self.distance_m / METRES_A_KM:.1f}"
