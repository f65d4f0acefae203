"""Rates as they change: `/ws/rates/` and `/sse/rates/`.

    -> {"type": "all_rates", "rates": [{"rate": …, "source": …, "destination": …, …}, …]}
    <- {"type": "get_all_rates"}
    <- {"type": "get_rate", "source_currency": "USD", "destination_currency": "NGN"}
    -> {"type": "rate", "rate": {…}}
    -> {"type": "error", "message": "There are no rates of USD-JPY."}
    -> {"type": "rate_update", "rate": {…}}      a rate has changed
    -> {"type": "all_rates_update", "rates": […]}    several have, at once
    -> {"type": "all_rates_update", "rates": []}     the poller has been round

A rate is as in the API (`app/api/rates/answers.py`). A poller's changes come one by one, and a
single change is always a `rate_update`. What changes while one is read and told is told together:
a thousand who look on are sent one message and not one for each pair.
"""

import asyncio
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import orjson

from app.api.rates.answers import one
from core.db.database import Database, Deadline, Tx
from core.rates import pairs, reading
from core.rates.pairs import Rate
from core.rates.quotes import Pair, is_currency
from values import clock

READ_DEADLINE_S = 5.0


class LiveRates:
    """What is said of a tenant's rates. Reads Postgres in threads of its own."""

    def __init__(self, database: Database, tenant_id: uuid.UUID) -> None:
        self._database = database
        self.topic = (tenant_id, pairs.TOPIC)
        self._reading = asyncio.Lock()
        self._next: asyncio.Task[str] | None = None
        self._changed: dict[Pair, None] = {}
        self._has_been_round = False

    async def greeting(self) -> str:
        """All current rates, read once for all who ask while one reading is under way: the next
        begins after each of them has come, so none misses what changes meanwhile."""
        if self._next is None:
            self._next = asyncio.create_task(self._read_all())
        return await asyncio.shield(self._next)

    async def _read_all(self) -> str:
        async with self._reading:
            self._next = None
            rates = await asyncio.to_thread(self._all)
        return _words({"type": "all_rates", "rates": _shown(rates)})

    async def answer(self, said: str) -> str:
        """The answer to a message of a client."""
        try:
            asked = orjson.loads(said)
            kind = asked["type"]
        except (orjson.JSONDecodeError, TypeError, KeyError):
            return _error("Send JSON with a type.")
        if kind == "get_all_rates":
            return await self.greeting()
        if kind != "get_rate":
            return _error("There are get_all_rates and get_rate.")
        codes = [str(asked.get(f"{side}_currency")).upper() for side in ("source", "destination")]
        if not all(map(is_currency, codes)):
            return _error("source_currency and destination_currency must be codes such as USD.")
        pair = Pair(*codes)
        found = await asyncio.to_thread(self._some, [pair])
        if not found:
            return _error(f"There are no rates of {pair}.")
        return _words({"type": "rate", "rate": _shown(found)[0]})

    def note(self, body: Any) -> None:
        """Note what a push says, to be told by `news`; one of another release says nothing."""
        match body:
            case {"type": "rate_update", "pair": [str(source), str(destination)]}:
                self._changed[Pair(source, destination)] = None
            case {"type": "all_rates_update"}:
                self._has_been_round = True

    @property
    def has_news(self) -> bool:
        return bool(self._changed) or self._has_been_round

    async def news(self) -> list[str]:
        """The messages of what was noted since, for all who look on, read at once. Raises what
        Postgres raises: then it is told the next time."""
        changed, has_been_round = self._changed, self._has_been_round
        self._changed, self._has_been_round = {}, False
        try:
            found = await asyncio.to_thread(self._some, list(changed)) if changed else []
        except BaseException:
            self._changed = changed | self._changed
            self._has_been_round |= has_been_round
            raise
        messages = []
        if len(found) == 1:
            messages.append(_words({"type": "rate_update", "rate": _shown(found)[0]}))
        elif found:
            messages.append(_words({"type": "all_rates_update", "rates": _shown(found)}))
        if has_been_round:
            messages.append(_words({"type": "all_rates_update", "rates": []}))
        return messages

    def _all(self) -> list[Rate]:
        with self._transaction() as tx:
            listed = pairs.listed(tx)
        found = self._some(listed)
        return sorted(found, key=lambda rate: rate.pair)

    def _some(self, wanted: list[Pair]) -> list[Rate]:
        """As the phone and the API read: what is stale is said to be so, and fetched again once."""
        found = reading.current(self._transaction, wanted, tenant_id=self.topic[0])
        return list(found.values())

    def _transaction(self) -> AbstractContextManager[Tx]:
        return self._database.transaction(self.topic[0], Deadline(READ_DEADLINE_S))


def _shown(rates: Sequence[Rate]) -> list[dict[str, Any]]:
    now = clock.now()
    return [one(rate, None, now) for rate in rates]


def _error(message: str) -> str:
    return _words({"type": "error", "message": message})


def _words(body: dict[str, Any]) -> str:
    return orjson.dumps(body).decode()
