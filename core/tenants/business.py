"""A tenant as the pages of its staff need it, read by the transaction that they have."""

import uuid
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from core.db.database import Database, Tx


@dataclass(frozen=True, slots=True)
class Business:
    """The tenant of a transaction."""

    id: uuid.UUID
    slug: str
    name: str
    country: str
    currency: str
    zone: ZoneInfo


def of_transaction(tx: Tx) -> Business:
    row = tx.one(
        "SELECT id, slug, name, country, currency, time_zone FROM tenant"
        " WHERE id = current_tenant()"
    )
    assert row is not None
    id, slug, name, country, currency, zone = row
    return Business(id, slug, name, country, currency, ZoneInfo(zone))


def find(database: Database, slug: str) -> uuid.UUID | None:
    """The tenant of that name; None where there is none."""
    with database.transaction(None) as tx:
        row = tx.one("SELECT find_tenant(%s)", (slug,))
    return row[0] if row else None
