"""Payments by state: those that are open, and how those of the last hour have ended."""

from typing import Final

from core.metrics.figures import TENANT, Figure
from core.payments.health import HOUR_S, OF_PERSON

_OPEN: Final = "('created', 'submitted', 'pending', 'unknown', 'review')"
_OF_PERSON: Final = ", ".join(f"'{reason}'" for reason in OF_PERSON)

FIGURES: Final = (
    Figure(
        "piga_payments_open",
        "Payments that have not ended, by state.",
        (TENANT, "kind", "state"),
        "SELECT tenant_id, kind, state, count(*) FROM payment"
        f" WHERE state IN {_OPEN} GROUP BY 1, 2, 3",
    ),
    Figure(
        "piga_payments_hour",
        "Payments begun within the last hour, by what became of them: paid, open, unclear, failed,"
        " or failed by their person's own doing.",
        (TENANT, "kind", "outcome"),
        "SELECT tenant_id, kind, CASE WHEN state IN ('unknown', 'review') THEN 'unclear'"
        " WHEN state IN ('failed', 'expired') THEN CASE WHEN coalesce(reason, '') IN"
        f" ({_OF_PERSON}) THEN 'failed_by_person' ELSE 'failed' END"
        " WHEN state IN ('created', 'submitted', 'pending') THEN 'open' ELSE 'paid' END, count(*)"
        f" FROM payment WHERE created_at > now() - interval '{HOUR_S} seconds' GROUP BY 1, 2, 3",
    ),
)
