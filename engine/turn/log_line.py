"""A line of the turn log, as the workers read it."""

import time

import orjson

from engine.session import Session
from engine.turn.message import Turn
from values.ids import uuid7


def log_line(turn: Turn, session: Session, *, place: str, outcome: str, started_s: float) -> bytes:
    """The line of a turn that led to this session; never a word of what was typed."""
    return orjson.dumps(
        {
            "tenant": turn.service.tenant.id,
            "id": uuid7(),
            "service": turn.service.id,
            "session": turn.name or turn.session_hash,
            "subscriber": session.caller.id or None,
            "number": turn.count,
            "place": place,
            "outcome": outcome,
            "language": session.language,
            "network": turn.request.network,
            "took_us": int((time.perf_counter() - started_s) * 1e6),
        }
    )
