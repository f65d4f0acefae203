"""How much the outbox holds, and since when."""

from typing import Final

from core.metrics.figures import Figure

_LIVE: Final = "state IN ('waiting', 'queued', 'working')"

FIGURES: Final = (
    Figure(
        "piga_outbox_oldest_seconds",
        "How long the oldest row that is due has waited, of each kind.",
        ("kind",),
        "SELECT kind, extract(epoch FROM max(now() - available_at)) FROM outbox"
        f" WHERE {_LIVE} AND available_at <= now() GROUP BY kind",
    ),
    Figure(
        "piga_outbox_rows",
        "Rows that are not done, by kind and state.",
        ("kind", "state"),
        f"SELECT kind, state, count(*) FROM outbox WHERE {_LIVE} GROUP BY kind, state"
        " UNION ALL SELECT kind, state, count(*) FROM outbox WHERE state = 'dead'"
        " GROUP BY kind, state",
    ),
)
