"""Sessions that are to be finished by USSD, where a PIN can be typed: one a person, the newest."""

import uuid

from core.db.database import Tx
from core.security.keyring import Keyring


def hand_over(
    tx: Tx, keys: Keyring, subscriber_id: uuid.UUID, session: bytes, *, lasts_s: float
) -> None:
    """Keep a session for the person's next dial."""
    tx.execute(
        "INSERT INTO handover (tenant_id, subscriber_id, session_sealed, until)"
        " VALUES (current_tenant(), %s, %s, now() + make_interval(secs => %s))"
        " ON CONFLICT (tenant_id, subscriber_id) DO UPDATE"
        " SET session_sealed = excluded.session_sealed, until = excluded.until",
        (subscriber_id, keys.seal(session.decode(), subscriber_id.bytes), lasts_s),
    )


def take_over(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> bytes | None:
    """The session that waits for the person's dial; it is gone then. None where none does."""
    row = tx.one(
        "DELETE FROM handover WHERE tenant_id = current_tenant() AND subscriber_id = %s"
        " RETURNING session_sealed, until > now()",
        (subscriber_id,),
    )
    if row is None or not row[1]:
        return None
    return keys.open(row[0], subscriber_id.bytes).encode()


def waits(tx: Tx, subscriber_id: uuid.UUID) -> bool:
    """Whether a session waits for the person's dial."""
    row = tx.one(
        "SELECT FROM handover WHERE tenant_id = current_tenant() AND subscriber_id = %s"
        " AND until > now()",
        (subscriber_id,),
    )
    return row is not None


def take_back(tx: Tx, subscriber_id: uuid.UUID) -> None:
    """Let nothing wait for the person's dial any more: it was left, or answered, where it began."""
    tx.execute(
        "DELETE FROM handover WHERE tenant_id = current_tenant() AND subscriber_id = %s",
        (subscriber_id,),
    )
