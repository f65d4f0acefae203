"""What the last `piga ledger verify` found, where every process finds it: in Redis. Lost with it,
it is as if nobody had looked."""

from collections.abc import Iterable
from typing import Any, Final

import orjson
from prometheus_client.core import GaugeMetricFamily
from redis import Redis

from core.money.verify import Report
from values import clock

KEY: Final = "piga:verified"


def keep(connection: Redis, report: Report) -> None:
    """Raises RedisError."""
    found = {check.name: check.violations for check in report.checks}
    connection.set(KEY, orjson.dumps({"at": clock.epoch_s(), "checks": found}))


def read(connection: Redis) -> Iterable[GaugeMetricFamily]:
    """When somebody looked last, and how many rows broke each invariant; nothing where nobody has.
    Raises RedisError."""
    kept: Any = connection.get(KEY)
    if kept is None:
        return ()
    found = orjson.loads(kept)
    at = GaugeMetricFamily(
        "piga_ledger_verified_timestamp_seconds", "When the books were looked at last."
    )
    at.add_metric((), found["at"])
    broken = GaugeMetricFamily(
        "piga_ledger_violations",
        "Rows that broke an invariant when the books were looked at last.",
        labels=("check",),
    )
    for name, violations in found["checks"].items():
        broken.add_metric((name,), violations)
    return (at, broken)
