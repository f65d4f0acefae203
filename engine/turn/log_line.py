"""A line of the turn log, as the workers read it."""

import re
import time
from typing import Final

import orjson

from engine.session import Session
from engine.turn.message import Turn
from values.ids import uuid7

# A name, or the code of a country and its network (63510). Other digits are left out: whatever came
# in a field of its own may be anything, a PIN too.
_NETWORK: Final = re.compile(r"[2-79]\d{4}|[A-Za-z][A-Za-z _-]{1,31}")


def log_line(turn: Turn, session: Session, *, place: str, outcome: str, started_s: float) -> bytes:
    """The line of a turn that led to this session; never a word of what was typed."""
    network = turn.request.network
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
            "network": network if _NETWORK.fullmatch(network) else "",
            "took_us": int((time.perf_counter() - started_s) * 1e6),
        }
    )
