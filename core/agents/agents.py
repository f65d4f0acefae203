"""Agents: who sells float to whom, under which limits; look-ups counted so that nobody fishes."""

import uuid
from dataclasses import dataclass

from core.agents.errors import NotAnAgent, TooManyLookups
from core.audit.trail import record
from core.db.database import Tx
from core.money import freezing
from core.money.errors import FrozenAccount

# A name is shown before the sale; looking names up without selling is how a phone book is stolen.
LOOKUPS_UNSOLD_AN_HOUR_MAXIMUM = 20


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent's standing; the float is the subscriber's own account of kind `float`."""

    subscriber_id: uuid.UUID
    parent_id: uuid.UUID | None
    level: str
    code: str
    frozen: bool  # as an agent, or as a person


def get(tx: Tx, subscriber_id: uuid.UUID) -> Agent:
    """The agent that a subscriber is. Raises NotAnAgent, Frozen."""
    row = tx.one(
        "SELECT a.subscriber_id, a.parent_id, a.level, a.code, a.frozen OR s.status = 'frozen'"
        " FROM agent a JOIN subscriber s ON s.tenant_id = a.tenant_id AND s.id = a.subscriber_id"
        " WHERE a.tenant_id = current_tenant() AND a.subscriber_id = %s",
        (subscriber_id,),
    )
    if row is None:
        raise NotAnAgent
    agent = Agent(*row)
    if agent.frozen:
        raise FrozenAccount
    return agent


def is_frozen(tx: Tx, subscriber_id: uuid.UUID) -> bool:
    """Whether an agent is frozen, as an agent or as a person. It stays so until the end of the
    transaction."""
    row = tx.one(
        "SELECT a.frozen OR s.status = 'frozen' FROM agent a"
        " JOIN subscriber s ON s.tenant_id = a.tenant_id AND s.id = a.subscriber_id"
        " WHERE a.tenant_id = current_tenant() AND a.subscriber_id = %s FOR SHARE",
        (subscriber_id,),
    )
    return bool(row and row[0])


def count_lookup(tx: Tx, subscriber_id: uuid.UUID) -> None:
    """Count a look-up of a customer's name. Raises TooManyLookups."""
    row = tx.one(
        "INSERT INTO lookup_hour AS l (tenant_id, subscriber_id, hour, looked)"
        " VALUES (current_tenant(), %s, date_trunc('hour', now()), 1)"
        " ON CONFLICT (tenant_id, subscriber_id, hour) DO UPDATE SET looked = l.looked + 1"
        " WHERE l.looked - l.sold < %s RETURNING l.looked",
        (subscriber_id, LOOKUPS_UNSOLD_AN_HOUR_MAXIMUM),
    )
    if row is None:
        raise TooManyLookups


def count_sale(tx: Tx, subscriber_id: uuid.UUID) -> None:
    """A look-up led to a sale. With the COMMIT."""
    tx.defer(
        "INSERT INTO lookup_hour AS l (tenant_id, subscriber_id, hour, sold)"
        " VALUES (current_tenant(), %s, date_trunc('hour', now()), 1)"
        " ON CONFLICT (tenant_id, subscriber_id, hour) DO UPDATE SET sold = l.sold + 1",
        (subscriber_id,),
    )


def freeze(tx: Tx, subscriber_id: uuid.UUID, *, frozen: bool, actor: str, reason: str) -> None:
    """Freeze an agent, or let go: the float does not move, the person's own wallet does. The float
    of a frozen person stays frozen."""
    tx.execute(
        "UPDATE agent SET frozen = %s WHERE tenant_id = current_tenant() AND subscriber_id = %s",
        (frozen, subscriber_id),
    )
    freezing.mark_of_person(tx, subscriber_id)
    action = "freeze agent" if frozen else "unfreeze agent"
    record(tx, actor, action, subscriber_id, {"reason": reason})
