"""Stations that have not acknowledged prices six hours after they began: somebody calls them."""

import uuid
from typing import Final

from core.alarms import alarms
from core.db.database import Database, Tx
from core.fuel import prices
from values import clock
from values.ids import reference_of

NOT_ACKNOWLEDGED: Final = "fuel_prices_not_acknowledged"
# Prices that begin at 00:00 are to be known by 06:00; in the evening it has been told often enough.
CALLED_AFTER_HOURS: Final = 6
CALLED_FOR_HOURS: Final = 12
NAMED_MAXIMUM: Final = 50

_TENANTS: Final = (
    "SELECT DISTINCT tenant_id FROM fuel_publication WHERE valid_from <= now() -"
    f" interval '{CALLED_AFTER_HOURS} hours' AND valid_from > now() -"
    f" interval '{CALLED_AFTER_HOURS + CALLED_FOR_HOURS} hours'"
)
_SILENT: Final = (
    "SELECT s.number FROM fuel_station s JOIN fuel_publication p ON p.tenant_id = s.tenant_id"
    "  AND p.id = %s WHERE s.tenant_id = current_tenant()"
    " AND s.dealer_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM fuel_acknowledgement a"
    "  WHERE a.tenant_id = s.tenant_id AND a.station_id = s.id AND a.publication_id = p.id)"
    f" AND {prices.SELLS} ORDER BY s.number"
)


def call_due(app: Database, relay: Database) -> int:
    """Raise an alarm of each tenant some of whose stations are silent; the same again counts up.
    Answers how many stations. `relay` looks across tenants, `app` acts within one."""
    with relay.transaction(None) as tx:
        tenants: list[tuple[uuid.UUID]] = tx.all(_TENANTS)
    silent = 0
    for (tenant_id,) in tenants:
        with app.transaction(tenant_id) as tx:
            silent += _call(tx)
    return silent


def _call(tx: Tx) -> int:
    publication = prices.in_force(tx, clock.now())
    numbers = [str(number) for (number,) in tx.all(_SILENT, (publication.id,))]
    if numbers:
        begins = f"{publication.valid_from:%Y-%m-%d %H:%M}"
        named = ", ".join(numbers[:NAMED_MAXIMUM])
        more = "" if len(numbers) <= NAMED_MAXIMUM else ", …"
        alarms.record(
            tx,
            kind=NOT_ACKNOWLEDGED,
            subject=reference_of(publication.id),
            sentence=f"Prices from {begins} UTC are not acknowledged by stations {named}{more}.",
            count=1,
        )
    return len(numbers)
