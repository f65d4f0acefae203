"""Everything that is counted and timed, with its labels. Each name is described once, here.

Labels are words of ours or of an operator's: a provider, a kind, a tenant's slug. Never a number, a
name, an id of a person or a word that came from outside, so that there are few of them.

The processes of one machine count into files of one folder (PROMETHEUS_MULTIPROC_DIR), which has to
be named before this is imported; without one they count for themselves.
"""

from functools import cache
from typing import Final

from prometheus_client import Counter, Gauge, Histogram

# So many tenants have labels of their own in a process; the rest are one.
TENANTS_MAXIMUM: Final = 200
OTHERS: Final = "others"

# Around what is aimed at: 150, 200 and 500 ms; a turn gives up after 2 s.
_TURN_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)
_WORK_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

HOOKS = Histogram(
    "piga_hook_seconds",
    "Callbacks, from their first byte to our answer. Status is HTTP's.",
    ("provider", "kind", "status"),
    buckets=_TURN_BUCKETS_S,
)
APOLOGIES = Counter(
    "piga_turn_apologies",
    "Turns answered with an apology: refused (too many, not to go on), unavailable, fault.",
    ("tenant", "reason"),
)
TURN_SECONDS = Histogram(
    "piga_turn_seconds",
    "Turns of the turn log, without the way to and from Redis.",
    ("outcome",),
    buckets=_TURN_BUCKETS_S,
)
TURNS = Counter("piga_turns", "Turns of the turn log.", ("tenant", "outcome"))
JOBS = Histogram(
    "piga_job_seconds", "Jobs of a worker.", ("queue", "kind", "outcome"), buckets=_WORK_BUCKETS_S
)
PROVIDER_CALLS = Histogram(
    "piga_provider_call_seconds",
    "Requests to providers: ok, or refused, not sent, unknown, fault.",
    ("provider", "operation", "outcome"),
    buckets=_WORK_BUCKETS_S,
)
MESSAGES = Counter(
    "piga_messages",
    "Ends of attempts to send a message: accepted, failed, unknown, again.",
    ("tenant", "provider", "outcome"),
)
TASKS = Histogram(
    "piga_task_seconds", "Tasks of the schedule.", ("task", "outcome"), buckets=_WORK_BUCKETS_S
)
RELAYED = Counter("piga_relayed_rows", "Rows of the outbox that became jobs.")
BREAKERS = Gauge(
    "piga_breaker_open",
    "1 while what has that name is left alone, in a worker at least.",
    ("name",),
    multiprocess_mode="livemax",
)
WEB_THREADS = Gauge(
    "piga_web_threads", "Callbacks that may be worked at once.", multiprocess_mode="livesum"
)

_labelled: set[str] = set()


def tenant_label(slug: str) -> str:
    """The label of a tenant: its slug, or one for all, where there are too many."""
    if slug not in _labelled:
        if len(_labelled) >= TENANTS_MAXIMUM:
            return OTHERS
        _labelled.add(slug)
    return slug


@cache
def hook_series(provider: str, kind: str, status: int) -> Histogram:
    """That of callbacks of a kind that is served; kept, since to look one up costs as much as to
    count."""
    return HOOKS.labels(provider, kind, str(status))
