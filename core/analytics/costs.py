"""What gateways charge: a row for each session and each text, summed by day."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from core.db.autocommit import Autocommit
from core.db.database import Tx

MICRO: Final = 1_000_000
# No session and no text costs as much; what says so is no price.
AMOUNT_MAXIMUM: Final = Decimal(1_000_000)
WORD_CHARS_MAXIMUM: Final = 64

Kind = Literal["session", "text"]


def record(
    tx: Tx | Autocommit,
    *,
    kind: Kind,
    reference: str,
    service_id: uuid.UUID,
    amount: Decimal,
    currency: str,
    zone: str,
    network: str = "",
) -> bool:
    """Keep what a session (`reference` is its keyed hash) or a text (its id) cost, on today's day
    in `zone`. Told again, it counts once: False then, and for what cannot be a price."""
    if not _is_price(amount):
        return False
    rows = tx.all(
        f"{_RECORD} RETURNING 1",
        (
            kind,
            reference,
            zone,
            service_id,
            network[:WORD_CHARS_MAXIMUM],
            int(amount * MICRO),
            currency[:WORD_CHARS_MAXIMUM],
        ),
    )
    return bool(rows)


_RECORD = (
    "INSERT INTO gateway_cost (tenant_id, kind, reference, day, service_id, network, amount_micro,"
    " currency) VALUES (current_tenant(), %s, %s, (now() AT TIME ZONE %s)::date, %s, %s, %s, %s)"
    " ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class TextCost:
    """What a text cost; `reference` is its id."""

    reference: str
    service_id: uuid.UUID
    amount: Decimal
    currency: str


def record_with(tx: Tx, cost: TextCost, *, zone: str) -> None:
    """Keep what a text cost, along with the COMMIT; otherwise as `record` does."""
    if _is_price(cost.amount):
        micro, currency = int(cost.amount * MICRO), cost.currency[:WORD_CHARS_MAXIMUM]
        tx.defer(_RECORD, ("text", cost.reference, zone, cost.service_id, "", micro, currency))


def record_texts(tx: Tx, found: Sequence[TextCost], *, zone: str) -> None:
    """Keep what many texts cost, as `record` does."""
    priced = [one for one in found if _is_price(one.amount)]
    tx.execute(
        "INSERT INTO gateway_cost (tenant_id, kind, reference, day, service_id, network,"
        " amount_micro, currency)"
        " SELECT current_tenant(), 'text', r, (now() AT TIME ZONE %s)::date, s, '', a, c"
        " FROM unnest(%s::text[], %s::uuid[], %s::bigint[], %s::text[]) x (r, s, a, c)"
        " ON CONFLICT DO NOTHING",
        (
            zone,
            [one.reference for one in priced],
            [one.service_id for one in priced],
            [int(one.amount * MICRO) for one in priced],
            [one.currency[:WORD_CHARS_MAXIMUM] for one in priced],
        ),
    )


def _is_price(amount: Decimal) -> bool:
    return amount.is_finite() and 0 <= amount <= AMOUNT_MAXIMUM


@dataclass(frozen=True, slots=True)
class DayCost:
    """What a tenant's sessions or texts of a day cost; `currency` is '' where none was named."""

    day: date
    kind: str
    currency: str
    count: int
    amount: Decimal


def spent_on(tx: Tx, day: date) -> dict[str, Decimal]:
    """What the tenant's texts of a day have cost so far, by currency."""
    rows = tx.all(
        "SELECT currency, sum(amount_micro) FROM gateway_cost"
        " WHERE tenant_id = current_tenant() AND day = %s AND kind = 'text' GROUP BY currency",
        (day,),
    )
    return {currency: Decimal(micro) / MICRO for currency, micro in rows}


def by_day(tx: Tx, *, days: int) -> list[DayCost]:
    """The tenant's costs of so many days, the latest first."""
    rows = tx.all(
        "SELECT day, kind, currency, count(*), sum(amount_micro) FROM gateway_cost"
        " WHERE tenant_id = current_tenant() AND day > (SELECT (now() AT TIME ZONE time_zone)::date"
        "  FROM tenant WHERE id = current_tenant()) - %s::integer"
        " GROUP BY day, kind, currency ORDER BY day DESC, kind, currency",
        (days,),
    )
    return [
        DayCost(day, kind, currency, count, Decimal(micro) / MICRO)
        for day, kind, currency, count, micro in rows
    ]
