"""Members of staff: invited by a link, given roles, and let go.

link = members.invite(tx, keys, tenant_id, "m.uwera", [Grant("operator")], by="operator root")
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.approvals.requests import officer
from core.audit.trail import record
from core.db.database import Tx
from core.security.keyring import Keyring
from core.security.tokens import new_token
from core.staff.errors import (
    HandleTaken,
    LastAdministrator,
    LinkIsOver,
    NeedsSecondPerson,
    NoSuchMember,
    NoSuchRole,
)
from core.staff.roles import ROLES, SUPER_ADMIN, Grant, Member, Scope
from values.ids import uuid7

INVITED_FOR_S: Final = 72 * 60 * 60
LISTED_MAXIMUM: Final = 500


@dataclass(frozen=True, slots=True)
class Listed:
    """A member as others see them."""

    id: uuid.UUID
    handle: str
    state: str
    grants: tuple[Grant, ...]
    passkeys: int
    has_password: bool
    last_seen_at: datetime | None


# --- links and tokens -----------------------------------------------------------------------------


def link_for(tx: Tx, keys: Keyring, member_id: uuid.UUID, tenant_id: uuid.UUID, by: str) -> str:
    """A token that lets a member choose how they sign in, once and for three days. An older one is
    over."""
    token = new_token(tenant_id)
    tx.execute(
        "UPDATE staff_invitation SET used_at = now() WHERE tenant_id = current_tenant()"
        " AND staff_id = %s AND used_at IS NULL",
        (member_id,),
    )
    tx.execute(
        "INSERT INTO staff_invitation (tenant_id, token_hash, staff_id, created_by, expires_at)"
        " VALUES (current_tenant(), %s, %s, %s, now() + make_interval(secs => %s))",
        (keys.staff_token("link", token.encode()), member_id, by, INVITED_FOR_S),
    )
    return token


def invited(tx: Tx, keys: Keyring, token: str) -> Member:
    """Whom a link is for. Raises LinkIsOver."""
    row = tx.one(f"{_INVITED} FOR SHARE OF i", (keys.staff_token("link", token.encode()),))
    if row is None:
        raise LinkIsOver
    return Member(*row)


def use_link(tx: Tx, keys: Keyring, token: str) -> Member:
    """Use a link up, for good with the COMMIT; of two who do, one gets it. What opened before,
    opens no longer: passkeys, password, codes, devices and sessions. Raises LinkIsOver."""
    hashed = keys.staff_token("link", token.encode())
    row = tx.one(f"{_INVITED} FOR UPDATE OF i", (hashed,))
    if row is None:
        raise LinkIsOver
    member = Member(*row)
    tx.execute(
        "UPDATE staff_invitation SET used_at = now()"
        " WHERE tenant_id = current_tenant() AND token_hash = %s",
        (hashed,),
    )
    _close_ways_in(tx, member.id)
    tx.execute(
        "UPDATE staff_member SET state = 'active' WHERE tenant_id = current_tenant() AND id = %s",
        (member.id,),
    )
    return member


_INVITED = (
    "SELECT m.tenant_id, m.id, m.handle FROM staff_invitation i"
    " JOIN staff_member m ON m.tenant_id = i.tenant_id AND m.id = i.staff_id"
    " WHERE i.tenant_id = current_tenant() AND i.token_hash = %s AND i.used_at IS NULL"
    " AND i.expires_at > now() AND m.state <> 'revoked'"
)


# --- who there is ---------------------------------------------------------------------------------


def one_at_a_time(tx: Tx) -> None:
    """Until the end of the transaction nobody else takes somebody on here."""
    tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('staff ' || current_tenant(), 0))")


def invite(
    tx: Tx, keys: Keyring, tenant_id: uuid.UUID, handle: str, grants: Sequence[Grant], *, by: str
) -> str:
    """Take somebody on: the token of the link that is handed to them. Who was invited and has not
    signed in yet gets a new link and these roles.

    Raises NotAnOfficer, NoSuchRole, NeedsSecondPerson, HandleTaken.
    """
    handle = officer(handle, by).name
    one_at_a_time(tx)
    row = tx.one(
        "SELECT id, state FROM staff_member WHERE tenant_id = current_tenant() AND handle = %s"
        " FOR UPDATE",
        (handle,),
    )
    if row is not None and row[1] == "active":
        raise NeedsSecondPerson
    if row is not None and row[1] == "revoked":
        raise HandleTaken
    member_id = row[0] if row else uuid7()
    if row is None:
        tx.execute(
            "INSERT INTO staff_member (tenant_id, id, handle, invited_by)"
            " VALUES (current_tenant(), %s, %s, %s)",
            (member_id, handle, by),
        )
    _write_grants(tx, member_id, grants, by)
    record(tx, by, "invite staff", member_id, {"staff": handle, "roles": _words(grants)})
    return link_for(tx, keys, member_id, tenant_id, by)


def set_grants(tx: Tx, handle: str, grants: Sequence[Grant], *, by: str) -> None:
    """Give somebody these roles and no others; from their next click on. Raises NoSuchMember,
    NoSuchRole, LastAdministrator."""
    member = find(tx, handle)
    _write_grants(tx, member.id, grants, by)
    _require_administrator(tx, member)
    detail = {"staff": member.handle, "before": _words(member.grants), "after": _words(grants)}
    record(tx, by, "set roles", member.id, detail)


def choose_language(tx: Tx, member: Member, language: str | None) -> None:
    """The language that somebody reads the console in; None is their browser's."""
    tx.execute(
        "UPDATE staff_member SET language = %s WHERE tenant_id = current_tenant() AND id = %s",
        (language, member.id),
    )
    record(tx, member.actor, "choose language", member.id, {"language": language})


def revoke(tx: Tx, handle: str, *, by: str, reason: str) -> None:
    """Let somebody go: nothing opens for them from now on. Raises NoSuchMember,
    LastAdministrator."""
    member = find(tx, handle)
    tx.execute(
        "UPDATE staff_member SET state = 'revoked', ended_at = now()"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (member.id,),
    )
    _write_grants(tx, member.id, (), by)
    _close_ways_in(tx, member.id)
    _require_administrator(tx, member)
    record(tx, by, "revoke staff", member.id, {"staff": member.handle, "reason": reason})


def find(tx: Tx, handle: str) -> Member:
    """Somebody who works here, invited or active. Raises NoSuchMember."""
    row = tx.one(
        "SELECT tenant_id, id, handle FROM staff_member WHERE tenant_id = current_tenant()"
        " AND handle = %s AND state <> 'revoked' FOR UPDATE",
        (handle.strip().lower(),),
    )
    if row is None:
        raise NoSuchMember
    return Member(row[0], row[1], row[2], grants_of(tx, row[1]))


def get(tx: Tx, member_id: uuid.UUID) -> Member:
    """Somebody who works here. Raises NoSuchMember."""
    row = tx.one(
        "SELECT handle FROM staff_member WHERE tenant_id = current_tenant() AND id = %s"
        " AND state <> 'revoked'",
        (member_id,),
    )
    if row is None:
        raise NoSuchMember
    return find(tx, row[0])


def grants_of(tx: Tx, member_id: uuid.UUID) -> tuple[Grant, ...]:
    rows = tx.all(
        "SELECT role, scope, scope_value FROM staff_role WHERE tenant_id = current_tenant()"
        " AND staff_id = %s ORDER BY role, scope, scope_value",
        (member_id,),
    )
    return tuple(Grant(role, Scope(kind, value)) for role, kind, value in rows)


def listed(tx: Tx) -> list[Listed]:
    """Everybody, by name; those who were let go last."""
    rows = tx.all(
        "SELECT m.id, m.handle, m.state,"
        " (SELECT coalesce(jsonb_agg(jsonb_build_array(r.role, r.scope, r.scope_value)"
        "   ORDER BY r.role), '[]') FROM staff_role r"
        "  WHERE r.tenant_id = m.tenant_id AND r.staff_id = m.id),"
        " (SELECT count(*) FROM staff_passkey p"
        "  WHERE p.tenant_id = m.tenant_id AND p.staff_id = m.id),"
        " m.password_hash IS NOT NULL,"
        " (SELECT max(s.seen_at) FROM staff_session s"
        "  WHERE s.tenant_id = m.tenant_id AND s.staff_id = m.id)"
        " FROM staff_member m WHERE m.tenant_id = current_tenant()"
        f" ORDER BY m.state = 'revoked', m.handle LIMIT {LISTED_MAXIMUM}"
    )
    return [
        Listed(id, handle, state, tuple(Grant(r, Scope(k, v)) for r, k, v in grants), *rest)
        for id, handle, state, grants, *rest in rows
    ]


def _write_grants(tx: Tx, member_id: uuid.UUID, grants: Sequence[Grant], by: str) -> None:
    for grant in grants:
        role = ROLES.get(grant.role)
        if role is None or grant.scope.kind not in role.scopes:
            raise NoSuchRole
        if (grant.scope.kind == "tenant") != (grant.scope.value == ""):
            raise NoSuchRole
    tx.execute(
        "DELETE FROM staff_role WHERE tenant_id = current_tenant() AND staff_id = %s", (member_id,)
    )
    tx.execute(
        "INSERT INTO staff_role (tenant_id, staff_id, role, scope, scope_value, given_by)"
        " SELECT DISTINCT current_tenant(), %s::uuid, r, s, v, %s"
        " FROM unnest(%s::text[], %s::text[], %s::text[]) x (r, s, v)",
        (
            *(member_id, by, [grant.role for grant in grants]),
            *([grant.scope.kind for grant in grants], [grant.scope.value for grant in grants]),
        ),
    )


def _require_administrator(tx: Tx, before: Member) -> None:
    """Raises LastAdministrator where that member was the last who may give roles."""
    if all(grant.role != SUPER_ADMIN for grant in before.grants):
        return
    row = tx.one(
        "SELECT 1 FROM staff_role r JOIN staff_member m ON m.tenant_id = r.tenant_id"
        " AND m.id = r.staff_id WHERE r.tenant_id = current_tenant() AND r.role = %s"
        " AND m.state <> 'revoked' LIMIT 1",
        (SUPER_ADMIN,),
    )
    if row is None:
        raise LastAdministrator


def _close_ways_in(tx: Tx, member_id: uuid.UUID) -> None:
    for table in ("staff_passkey", "staff_backup_code", "staff_device"):
        tx.execute(
            f"DELETE FROM {table} WHERE tenant_id = current_tenant() AND staff_id = %s",
            (member_id,),
        )
    tx.execute(
        "UPDATE staff_session SET ended_at = now() WHERE tenant_id = current_tenant()"
        " AND staff_id = %s AND ended_at IS NULL",
        (member_id,),
    )
    tx.execute(
        "UPDATE staff_member SET password_hash = NULL, totp_sealed = NULL"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (member_id,),
    )


def _words(grants: Sequence[Grant]) -> list[str]:
    return [f"{grant.role} {grant.scope.kind} {grant.scope.value}".strip() for grant in grants]
