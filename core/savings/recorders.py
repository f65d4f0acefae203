"""Who of a group can be written down for: its recorders and key holders today, by their names."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from core.db.database import Tx
from core.security.keyring import Keyring
from values import names


@dataclass(frozen=True, slots=True)
class Officer:
    """One who has an office of the group, as lists of staff show them."""

    id: uuid.UUID
    name: str


def of_group(
    tx: Tx, keys: Keyring, group_id: uuid.UUID, today: date, roles: Collection[str]
) -> list[Officer]:
    """Who has one of these offices today, in the order in which they joined."""
    rows = tx.all(
        "SELECT s.id, s.name_sealed FROM membership m JOIN subscriber s"
        " ON s.tenant_id = m.tenant_id AND s.id = m.subscriber_id"
        " WHERE m.tenant_id = current_tenant() AND m.group_id = %s AND m.left_at IS NULL"
        " AND EXISTS (SELECT 1 FROM savings_office o WHERE o.tenant_id = m.tenant_id"
        "  AND o.group_id = m.group_id AND o.subscriber_id = m.subscriber_id"
        "  AND o.role = ANY (%s) AND %s BETWEEN o.valid_from AND o.valid_until)"
        " ORDER BY m.joined_at, s.id",
        (group_id, sorted(roles), today),
    )
    shown = names.shown_apart([keys.open(sealed, id.bytes) for id, sealed in rows])
    return [Officer(row[0], name) for row, name in zip(rows, shown, strict=True)]
