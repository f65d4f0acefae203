"""What somebody makes of a message of theirs after they sent it.

While it waits to be worked, an edited text takes its place, and one that was taken back is answered
by nobody. What was answered stays answered: the screen that followed may have been confirmed.
"""

from dataclasses import dataclass, field

import msgspec

from core.db.database import Tx
from core.inbox import files
from core.inbox.content import Content
from core.inbox.inbox import INBOUND_MESSAGE
from core.security.keyring import Keyring

_FIND = (
    "SELECT m.id, m.content_sealed FROM inbound_message m JOIN conversation c"
    " ON c.tenant_id = m.tenant_id AND c.id = m.conversation_id"
    " WHERE c.tenant_id = current_tenant() AND c.service_id = %s AND c.address_lookup = %s"
    " AND m.provider = %s AND m.provider_message_id = %s AND m.state = 'waiting'"
    " FOR UPDATE OF m"
)
_WITHDRAW = INBOUND_MESSAGE.advance(
    "withdraw", sets="ended_at = now()", where="id = %s", returning="id"
)


@dataclass(frozen=True, slots=True)
class Correction:
    """Another text for a message, without a PIN; None where it was taken back."""

    provider: str
    original_id: str
    text: str | None = field(repr=False)
    had_pin: bool = False


def correct(
    tx: Tx, keys: Keyring, service_id: object, address_lookup: bytes, change: Correction
) -> bool:
    """Change a message of theirs that waits; False where none of that id does."""
    row = tx.one(_FIND, (service_id, address_lookup, change.provider, change.original_id))
    if row is None:
        return False
    id, sealed = row
    if change.text is None:
        files.withdraw(tx, id)
        return tx.one(_WITHDRAW, (id,)) is not None
    kept = Content.decode(keys.open(sealed, id.bytes))
    changed = msgspec.structs.replace(kept, text=change.text)
    tx.execute(
        "UPDATE inbound_message SET content_sealed = %s, had_pin = %s"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (keys.seal(changed.encode(), id.bytes), change.had_pin, id),
    )
    return True
