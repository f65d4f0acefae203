"""The work queue: what waits for a human, and who has it in hand.

A domain brings a `Work` for each kind of thing that waits. Somebody claims one of them for ten
minutes, a call for help for one minute. What is not done by then goes back into the queue, with an
alarm. Of two who claim at once, one has it.

    work.claim(tx, "approval", request_id, by=member)       # raises InOtherHands
"""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from core.alarms import alarms
from core.audit.trail import record
from core.db.database import Database, Tx
from core.security.keyring import Keyring
from core.staff.errors import StaffError
from core.staff.roles import Member, Permission
from values.money import Money
from values.said import said

CLAIM_S: Final = 10 * 60
URGENT_CLAIM_S: Final = 60
LAPSED: Final = "work_lapsed"
ALARM: Final = "alarm"
LISTED_MAXIMUM: Final = 100


class InOtherHands(StaffError):
    """Somebody else has it in hand."""

    def __init__(self, owner: str) -> None:
        super().__init__()
        self.args = (said("{owner} has it in hand.", owner=owner),)


@dataclass(frozen=True, slots=True)
class Item:
    """Something that waits. `what` is one line without a full name or number; `path` is the page
    that it is worked on, below the console's address; `owner` has it in hand until `until`; `stake`
    is the money that it is about."""

    kind: str
    id: uuid.UUID
    what: str
    since: datetime
    path: str
    due: datetime | None = None
    owner: str = ""
    until: datetime | None = None
    stake: Money | None = None


Hand = Callable[[Tx, uuid.UUID, Member], object]


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of thing that waits: who may see it, and how it is found, longest waiting first.

    What has an owner of its own brings `take` and `let_go`, and says the owner in its items: then
    it is in those hands until they let go. Else it is in hand for `claim_s` seconds.
    """

    kind: str
    title: str
    permission: Permission
    waiting: Callable[[Tx, Keyring], Iterable[Item]]
    take: Hand | None = None
    let_go: Hand | None = None
    claim_s: int = CLAIM_S


def queue(tx: Tx, keys: Keyring, kinds: Iterable[Work]) -> list[Item]:
    """All that waits of these kinds, and who has it in hand: what is urgent first, then by when it
    is due."""
    kinds = tuple(kinds)
    urgent = {kind.kind for kind in kinds if kind.claim_s < CLAIM_S}
    found = [item for kind in kinds for item in kind.waiting(tx, keys)]
    rows = tx.all(
        "SELECT kind, object_id, owner, until FROM work_claim"
        " WHERE tenant_id = current_tenant() AND until > now()"
    )
    held = {(kind, id): (owner, until) for kind, id, owner, until in rows}
    with_owners = []
    for item in found:
        owner, until = held.get((item.kind, item.id), (item.owner, item.until))
        with_owners.append(replace(item, owner=owner, until=until))
    with_owners.sort(key=lambda item: (item.kind not in urgent, item.due or item.since, item.id))
    return with_owners[:LISTED_MAXIMUM]


def claim(tx: Tx, kind: str, object_id: uuid.UUID, *, by: Member, for_s: int = CLAIM_S) -> datetime:
    """Take something in hand, or keep it for longer; answers until when. Raises InOtherHands."""
    row = tx.one(
        "INSERT INTO work_claim AS c (tenant_id, kind, object_id, owner, until) VALUES"
        " (current_tenant(), %(kind)s, %(id)s, %(by)s, now() + make_interval(secs => %(for_s)s))"
        " ON CONFLICT (tenant_id, kind, object_id) DO UPDATE SET owner = excluded.owner,"
        " until = excluded.until,"
        " claimed_at = CASE WHEN c.owner = excluded.owner AND c.until > now()"
        "  THEN c.claimed_at ELSE now() END"
        " WHERE c.until <= now() OR c.owner = excluded.owner RETURNING until",
        {"kind": kind, "id": object_id, "by": by.handle, "for_s": for_s},
    )
    if row is None:
        raise InOtherHands(_owner(tx, kind, object_id))
    record(tx, by.actor, "claim work", object_id, {"kind": kind})
    until: datetime = row[0]
    return until


def let_go(tx: Tx, kind: str, object_id: uuid.UUID, *, by: Member) -> None:
    """Put it back into the queue. Raises InOtherHands."""
    done = tx.one(
        "DELETE FROM work_claim WHERE tenant_id = current_tenant() AND kind = %s"
        " AND object_id = %s AND (owner = %s OR until <= now()) RETURNING 1",
        (kind, object_id, by.handle),
    )
    if done is None and (owner := _owner(tx, kind, object_id)):
        raise InOtherHands(owner)
    record(tx, by.actor, "let go of work", object_id, {"kind": kind})


def require_free(tx: Tx, kind: str, object_id: uuid.UUID, *, by: Member) -> None:
    """Who calls it does the work now: nobody is waited for any more. Raises InOtherHands where
    somebody else has it in hand."""
    owner = _owner(tx, kind, object_id)
    if owner not in ("", by.handle):
        raise InOtherHands(owner)
    tx.execute(
        "DELETE FROM work_claim WHERE tenant_id = current_tenant() AND kind = %s"
        " AND object_id = %s",
        (kind, object_id),
    )


def return_lapsed(app: Database, relay: Database) -> int:
    """What was taken in hand and not done within its time goes back into the queue, with an alarm
    for each kind. Answers how many. `relay` looks across tenants."""
    with relay.transaction(None) as tx:
        rows = tx.all("SELECT DISTINCT tenant_id FROM work_claim WHERE until <= now() LIMIT 100")
    return sum(_return_lapsed(app, tenant_id) for (tenant_id,) in rows)


def _return_lapsed(app: Database, tenant_id: uuid.UUID) -> int:
    with app.transaction(tenant_id) as tx:
        rows = tx.all(
            "WITH gone AS (DELETE FROM work_claim WHERE tenant_id = current_tenant()"
            "  AND until <= now() RETURNING kind, owner)"
            " SELECT kind, string_agg(DISTINCT owner, ', ' ORDER BY owner), count(*)::int FROM gone"
            " GROUP BY kind"
        )
        for kind, owners, count in rows:
            if kind == ALARM:  # or an alarm would be raised of alarms for ever
                continue
            sentence = (
                f"{owners} took work in hand ({kind.replace('_', ' ')}) and did not do it in time."
                " It is in the queue again."
            )
            alarms.record(tx, kind=LAPSED, subject=kind, sentence=sentence, count=count)
    return sum(count for *_, count in rows)


def _owner(tx: Tx, kind: str, object_id: uuid.UUID) -> str:
    row = tx.one(
        "SELECT owner FROM work_claim WHERE tenant_id = current_tenant() AND kind = %s"
        " AND object_id = %s AND until > now()",
        (kind, object_id),
    )
    return str(row[0]) if row else ""
