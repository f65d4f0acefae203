"""The turn log: one row a turn, never a word of what was typed; what was shown is sealed.

A turn appends a line to a stream (its session's save does it in the same script), and the relay
drains the streams into Postgres. The id is made in the turn, so a line written twice is one row.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
import psycopg

from core.db.database import Database, Deadline, Tx

WORD_CHARS_MAXIMUM = 128
SCREEN_BYTES_MAXIMUM = 4_096  # a screen of 182 letters in UTF-8, sealed, is a fifth of it
INTEGER_MAXIMUM = 2**31 - 1
BATCH_DEADLINE_S = 15.0

_WORDS = ("session", "place", "outcome", "language")
_INSERT = (
    "INSERT INTO turn (tenant_id, id, service_id, session, subscriber_id, number, place, outcome,"
    " language, took_us, screen_key, screen_sealed, network)"
    " SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::text[],"
    " %s::uuid[], %s::integer[], %s::text[], %s::text[], %s::text[], %s::integer[],"
    " %s::text[], %s::bytea[], %s::text[])"
    " ON CONFLICT (tenant_id, id) DO NOTHING"
)


class Malformed(Exception):
    """A line that is no turn. The text says which field, never its value."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn. `session` is a keyed hash; `number` counts the session's turns; `place` is where it
    ended (a flow and its state, or a menu). `outcome` is one word:

    - shown: the next screen; ended: the last one
    - wrong: an answer that was not understood; the question again
    - refused: understood, and the business says no (a limit, a wrong PIN); the question, or the end
    - unknown: the answer to COMMIT was lost
    - failed: "not now"; `place` and `number` are those of the hop, should it come again. While
      Redis is down there is no line at all.
    """

    tenant: uuid.UUID
    id: uuid.UUID
    service: uuid.UUID
    session: str
    subscriber: uuid.UUID | None
    number: int
    place: str
    outcome: str
    language: str
    took_us: int
    screen_key: str | None = None
    screen_sealed: bytes | None = None
    network: str = ""


def parse(line: bytes, screen_key: bytes = b"", screen_sealed: bytes = b"") -> Turn:
    """Read a line, and what was shown with it: sealed, and the key that it is bound to; empty where
    nothing was. Raises Malformed."""
    try:
        raw = orjson.loads(line)
    except orjson.JSONDecodeError:
        raise Malformed("no JSON") from None
    if not isinstance(raw, dict):
        raise Malformed("no object")
    subscriber = raw.get("subscriber")
    if len(screen_sealed) > SCREEN_BYTES_MAXIMUM or len(screen_key) > WORD_CHARS_MAXIMUM:
        raise Malformed("screen")
    has_screen = bool(screen_sealed and screen_key)
    return Turn(
        tenant=_id(raw, "tenant"),
        id=_id(raw, "id"),
        service=_id(raw, "service"),
        session=_word(raw, "session"),
        subscriber=None if subscriber is None else _id(raw, "subscriber"),
        number=_count(raw, "number"),
        place=_word(raw, "place"),
        outcome=_word(raw, "outcome"),
        language=_word(raw, "language"),
        took_us=_count(raw, "took_us"),
        screen_key=_ascii(screen_key) if has_screen else None,
        screen_sealed=screen_sealed if has_screen else None,
        network=_word(raw, "network") if "network" in raw else "",
    )


def _id(raw: dict[str, object], name: str) -> uuid.UUID:
    value = raw.get(name)
    try:
        return uuid.UUID(value if isinstance(value, str) else "")
    except ValueError:
        raise Malformed(name) from None


def _ascii(key: bytes) -> str:
    text = key.decode("ascii", "replace")
    if not text.isascii() or not text.isprintable():
        raise Malformed("screen")
    return text


def _word(raw: dict[str, object], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or len(value) > WORD_CHARS_MAXIMUM or "\0" in value:
        raise Malformed(name)
    return value


def _count(raw: dict[str, object], name: str) -> int:
    value = raw.get(name)
    if type(value) is not int or not 0 <= value <= INTEGER_MAXIMUM:
        raise Malformed(name)
    return value


def write(tx: Tx, turns: Sequence[Turn]) -> None:
    """Insert turns of any tenants, as piga_relay; those that are there already are passed over."""
    tx.execute(_INSERT, _columns(turns))


def append(tx: Tx, turn: Turn) -> None:
    """Insert a turn of the transaction's tenant, along with its COMMIT."""
    tx.defer(_INSERT, _columns([turn]))


def _columns(turns: Sequence[Turn]) -> list[list[object]]:
    columns = zip(
        *(
            (
                turn.tenant,
                turn.id,
                turn.service,
                turn.session,
                turn.subscriber,
                turn.number,
                turn.place,
                turn.outcome,
                turn.language,
                turn.took_us,
                turn.screen_key,
                turn.screen_sealed,
                turn.network,
            )
            for turn in turns
        ),
        strict=True,
    )
    return [list(column) for column in columns]


def write_all(database: Database, turns: Sequence[Turn]) -> list[int]:
    """Insert a batch and commit; answers the indexes of those that Postgres will not have.

    One bad line must not keep the others: a batch that is refused is halved until the one is found.
    Raises Unavailable, and then nothing may be taken for written.
    """
    if not turns:
        return []
    try:
        with database.transaction(None, Deadline(BATCH_DEADLINE_S)) as tx:
            write(tx, turns)
    except (psycopg.DataError, psycopg.IntegrityError):
        if len(turns) == 1:
            return [0]
        half = len(turns) // 2
        left = write_all(database, turns[:half])
        return left + [half + index for index in write_all(database, turns[half:])]
    return []
