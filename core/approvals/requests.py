"""Requests of officers: asked for by one, approved or refused by another, or expired.

    opened = requests.ask(tx, keys, kind, by=officer("m.uwera"), params={…}, reason="…")
    requests.approve(tx, keys, kinds, opened.request.id, by=officer("j.mugabo"))

`kinds` is what the domains bring (`Domains.approvals`). A command, a page and the API call the same
functions; each says in `Officer.via` which of them it is.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson

from core.approvals.errors import (
    NoReason,
    NoSuchRequest,
    NotAnOfficer,
    RequestDiffers,
    RequestEnded,
    SameOfficer,
)
from core.approvals.kinds import Done, Kind, Request
from core.audit.trail import record
from core.db.connection import Row
from core.db.database import Database, Tx
from core.lifecycle import awaiting_a_word
from core.security.keyring import Keyring
from values import clock
from values.ids import uuid7

APPROVAL_REQUEST: Final = awaiting_a_word("approval_request")
LISTED_MAXIMUM: Final = 500
BATCH: Final = 200
SCHEDULE: Final = "schedule"  # who ends what nobody decided, in the audit trail

_OFFICER = re.compile(r"[a-z][a-z0-9.-]{1,39}")


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts. `via` is how they came in, for the audit trail: "operator root"."""

    name: str
    via: str

    @property
    def actor(self) -> str:
        """As the audit trail calls them."""
        return f"officer {self.name}"


def officer(name: str, via: str) -> Officer:
    """An officer by the name that they give themselves. Capitals do not tell two apart. Raises
    NotAnOfficer."""
    name = name.strip().lower()
    if not _OFFICER.fullmatch(name):
        raise NotAnOfficer
    return Officer(name, via)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that waits, or that the same key or subject had before (`was_new` False)."""

    request: Request
    was_new: bool


@dataclass(frozen=True, slots=True)
class Approved:
    """A request that was approved; `was_new` False where the same officer had approved it before:
    then nothing was done again, and there is nothing to hand over."""

    request: Request
    done: Done
    was_new: bool


_COLUMNS = (
    "id, kind, subject_id, params, reason, state, requested_by, decided_by, result, created_at,"
    " expires_at"
)
_SELECT = f"SELECT {_COLUMNS} FROM approval_request WHERE tenant_id = current_tenant()"
_ASK = (
    "INSERT INTO approval_request (tenant_id, id, kind, subject_id, key, params, reason,"
    " requested_by, expires_at) VALUES (current_tenant(), %(id)s, %(kind)s, %(subject)s, %(key)s,"
    " %(params)s, %(reason)s, %(by)s, now() + make_interval(secs => %(life_s)s))"
    f" ON CONFLICT DO NOTHING RETURNING {_COLUMNS}"
)
_FOUND = (
    f"{_SELECT} AND (key = %(key)s OR (kind = %(kind)s AND subject_id = %(subject)s"
    " AND state = 'pending')) ORDER BY key = %(key)s DESC NULLS LAST LIMIT 1"
)
_ENDS = "ended_at = now(), decided_by = %s"
_IN_TIME = "id = %s AND requested_by <> %s AND expires_at > now()"
_DECIDE = {
    trigger: APPROVAL_REQUEST.advance(trigger, sets=_ENDS, where=_IN_TIME, returning=_COLUMNS)
    for trigger in ("approve", "refuse")
}
_EXPIRE = APPROVAL_REQUEST.advance(
    "expire", sets="ended_at = now()", where="id = %s AND expires_at <= now()", returning=_COLUMNS
)


def preview(
    kind: Kind,
    *,
    by: Officer,
    params: Mapping[str, Any],
    reason: str,
    subject_id: uuid.UUID | None = None,
) -> Request:
    """The request that `ask` would write, to be shown first. Nothing is written."""
    now = clock.now()
    until = now + timedelta(seconds=kind.life_s)
    state = APPROVAL_REQUEST.initial
    return Request(
        *(uuid7(), kind.name, subject_id, dict(params), reason, state, by.name, None, {}, now),
        until,
    )


def ask(
    tx: Tx,
    keys: Keyring,
    kind: Kind,
    *,
    by: Officer,
    params: Mapping[str, Any],
    reason: str,
    subject_id: uuid.UUID | None = None,
    key: str | None = None,
) -> Asked:
    """Ask for something. The same `key`, or the same kind for a subject of which one waits, is the
    same request. `params` must be JSON, without a secret, a name or a number.

    Raises NoReason, and RequestDiffers where the key was used for something else.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise NoReason
    values = {
        "id": uuid7(),
        "kind": kind.name,
        "subject": subject_id,
        "key": key,
        "params": orjson.dumps(dict(params)).decode(),
        "reason": reason,
        "by": by.name,
        "life_s": kind.life_s,
    }
    found = tx.one(_FOUND, values)
    if found is not None and _expired(tx, Request(*found)):
        found = tx.one(_FOUND, values)
    row = tx.one(_ASK, values) if found is None else None
    if row is not None:
        request = Request(*row)
        _trail(tx, by, "request", request)
        kind.asked(tx, keys, request)
        return Asked(request, was_new=True)
    known = Request(*_must(found or tx.one(_FOUND, values)))
    if key is not None and (known.kind, dict(known.params)) != (kind.name, dict(params)):
        raise RequestDiffers
    return Asked(known, was_new=False)


def approve(
    tx: Tx, keys: Keyring, kinds: Mapping[str, Kind], request_id: uuid.UUID, *, by: Officer
) -> Approved:
    """Approve a request of another officer, and do it in the same transaction. Once: approved again
    by the same officer, it answers what came of it.

    Raises NoSuchRequest, SameOfficer, RequestEnded, and what `Kind.do` raises.
    """
    row = tx.one(_DECIDE["approve"], (by.name, request_id, by.name))
    if row is None:
        known = _require_mine(tx, request_id, by, "approved")
        return Approved(known, Done(known.result), was_new=False)
    request = Request(*row)
    done = kinds[request.kind].do(tx, keys, request)
    result = dict(done.result)
    tx.execute(
        "UPDATE approval_request SET result = %s WHERE tenant_id = current_tenant() AND id = %s",
        (orjson.dumps(result).decode(), request.id),
    )
    _trail(tx, by, "approve", request, result=result)
    return Approved(get(tx, request_id), done, was_new=True)


def refuse(tx: Tx, request_id: uuid.UUID, *, by: Officer, reason: str) -> Request:
    """Refuse a request of another officer. Once; refused again by the same officer, nothing
    happens. Raises NoReason, NoSuchRequest, SameOfficer, RequestEnded."""
    if not reason.strip():
        raise NoReason
    row = tx.one(_DECIDE["refuse"], (by.name, request_id, by.name))
    if row is None:
        return _require_mine(tx, request_id, by, "refused")
    request = Request(*row)
    _trail(tx, by, "refuse", request, why=" ".join(reason.split()))
    return request


def get(tx: Tx, request_id: uuid.UUID) -> Request:
    """One request, whatever has become of it. Raises NoSuchRequest."""
    row = tx.one(f"{_SELECT} AND id = %s", (request_id,))
    if row is None:
        raise NoSuchRequest
    return Request(*row)


def waiting(tx: Tx) -> list[Request]:
    """The requests that wait for a second officer, oldest first."""
    rows = tx.all(
        f"{_SELECT} AND state = 'pending' AND expires_at > now()"
        f" ORDER BY created_at, id LIMIT {LISTED_MAXIMUM}"
    )
    return [Request(*row) for row in rows]


def waiting_about(tx: Tx, subject_id: uuid.UUID) -> list[Request]:
    """The requests about something that wait for a second officer, oldest first."""
    rows = tx.all(
        f"{_SELECT} AND subject_id = %s AND state = 'pending' AND expires_at > now()"
        " ORDER BY created_at, id",
        (subject_id,),
    )
    return [Request(*row) for row in rows]


def expire_due(app: Database, relay: Database) -> int:
    """End what nobody decided in time. Answers how many. `relay` looks across tenants, `app` acts
    within one."""
    with relay.transaction(None) as tx:
        due = tx.all(
            "SELECT tenant_id, id FROM approval_request WHERE state = 'pending'"
            " AND expires_at <= now() ORDER BY expires_at LIMIT %s",
            (BATCH,),
        )
    ended = 0
    for tenant_id, request_id in due:
        with app.transaction(tenant_id) as tx:
            ended += _expired(tx, get(tx, request_id))
    return ended


def _expired(tx: Tx, request: Request) -> bool:
    """End a request that is past its time. False where it is not."""
    row = tx.one(_EXPIRE, (request.id,))
    if row is not None:
        record(tx, SCHEDULE, f"expire {request.kind}", request.id, {})
    return row is not None


def _require_mine(tx: Tx, request_id: uuid.UUID, by: Officer, state: str) -> Request:
    """A request that this officer has decided so before; else it says why it cannot be decided."""
    known = get(tx, request_id)
    if known.requested_by == by.name:
        raise SameOfficer
    if (known.state, known.decided_by) == (state, by.name):
        return known
    # One that still waits here is past its time.
    ended = "expired" if known.state == APPROVAL_REQUEST.initial else known.state
    raise RequestEnded(ended, known.decided_by)


def _must(row: Row | None) -> Row:
    assert row is not None, "what stands in the way of a request can be read"
    return row


def _trail(tx: Tx, by: Officer, verb: str, request: Request, **more: Any) -> None:
    detail = {"reason": request.reason, "via": by.via, **more}
    if request.subject_id is not None:
        detail["subject"] = str(request.subject_id)
    record(tx, by.actor, f"{verb} {request.kind}", request.id, detail)
