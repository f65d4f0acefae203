"""How texts go at each provider: what left, what it answered, and how long it took."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.outbox import outbox
from values.messages import Priority

# The kind of job that asks what a service's account has left.
ASK_BALANCE: Final = "ask_balance"
# So many of a tenant's newest texts are looked at.
COUNTED: Final = 2_000
LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class ProviderState:
    """What became of a provider's share of the newest texts. `p95_ms` is how long it took to answer
    that it took one, for 95 of 100; None where it took none."""

    provider: str
    left: int
    taken: int
    failed: int
    unknown: int
    p95_ms: int | None
    last_at: datetime | None

    @property
    def failed_percent(self) -> float:
        """How many of those that left failed, or nobody knows of."""
        return 100 * (self.failed + self.unknown) / self.left if self.left else 0.0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A text as it was asked for and as its provider answered: no words, no number, no token."""

    id: uuid.UUID
    template: str
    segments: int | None
    state: str
    reason: str | None
    sending_at: datetime | None
    took_ms: int | None
    ended_at: datetime | None


_TOOK_MS = "round(1000 * extract(epoch FROM accepted_at - sending_at))::int"
_NEWEST = (
    "SELECT m.*, s.provider FROM (SELECT id, service_id, template, segments, state, reason,"
    "  sending_at, accepted_at, ended_at FROM message WHERE tenant_id = current_tenant()"
    f"  ORDER BY id DESC LIMIT {COUNTED}) m JOIN service s ON s.tenant_id = current_tenant()"
    " AND s.id = m.service_id"
)


def states(tx: Tx) -> list[ProviderState]:
    """Each provider of the newest texts, by its name."""
    rows = tx.all(
        "SELECT provider, count(sending_at)::int, count(accepted_at)::int,"
        " count(*) FILTER (WHERE state = 'failed')::int,"
        " count(*) FILTER (WHERE state = 'unknown')::int,"
        f" percentile_disc(0.95) WITHIN GROUP (ORDER BY {_TOOK_MS}), max(sending_at)"
        f" FROM ({_NEWEST}) newest GROUP BY provider ORDER BY provider"
    )
    return [ProviderState(*row) for row in rows]


def exchanges(tx: Tx, provider: str) -> list[Exchange]:
    """A provider's last texts, the newest first."""
    rows = tx.all(
        f"SELECT id, template, segments, state, reason, sending_at, {_TOOK_MS}, ended_at"
        f" FROM ({_NEWEST}) newest WHERE provider = %s ORDER BY id DESC LIMIT {LISTED}",
        (provider,),
    )
    return [Exchange(*row) for row in rows]


def ask_balances(tx: Tx, provider: str, *, actor: str) -> int:
    """Have a provider asked what each account of the tenant has left, at once. Answers how many."""
    rows = tx.all(
        "SELECT id FROM service WHERE tenant_id = current_tenant() AND provider = %s ORDER BY id",
        (provider,),
    )
    for (service_id,) in rows:
        outbox.write(tx, kind=ASK_BALANCE, subject_id=service_id, priority=Priority.PROMPT.value)
        record(tx, actor, "ask for balance", service_id, {"provider": provider})
    return len(rows)
