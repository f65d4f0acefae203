"""Savings groups: who is a member of which, and what each has saved."""

import uuid
from dataclasses import dataclass, replace
from datetime import date

from core.audit.trail import record
from core.db.autocommit import Autocommit
from core.db.connection import BINARY, Prepared
from core.db.database import Tx
from core.money import freezing, ledger
from values.names import with_detail


@dataclass(frozen=True, slots=True)
class Membership:
    """What a conversation keeps of a group that its member chose: no balance."""

    id: uuid.UUID
    code: str
    name: str
    frozen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A group in a member's own list; `number` is its place there for life. `name` is unlike that
    of any other there: groups that share one have their code behind it."""

    id: uuid.UUID
    number: int
    code: str
    name: str
    savings_account_id: uuid.UUID
    saved_minor: int
    currency: str
    frozen: bool

    @property
    def membership(self) -> Membership:
        return Membership(self.id, self.code, self.name, self.frozen)


_OF_MEMBER = Prepared(
    b"piga_groups_of_member",
    b"SELECT g.id, m.number, g.code, g.name, m.savings_account_id, a.balance_minor, a.currency,"
    b" g.frozen"
    b" FROM membership m"
    b" JOIN savings_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id"
    b" JOIN account a ON a.tenant_id = m.tenant_id AND a.id = m.savings_account_id"
    b" WHERE m.tenant_id = current_tenant() AND m.subscriber_id = $1 AND m.left_at IS NULL"
    b" ORDER BY m.number",
    (BINARY,),
)


def of_member(tx: Tx | Autocommit, subscriber_id: uuid.UUID) -> list[Group]:
    """The groups a person is a member of, by their numbers."""
    (rows,) = tx.run((_OF_MEMBER, (subscriber_id.bytes,)))
    found = [Group(*row) for row in rows]
    shown = with_detail([group.name for group in found], [group.code for group in found])
    return [replace(group, name=name) for group, name in zip(found, shown, strict=True)]


def by_code(tx: Tx, code: str) -> uuid.UUID | None:
    """The group that people call so; None where there is none."""
    row = tx.one(
        "SELECT id FROM savings_group WHERE tenant_id = current_tenant() AND code = %s",
        (code.strip().upper(),),
    )
    return row[0] if row else None


def name_of(tx: Tx, group_id: uuid.UUID) -> str:
    """What people call a group; "" where there is none."""
    row = tx.one(
        "SELECT name FROM savings_group WHERE tenant_id = current_tenant() AND id = %s",
        (group_id,),
    )
    return str(row[0]) if row else ""


def is_within(tx: Tx, subscriber_id: uuid.UUID, organisation_ids: list[str]) -> bool:
    """Whether a person is a member of a group of one of these organisations."""
    row = tx.one(
        "SELECT 1 FROM membership m JOIN savings_group g ON g.tenant_id = m.tenant_id"
        " AND g.id = m.group_id WHERE m.tenant_id = current_tenant() AND m.subscriber_id = %s"
        " AND m.left_at IS NULL AND g.organisation_id::text = ANY (%s) LIMIT 1",
        (subscriber_id, organisation_ids),
    )
    return row is not None


def is_frozen(tx: Tx, group_id: uuid.UUID) -> bool:
    row = tx.one(
        "SELECT frozen FROM savings_group WHERE tenant_id = current_tenant() AND id = %s",
        (group_id,),
    )
    return bool(row and row[0])


def join(
    tx: Tx,
    *,
    group_id: uuid.UUID,
    subscriber_id: uuid.UUID,
    currency: str,
    member_since: date | None = None,
) -> None:
    """Make a person a member, with the next free number; who comes back keeps the number they had.
    `member_since` is the day that the group's papers say; the order of members is that in which
    they came in here. Savings of somebody frozen, or in a frozen group, are frozen. The same again
    is nothing."""
    # Two joins of one person at once would draw the same number. And a freeze comes before, or
    # waits and finds the account.
    row = tx.one(
        "SELECT s.status = 'frozen' OR g.frozen FROM subscriber s"
        " JOIN savings_group g ON g.tenant_id = s.tenant_id AND g.id = %s"
        " WHERE s.tenant_id = current_tenant() AND s.id = %s FOR UPDATE OF s FOR SHARE OF g",
        (group_id, subscriber_id),
    )
    account_id = ledger.savings_account_id(group_id, subscriber_id, currency)
    ledger.open_account(
        tx,
        id=account_id,
        kind=ledger.SAVINGS,
        currency=currency,
        owner_id=subscriber_id,
        frozen=bool(row and row[0]),
    )
    tx.execute(
        "INSERT INTO membership (tenant_id, group_id, subscriber_id, number, savings_account_id,"
        " member_since) SELECT current_tenant(), %s, %s, coalesce(max(number), 0) + 1, %s, %s::date"
        " FROM membership"
        " WHERE tenant_id = current_tenant() AND subscriber_id = %s"
        " ON CONFLICT (tenant_id, group_id, subscriber_id) DO UPDATE SET left_at = NULL"
        " WHERE membership.left_at IS NOT NULL",
        (group_id, subscriber_id, account_id, member_since, subscriber_id),
    )


def freeze(tx: Tx, group_id: uuid.UUID, *, frozen: bool, actor: str, reason: str) -> None:
    """Freeze a group, or let go: nothing is paid in or out. Savings of a frozen person stay
    frozen."""
    tx.execute(
        "UPDATE savings_group SET frozen = %s WHERE tenant_id = current_tenant() AND id = %s",
        (frozen, group_id),
    )
    freezing.mark_of_group(tx, group_id)
    record(tx, actor, "freeze group" if frozen else "unfreeze group", group_id, {"reason": reason})
