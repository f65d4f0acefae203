"""Answers kept by their Idempotency-Key, in the transaction that did what they tell.

A client that does not know whether its request arrived sends it again with the same key, and gets
the answer of the first; of other content under that key nothing is done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

from core.clients.errors import InFlight, OtherContent
from core.clients.keys import Client
from core.db.database import Tx
from core.security.keyring import Keyring

KEY_CHARS_MAXIMUM: Final = 255


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it was given the first time."""

    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """A request under a key: what it does, and its fields by their names."""

    key: str
    operation: str
    fields: Mapping[str, Any]

    def hashes(self, keys: Keyring) -> dict[str, str]:
        """Keyed: a field may be a number, which has few others to be guessed among."""
        named = {"": self.operation, **self.fields}
        return {name: _hash(keys, value).hex() for name, value in named.items()}


def begin(tx: Tx, keys: Keyring, client: Client, asked: Asked) -> Kept | None:
    """The answer of the first request with this key; None where this is the first, and is now held
    until the transaction ends. Raises InFlight, OtherContent."""
    row = tx.one(
        "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
        (f"api {client.tenant_id} {client.name} {asked.key}",),
    )
    if row is None or not row[0]:
        raise InFlight
    row = tx.one(
        "SELECT fields, status, body_sealed FROM api_result"
        " WHERE tenant_id = current_tenant() AND client = %s AND idempotency_key = %s",
        (client.name, asked.key),
    )
    if row is None:
        return None
    fields, status, sealed = row
    wanted = asked.hashes(keys)
    other = sorted(
        name for name in wanted.keys() | fields.keys() if wanted.get(name) != fields.get(name)
    )
    if other:
        raise OtherContent(other)
    return Kept(status, keys.open(sealed, _context(client, asked.key)).encode())


def keep(tx: Tx, keys: Keyring, client: Client, asked: Asked, answer: Kept) -> None:
    """Keep an answer, with the COMMIT of what it tells."""
    tx.execute(
        "INSERT INTO api_result (tenant_id, client, idempotency_key, fields, status, body_sealed)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s)",
        (
            client.name,
            asked.key,
            orjson.dumps(asked.hashes(keys)).decode(),
            answer.status,
            keys.seal(answer.body.decode(), _context(client, asked.key)),
        ),
    )


def _context(client: Client, key: str) -> bytes:
    return f"{client.tenant_id}\0{client.name}\0{key}".encode()


def _hash(keys: Keyring, value: Any) -> bytes:
    return keys.staff_token("api field", orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
