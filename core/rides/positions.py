"""Where drivers are at this moment. A position holds for a minute; who has none, or whose are lost,
is at the stop where they are on duty.

Positions are kept outside Postgres: they come by the thousand, and none is missed when it is gone.
"""

import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

from core.db.database import Tx
from core.rides import drivers, tariffs
from core.rides.errors import PositionAhead, PositionOld, PositionVague
from core.rides.fares import METRES_A_KM, Place
from core.rides.rides import Ride
from values import clock

VALID_S: Final = 60
# How fast one gets about in a town by motorcycle, for "about so many minutes".
TOWN_KM_PER_H: Final = 20
# Clocks of phones differ by so much; what is said to be later than that is no time of ours.
AHEAD_S: Final = 5
ACCURACY_MAXIMUM_M: Final = 50


class Positions(Protocol):
    """Positions by tenant and driver. Where they cannot be reached nothing is known: no call
    raises."""

    def keep(self, tenant_id: uuid.UUID, driver_id: uuid.UUID, place: Place, at_s: float) -> None:
        """Keep where a driver was at a time (seconds since 1970), unless a later one is known."""

    def near(self, tenant_id: uuid.UUID, place: Place, radius_m: int) -> Mapping[uuid.UUID, Place]:
        """Who is within a radius, the nearest first, by positions that hold."""

    def of(
        self, tenant_id: uuid.UUID, driver_ids: Sequence[uuid.UUID]
    ) -> Mapping[uuid.UUID, Place]:
        """Where these drivers are; without those of whom nothing holds."""


class _Nowhere:
    """No place to keep positions in: everybody is at their stop."""

    def keep(self, tenant_id: uuid.UUID, driver_id: uuid.UUID, place: Place, at_s: float) -> None:
        return None

    def near(self, tenant_id: uuid.UUID, place: Place, radius_m: int) -> Mapping[uuid.UUID, Place]:
        return {}

    def of(
        self, tenant_id: uuid.UUID, driver_ids: Sequence[uuid.UUID]
    ) -> Mapping[uuid.UUID, Place]:
        return {}


NOWHERE: Final[Positions] = _Nowhere()
_opens: list[Callable[[], Positions | None]] = []
_opened: list[Positions] = []


def kept_by(opens: Callable[[], Positions | None]) -> None:
    """Say where this process keeps positions: opened when one is first needed; None for nowhere."""
    _opens[:] = [opens]
    _opened.clear()


def known() -> Positions:
    """Where this process keeps positions."""
    if not _opened:
        found = _opens[0]() if _opens else None
        _opened.append(found or NOWHERE)
    return _opened[0]


def report(
    tx: Tx, driver_id: uuid.UUID, place: Place, *, at_s: float, accuracy_m: float = 0
) -> None:
    """A driver on duty says where they are, or were at a time (seconds since 1970).

    Raises NotARider, RiderOffDuty, PositionAhead, PositionOld, PositionVague.
    """
    now_s = clock.epoch_s()
    if at_s > now_s + AHEAD_S:
        raise PositionAhead
    if at_s < now_s - VALID_S:
        raise PositionOld
    if accuracy_m > ACCURACY_MAXIMUM_M:
        raise PositionVague(metres=ACCURACY_MAXIMUM_M)
    drivers.require_on_duty(tx, driver_id)
    known().keep(tx.tenant_id, driver_id, place, min(at_s, now_s))


def minutes_to_pickup(tx: Tx, ride: Ride) -> int | None:
    """How long the driver of a ride takes to where it begins, by where they are now: whole minutes,
    at least one. None where that is not known."""
    if ride.driver_id is None:
        return None
    here = known().of(tx.tenant_id, [ride.driver_id]).get(ride.driver_id)
    if here is None:
        return None
    road_m = tariffs.get(tx, ride.tariff_id).road_m(here, ride.begins_at)
    return max(1, math.ceil(road_m * 60 / (TOWN_KM_PER_H * METRES_A_KM)))
