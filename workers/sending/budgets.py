"""What a tenant wants to spend on messages in a day, and how far it has got: in money, as providers
charge it, or in texts, which counts where a provider names no price, too.

Both stand in Postgres; a worker reads the sums of a day again every few seconds, and adds what it
sent itself since. For a tenant without a budget nothing is read.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as time_of_day
from decimal import Decimal

from redis import Redis

from core.analytics import costs
from core.db.database import Database
from core.messaging import sent
from core.tenants.directory import Tenant
from providers.contracts.cost import Cost

READ_EVERY_S = 5.0
# Where there is much to count, it is counted less often: so many times what it takes.
READ_EVERY_TIMES = 50
TOLD_KEPT_S = 86_400
TEXTS_A_DAY = "budget_texts_a_day"


@dataclass(slots=True)
class _Day:
    day: date
    read_again_at: float
    spent: dict[str, Decimal]
    texts: int


class Budgets:
    """Of one worker. `connection` remembers who was told that no more comes today; without one,
    everybody is told each time."""

    def __init__(
        self,
        database: Database,
        connection: Redis | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._redis = connection
        self._clock = clock
        self._days: dict[uuid.UUID, _Day] = {}
        self._told: set[tuple[str, date]] = set()

    def share(self, tenant: Tenant) -> float:
        """How much of its budget a tenant has spent today, of the one that is furthest: 1 is all of
        it. 0 without a budget. Raises Unavailable."""
        budgets = tenant.settings.get("spending_a_day") or ()
        texts = tenant.settings.get(TEXTS_A_DAY)
        if not budgets and not texts:
            return 0.0
        day = self._day(tenant)
        shares = [
            float(day.spent.get(one["currency"], Decimal(0)) / Decimal(one["amount"]))
            for one in budgets
        ]
        if texts:
            shares.append(day.texts / int(texts))
        return max(shares)

    def note(self, tenant_id: uuid.UUID, cost: Cost | None, texts: int = 1) -> None:
        """This worker has spent it, on so many texts: one is a segment, or a message of a chat."""
        known = self._days.get(tenant_id)
        if known is None:
            return
        known.texts += texts
        if cost is not None:
            known.spent[cost.currency] = known.spent.get(cost.currency, Decimal(0)) + cost.amount

    def _day(self, tenant: Tenant) -> _Day:
        day, now = tenant.today(), self._clock()
        known = self._days.get(tenant.id)
        if known is None or known.day != day or now >= known.read_again_at:
            texts = 0
            with self._database.transaction(tenant.id) as tx:
                spent = costs.spent_on(tx, day)
                if tenant.settings.get(TEXTS_A_DAY):
                    midnight = datetime.combine(day, time_of_day(), tenant.zone)
                    texts = sent.segments_since(tx, midnight)
            took_s = self._clock() - now
            again_at = now + max(READ_EVERY_S, took_s * READ_EVERY_TIMES)
            known = self._days[tenant.id] = _Day(day, again_at, spent, texts)
        return known

    def is_news(self, whose: str, tenant: Tenant) -> bool:
        """Whether this worker has not said today, by the tenant's clock, that a budget is spent:
        that of a tenant, or the people that a portfolio reaches."""
        told = (whose, tenant.today())
        if told in self._told:
            return False
        self._told.add(told)
        return True

    def may_tell(self, tenant: Tenant, conversation_id: uuid.UUID, message_id: uuid.UUID) -> bool:
        """Whether this message is the one of today that tells somebody that no more comes. Raises
        RedisError."""
        if self._redis is None:
            return True
        key = f"budget told {tenant.today()} {conversation_id}"
        if self._redis.set(key, message_id.hex, ex=TOLD_KEPT_S, nx=True):
            return True
        return self._redis.get(key) == message_id.hex.encode()  # it was not sent the first time
