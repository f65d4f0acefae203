"""The chain of the audit trail: whether it is whole, and where it is not.

Each row of `audit` has a link, made at the COMMIT by a trigger: its hash is made of the link before
it and of the row. Once a day how far each chain had come is sealed with PIGA_KEY, so that who can
write to the database alone cannot make another chain.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from core.db.database import Database, Tx

LISTED_MAXIMUM: Final = 100

Kind = Literal["changed", "removed", "inserted", "seal"]
# `Keyring.audit_seal`: who has no PIGA_KEY cannot make one.
Sealer = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain is broken. `seq` is the place in the tenant's chain, 0 for a row that is in no
    place; `audit_id` is the row's, where it is known."""

    tenant_id: uuid.UUID
    kind: Kind
    seq: int
    audit_id: uuid.UUID | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the trail, with its place in the chain."""

    seq: int
    id: uuid.UUID
    actor: str
    action: str
    object_id: uuid.UUID | None
    detail: dict[str, object]


_LINKS = (
    "SELECT l.tenant_id, l.seq, l.audit_id, a.id IS NOT NULL AS is_there,"
    " l.seq = coalesce(b.seq, 0) + 1 AS follows,"
    " l.hash = audit_hash(coalesce(b.hash, ''), l.seq, a) AS is_right"
    " FROM audit_link l LEFT JOIN audit a ON a.tenant_id = l.tenant_id AND a.id = l.audit_id"
    " LEFT JOIN LATERAL (SELECT seq, hash FROM audit_link b WHERE b.tenant_id = l.tenant_id"
    "  AND b.seq < l.seq ORDER BY b.seq DESC LIMIT 1) b ON true"
)
_BROKEN = (
    f"SELECT tenant_id, seq, audit_id, is_there, follows FROM ({_LINKS}) x"
    " WHERE NOT is_there OR NOT follows OR is_right IS NOT TRUE"
    f" ORDER BY tenant_id, seq LIMIT {LISTED_MAXIMUM}"
)
_UNLINKED = (
    "SELECT a.tenant_id, a.id FROM audit a WHERE NOT EXISTS (SELECT 1 FROM audit_link l"
    " WHERE l.tenant_id = a.tenant_id AND l.audit_id = a.id)"
    f" ORDER BY a.tenant_id, a.id LIMIT {LISTED_MAXIMUM}"
)
_SEALS = (
    "SELECT s.tenant_id, s.day, s.seq, s.hash, s.mac, l.hash FROM audit_seal s"
    " LEFT JOIN audit_link l ON l.tenant_id = s.tenant_id AND l.seq = s.seq"
    " ORDER BY s.tenant_id, s.day"
)


def verify(database: Database, sealer: Sealer) -> tuple[int, list[Fault]]:
    """Look at every chain, as piga_verify or within a tenant as piga_app: how many rows there are,
    and each place where a chain is broken, first first."""
    with database.transaction(None) as tx:
        return verify_in(tx, sealer)


def verify_in(tx: Tx, sealer: Sealer) -> tuple[int, list[Fault]]:
    """`verify`, within a transaction."""
    row = tx.one("SELECT count(*) FROM audit")
    faults = [_broken(*found) for found in tx.all(_BROKEN)]
    faults += [
        Fault(tenant_id, "inserted", 0, id, f"The row {id} was put in: it is in no chain.")
        for tenant_id, id in tx.all(_UNLINKED)
    ]
    for tenant_id, day, seq, hashed, mac, now in tx.all(_SEALS):
        fault = _unsealed(sealer, (tenant_id, day, seq, hashed), mac, now)
        if fault:
            faults.append(Fault(tenant_id, "seal", seq, None, fault))
    return (int(row[0]) if row else 0), faults


def _broken(
    tenant_id: uuid.UUID, seq: int, audit_id: uuid.UUID, is_there: bool, follows: bool
) -> Fault:
    if not is_there:
        sentence = f"The row {audit_id} at {seq} was taken out."
        return Fault(tenant_id, "removed", seq, audit_id, sentence)
    if not follows:
        return Fault(
            tenant_id,
            "removed",
            seq,
            audit_id,
            f"What stood before {seq} was taken out of the chain.",
        )
    return Fault(tenant_id, "changed", seq, audit_id, f"The row {audit_id} at {seq} was changed.")


def _unsealed(
    sealer: Sealer, sealed: tuple[uuid.UUID, date, int, bytes], mac: bytes, now: bytes | None
) -> str:
    tenant_id, day, seq, hashed = sealed
    if bytes(mac) != sealer(_message(tenant_id, day, seq, bytes(hashed))):
        return f"The seal of {day} is not ours."
    if now is None:
        return f"The seal of {day} says that the chain had come to {seq}: its end was taken off."
    if bytes(now) != bytes(hashed):
        return f"The chain up to {seq} was written again after it was sealed on {day}."
    return ""


def _message(tenant_id: uuid.UUID, day: date, seq: int, hashed: bytes) -> bytes:
    return b"\0".join((tenant_id.bytes, day.isoformat().encode(), str(seq).encode(), hashed))


# --- sealing --------------------------------------------------------------------------------------


def seal_all(app: Database, sealer: Sealer) -> int:
    """Seal each tenant's chain as it stands, once a day; answers how many were sealed."""
    with app.transaction(None) as tx:
        tenants = [row[0] for row in tx.all("SELECT tenant_id FROM tenants_changed(-1)")]
    sealed = 0
    for tenant_id in tenants:
        with app.transaction(tenant_id) as tx:
            sealed += _seal(tx, sealer, tenant_id)
    return sealed


def _seal(tx: Tx, sealer: Sealer, tenant_id: uuid.UUID) -> int:
    row = tx.one(
        "SELECT l.seq, l.hash, now()::date FROM audit_link l WHERE l.tenant_id = current_tenant()"
        " AND NOT EXISTS (SELECT 1 FROM audit_seal s WHERE s.tenant_id = l.tenant_id"
        "  AND s.day = now()::date)"
        " ORDER BY l.seq DESC LIMIT 1"
    )
    if row is None:
        return 0
    seq, hashed, day = row
    done = tx.one(
        "INSERT INTO audit_seal (tenant_id, day, seq, hash, mac)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1",
        (day, seq, hashed, sealer(_message(tenant_id, day, seq, bytes(hashed)))),
    )
    return 1 if done else 0


# --- reading --------------------------------------------------------------------------------------


def page(
    tx: Tx, *, before: int | None = None, object_id: uuid.UUID | None = None, limit: int = 50
) -> list[Entry]:
    """The tenant's rows from a place of the chain backwards, the newest first; of one object alone
    where it is given."""
    rows = tx.all(
        _PAGE if object_id is None else _PAGE_OF_OBJECT,
        {"before": before, "object": object_id, "limit": limit},
    )
    return [Entry(*row) for row in rows]


# The places first, and what stands there after: no plan may join all rows and then take fifty.
_PAGE: Final = (
    "SELECT l.seq, a.id, a.actor, a.action, a.object_id, a.detail FROM (SELECT tenant_id, seq,"
    "  audit_id FROM audit_link WHERE tenant_id = current_tenant()"
    "  AND (%(before)s::bigint IS NULL OR seq < %(before)s) ORDER BY seq DESC LIMIT %(limit)s) l"
    " JOIN audit a ON a.tenant_id = l.tenant_id AND a.id = l.audit_id ORDER BY l.seq DESC"
)
_PAGE_OF_OBJECT: Final = (
    "SELECT l.seq, a.id, a.actor, a.action, a.object_id, a.detail FROM audit a"
    " JOIN audit_link l ON l.tenant_id = a.tenant_id AND l.audit_id = a.id"
    " WHERE a.tenant_id = current_tenant() AND a.object_id = %(object)s"
    " AND (%(before)s::bigint IS NULL OR l.seq < %(before)s)"
    " ORDER BY l.seq DESC LIMIT %(limit)s"
)
