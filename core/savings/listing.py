"""Groups and their members, a page at a time."""

import uuid
from dataclasses import dataclass

from core.db.database import Tx


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """A group, with how many are in it."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    code: str
    name: str
    frozen: bool
    members: int


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a group, and the account that their savings are on."""

    subscriber_id: uuid.UUID
    savings_account_id: uuid.UUID
    currency: str
    saved_minor: int


def groups(
    tx: Tx, *, after: uuid.UUID | None, limit: int, group_id: uuid.UUID | None = None
) -> list[ListedGroup]:
    """Groups by their ids, the newest first, from behind an id on."""
    rows = tx.all(
        "SELECT g.id, g.organisation_id, g.code, g.name, g.frozen,"
        " (SELECT count(*) FROM membership m"
        "  WHERE m.tenant_id = g.tenant_id AND m.group_id = g.id AND m.left_at IS NULL)"
        " FROM savings_group g WHERE g.tenant_id = current_tenant()"
        " AND (%(after)s::uuid IS NULL OR g.id < %(after)s)"
        " AND (%(id)s::uuid IS NULL OR g.id = %(id)s) ORDER BY g.id DESC LIMIT %(limit)s",
        {"after": after, "id": group_id, "limit": limit},
    )
    return [ListedGroup(*row) for row in rows]


def members(tx: Tx, group_id: uuid.UUID, *, after: uuid.UUID | None, limit: int) -> list[Member]:
    """Who is in a group by now, by their ids, from behind an id on."""
    rows = tx.all(
        "SELECT m.subscriber_id, m.savings_account_id, a.currency, a.balance_minor"
        " FROM membership m JOIN account a"
        "  ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
        " WHERE m.tenant_id = current_tenant() AND m.group_id = %(group)s AND m.left_at IS NULL"
        " AND (%(after)s::uuid IS NULL OR m.subscriber_id < %(after)s)"
        " ORDER BY m.subscriber_id DESC LIMIT %(limit)s",
        {"group": group_id, "after": after, "limit": limit},
    )
    return [Member(*row) for row in rows]
