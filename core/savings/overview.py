"""Savings groups as staff see them: found by code or name, with their members and meetings.

Every query keeps to `within`, the organisations of who asks (None: all of the tenant's), and reads
a page by an index: a union has tens of thousands of groups.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from core.db.database import Tx
from core.security.keyring import Keyring
from values import names

PAGE: Final = 25
MEMBERS_MAXIMUM: Final = 200
MEETINGS_SHOWN: Final = 20

Within = Sequence[uuid.UUID] | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group in a list. `saved_minor` is on its members' savings accounts; `met_on` is the day of
    its last meeting that closed."""

    id: uuid.UUID
    organisation: str
    code: str
    name: str
    frozen: bool
    members: int
    saved_minor: int
    met_on: date | None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member in their group's list, by their number in it; their name as others see it."""

    number: int
    subscriber_id: uuid.UUID
    name: str
    saved_minor: int
    currency: str
    offices: tuple[str, ...]
    joined_at: datetime
    member_since: date | None
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting: who came, how many guests, and what was saved."""

    id: uuid.UUID
    day: date
    state: str
    here: int
    members: int
    guests: int
    saved_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation's groups: how many there are, how many met within 31 days, what is saved."""

    id: uuid.UUID
    name: str
    groups: int
    met: int
    members: int
    saved_minor: int


# The columns of a GroupRow, of the groups of a page alone.
_COUNTED: Final = (
    "SELECT g.id, o.name, g.code, g.name, g.frozen, m.members, m.saved_minor, t.met_on FROM page g"
    " JOIN organisation o ON o.tenant_id = g.tenant_id AND o.id = g.organisation_id"
    " CROSS JOIN LATERAL (SELECT count(*) AS members,"
    "  coalesce(sum(a.balance_minor), 0)::bigint AS saved_minor FROM membership m"
    "  JOIN account a ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
    "  WHERE m.tenant_id = g.tenant_id AND m.group_id = g.id AND m.left_at IS NULL) m"
    " CROSS JOIN LATERAL (SELECT max(day) AS met_on FROM savings_meeting t"
    "  WHERE t.tenant_id = g.tenant_id AND t.group_id = g.id AND t.state = 'closed') t"
)
_HERE: Final = (
    "g.tenant_id = current_tenant()"
    " AND (%(within)s::uuid[] IS NULL OR g.organisation_id = ANY (%(within)s))"
)
_BY_CODE: Final = (
    f"WITH page AS (SELECT g.* FROM savings_group g WHERE {_HERE} AND g.code > %(after)s"
    f" AND g.code LIKE %(code)s ORDER BY g.code LIMIT %(limit)s) {_COUNTED} ORDER BY g.code"
)
_BY_NAME: Final = (
    f"WITH page AS (SELECT g.* FROM savings_group g WHERE {_HERE}"
    " AND lower(g.name) LIKE %(name)s ORDER BY lower(g.name), g.code LIMIT %(limit)s)"
    f" {_COUNTED} ORDER BY lower(g.name), g.code"
)


def groups(
    tx: Tx, *, asked: str = "", after: str = "", within: Within = None, limit: int = PAGE
) -> list[GroupRow]:
    """Groups by their codes, from behind `after` on; those whose code, or else whose name, begins
    with what is asked for. A list by names has one page."""
    begins = _escaped(asked.strip())
    params = {
        "within": list(within) if within is not None else None,
        "after": after,
        "code": f"{begins.upper()}%",
        "name": f"{begins.lower()}%",
        "limit": limit,
    }
    rows = tx.all(_BY_CODE, params)
    if not rows and begins and not after:
        rows = tx.all(_BY_NAME, params)
    return [GroupRow(*row) for row in rows]


def group(tx: Tx, group_id: uuid.UUID, *, within: Within = None) -> GroupRow | None:
    """One group; None where there is none within those organisations."""
    row = tx.one(
        f"WITH page AS (SELECT g.* FROM savings_group g WHERE {_HERE} AND g.id = %(id)s)"
        f" {_COUNTED}",
        {"id": group_id, "within": list(within) if within is not None else None},
    )
    return GroupRow(*row) if row else None


def members(tx: Tx, keys: Keyring, group_id: uuid.UUID) -> list[MemberRow]:
    """Who is and was in a group, by their numbers, with the offices that they have today."""
    rows = tx.all(
        "SELECT row_number() OVER (ORDER BY m.joined_at, m.subscriber_id), m.subscriber_id,"
        " s.name_sealed, a.balance_minor, a.currency, ARRAY (SELECT DISTINCT o.role"
        "  FROM savings_office o WHERE o.tenant_id = m.tenant_id AND o.group_id = m.group_id"
        "  AND o.subscriber_id = m.subscriber_id AND m.left_at IS NULL"
        "  AND (now() AT TIME ZONE t.time_zone)::date BETWEEN o.valid_from AND o.valid_until"
        "  ORDER BY o.role), m.joined_at, m.member_since, m.left_at FROM membership m"
        " JOIN tenant t ON t.id = m.tenant_id"
        " JOIN subscriber s ON s.tenant_id = m.tenant_id AND s.id = m.subscriber_id"
        " JOIN account a ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
        " WHERE m.tenant_id = current_tenant() AND m.group_id = %s"
        " ORDER BY m.joined_at, m.subscriber_id LIMIT %s",
        (group_id, MEMBERS_MAXIMUM),
    )
    shown = names.shown_apart([keys.open(row[2], row[1].bytes) for row in rows])
    return [
        MemberRow(number, id, name, saved_minor, currency, tuple(offices), *rest)
        for (number, id, _, saved_minor, currency, offices, *rest), name in zip(
            rows, shown, strict=True
        )
    ]


def meetings(tx: Tx, group_id: uuid.UUID) -> list[MeetingRow]:
    """The last meetings of a group, the newest first."""
    rows = tx.all(
        "SELECT t.id, t.day, t.state, l.here, l.members, t.guests, l.saved_minor,"
        " t.currency"
        " FROM savings_meeting t CROSS JOIN LATERAL (SELECT"
        "  count(*) FILTER (WHERE attendance IN ('present', 'late')) AS here,"
        "  count(*) AS members, coalesce(sum(saved_minor), 0)::bigint AS saved_minor"
        "  FROM savings_meeting_line l WHERE l.tenant_id = t.tenant_id AND l.meeting_id = t.id) l"
        " WHERE t.tenant_id = current_tenant() AND t.group_id = %s"
        " ORDER BY t.day DESC, t.id DESC LIMIT %s",
        (group_id, MEETINGS_SHOWN),
    )
    return [MeetingRow(*row) for row in rows]


def organisations(tx: Tx, *, within: Within = None) -> list[OrganisationRow]:
    """Organisations by name, each with its groups' coverage and savings."""
    rows = tx.all(
        "SELECT o.id, o.name, count(g.id), count(g.id) FILTER (WHERE EXISTS (SELECT 1"
        "  FROM savings_meeting t WHERE t.tenant_id = g.tenant_id AND t.group_id = g.id"
        "  AND t.state = 'closed' AND t.day > (now() - interval '31 days')::date)),"
        " coalesce(sum(m.members), 0)::bigint, coalesce(sum(m.saved_minor), 0)::bigint"
        " FROM organisation o LEFT JOIN savings_group g"
        "  ON g.tenant_id = o.tenant_id AND g.organisation_id = o.id"
        " LEFT JOIN (SELECT m.group_id, count(*) AS members, sum(a.balance_minor) AS saved_minor"
        "  FROM membership m JOIN account a ON a.tenant_id = m.tenant_id"
        "   AND a.id = m.savings_account_id"
        "  WHERE m.tenant_id = current_tenant() AND m.left_at IS NULL GROUP BY m.group_id) m"
        "  ON m.group_id = g.id WHERE o.tenant_id = current_tenant()"
        " AND (%(within)s::uuid[] IS NULL OR o.id = ANY (%(within)s))"
        " GROUP BY o.id, o.name ORDER BY o.name, o.id",
        {"within": list(within) if within is not None else None},
    )
    return [OrganisationRow(*row) for row in rows]


def _escaped(begins: str) -> str:
    """For LIKE: what is typed stands for itself."""
    return begins.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
