"""Who speaks for a group: chair, secretary, treasurer, and those who hold a key of its box."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.db.database import Tx
from core.savings.errors import NotInCommittee

CHAIR: Final = "chair"
SECRETARY: Final = "secretary"
TREASURER: Final = "treasurer"
KEY_HOLDER: Final = "key_holder"
ROLES: Final = (CHAIR, SECRETARY, TREASURER, KEY_HOLDER)
# Any of them writes a meeting down and closes it.
RECORDERS: Final = frozenset({CHAIR, SECRETARY, TREASURER})


@dataclass(frozen=True, slots=True)
class Seat:
    """A group that a person has an office of. `number` is its place in their own list."""

    id: uuid.UUID
    number: int
    code: str
    name: str
    roles: tuple[str, ...]

    def has(self, roles: Collection[str]) -> bool:
        return not set(self.roles).isdisjoint(roles)


def seats(tx: Tx, subscriber_id: uuid.UUID, today: date, roles: Collection[str]) -> list[Seat]:
    """The groups that a person has one of these offices of today, by their numbers."""
    rows = tx.all(
        "SELECT g.id, m.number, g.code, g.name, array_agg(o.role ORDER BY o.role)"
        " FROM savings_office o"
        " JOIN membership m ON m.tenant_id = o.tenant_id AND m.group_id = o.group_id"
        "  AND m.subscriber_id = o.subscriber_id AND m.left_at IS NULL"
        " JOIN savings_group g ON g.tenant_id = o.tenant_id AND g.id = o.group_id"
        " WHERE o.tenant_id = current_tenant() AND o.subscriber_id = %s"
        " AND o.valid_from <= %s AND o.valid_until >= %s AND o.role = ANY (%s)"
        " GROUP BY g.id, m.number, g.code, g.name ORDER BY m.number",
        (subscriber_id, today, today, sorted(roles)),
    )
    return [Seat(id, number, code, name, tuple(roles)) for id, number, code, name, roles in rows]


def require(
    tx: Tx, group_id: uuid.UUID, subscriber_id: uuid.UUID, today: date, roles: Collection[str]
) -> None:
    """Raises NotInCommittee for somebody who has none of these offices today."""
    if not any(seat.id == group_id for seat in seats(tx, subscriber_id, today, roles)):
        raise NotInCommittee


def require_since(
    tx: Tx, group_id: uuid.UUID, subscriber_id: uuid.UUID, day: date, roles: Collection[str]
) -> None:
    """Raises NotInCommittee for somebody who had none of these offices on that day and has had none
    since. Those who are elected while a meeting is on go on with it."""
    row = tx.one(
        "SELECT 1 FROM savings_office o JOIN tenant t ON t.id = o.tenant_id"
        " JOIN membership m ON m.tenant_id = o.tenant_id AND m.group_id = o.group_id"
        "  AND m.subscriber_id = o.subscriber_id AND m.left_at IS NULL"
        " WHERE o.tenant_id = current_tenant() AND o.group_id = %s AND o.subscriber_id = %s"
        " AND o.role = ANY (%s) AND o.valid_until >= %s"
        " AND o.valid_from <= greatest(%s, (now() AT TIME ZONE t.time_zone)::date) LIMIT 1",
        (group_id, subscriber_id, sorted(roles), day, day),
    )
    if row is None:
        raise NotInCommittee
