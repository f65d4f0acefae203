"""How payments go at each provider: how many of an hour's failed by no fault of their person, and
of how many nobody knows what became of them."""

import uuid
from dataclasses import dataclass
from typing import Final

from core.db.database import Database
from core.payments.lifecycle import NO_OUTCOME

HOUR_S: Final = 3_600
# Below so many an hour a share says nothing.
PAYMENTS_MINIMUM: Final = 20
FAILURES_PERCENT: Final = 5
UNKNOWN_AFTER_S: Final = 600
# A person's own doing, and their account's: no provider has failed them.
OF_PERSON: Final = (
    "person_lacks_funds",
    "person_limit",
    "person_not_found",
    "person_not_allowed",
    "person_busy",
    "declined",
    "not_approved_in_time",
    "page_not_opened",
    "wrong_code",
    "invalid_number",
    "unknown_network",
)


@dataclass(frozen=True, slots=True)
class Failing:
    """A wallet of which too many payments of a kind fail, of those begun within an hour."""

    tenant_id: uuid.UUID
    wallet: str
    kind: str
    begun: int
    failed: int


@dataclass(frozen=True, slots=True)
class Unclear:
    """A wallet with payments of which nobody has known for ten minutes what became of them."""

    tenant_id: uuid.UUID
    wallet: str
    payments: int


def failing(relay: Database) -> list[Failing]:
    """Over all tenants, more than FAILURES_PERCENT. Raises Unavailable."""
    with relay.transaction(None) as tx:
        rows = tx.all(
            "SELECT tenant_id, wallet, kind, begun, failed FROM (SELECT tenant_id, wallet, kind,"
            " count(*) AS begun, count(*) FILTER (WHERE state IN ('unknown', 'review')"
            "  OR (state IN ('failed', 'expired') AND NOT coalesce(reason, '') = ANY (%s)))"
            "  AS failed FROM payment WHERE created_at > now() - make_interval(secs => %s)"
            " GROUP BY 1, 2, 3) each WHERE begun >= %s AND failed * 100 > begun * %s"
            " ORDER BY 1, 2, 3",
            (list(OF_PERSON), HOUR_S, PAYMENTS_MINIMUM, FAILURES_PERCENT),
        )
    return [Failing(*row) for row in rows]


def unclear(relay: Database) -> list[Unclear]:
    """Over all tenants. Raises Unavailable."""
    with relay.transaction(None) as tx:
        rows = tx.all(
            "SELECT tenant_id, wallet, count(*) FROM payment WHERE (state = 'unknown'"
            " OR (state = 'review' AND reason = %s))"
            " AND created_at < now() - make_interval(secs => %s) GROUP BY 1, 2 ORDER BY 1, 2",
            (NO_OUTCOME, UNKNOWN_AFTER_S),
        )
    return [Unclear(*row) for row in rows]
