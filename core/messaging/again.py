"""A receipt is sent once more, to somebody who lost it or never got it."""

import uuid
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.messaging.delivery import SEND_TEXT
from core.staff.errors import StaffError
from values import clock
from values.ids import floor_of, uuid7
from values.messages import Priority

# Between two of one receipt, in seconds: a clerk who clicks twice pays for one text.
APART_S: Final = 120


class NoReceipt(StaffError):
    """That is no receipt of theirs, or its words are forgotten."""


class SentJustNow(StaffError):
    """It was sent a moment ago. Wait two minutes."""


def send_again(tx: Tx, message_id: uuid.UUID, subscriber_id: uuid.UUID, *, actor: str) -> uuid.UUID:
    """Write a receipt again, to the number that its person has now, in the same words. It is no
    receipt of the entry itself, which has one. Answers the new message's id. Raises NoReceipt,
    SentJustNow."""
    found = tx.one(
        "SELECT m.params <> '{}', EXISTS (SELECT 1 FROM message n WHERE n.tenant_id = m.tenant_id"
        "  AND n.subscriber_id = m.subscriber_id AND n.id > %(since)s"
        "  AND n.params ->> '$again' = m.id::text)"
        " FROM message m WHERE m.tenant_id = current_tenant() AND m.id = %(id)s"
        " AND m.subscriber_id = %(who)s AND m.entry_id IS NOT NULL FOR UPDATE",
        {"id": message_id, "who": subscriber_id, "since": _since()},
    )
    if found is None or not found[0]:
        raise NoReceipt
    if found[1]:
        raise SentJustNow
    again = uuid7()
    # What it said of one number or until when was for the first time alone.
    tx.execute(
        "WITH m AS (INSERT INTO message (tenant_id, id, subscriber_id, service_id, template,"
        "  params) SELECT tenant_id, %(again)s, subscriber_id, service_id, template, params - '$to'"
        "  - '$until' - '$new_sim_s' || jsonb_build_object('$again', id) FROM message"
        "  WHERE tenant_id = current_tenant() AND id = %(id)s RETURNING tenant_id)"
        " INSERT INTO outbox (tenant_id, id, kind, priority, subject_id)"
        " SELECT tenant_id, %(again)s, %(kind)s, %(priority)s, %(again)s FROM m",
        {
            "again": again,
            "id": message_id,
            "kind": SEND_TEXT,
            "priority": Priority.RECEIPT.value,
        },
    )
    record(tx, actor, "send receipt again", subscriber_id, {"message": str(message_id)})
    return again


def _since() -> uuid.UUID:
    """An id of the moment from which another of the same is too soon."""
    return floor_of(int((clock.epoch_s() - APART_S) * 1_000))
