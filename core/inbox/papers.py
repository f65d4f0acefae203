"""Documents that somebody asks for at their phone, and gets in a chat of theirs.

A chat may be written to freely for a day after its last message: who has written nothing within it
is not offered one. The document itself is drawn by a worker, which reads anew what it is to say.
"""

import uuid
from dataclasses import dataclass
from typing import Final

from core.db.database import Tx
from core.outbox import outbox
from values.messages import Priority

SEND_STATEMENT: Final = "send_statement"
# The channels on which people send files, and get them.
FILE_CHANNELS: Final = frozenset({"whatsapp"})
# An hour less than the day that the channels give: the document is to be drawn and sent, too.
OPEN_FOR_S: Final = 23 * 3600

# A chat at an address of theirs. Where others have the address, too, it is theirs while they are
# who speaks in it.
_CHAT: Final = (
    "SELECT c.id, c.service_id FROM address a JOIN conversation c ON c.tenant_id = a.tenant_id"
    " AND c.address_channel = a.channel AND c.address_lookup = a.lookup"
    " JOIN service s ON s.tenant_id = c.tenant_id AND s.id = c.service_id"
    " WHERE a.tenant_id = current_tenant() AND a.subscriber_id = %(who)s"
    " AND a.detached_at IS NULL AND s.channel = ANY (%(channels)s)"
    " AND c.last_inbound_at > now() - make_interval(secs => %(within)s)"
    " AND (c.subscriber_id = %(who)s OR NOT EXISTS (SELECT 1 FROM address o"
    "  WHERE o.tenant_id = a.tenant_id AND o.channel = a.channel AND o.lookup = a.lookup"
    "  AND o.subscriber_id <> a.subscriber_id AND o.detached_at IS NULL))"
    " ORDER BY c.last_inbound_at DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat that can be written to now, and the service that it is with."""

    conversation_id: uuid.UUID
    service_id: uuid.UUID


def chat_of(tx: Tx, subscriber_id: uuid.UUID) -> Chat | None:
    """The chat of somebody that takes documents now; None where they have none."""
    row = tx.one(
        _CHAT,
        {"who": subscriber_id, "channels": sorted(FILE_CHANNELS), "within": OPEN_FOR_S},
    )
    return Chat(*row) if row else None


def ask_statement(tx: Tx, subscriber_id: uuid.UUID) -> None:
    """Have the statements of somebody's accounts sent to their chat, with the COMMIT."""
    outbox.write(tx, kind=SEND_STATEMENT, subject_id=subscriber_id, priority=Priority.PROMPT.value)


def accounts_of(tx: Tx, subscriber_id: uuid.UUID, limit: int) -> list[uuid.UUID]:
    """The accounts that somebody gets statements of: the wallet, and what they save in groups."""
    rows = tx.all(
        "SELECT id FROM account WHERE tenant_id = current_tenant() AND owner_id = %s"
        " AND kind IN ('wallet', 'savings') ORDER BY kind DESC, id LIMIT %s",
        (subscriber_id, limit),
    )
    return [row[0] for row in rows]
