"""A push: a few words about a fact, from the transaction of the fact to whoever is connected.

It goes by Postgres' NOTIFY, so it leaves with the COMMIT and never without it. Nobody waits for it
and nothing depends on it: who missed one reads what is true when they connect.
"""

import uuid
from dataclasses import dataclass
from typing import Any, Final

import orjson

from core.db.database import Tx

CHANNEL: Final = "piga_live"
# The topic of staff's pages; what is pushed is one word that pages name: work, messages, payments.
# Triggers push it (core/migrations/sql/core_0001/live.sql).
CONSOLE: Final = "console"
# Postgres takes less than 8,000 bytes.
BYTES_MAXIMUM: Final = 7_900


@dataclass(frozen=True, slots=True)
class Push:
    """`topic` is what one listens to, such as "rates"; `body` is JSON."""

    tenant_id: uuid.UUID
    topic: str
    body: Any


class TooLong(Exception):
    """A push is a few words: let the receiver read the rest."""


def push(tx: Tx, topic: str, body: Any) -> None:
    """Push to a topic of this transaction's tenant, with its COMMIT. Raises TooLong."""
    said = orjson.dumps([topic, body])
    if len(said) > BYTES_MAXIMUM:
        raise TooLong(topic)
    tx.defer(f"SELECT pg_notify('{CHANNEL}', current_tenant()::text || %s)", (said.decode(),))


def read(payload: str) -> Push:
    """What `push` sent. Raises ValueError."""
    tenant, said = payload[:36], payload[36:]
    topic, body = orjson.loads(said)
    return Push(uuid.UUID(tenant), str(topic), body)
