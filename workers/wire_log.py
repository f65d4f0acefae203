"""What was last asked of each provider and what it answered, for staff to read; and its balance.

It is in Redis: a list for each tenant and provider that has a fixed length, so that it costs a
request one round trip and never fills a disk. Nothing depends on it, and it may be lost.
What is in it is redacted where it is recorded (`providers/redaction.py`).
"""

import logging
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final, cast

import orjson
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from providers.exchange import Exchange
from values import clock

log = logging.getLogger(__name__)

KEPT: Final = 200
KEPT_S: Final = 7 * 24 * 3_600
READ_TIMEOUT_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Logged:
    """A request as it is shown. `operation` is what it was for, `outcome` what it came to: ok,
    not_sent, refused, unknown, fault."""

    at: datetime
    operation: str
    outcome: str
    method: str
    place: str
    sent: str
    status: int | None
    answered: str
    failure: str
    took_ms: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What an account had left, in the provider's words: "RWF 1200.50"; or why it did not say."""

    account: str
    said: str
    failure: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Health:
    """How a provider did with the last requests: the share of those without a yes, and within which
    time 95 of 100 were answered; None where none was."""

    asked: int
    failed: int
    p95_ms: int | None

    @property
    def failed_percent(self) -> float:
        return 100 * self.failed / self.asked if self.asked else 0.0


class WireLog:
    """The log of an installation. Without Redis nothing is kept."""

    def __init__(self, redis: Redis | None) -> None:
        self._redis = redis

    @classmethod
    def at(cls, url: str) -> "WireLog":
        """To read it. Nothing is connected to until something is read."""
        if not url:
            return cls(None)
        return cls(
            Redis.from_url(
                url,
                socket_timeout=READ_TIMEOUT_S,
                socket_connect_timeout=READ_TIMEOUT_S,
                retry=Retry(NoBackoff(), 1),
            )
        )

    def keep(
        self,
        tenant_id: uuid.UUID,
        provider: str,
        operation: str,
        outcome: str,
        exchanges: Sequence[Exchange],
    ) -> None:
        """Keep what crossed the wire; what does not fit falls out at the other end."""
        if self._redis is None or not exchanges:
            return
        at = clock.now()
        lines = [orjson.dumps(_shown(one, at, operation, outcome)) for one in exchanges]
        key = _key(tenant_id, provider)
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.lpush(key, *lines)
                pipeline.ltrim(key, 0, KEPT - 1)
                pipeline.expire(key, KEPT_S)
                pipeline.execute()
        except RedisError as away:
            log.info("a request to %s is not in the log (%s)", provider, type(away).__name__)

    def last(self, tenant_id: uuid.UUID, provider: str) -> list[Logged]:
        """The last requests, the newest first. Raises RedisError."""
        if self._redis is None:
            return []
        lines = cast("list[bytes]", self._redis.lrange(_key(tenant_id, provider), 0, KEPT - 1))
        found = (orjson.loads(line) for line in lines)
        return [Logged(**one | {"at": datetime.fromisoformat(one["at"])}) for one in found]

    def keep_balance(self, tenant_id: uuid.UUID, provider: str, balance: Balance) -> None:
        """Keep what an account had left. Raises RedisError."""
        if self._redis is None:
            return
        key = f"{_key(tenant_id, provider)}:balance"
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.hset(key, balance.account, orjson.dumps(asdict(balance)).decode())
            pipeline.expire(key, KEPT_S)
            pipeline.execute()

    def balances(self, tenant_id: uuid.UUID, provider: str) -> list[Balance]:
        """What each account had left when it was asked last. Raises RedisError."""
        if self._redis is None:
            return []
        key = f"{_key(tenant_id, provider)}:balance"
        said = cast("dict[bytes, bytes]", self._redis.hgetall(key))
        found = (orjson.loads(one) for one in said.values())
        read = [Balance(**one | {"at": datetime.fromisoformat(one["at"])}) for one in found]
        return sorted(read, key=lambda one: one.account)


def health(logged: Iterable[Logged]) -> Health:
    """How a provider did with these."""
    listed = list(logged)
    answered = sorted(one.took_ms for one in listed if one.status is not None)
    failed = sum(one.outcome != "ok" for one in listed)
    p95 = answered[max(-(-95 * len(answered) // 100) - 1, 0)] if answered else None
    return Health(len(listed), failed, p95)


def _shown(one: Exchange, at: datetime, operation: str, outcome: str) -> dict[str, Any]:
    return {
        "at": at,
        "operation": operation,
        "outcome": outcome,
        "method": one.method,
        "place": one.place,
        "sent": one.sent,
        "status": one.status,
        "answered": one.answered,
        "failure": one.failure,
        "took_ms": one.took_ms,
    }


def _key(tenant_id: uuid.UUID, provider: str) -> str:
    return f"wire:{tenant_id}:{provider}"
