"""What is frozen, and why: no money moves from or to an account that is marked so.

The mark is read by the statement that changes a balance. It has up to two reasons, each kept where
it belongs: the person's own, and for a float the agent's, for savings the group's. Who has
changed a reason marks the accounts again from all of them: letting one go keeps the other.
"""

import uuid

from core.db.database import Tx


def lock_of_person(tx: Tx, subscriber_id: uuid.UUID) -> None:
    """Before the person's own row is changed: a payment has the accounts first, and then gives the
    counted guesses of its PIN back there."""
    _lock(tx, _OF_PERSON, subscriber_id)


def mark_of_person(tx: Tx, subscriber_id: uuid.UUID) -> None:
    """Mark what a person owns: wallet, float and savings."""
    _mark(tx, _OF_PERSON, subscriber_id)


def mark_of_group(tx: Tx, group_id: uuid.UUID) -> None:
    """Mark what members have saved in a group."""
    _mark(tx, _OF_GROUP, group_id)


def lock_of_group(tx: Tx, group_id: uuid.UUID) -> None:
    """Hold what members have saved in a group, in the order in which a posting does."""
    _lock(tx, _OF_GROUP, group_id)


def _mark(tx: Tx, accounts: str, of: uuid.UUID) -> None:
    # Locked first, and by a statement of its own: marking then sees the reason
    # of the one who had them before.
    tx.execute(_MARK, (_lock(tx, accounts, of),))


def _lock(tx: Tx, accounts: str, of: uuid.UUID) -> list[uuid.UUID]:
    # In the order in which a posting locks, or the two could wait for each other.
    rows = tx.all(f"{accounts} ORDER BY id FOR NO KEY UPDATE", (of,))
    return [row[0] for row in rows]


_ACCOUNTS = "SELECT id FROM account WHERE tenant_id = current_tenant() AND guarded"
_OF_PERSON = f"{_ACCOUNTS} AND owner_id = %s"
_OF_GROUP = (
    f"{_ACCOUNTS} AND id IN (SELECT savings_account_id FROM membership"
    " WHERE tenant_id = current_tenant() AND group_id = %s)"
)
_MARK = (
    "UPDATE account a SET frozen = s.status = 'frozen' OR CASE a.kind"
    "  WHEN 'float' THEN EXISTS (SELECT 1 FROM agent g"
    "   WHERE g.tenant_id = a.tenant_id AND g.subscriber_id = a.owner_id AND g.frozen)"
    "  WHEN 'savings' THEN EXISTS (SELECT 1 FROM membership m JOIN savings_group g"
    "   ON g.tenant_id = m.tenant_id AND g.id = m.group_id WHERE m.tenant_id = a.tenant_id"
    "   AND m.subscriber_id = a.owner_id AND m.savings_account_id = a.id AND g.frozen)"
    "  ELSE false END"
    " FROM subscriber s WHERE a.tenant_id = current_tenant() AND a.id = ANY (%s)"
    " AND s.tenant_id = a.tenant_id AND s.id = a.owner_id"
)
