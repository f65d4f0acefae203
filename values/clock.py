"""The time that is compared and kept: the database's, so that hosts with wrong clocks agree.

What asks the database for its time reports it here (`core.db` at each connection, the directory
at each look). Between two reports time goes on by this process's monotonic clock, which no change
of the host's clock touches. Before the first report it is the host's.
"""

import time
from datetime import UTC, datetime, tzinfo

# Below this a report says more about the network than about a clock, and is not taken.
NOISE_S = 0.05
# A host that is further off refuses to move money: its logs and its neighbours' would disagree.
HOST_OFF_S_MAXIMUM = 60.0


class _Reported:
    """What the last report said: one a process."""

    base_ns: int | None = None  # what is added to the monotonic clock
    host_ahead_s: float = 0.0


def report(database_s: float, asked_s: float, answered_s: float) -> None:
    """Take the database's Unix time, asked for and answered at these times of `time.monotonic`."""
    middle_s = (asked_s + answered_s) / 2
    base_ns = int((database_s - middle_s) * 1e9)
    noise_s = max(NOISE_S, answered_s - asked_s)
    if _Reported.base_ns is None or abs(base_ns - _Reported.base_ns) > noise_s * 1e9:
        _Reported.base_ns = base_ns
    _Reported.host_ahead_s = time.time() - time.monotonic() + middle_s - database_s


def forget() -> None:
    """As before the first report."""
    _Reported.base_ns, _Reported.host_ahead_s = None, 0.0


def epoch_ns() -> int:
    """Unix time in nanoseconds."""
    return time.time_ns() if _Reported.base_ns is None else _Reported.base_ns + time.monotonic_ns()


def epoch_s() -> float:
    """Unix time in seconds."""
    return epoch_ns() / 1e9


def now(zone: tzinfo = UTC) -> datetime:
    """The time as an aware datetime in `zone`."""
    return datetime.fromtimestamp(epoch_s(), zone)


def host_ahead_s() -> float:
    """How far the host's clock was ahead of the database's at the last report; negative: behind."""
    return _Reported.host_ahead_s


def host_is_off() -> bool:
    """Whether the host's clock is too far from the database's for money to move here."""
    return abs(_Reported.host_ahead_s) > HOST_OFF_S_MAXIMUM


def describe_offset(ahead_s: float) -> str:
    """An offset in words, such as "7200 s ahead of"; for a log line or an operator."""
    return f"{abs(ahead_s):.0f} s {'ahead of' if ahead_s > 0 else 'behind'}"
