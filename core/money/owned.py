"""Whose entries a reference means: for staff who look."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from core.db.database import Tx
from values.ids import floor_of, reference_bits

ENTRIES_MAXIMUM: Final = 20


def owners_by_reference(tx: Tx, reference: str, since: datetime, days: int) -> list[uuid.UUID]:
    """Whose accounts the entries moved that have this reference, from a moment on and for so many
    days: a reference is not unique for ever, and is read from those entries alone. Nobody where it
    is none."""
    bits = reference_bits(reference)
    if bits is None:
        return []
    first, last = (
        floor_of(int(moment.timestamp() * 1_000))
        for moment in (since, since + timedelta(days=days))
    )
    rows = tx.all(
        "SELECT DISTINCT a.owner_id FROM (SELECT id FROM entry WHERE tenant_id = current_tenant()"
        "  AND id >= %s AND id < %s AND substring(uuid_send(id) FROM 12) = %s LIMIT %s) e"
        " JOIN posting p ON p.tenant_id = current_tenant() AND p.entry_id = e.id"
        " JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
        " WHERE a.owner_id IS NOT NULL",
        (first, last, bits.to_bytes(5), ENTRIES_MAXIMUM),
    )
    return [row[0] for row in rows]
