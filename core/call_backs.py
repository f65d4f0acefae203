"""People who asked to be called, because a menu did not understand them."""

import uuid

from core.db import Tx
from core.ids import uuid7
from core.secrets import Keyring


def ask(
    tx: Tx,
    keys: Keyring,
    *,
    service_id: uuid.UUID,
    subscriber_id: str | None,
    address: str,
    place: str,
) -> None:
    """Note a call to be made, and where the person was when they gave up. With the COMMIT."""
    id = uuid7()
    tx.later(
        "INSERT INTO call_back (tenant_id, id, service_id, subscriber_id, address_sealed, place)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s)",
        (id, service_id, subscriber_id, keys.seal(address, id.bytes), place),
    )
