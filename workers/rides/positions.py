"""Positions of drivers in Redis, in keys by the minute that expire by themselves: nothing is swept.

Two keys a minute and tenant: the places, and when each was said. A minute's keys are read while it
is the current one or the one before it.
"""

import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import redis

from core.rides.fares import Place
from core.rides.positions import VALID_S
from values import clock, waiting

log = logging.getLogger(__name__)

BUCKET_S: Final = 60
KEPT_S: Final = 3 * BUCKET_S
# A turn waits for this: without an answer, drivers are at their stops.
SOCKET_TIMEOUT_S: Final = 0.2
AGAIN_AFTER_S: Final = 5.0
NEAR_MAXIMUM: Final = 50
_E7: Final = 10_000_000
_FOLDER: Final = Path(__file__).parent
T = TypeVar("T")


class RedisPositions:
    """While Redis is away nothing is known, and it is asked again only after some seconds."""

    def __init__(self, url: str) -> None:
        self._redis: redis.Redis = redis.Redis.from_url(
            url, socket_timeout=SOCKET_TIMEOUT_S, socket_connect_timeout=SOCKET_TIMEOUT_S
        )
        self._keep = self._redis.register_script((_FOLDER / "keep.lua").read_text())
        self._near = self._redis.register_script((_FOLDER / "near.lua").read_text())
        self._away_until_s = 0.0

    def keep(self, tenant_id: uuid.UUID, driver_id: uuid.UUID, place: Place, at_s: float) -> None:
        latitude, longitude = place.degrees
        keys = _keys(tenant_id, at_s)
        said: list[str | float] = [
            driver_id.hex,
            f"{at_s:.3f}",
            repr(longitude),
            repr(latitude),
            KEPT_S,
        ]
        self._asked(lambda: self._keep(keys, said), None)

    def near(self, tenant_id: uuid.UUID, place: Place, radius_m: int) -> Mapping[uuid.UUID, Place]:
        now_s = clock.epoch_s()
        latitude, longitude = place.degrees
        keys = _keys(tenant_id, now_s) + _keys(tenant_id, now_s - BUCKET_S)
        said: list[str | float] = [
            repr(longitude),
            repr(latitude),
            radius_m,
            now_s - VALID_S,
            NEAR_MAXIMUM,
        ]
        found: Any = self._asked(lambda: self._near(keys, said), [])
        return {uuid.UUID(hex=id.decode()): _place(point) for id, point in found}

    def of(
        self, tenant_id: uuid.UUID, driver_ids: Sequence[uuid.UUID]
    ) -> Mapping[uuid.UUID, Place]:
        if not driver_ids:
            return {}
        now_s = clock.epoch_s()
        members = [one.hex for one in driver_ids]

        def ask() -> list[Any]:
            with self._redis.pipeline(transaction=False) as pipe:
                for at_s in (now_s - BUCKET_S, now_s):
                    places, times = _keys(tenant_id, at_s)
                    pipe.geopos(places, *members)
                    pipe.zmscore(times, members)
                return list(pipe.execute())

        found: dict[uuid.UUID, Place] = {}
        answers: list[Any] = self._asked(ask, [])
        # The minute before first: what is of this one stands in its place.
        for points, times in zip(answers[::2], answers[1::2], strict=True):
            for id, point, at_s in zip(driver_ids, points, times, strict=True):
                if point is not None and at_s is not None and at_s >= now_s - VALID_S:
                    found[id] = _place(point)
        return found

    def _asked(self, ask: Callable[[], T], otherwise: T) -> T:
        if time.monotonic() < self._away_until_s:
            return otherwise
        try:
            return waiting.aside(ask)
        except redis.RedisError as fault:
            self._away_until_s = time.monotonic() + AGAIN_AFTER_S
            log.warning("positions of drivers cannot be reached: %s", type(fault).__name__)
            return otherwise

    def close(self) -> None:
        self._redis.close()


def _keys(tenant_id: uuid.UUID, at_s: float) -> list[str]:
    """The places of a minute, and when they were said; one slot of a cluster for a tenant."""
    minute = int(at_s // BUCKET_S)
    return [f"ride:{{{tenant_id}}}:{what}:{minute}" for what in ("places", "times")]


def _place(point: Sequence[bytes | float]) -> Place:
    longitude, latitude = (float(one) for one in point)
    return Place(round(latitude * _E7), round(longitude * _E7))
