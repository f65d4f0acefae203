"""A broadcast that is paused or cancelled: texts of it that have not left are taken back."""

import uuid
from typing import Final

from core.db.database import Tx
from core.messaging.delivery import MESSAGE, SEND_TEXT
from values.messages import Priority

TAKEN_BACK: Final = "taken_back"

_TAKE_BACK = MESSAGE.advance(
    "failed",
    sets=f"reason = '{TAKEN_BACK}', ended_at = now()",
    where="id = ANY (%s) AND state = 'queued'",
    returning="id",
)


def take_back(tx: Tx, broadcast_id: uuid.UUID) -> int:
    """Take back the texts of a broadcast that have not left: their recipients wait again. Answers
    how many texts. The caller has locked the broadcast.

    A worker marks a text while it holds its outbox row; so does this, in one order, and a text is
    either taken back or on its way.
    """
    held = tx.all(
        "SELECT o.id FROM outbox o WHERE o.tenant_id = current_tenant() AND o.priority = %s"
        " AND o.kind = %s AND o.state IN ('waiting', 'queued', 'working') AND EXISTS (SELECT"
        "  FROM broadcast_recipient r WHERE r.tenant_id = o.tenant_id"
        "  AND r.message_id = o.subject_id AND r.broadcast_id = %s) ORDER BY o.id FOR UPDATE",
        (Priority.BULK.value, SEND_TEXT, broadcast_id),
    )
    ids = [id for (id,) in held]  # a text's row in the outbox has the text's id
    back = [id for (id,) in tx.all(_TAKE_BACK, (ids,))]
    if back:
        tx.execute(
            "UPDATE outbox SET state = 'done', done_at = now(), lease_until = NULL"
            " WHERE tenant_id = current_tenant() AND id = ANY (%s)",
            (back,),
        )
        tx.execute(
            "UPDATE broadcast_recipient SET state = 'waiting', message_id = NULL,"
            " address_lookup = CASE WHEN address_sealed IS NOT NULL THEN address_lookup END"
            " WHERE tenant_id = current_tenant() AND broadcast_id = %s AND message_id = ANY (%s)",
            (broadcast_id, back),
        )
    return len(back)
