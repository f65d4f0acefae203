"""API keys: issued once, kept as a hash, changed without an interruption.

What a key may do is read with it at each request.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.audit.trail import record
from core.clients.errors import NameTaken, NoSuchKey
from core.db.database import Tx
from core.security import tokens
from core.security.keyring import Keyring
from values.ids import uuid7

PREFIX: Final = "piga_"
VALID_DAYS: Final = 365
VALID_DAYS_MAXIMUM: Final = 2 * 365
OVERLAP_DAYS: Final = 7
USED_EVERY_S: Final = 300


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: a program by its key, or a person who signed in (`person_id`). `name` is how the
    audit trail calls it, and `id` what its calls are counted by."""

    id: uuid.UUID
    tenant_id: uuid.UUID
    name: str
    scopes: frozenset[str]
    person_id: uuid.UUID | None = None

    @property
    def actor(self) -> str:
        return f"api {self.name}"


@dataclass(frozen=True, slots=True)
class Listed:
    """A key as staff see it."""

    name: str
    scopes: tuple[str, ...]
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None


def tenant_of(key: str) -> uuid.UUID | None:
    """The tenant that a key names, whether it is any good or not; None where it is none."""
    return tokens.tenant_of(key, PREFIX)


def issue(
    tx: Tx,
    keys: Keyring,
    tenant_id: uuid.UUID,
    name: str,
    scopes: Sequence[str],
    *,
    by: str,
    valid_days: int = VALID_DAYS,
    codes_an_hour: int | None = None,
) -> str:
    """A new key, which is seen once and never again. `codes_an_hour` is for how many codes to sign
    in by it may ask; None is the usual number. Raises NameTaken."""
    if _valid(tx, name):
        raise NameTaken
    return _issue(
        *(tx, keys, tenant_id, name, scopes),
        by=by,
        valid_days=valid_days,
        codes_an_hour=codes_an_hour,
    )


def rotate(
    tx: Tx,
    keys: Keyring,
    tenant_id: uuid.UUID,
    name: str,
    *,
    by: str,
    overlap_days: int = OVERLAP_DAYS,
) -> str:
    """The next key of that name; those before it are valid for some days more. Raises NoSuchKey."""
    found = _valid(tx, name)
    if not found:
        raise NoSuchKey
    tx.execute(
        "UPDATE api_key SET expires_at = least(expires_at, now() + make_interval(days => %s))"
        " WHERE tenant_id = current_tenant() AND name = %s AND revoked_at IS NULL",
        (overlap_days, name),
    )
    return _issue(
        *(tx, keys, tenant_id, name, found),
        by=by,
        valid_days=VALID_DAYS,
        codes_an_hour=codes_an_hour_of(tx, name),
    )


def revoke(tx: Tx, name: str, *, by: str) -> None:
    """All keys of that name open nothing from now on. Raises NoSuchKey."""
    if not _valid(tx, name):
        raise NoSuchKey
    tx.execute(
        "UPDATE api_key SET revoked_at = now()"
        " WHERE tenant_id = current_tenant() AND name = %s AND revoked_at IS NULL",
        (name,),
    )
    record(tx, by, "api key revoked", None, {"name": name})


def find(tx: Tx, keys: Keyring, key: str) -> Client | None:
    """Whose key it is, with what it may do by now; None where it is none, or over."""
    row = tx.one(
        "SELECT id, tenant_id, name, scopes, coalesce(used_at < now() -"
        f" interval '{USED_EVERY_S} seconds', true) FROM api_key"
        " WHERE tenant_id = current_tenant() AND key_hash = %s AND revoked_at IS NULL"
        " AND expires_at > now()",
        (_hash(keys, key),),
    )
    if row is None:
        return None
    id, tenant_id, name, scopes, is_due = row
    if is_due:
        tx.defer(
            "UPDATE api_key SET used_at = now() WHERE tenant_id = current_tenant() AND id = %s",
            (id,),
        )
    return Client(id, tenant_id, name, frozenset(scopes))


def listed(tx: Tx) -> list[Listed]:
    """The valid keys, by their names."""
    rows = tx.all(
        "SELECT name, scopes, created_by, created_at, expires_at, used_at FROM api_key"
        " WHERE tenant_id = current_tenant() AND revoked_at IS NULL AND expires_at > now()"
        " ORDER BY name, created_at"
    )
    return [Listed(name, tuple(scopes), *rest) for name, scopes, *rest in rows]


def codes_an_hour_of(tx: Tx, name: str) -> int | None:
    """For how many codes to sign in by a program may ask in an hour, by its newest valid key; None
    where that says no number of its own."""
    row = tx.one(
        "SELECT codes_an_hour FROM api_key WHERE tenant_id = current_tenant() AND name = %s"
        " AND revoked_at IS NULL AND expires_at > now() ORDER BY created_at DESC, id DESC LIMIT 1",
        (name,),
    )
    return row[0] if row else None


def _valid(tx: Tx, name: str) -> list[str]:
    """What the newest valid key of a name may do; nothing where there is none."""
    row = tx.one(
        "SELECT scopes FROM api_key WHERE tenant_id = current_tenant() AND name = %s"
        " AND revoked_at IS NULL AND expires_at > now() ORDER BY created_at DESC LIMIT 1",
        (name,),
    )
    return list(row[0]) if row else []


def _issue(
    tx: Tx,
    keys: Keyring,
    tenant_id: uuid.UUID,
    name: str,
    scopes: Sequence[str],
    *,
    by: str,
    valid_days: int,
    codes_an_hour: int | None,
) -> str:
    key, id = tokens.new_token(tenant_id, PREFIX), uuid7()
    tx.execute(
        "INSERT INTO api_key (tenant_id, id, name, key_hash, scopes, created_by, codes_an_hour,"
        " expires_at) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s,"
        " now() + make_interval(days => %s))",
        (id, name, _hash(keys, key), sorted(set(scopes)), by, codes_an_hour, valid_days),
    )
    detail: dict[str, object] = {"name": name, "scopes": sorted(set(scopes))}
    if codes_an_hour is not None:
        detail["codes_an_hour"] = codes_an_hour
    record(tx, by, "api key issued", id, detail)
    return key


def _hash(keys: Keyring, key: str) -> bytes:
    return keys.staff_token("api key", key.encode())
