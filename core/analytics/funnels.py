"""Funnels: of each flow, how many sessions came to each of its questions, and where they left.

From the turn log, over the newest `TURNS_MAXIMUM` turns of the time that is asked for. A session is
counted once at a place, however often it was there.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from core.db.database import Tx
from values import clock
from values.ids import floor_of

TURNS_MAXIMUM: Final = 100_000
# A session whose last turn is so recent may go on.
GOES_ON_WITHIN: Final = timedelta(minutes=3)

By = Literal["day", "channel", "language"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which turns: from a moment until another, in a language and on a channel, where given."""

    since: datetime
    until: datetime
    language: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A question of a flow: how many sessions `came` to it, `ended` there as the flow ends, and
    `left` there without a word more; and how often an answer was `wrong` or `refused`."""

    place: str
    came: int
    ended: int
    left: int
    wrong: int
    refused: int

    @property
    def went_on(self) -> int:
        return max(self.came - self.ended - self.left, 0)


@dataclass(frozen=True, slots=True)
class Share:
    """Of a day, a channel or a language: sessions that came into a flow, and ended in it."""

    name: str
    came: int
    ended: int


_TURNS = (
    "WITH t AS MATERIALIZED (SELECT t.id, t.session, t.number, t.place, t.outcome, t.language,"
    " t.service_id FROM turn t WHERE t.tenant_id = current_tenant() AND t.id >= %(since)s"
    " AND t.id < %(until)s AND (%(language)s = '' OR t.language = %(language)s)"
    " AND (%(channel)s = '' OR t.service_id IN (SELECT s.id FROM service s"
    "  WHERE s.tenant_id = current_tenant() AND s.channel = %(channel)s))"
    f" ORDER BY t.id DESC LIMIT {TURNS_MAXIMUM}),"
    " last AS (SELECT DISTINCT ON (session) session, id, place, outcome FROM t"
    "  ORDER BY session, id DESC) "
)
_STEPS = (
    f"{_TURNS} SELECT t.place, count(DISTINCT t.session), coalesce(max(l.ended), 0),"
    " coalesce(max(l.gone), 0), count(*) FILTER (WHERE t.outcome = 'wrong'),"
    " count(*) FILTER (WHERE t.outcome = 'refused') FROM t LEFT JOIN (SELECT place,"
    "  count(*) FILTER (WHERE outcome = 'ended') AS ended,"
    "  count(*) FILTER (WHERE outcome <> 'ended' AND id < %(goes_on)s) AS gone"
    "  FROM last GROUP BY place) l ON l.place = t.place"
    " GROUP BY t.place ORDER BY avg(t.number), t.place"
)
_SHARES = (
    f"{_TURNS} SELECT {{name}}, count(DISTINCT t.session), count(DISTINCT t.session) FILTER"
    " (WHERE l.outcome = 'ended' AND starts_with(l.place, %(flow)s)) FROM t"
    " JOIN last l ON l.session = t.session {joined}"
    " WHERE starts_with(t.place, %(flow)s) GROUP BY 1 ORDER BY 2 DESC, 1"
)
_NAMES: Final[dict[str, tuple[str, str]]] = {
    "language": ("t.language", ""),
    "channel": (
        "s.channel",
        "JOIN service s ON s.tenant_id = current_tenant() AND s.id = t.service_id",
    ),
    "day": ("''", ""),
}


def flows(tx: Tx, asked: Asked) -> dict[str, list[Step]]:
    """The questions of each flow, in the order in which sessions come to them; the flow that most
    came into first. Menus are no flows."""
    found: dict[str, list[Step]] = {}
    for row in tx.all(_STEPS, _values(asked)):
        step = Step(*row)
        flow, dot, _ = step.place.partition(".")
        if dot and ":" not in flow:
            found.setdefault(flow, []).append(step)
    most = sorted(found, key=lambda flow: -max(step.came for step in found[flow]))
    return {flow: found[flow] for flow in most}


def shares(tx: Tx, asked: Asked, flow: str, by: By) -> list[Share]:
    """A flow by day, channel or language; days in their order, the others by how many came."""
    if by == "day":
        return [
            Share(f"{begins:%Y-%m-%d}", *(row[1:] if row else (0, 0)))
            for begins, of in _days(asked)
            for row in (_one(tx, of, flow),)
        ]
    rows = tx.all(_share_query(by), _values(asked) | {"flow": f"{flow}."})
    return [Share(*row) for row in rows]


def _one(tx: Tx, asked: Asked, flow: str) -> Any:
    return tx.one(_share_query("day"), _values(asked) | {"flow": f"{flow}."})


def _share_query(by: By) -> str:
    name, joined = _NAMES[by]
    return _SHARES.format(name=name, joined=joined)


def _days(asked: Asked) -> Iterator[tuple[datetime, Asked]]:
    """The days of the time that is asked for, by its own clock."""
    begins = asked.since.replace(hour=0, minute=0, second=0, microsecond=0)
    while begins < asked.until:
        next_day = begins + timedelta(days=1)
        ends = min(next_day, asked.until)
        yield begins, Asked(max(begins, asked.since), ends, asked.language, asked.channel)
        begins = next_day


def _values(asked: Asked) -> dict[str, Any]:
    return {
        "since": _floor(asked.since),
        "until": _floor(asked.until),
        "goes_on": _floor(clock.now() - GOES_ON_WITHIN),
        "language": asked.language,
        "channel": asked.channel,
    }


def _floor(at: datetime) -> uuid.UUID:
    return floor_of(int(at.timestamp() * 1_000))
