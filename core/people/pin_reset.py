"""A forgotten PIN: taken away, so that the person chooses a new one at the next dial.

Money, groups and roles stay. Until there is a new PIN nothing is paid, and the person who dials
shows first the code that staff handed over (`core/people/first_use.py`).
"""

import uuid

from core.db.database import Tx
from core.money.errors import IntentExpired
from core.people.errors import NoPin
from core.people.first_use import ask_again
from core.security.keyring import Keyring


def take_pin_away(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> str:
    """The old PIN is right no more, in no session, and a lock of it is lifted. Gives the code to
    hand over, eight digits. Raises NoPin for somebody who has none."""
    done = tx.one(
        "UPDATE subscriber SET pin_hash = NULL, pin_reset_at = now(), pin_attempts = 0,"
        " pin_locked_until = NULL, pin_locks = 0 WHERE tenant_id = current_tenant() AND id = %s"
        " AND (pin_hash IS NOT NULL OR pin_reset_at IS NOT NULL) RETURNING 1",
        (subscriber_id,),
    )
    if done is None:
        raise NoPin
    return ask_again(tx, keys, subscriber_id)


def choose_new_pin(tx: Tx, subscriber_id: uuid.UUID, pin_hash: str, *, generation: int) -> None:
    """Set the new PIN of somebody who has shown the code of that generation. Raises IntentExpired
    where it is not asked for any more: a PIN was chosen, or staff gave a newer code."""
    done = tx.one(
        "UPDATE subscriber s SET pin_hash = %s, pin_set_at = now(), pin_reset_at = NULL"
        " FROM first_use f WHERE s.tenant_id = current_tenant() AND s.id = %s"
        " AND s.pin_reset_at IS NOT NULL AND f.tenant_id = s.tenant_id AND f.subscriber_id = s.id"
        " AND f.done_at IS NULL AND f.generation = %s RETURNING 1",
        (pin_hash, subscriber_id, generation),
    )
    if done is None:
        raise IntentExpired


def state_of(tx: Tx, subscriber_id: uuid.UUID) -> str:
    """In words for staff: set, locked, taken away, or none."""
    row = tx.one(
        "SELECT CASE WHEN pin_reset_at IS NOT NULL THEN 'taken away, the next dial chooses one'"
        "  WHEN pin_hash IS NULL THEN 'none' WHEN pin_locked_until > now() THEN 'locked'"
        "  ELSE 'set' END"
        " FROM subscriber WHERE tenant_id = current_tenant() AND id = %s",
        (subscriber_id,),
    )
    return str(row[0]) if row else "none"
