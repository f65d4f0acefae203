"""Rates in Redis: what is read a thousand times between two polls."""

import contextlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import orjson
import redis

from core.rates.pairs import Rate
from core.rates.quotes import Pair, rate_of

AGAIN_AFTER_S: Final = 60
SOCKET_TIMEOUT_S: Final = 0.5
READ_MAXIMUM: Final = 1_000


class RedisMemory:
    """`ttl_s` is twice the interval of the poller. While Redis is away, nothing is known here."""

    def __init__(self, url: str, ttl_s: int) -> None:
        self._redis: redis.Redis = redis.Redis.from_url(
            url, socket_timeout=SOCKET_TIMEOUT_S, socket_connect_timeout=SOCKET_TIMEOUT_S
        )
        self._ttl_s = ttl_s
        # What was read last of each, and what it says: a rate that stays is not taken apart again.
        self._read: dict[str, tuple[bytes, Rate | None]] = {}

    def get(self, tenant_id: uuid.UUID, pairs: Sequence[Pair]) -> Mapping[Pair, Rate]:
        if not pairs:
            return {}
        keys = [_key(tenant_id, pair) for pair in pairs]
        try:
            found: Any = self._redis.mget(keys)
        except redis.RedisError:
            return {}
        named = zip(pairs, keys, found, strict=True)
        read = {pair: self._rate(pair, key, raw) for pair, key, raw in named if raw}
        return {pair: rate for pair, rate in read.items() if rate is not None}

    def _rate(self, pair: Pair, key: str, raw: bytes) -> Rate | None:
        before, rate = self._read.get(key, (b"", None))
        if before == raw:
            return rate
        if len(self._read) >= READ_MAXIMUM:
            self._read.clear()
        rate = _read(pair, raw)
        self._read[key] = (raw, rate)
        return rate

    def put(self, tenant_id: uuid.UUID, rates: Iterable[Rate]) -> None:
        with contextlib.suppress(redis.RedisError), self._redis.pipeline(transaction=False) as pipe:
            for rate in rates:
                pipe.set(_key(tenant_id, rate.pair), _written(rate), ex=self._ttl_s)
            pipe.execute()

    def first(self, tenant_id: uuid.UUID, pair: Pair) -> bool:
        try:
            key = f"{_key(tenant_id, pair)}:asked"
            return bool(self._redis.set(key, b"1", nx=True, ex=AGAIN_AFTER_S))
        except redis.RedisError:
            return True

    def close(self) -> None:
        self._redis.close()


def _key(tenant_id: uuid.UUID, pair: Pair) -> str:
    # One slot of a cluster for a tenant: several are read at once.
    return f"rate:{{{tenant_id}}}:{pair}"


def _written(rate: Rate) -> bytes:
    provider_at = rate.provider_at.isoformat() if rate.provider_at else None
    return orjson.dumps(
        [
            str(rate.id),
            str(rate.source_amount),
            str(rate.destination_amount),
            rate.provider,
            provider_at,
            rate.fetched_at.isoformat(),
            rate.changed_at.isoformat(),
        ]
    )


def _read(pair: Pair, raw: bytes) -> Rate | None:
    """None for what another release wrote."""
    try:
        id, source, destination, provider, provider_at, fetched_at, changed_at = orjson.loads(raw)
        amounts = Decimal(source), Decimal(destination)
        return Rate(
            *(pair, uuid.UUID(id), *amounts, rate_of(*amounts), provider),
            datetime.fromisoformat(provider_at) if provider_at else None,
            datetime.fromisoformat(fetched_at),
            datetime.fromisoformat(changed_at),
        )
    except (ValueError, TypeError, ArithmeticError):
        return None
