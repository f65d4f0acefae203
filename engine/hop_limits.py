"""How many hops and sessions a service and a number may have. Redis counts them in the round trip
that opens a session; above them nothing is kept, and the phone is told so."""

import logging
from time import monotonic
from typing import Final

from core.tenants.directory import Service
from engine import limits
from engine.store.sessions import HopsAhead, Levels
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
