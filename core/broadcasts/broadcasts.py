"""Broadcasts: drafted with their recipients, confirmed, and then written batch by batch.

    draft ──► running ⇄ paused        running ──► done
      └──────────┴─────────┴──► cancelled

    made = broadcasts.draft(tx, keys, service, audience, words, by=officer, …)
    sending.send(tx, keys, service.tenant, made.id, by=officer, reason="…")

A command, a page and the API call the same functions; each says in `Officer.via` which it is.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import orjson

from core.approvals.requests import Officer
from core.audit.trail import record
from core.broadcasts import audience as audiences
from core.broadcasts import words as own_words
from core.broadcasts.audience import Audience, Listed, Segment
from core.broadcasts.errors import (
    NoServiceToSendFrom,
    NoSuchBroadcast,
    NotNow,
    SameAgain,
)
from core.broadcasts.recipients import Writer
from core.broadcasts.taking_back import take_back
from core.broadcasts.words import Words
from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.outbox import outbox
from core.security.keyring import Keyring
from core.tenants.directory import Service
from values.ids import uuid7
from values.messages import Priority

BROADCAST: Final = Lifecycle(
    "broadcast",
    initial="draft",
    transitions=[
        ["start", "draft", "running"],
        ["pause", "running", "paused"],
        ["resume", "paused", "running"],
        ["finish", "running", "done"],
        ["cancel", ["draft", "running", "paused"], "cancelled"],
    ],
)
JOB: Final = "broadcast"
REPLY_DAYS: Final = 7
REPLY_DAYS_MAXIMUM: Final = 30
LISTED_MAXIMUM: Final = 100


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One broadcast. `people` are those that it was drafted for."""

    id: uuid.UUID
    service_id: uuid.UUID
    audience: str
    group_name: str
    words_sealed: bytes = field(repr=False)
    reply_flow: str | None
    reply_days: int
    people: int
    state: str
    created_by: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None

    def words(self, keys: Keyring) -> Words:
        """Raises ValueError where they cannot be read."""
        kept = orjson.loads(keys.open(self.words_sealed, self.id.bytes))
        return Words(kept["words"], kept["default"])

    def writer(self, keys: Keyring, service: Service) -> Writer:
        """What makes its texts. Raises ValueError."""
        return Writer(self.words(keys), service, self.group_name, keys)


_COLUMNS = (
    "id, service_id, audience, group_name, words_sealed, reply_flow, reply_days, people, state,"
    " created_by, created_at, started_at, ended_at"
)
_SELECT = f"SELECT {_COLUMNS} FROM broadcast WHERE tenant_id = current_tenant()"


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """What a reply begins: the flow by its name, for so many days."""

    flow: str
    days: int = REPLY_DAYS


def draft(
    tx: Tx,
    keys: Keyring,
    service: Service,
    audience: Audience,
    by_language: Mapping[str, str],
    *,
    by: Officer,
    reply: ReplyTo | None = None,
    again: bool = False,
) -> Broadcast:
    """Draft a broadcast: its words are checked and its recipients written down; nothing is sent.

    `again`: although the same was drafted within a day, and not cancelled. Raises WrongWords,
    WrongAudience, NobodyToSendTo, NoServiceToSendFrom and SameAgain.
    """
    if reply is not None:
        if service.channel == "ussd":
            raise NoServiceToSendFrom(
                f"{service.code} is dialled: replies need a service by SMS or WhatsApp."
            )
        if not 1 <= reply.days <= REPLY_DAYS_MAXIMUM:
            raise NoServiceToSendFrom(f"Replies are waited for 1 to {REPLY_DAYS_MAXIMUM} days.")
    group_name = audiences.group_name(tx, audience) if isinstance(audience, Segment) else ""
    words = own_words.check(
        by_language,
        languages=service.tenant.languages,
        has_group=bool(group_name),
        has_strangers=isinstance(audience, Listed) and audience.with_strangers,
    )
    fingerprint = _fingerprint(keys, service, audience, by_language)
    known = tx.one(
        "SELECT id, state FROM broadcast WHERE tenant_id = current_tenant() AND fingerprint = %s"
        " AND state <> 'cancelled' AND created_at > now() - interval '1 day'"
        " ORDER BY created_at DESC LIMIT 1",
        (fingerprint,),
    )
    if known is not None and not again:
        raise SameAgain(*known)
    id = uuid7()
    tx.execute(
        "INSERT INTO broadcast (tenant_id, id, service_id, audience, group_name, words_sealed,"
        " fingerprint, reply_flow, reply_days, people, created_by)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, 0, %s)",
        (
            *(id, service.id, audience.described, group_name, _sealed(keys, id, words)),
            *(fingerprint, reply.flow if reply else None, reply.days if reply else REPLY_DAYS),
            by.name,
        ),
    )
    people = audiences.write_recipients(tx, keys, id, audience)
    tx.execute(
        "UPDATE broadcast SET people = %s WHERE tenant_id = current_tenant() AND id = %s",
        (people, id),
    )
    _trail(tx, by, "draft", id, audience=audience.described, people=people)
    return get(tx, id)


def start(tx: Tx, broadcast_id: uuid.UUID, *, by: Officer) -> None:
    """A draft goes out from now on. Raises NotNow."""
    _advance(tx, "start", broadcast_id, by, "sent", sets="started_at = now()")
    _write_job(tx, broadcast_id)


def pause(tx: Tx, broadcast_id: uuid.UUID, *, by: Officer) -> int:
    """Nothing more leaves, until it is resumed: what was written and has not left is taken back.
    Answers how many texts. Raises NoSuchBroadcast, NotNow."""
    _advance(tx, "pause", broadcast_id, by, "paused")
    return take_back(tx, broadcast_id)


def resume(tx: Tx, broadcast_id: uuid.UUID, *, by: Officer) -> None:
    """It goes on where it was. Raises NoSuchBroadcast, NotNow."""
    _advance(tx, "resume", broadcast_id, by, "resumed")
    _write_job(tx, broadcast_id)


def cancel(tx: Tx, broadcast_id: uuid.UUID, *, by: Officer) -> int:
    """Nothing more leaves, ever. Answers how many texts were taken back. Raises NoSuchBroadcast,
    NotNow."""
    _advance(tx, "cancel", broadcast_id, by, "cancelled", sets="ended_at = now()")
    return take_back(tx, broadcast_id)


def get(tx: Tx, broadcast_id: uuid.UUID) -> Broadcast:
    """Raises NoSuchBroadcast."""
    row = tx.one(f"{_SELECT} AND id = %s", (broadcast_id,))
    if row is None:
        raise NoSuchBroadcast
    return Broadcast(*row)


def lock(tx: Tx, broadcast_id: uuid.UUID) -> Broadcast:
    """`get`, and nobody else changes it until the end of the transaction."""
    row = tx.one(f"{_SELECT} AND id = %s FOR UPDATE", (broadcast_id,))
    if row is None:
        raise NoSuchBroadcast
    return Broadcast(*row)


def newest(tx: Tx) -> list[Broadcast]:
    """The tenant's broadcasts, the newest first."""
    rows = tx.all(f"{_SELECT} ORDER BY created_at DESC, id DESC LIMIT {LISTED_MAXIMUM}")
    return [Broadcast(*row) for row in rows]


def page(tx: Tx, *, after: uuid.UUID | None, limit: int) -> list[Broadcast]:
    """Broadcasts by their ids, the newest first, from behind an id on."""
    rows = tx.all(
        f"{_SELECT} AND (%(after)s::uuid IS NULL OR id < %(after)s) ORDER BY id DESC"
        " LIMIT %(limit)s",
        {"after": after, "limit": limit},
    )
    return [Broadcast(*row) for row in rows]


def finish(tx: Tx, broadcast_id: uuid.UUID) -> None:
    """All has been written, and nothing waits any more."""
    tx.execute(
        BROADCAST.advance("finish", sets="ended_at = now()", where="id = %s"), (broadcast_id,)
    )


def _advance(
    tx: Tx, trigger: str, broadcast_id: uuid.UUID, by: Officer, done: str, *, sets: str = ""
) -> None:
    found = lock(tx, broadcast_id)
    row = tx.one(
        BROADCAST.advance(trigger, sets=sets, where="id = %s", returning="id"), (broadcast_id,)
    )
    if row is None:
        raise NotNow(done, found.state)
    _trail(tx, by, trigger, broadcast_id)


def _write_job(tx: Tx, broadcast_id: uuid.UUID) -> None:
    outbox.write(tx, kind=JOB, subject_id=broadcast_id, priority=Priority.BULK.value)


def _trail(tx: Tx, by: Officer, verb: str, broadcast_id: uuid.UUID, **more: object) -> None:
    record(tx, by.actor, f"{verb} broadcast", broadcast_id, {"via": by.via, **more})


def _sealed(keys: Keyring, id: uuid.UUID, words: Words) -> bytes:
    kept = {"words": dict(words.by_language), "default": words.default}
    return keys.seal(orjson.dumps(kept).decode(), id.bytes)


def _fingerprint(
    keys: Keyring, service: Service, audience: Audience, by_language: Mapping[str, str]
) -> bytes:
    """The keyed hash of what makes two broadcasts the same."""
    numbers = sorted(audience.numbers.rows) if isinstance(audience, Listed) else []
    said = [str(service.id), audience.described, sorted(by_language.items()), numbers]
    return keys.lookup(JOB, orjson.dumps(said).decode())
