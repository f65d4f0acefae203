"""Drains the turn streams into Postgres.

A turn's line stays in its stream until its row is committed; then it is deleted. A crash between
the two writes the same row again, which is nothing. What is no turn goes aside, so that it never
stops the others.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from redis import Redis

from core.analytics import turnlog
from core.analytics.turnlog import Malformed, Turn
from core.db.database import Database
from workers.limits import LIMITS, TURN_STREAMS, Limits

log = logging.getLogger(__name__)

# The braces are part of the name: a cluster keeps a session and its share of the log together.
STREAMS = tuple(f"turns:{{{number:02x}}}" for number in range(TURN_STREAMS))
ASIDE = "turns:aside"
FIELD = b"t"
SCREEN_FIELDS = (b"k", b"r")  # what the phone was shown, as `save.lua` adds it
ASIDE_BYTES_MAXIMUM = 2_048

_FROM_THE_BEGINNING: dict[Any, Any] = dict.fromkeys(STREAMS, "0")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a stream, as Redis has it."""

    stream: bytes
    id: bytes
    raw: bytes
    screen_key: bytes = b""
    screen_sealed: bytes = b""


def drain(
    database: Database,
    connection: Redis,
    limits: Limits = LIMITS,
    *,
    count: Callable[[Sequence[Turn]], None] | None = None,
) -> int:
    """Move what stands in the streams, or a batch of it; answers how many lines were taken. What
    was written is handed to `count`.

    `database` is piga_relay's. Raises Unavailable or RedisError, and then the lines stay.
    """
    lines = _read(connection, limits)
    if not lines:
        return 0
    good: list[tuple[Line, Turn]] = []
    aside: list[tuple[Line, str]] = []
    for line in lines:
        try:
            good.append((line, turnlog.parse(line.raw, line.screen_key, line.screen_sealed)))
        except Malformed as error:
            aside.append((line, str(error)))
    refused = turnlog.write_all(database, [turn for _, turn in good])
    aside += [(good[index][0], "refused") for index in refused]
    _forget(connection, lines, aside, limits)
    if count is not None:
        count([turn for _, turn in good])
    if aside:
        reasons = sorted({reason for _, reason in aside})
        log.error("%d lines of the turn log are no turns (%s)", len(aside), ", ".join(reasons))
    return len(lines)


def _read(connection: Redis, limits: Limits) -> list[Line]:
    # One command for all streams; it does not block, and answers nothing when all are empty.
    answer: Any = connection.xread(_FROM_THE_BEGINNING, count=limits.drain_from_stream)
    streams = answer.items() if isinstance(answer, dict) else answer or ()
    lines = []
    for stream, entries in streams:
        for id, fields in entries:
            found = fields or {}
            lines.append(
                Line(stream, id, *(found.get(one, b"") for one in (FIELD, *SCREEN_FIELDS)))
            )
            if len(lines) >= limits.drain_batch:
                return lines
    return lines


def _forget(
    connection: Redis, lines: list[Line], aside: list[tuple[Line, str]], limits: Limits
) -> None:
    pipeline = connection.pipeline(transaction=False)
    for line, reason in aside:
        kept: dict[Any, Any] = {
            "stream": line.stream,
            "why": reason,
            FIELD: line.raw[:ASIDE_BYTES_MAXIMUM],
        }
        pipeline.xadd(ASIDE, kept, maxlen=limits.aside_maximum, approximate=True)
    ids: dict[bytes, list[bytes]] = {}
    for line in lines:
        ids.setdefault(line.stream, []).append(line.id)
    for stream, of_stream in ids.items():
        pipeline.xdel(stream, *of_stream)
    pipeline.execute()
