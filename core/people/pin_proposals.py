"""A PIN that is being chosen: its hash, between the first typing and the second."""

from core.db.database import Tx

PIN_PROPOSAL_S = 5 * 60


def propose_pin(tx: Tx, session: str, pin_hash: str) -> None:
    """Keep the hash of what was typed first until it is typed again."""
    tx.execute(
        "INSERT INTO pin_proposal (tenant_id, session, pin_hash, expires_at)"
        " VALUES (current_tenant(), %s, %s, now() + make_interval(secs => %s))"
        " ON CONFLICT (tenant_id, session) DO UPDATE"
        " SET pin_hash = excluded.pin_hash, expires_at = excluded.expires_at",
        (session, pin_hash, PIN_PROPOSAL_S),
    )


def proposed_pin(tx: Tx, session: str) -> str | None:
    """The hash kept by `propose_pin`, or None when it expired."""
    row = tx.one(
        "SELECT pin_hash FROM pin_proposal"
        " WHERE tenant_id = current_tenant() AND session = %s AND expires_at > now()",
        (session,),
    )
    return str(row[0]) if row else None


def forget_proposed_pin(tx: Tx, session: str) -> None:
    """Forget the hash; that the session has chosen a PIN stays known for a while."""
    tx.defer(
        "DELETE FROM pin_proposal WHERE tenant_id = current_tenant() AND session = %s", (session,)
    )
    mark_chosen(tx, session)


def mark_chosen(tx: Tx, session: str) -> None:
    """Note that a PIN was typed in that session to be chosen. In a row of its own, without a hash:
    no later proposal of the session takes it away. With the COMMIT."""
    tx.defer(
        "INSERT INTO pin_proposal (tenant_id, session, pin_hash, expires_at)"
        " VALUES (current_tenant(), %s, '', now()) ON CONFLICT DO NOTHING",
        (_mark_of(session),),
    )


def has_chosen_pin(tx: Tx, session: str) -> bool:
    """Whether `mark_chosen` noted that session."""
    row = tx.one(
        "SELECT 1 FROM pin_proposal WHERE tenant_id = current_tenant() AND session = %s",
        (_mark_of(session),),
    )
    return row is not None


def _mark_of(session: str) -> str:
    return f"{session}+"  # a session's hash has no plus
