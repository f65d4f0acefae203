"""Staff's sessions: rows here, and a token in the browser of which only a hash is kept.

A session ends after twelve hours without a click, after seven days, or when somebody ends it. What
its member may do is read with it at each request, so that a role taken away is gone at the next.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from core.audit.trail import record
from core.db.database import Tx
from core.security.keyring import Keyring
from core.security.tokens import new_token
from core.staff.roles import Grant, Member, Scope

IDLE_S: Final = 12 * 60 * 60
LONGEST_S: Final = 7 * 24 * 60 * 60
SEEN_EVERY_S: Final = 60
LISTED_MAXIMUM: Final = 50

Way = Literal["passkey", "password", "invitation", "demo"]


@dataclass(frozen=True, slots=True)
class Session:
    """A session of a member, as they see it. `id` names it without opening it."""

    id: str
    way: str
    created_at: datetime
    seen_at: datetime


_LIVE = (
    "s.tenant_id = current_tenant() AND s.ended_at IS NULL"
    f" AND s.seen_at > now() - interval '{IDLE_S} seconds'"
    f" AND s.created_at > now() - interval '{LONGEST_S} seconds'"
)


def begin(tx: Tx, keys: Keyring, member: Member, way: Way) -> str:
    """A new session's token: what the browser had before opens nothing of it."""
    token = new_token(member.tenant_id)
    tx.execute(
        "INSERT INTO staff_session (tenant_id, token_hash, staff_id, way)"
        " VALUES (current_tenant(), %s, %s, %s)",
        (_hash(keys, token), member.id, way),
    )
    record(tx, member.actor, "sign in", member.id, {"way": way})
    return token


def find(tx: Tx, keys: Keyring, token: str, *, is_click: bool = True) -> Member | None:
    """Whose session it is, with what they may do by now; None where it is none, or over. What a
    browser asks for by itself is no click."""
    hashed = _hash(keys, token)
    row = tx.one(
        "SELECT m.tenant_id, m.id, m.handle, m.language,"
        " (SELECT coalesce(jsonb_agg(jsonb_build_array(r.role, r.scope, r.scope_value)), '[]')"
        "  FROM staff_role r WHERE r.tenant_id = m.tenant_id AND r.staff_id = m.id),"
        f" s.seen_at < now() - interval '{SEEN_EVERY_S} seconds'"
        " FROM staff_session s JOIN staff_member m ON m.tenant_id = s.tenant_id"
        f" AND m.id = s.staff_id AND m.state = 'active' WHERE {_LIVE} AND s.token_hash = %s",
        (hashed,),
    )
    if row is None:
        return None
    tenant_id, member_id, handle, language, grants, is_stale = row
    if is_click and is_stale:
        tx.defer(
            "UPDATE staff_session SET seen_at = now() WHERE tenant_id = current_tenant()"
            " AND token_hash = %s AND ended_at IS NULL",
            (hashed,),
        )
    held = tuple(Grant(role, Scope(kind, value)) for role, kind, value in grants)
    return Member(tenant_id, member_id, handle, held, language)


def end(tx: Tx, keys: Keyring, token: str) -> None:
    """Sign out."""
    tx.execute(
        "UPDATE staff_session SET ended_at = now() WHERE tenant_id = current_tenant()"
        " AND token_hash = %s AND ended_at IS NULL",
        (_hash(keys, token),),
    )


def of_member(tx: Tx, member_id: uuid.UUID) -> list[Session]:
    """The sessions that go on, the last seen first."""
    rows = tx.all(
        "SELECT encode(s.token_hash, 'hex'), s.way, s.created_at, s.seen_at FROM staff_session s"
        f" WHERE {_LIVE} AND s.staff_id = %s ORDER BY s.seen_at DESC LIMIT {LISTED_MAXIMUM}",
        (member_id,),
    )
    return [Session(id[:16], *rest) for id, *rest in rows]


def end_others(tx: Tx, keys: Keyring, member: Member, token: str) -> int:
    """End a member's other sessions, and forget the browsers that the password alone opened."""
    ended = tx.execute(
        "UPDATE staff_session SET ended_at = now() WHERE tenant_id = current_tenant()"
        " AND staff_id = %s AND token_hash <> %s AND ended_at IS NULL",
        (member.id, _hash(keys, token)),
    ).rowcount
    tx.execute(
        "DELETE FROM staff_device WHERE tenant_id = current_tenant() AND staff_id = %s",
        (member.id,),
    )
    record(tx, member.actor, "end sessions", member.id, {"ended": ended})
    return ended


def _hash(keys: Keyring, token: str) -> bytes:
    return keys.staff_token("session", token.encode())
