"""What became of a broadcast: how far it is, and of each person.

waiting     not written yet, or it has not left
sent        the provider took it             delivered   it is on the handset
unknown     it may have left; never again    failed      `reason` says why
opted_out   they want no such texts          no_number   they have none by now
frozen      their account is suspended       cancelled   before it left
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.broadcasts.broadcasts import Broadcast
from core.broadcasts.recipients import FROZEN, NO_NUMBER, OPTED_OUT
from core.db.database import Tx
from core.security.keyring import Keyring
from values import names

BATCH: Final = 2_000

_UNWRITTEN = (
    "CASE WHEN r.state = 'waiting' THEN CASE WHEN b.state = 'cancelled' THEN 'cancelled'"
    "  ELSE 'waiting' END"
    f" WHEN r.reason IN ('{OPTED_OUT}', '{NO_NUMBER}', '{FROZEN}') THEN r.reason"
    " ELSE 'failed' END"
)
_WRITTEN = (
    f"CASE WHEN m.state = 'failed' AND m.reason = '{OPTED_OUT}' THEN '{OPTED_OUT}'"
    " WHEN m.state IN ('queued', 'sending') THEN 'waiting'"
    " WHEN m.state = 'accepted' THEN 'sent' ELSE m.state END"
)
_OUTCOME = f"CASE WHEN r.state = 'written' THEN {_WRITTEN} ELSE {_UNWRITTEN} END"
_OF = (
    " FROM broadcast b JOIN broadcast_recipient r ON r.tenant_id = b.tenant_id"
    " AND r.broadcast_id = b.id"
)
# The month of a text is in its id: the join finds its partition.
_ITS_TEXT = " JOIN message m ON m.tenant_id = r.tenant_id AND m.id = r.message_id"
_WHERE = " WHERE b.tenant_id = current_tenant() AND b.id = %s"
# Who has no text is not looked for among the texts.
_COUNTS = (
    "SELECT u.outcome, sum(u.count) FROM ("
    f"SELECT {_UNWRITTEN} AS outcome, count(*) AS count{_OF}{_WHERE} AND r.state <> 'written'"
    " GROUP BY 1 UNION ALL"
    f" SELECT {_WRITTEN}, count(*){_OF}{_ITS_TEXT}{_WHERE} AND r.state = 'written' GROUP BY 1"
    ") u GROUP BY 1"
)
_EACH = (
    "SELECT r.number, r.subscriber_id, s.name_sealed, r.address_sealed, c.address_sealed, c.id,"
    f" {_OUTCOME}, coalesce(m.reason, r.reason, ''),"
    f" coalesce(m.ended_at, m.accepted_at, m.sending_at){_OF} LEFT{_ITS_TEXT}"
    " LEFT JOIN subscriber s ON s.tenant_id = r.tenant_id AND s.id = r.subscriber_id"
    " LEFT JOIN conversation c ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id"
    f"{_WHERE} AND r.number > %s ORDER BY r.number LIMIT %s"
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one recipient. `person` is None for a stranger's number; `row` is their place
    in the broadcast."""

    row: int
    person: uuid.UUID | None
    name: str = field(repr=False)
    number: str = field(repr=False)
    outcome: str = ""
    reason: str = ""
    at: datetime | None = None


def counts(tx: Tx, broadcast_id: uuid.UUID) -> dict[str, int]:
    """How many recipients have each outcome."""
    rows = tx.all(_COUNTS, (broadcast_id, broadcast_id))
    return {str(outcome): int(count) for outcome, count in rows}


def done_of(tx: Tx, broadcast_id: uuid.UUID) -> int:
    """How many recipients have been written to or left out: quick, for who watches."""
    row = tx.one(
        "SELECT b.people - (SELECT count(*) FROM broadcast_recipient r"
        "  WHERE r.tenant_id = b.tenant_id AND r.broadcast_id = b.id AND r.state = 'waiting')"
        " FROM broadcast b WHERE b.tenant_id = current_tenant() AND b.id = %s",
        (broadcast_id,),
    )
    return int(row[0]) if row else 0


def each(tx: Tx, keys: Keyring, found: Broadcast) -> Iterator[Outcome]:
    """Every recipient in order, a batch in memory at a time. A number is the one that the words
    went to, or in a list were meant for."""
    after = 0
    while True:
        rows = tx.all(_EACH, (found.id, after, BATCH))
        if not rows:
            return
        for number, person, name, listed, sent_to, conversation, outcome, reason, at in rows:
            address = ""
            if sent_to is not None:
                address = keys.open(sent_to, conversation.bytes)
            elif listed is not None:
                address = keys.open(listed, found.id.bytes)
            known = names.shown(keys.open(name, person.bytes)) if person else ""
            yield Outcome(number, person, known, address, outcome, reason, at)
        after = rows[-1][0]
