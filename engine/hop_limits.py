"""How many hops and sessions a service and a number may have. Redis counts them in the round trip
that opens a session; above them nothing is kept, and the phone is told so."""

import logging
from time import monotonic
from typing import Final

from core.tenants.directory import Service
from engine import limits
from engine.store.sessions import Levels
from values.alarms import raise_alarm

log = logging.getLogger(__name__)

ALARM_AGAIN_S: Final = 60.0
# The limits in the order in which Redis counts them.
_WHAT: Final = (
    "{count} hops a second",
    "{count} hops a second of one number",
    "{count} sessions within 18 minutes",
    "{count} sessions of one number within 18 minutes",
)


def levels_of(service: Service, number: str) -> Levels:
    """What a hop of that number, a keyed hash, is counted by: the keys, and for each how much one
    adds to its level and the most that this may be, in microseconds; it sinks by one in each."""
    found = service.derived.get("levels")
    if found is None:
        sizes = tuple(str(size).encode() for size in _sizes(service))
        most = min(limits.HOPS_AHEAD, _counts(service)[0] // limits.HOPS_AHEAD)
        found = service.derived["levels"] = (service.id.hex, sizes, HopsAhead(most))
    name, sizes, ahead = found
    keys = f"hops:{name}", f"hops:{name}:{number}", f"begun:{name}", f"begun:{name}:{number}"
    return Levels(keys, sizes, ahead)


class HopsAhead:
    """Hops of one service that this process has counted and that have not come yet: where many
    come, one in `most` asks Redis for all of them. Too many may be counted so, never too few. Of
    sessions that have begun only. Safe to share between threads."""

    __slots__ = ("_asks", "_left", "_until_s", "most")

    def __init__(self, most: int) -> None:
        self.most: Final = most
        self._asks = 1
        self._left: list[None] = []
        self._until_s = 0.0

    def ask(self) -> int:
        """How many hops to count, this one among them; 0 where it is counted already."""
        now_s = monotonic()
        if now_s < self._until_s:
            try:
                self._left.pop()
            except IndexError:  # what was counted was used up in time: more at once
                asks, self._asks = self._asks, 1  # and the others singly until it is answered
                return asks
            return 0
        self._left.clear()
        self._until_s, self._asks = now_s + limits.AHEAD_FOR_S, 1
        return 1

    def counted(self, hops: int) -> None:
        """So many were."""
        if hops > 0:
            self._asks = min(max(self._asks, 2 * hops), self.most) or 1
        if hops > 1:
            self._until_s = monotonic() + limits.AHEAD_FOR_S
            self._left.extend([None] * (hops - 1))


def _counts(service: Service) -> tuple[int, int, int, int]:
    """The limits, in the order of _WHAT."""
    settings = service.settings
    return (
        int(settings.get("hops_a_second", limits.HOPS_A_SECOND)),
        int(settings.get("number_hops_a_second", limits.NUMBER_HOPS_A_SECOND)),
        int(settings.get("open_sessions", limits.OPEN_SESSIONS)),
        int(settings.get("number_open_sessions", limits.NUMBER_OPEN_SESSIONS)),
    )


def _sizes(service: Service) -> tuple[int, ...]:
    hops, number_hops, sessions, number_sessions = _counts(service)
    second_us, kept_us = 1_000_000, limits.SESSION_KEPT_S * 1_000_000
    return (
        second_us // hops,
        second_us * limits.HOPS_AT_ONCE_S,
        second_us // number_hops,
        second_us * limits.NUMBER_HOPS_AT_ONCE_S,
        # Half of them at once, and the other half while the first are kept.
        kept_us * 2 // sessions,
        kept_us,
        kept_us * 2 // number_sessions,
        kept_us,
    )


class TooManyAlarm:
    """Says once a minute, for each service and limit, that there are too many. One a process."""

    __slots__ = ("_said_s",)

    def __init__(self) -> None:
        self._said_s: dict[tuple[str, int], float] = {}

    def __call__(self, service: Service, which: int) -> None:
        key, now_s = (service.id.hex, which), monotonic()
        if now_s - self._said_s.get(key, -ALARM_AGAIN_S) < ALARM_AGAIN_S:
            return
        self._said_s[key] = now_s
        most = _WHAT[which].format(count=_counts(service)[which])
        raise_alarm(
            log,
            "too_many_hops",
            service.code,
            f"{service.tenant.slug}: {service.code} got more than {most}. The rest is told to dial"
            " again.",
            tenant_id=service.tenant.id,
        )
