"""Who decides on a group's loans: its chair, secretary and treasurer, and not who keeps a key."""

import uuid
from datetime import date

from core.db.database import Tx

_IN_OFFICE = (
    "SELECT DISTINCT ON (o.subscriber_id) o.subscriber_id, o.role FROM savings_office o"
    " JOIN membership m ON m.tenant_id = o.tenant_id AND m.group_id = o.group_id"
    "  AND m.subscriber_id = o.subscriber_id AND m.left_at IS NULL"
    " JOIN subscriber s ON s.tenant_id = o.tenant_id AND s.id = o.subscriber_id"
    "  AND s.status <> 'frozen'"
    " WHERE o.tenant_id = current_tenant() AND o.group_id = %(group)s"
    " AND %(day)s BETWEEN o.valid_from AND o.valid_until AND o.role <> 'key_holder'"
    " ORDER BY o.subscriber_id, o.role"
)


def in_office(tx: Tx, group_id: uuid.UUID, day: date) -> dict[uuid.UUID, str]:
    """The officers of a group on a day, each with the role; nobody who is frozen."""
    return dict(tx.all(_IN_OFFICE, {"group": group_id, "day": day}))


def groups_of(tx: Tx, subscriber_id: uuid.UUID, day: date) -> list[uuid.UUID]:
    """The groups that somebody has an office in on a day."""
    rows = tx.all(
        "SELECT DISTINCT o.group_id FROM savings_office o"
        " JOIN membership m ON m.tenant_id = o.tenant_id AND m.group_id = o.group_id"
        "  AND m.subscriber_id = o.subscriber_id AND m.left_at IS NULL"
        " WHERE o.tenant_id = current_tenant() AND o.subscriber_id = %s"
        " AND %s BETWEEN o.valid_from AND o.valid_until AND o.role <> 'key_holder'",
        (subscriber_id, day),
    )
    return [row[0] for row in rows]
