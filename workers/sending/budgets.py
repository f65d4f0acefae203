"""What a tenant wants to spend on messages in a day, and how far it has got.

What was charged stands in Postgres, as the providers said it; a worker reads the sum of a day again
every few seconds, and adds what it sent itself since. For a tenant without a budget nothing is
read.
"""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from redis import Redis

from core.analytics import costs
from core.db.database import Database
from core.tenants.directory import Tenant
from providers.contracts.cost import Cost

READ_EVERY_S = 5.0
TOLD_KEPT_S = 86_400


@dataclass(slots=True)
class _Day:
    day: date
    read_at: float
    spent: dict[str, Decimal] = field(default_factory=dict)


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
        self._told: set[tuple[uuid.UUID, date]] = set()

    def share(self, tenant: Tenant) -> float:
        """How much of its budget a tenant has spent today, of the one that is furthest: 1 is all of
        it. 0 without a budget. Raises Unavailable."""
        budgets = tenant.settings.get("spending_a_day")
        if not budgets:
            return 0.0
        spent = self._spent(tenant)
        shares = (
            spent.get(one["currency"], Decimal(0)) / Decimal(one["amount"]) for one in budgets
        )
        return float(max(shares))

    def note(self, tenant_id: uuid.UUID, cost: Cost | None) -> None:
        """This worker has spent it."""
        known = self._days.get(tenant_id)
        if known is not None and cost is not None:
            known.spent[cost.currency] = known.spent.get(cost.currency, Decimal(0)) + cost.amount

    def _spent(self, tenant: Tenant) -> dict[str, Decimal]:
        day, now = tenant.today(), self._clock()
        known = self._days.get(tenant.id)
        if known is None or known.day != day or now >= known.read_at + READ_EVERY_S:
            with self._database.transaction(tenant.id) as tx:
                spent = costs.spent_on(tx, day)
            known = self._days[tenant.id] = _Day(day, now, spent)
        return known.spent

    def is_news(self, tenant: Tenant) -> bool:
        """Whether this worker has not said today that a tenant's budget is spent."""
        told = (tenant.id, tenant.today())
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
