"""The float of agents."""

from typing import Final

from core.metrics.figures import TENANT, Figure
from core.money.ledger import FLOAT

_FLOATS: Final = (
    "FROM agent g JOIN account a ON a.tenant_id = g.tenant_id AND a.owner_id = g.subscriber_id"
    f" AND a.kind = '{FLOAT}'"
)
# What is low by the tables in force: an agent's level has its own, or the one without a level.
_LOW: Final = (
    "SELECT DISTINCT ON (t.tenant_id, l.level) t.tenant_id, l.level,"
    " (t.body ->> 'float_low_minor')::bigint AS minor FROM tariff t,"
    " (VALUES ('super_agent'), ('agent'), ('assistant')) l (level)"
    " WHERE t.kind = 'limit' AND t.body ? 'float_low_minor' AND t.valid_from <= now()"
    " AND (t.valid_to IS NULL OR t.valid_to > now())"
    " AND coalesce(t.body ->> 'level', '') IN ('', l.level) ORDER BY t.tenant_id, l.level,"
    " coalesce(t.body ->> 'level', '') DESC, 3 DESC"
)

FIGURES: Final = (
    Figure(
        "piga_float_minor",
        "What agents have to sell, in minor units, by level.",
        (TENANT, "level", "currency"),
        f"SELECT g.tenant_id, g.level, a.currency, sum(a.balance_minor - a.held_minor) {_FLOATS}"
        " GROUP BY 1, 2, 3",
    ),
    Figure(
        "piga_float_lowest_minor",
        "The least that an agent has to sell, in minor units, by level.",
        (TENANT, "level", "currency"),
        f"SELECT g.tenant_id, g.level, a.currency, min(a.balance_minor - a.held_minor) {_FLOATS}"
        " WHERE NOT g.frozen AND NOT a.frozen GROUP BY 1, 2, 3",
    ),
    Figure(
        "piga_floats_low",
        "Agents whose float is below what their tenant's table calls low.",
        (TENANT, "level"),
        "SELECT g.tenant_id, g.level, count(*) FILTER (WHERE a.balance_minor - a.held_minor"
        f" < low.minor) {_FLOATS} JOIN ({_LOW}) low ON low.tenant_id = g.tenant_id"
        " AND low.level = g.level WHERE NOT g.frozen AND NOT a.frozen GROUP BY 1, 2",
    ),
)
