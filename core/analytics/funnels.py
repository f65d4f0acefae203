"""Funnels: of each flow, how many sessions came to each of its questions, and where they left.

Read from sums by day (`funnel_counts`), and for the last minutes from the turn log. A session is
counted once at a place, however often it was there, on the day on which it began.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from core.analytics import funnel_counts
from core.db.connection import Row
from core.db.database import Tx

By = Literal["day", "channel", "language", "network"]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which sessions: begun from a moment until another, which are a day's edge or now; in a
    language, on a channel or from a network, where given."""

    since: datetime
    until: datetime
    language: str = ""
    channel: str = ""
    network: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A question of a flow: how many sessions `came` to it, `ended` there as the flow ends, `left`
    there without a word more, and went `back` from it; and how often an answer was `wrong` or
    `refused`."""

    place: str
    came: int
    ended: int
    left: int
    back: int
    wrong: int
    refused: int

    @property
    def went_on(self) -> int:
        return max(self.came - self.ended - self.left, 0)


@dataclass(frozen=True, slots=True)
class Share:
    """Of a day, a channel, a language or a network: sessions that came into a flow, and ended in
    it."""

    name: str
    came: int
    ended: int


@dataclass(frozen=True, slots=True)
class Counted:
    """A row of sums: see core/analytics/tables.py. `channel` is the service's."""

    day: date
    channel: str
    language: str
    network: str
    place: str
    came: int
    ended: int
    left: int
    back: int
    wrong: int
    refused: int
    turns: int
    numbers: int


@dataclass(frozen=True, slots=True)
class Funnels:
    """What was asked for, read once: `flows`, the one that most came into first, and for each its
    `shares`; `networks` are those that there were at all."""

    asked: Asked
    flows: Mapping[str, list[Step]]
    networks: list[str]
    _wholes: Mapping[str, list[Counted]]

    def shares(self, flow: str, by: By) -> list[Share]:
        """A flow by day, channel, language or network; days in their order, each of them there, the
        others by how many came."""
        name_of: Callable[[Counted], str] = lambda one: str(getattr(one, by))  # noqa: E731
        found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for each in self._days() if by == "day" else ():
            found[each] = [0, 0]
        for one in self._wholes.get(flow, ()):
            sums = found[name_of(one)]
            sums[0] += one.came
            sums[1] += one.ended
        shares = [Share(name, *sums) for name, sums in found.items()]
        return shares if by == "day" else sorted(shares, key=lambda one: (-one.came, one.name))

    def _days(self) -> Iterable[str]:
        day = self.asked.since.date()
        while day <= (self.asked.until - timedelta(microseconds=1)).date():
            yield f"{day:%Y-%m-%d}"
            day += timedelta(days=1)


_SUMS: Final = (
    "SELECT d.day, d.service_id, d.language, d.network, d.place, d.came, d.ended, d.dropped,"
    " d.back, d.wrong, d.refused, d.turns, d.numbers FROM funnel_day d"
    " WHERE d.tenant_id = current_tenant()"
    " AND d.day BETWEEN %(first)s AND %(last)s"
)


def read(tx: Tx, asked: Asked) -> Funnels:
    """What was counted until now. Menus are no flows."""
    last = asked.until - timedelta(microseconds=1)
    rows = tx.all(_SUMS, {"first": asked.since.date(), "last": last.date()})
    rows += funnel_counts.since_then(tx, asked.since, asked.until)
    services = tx.all("SELECT id, channel FROM service WHERE tenant_id = current_tenant()")
    channels: dict[Any, str] = dict(services)
    all_of_it = [_counted(row, channels) for row in rows]
    found = [one for one in all_of_it if _is_asked(one, asked)]
    steps: defaultdict[str, list[Counted]] = defaultdict(list)
    wholes: defaultdict[str, list[Counted]] = defaultdict(list)
    for one in found:
        flow, dot, question = one.place.partition(".")
        if not dot or ":" in flow:
            continue
        if question:
            steps[one.place].append(one)
        else:
            wholes[flow].append(one)
    flows: defaultdict[str, list[tuple[float, Step]]] = defaultdict(list)
    for place, counted in steps.items():
        flows[place.partition(".")[0]].append(_step(place, counted))
    most = sorted(flows, key=lambda flow: (-sum(one.came for one in wholes[flow]), flow))
    return Funnels(
        asked,
        {
            flow: [
                step for _, step in sorted(flows[flow], key=lambda each: (each[0], each[1].place))
            ]
            for flow in most
        },
        sorted({one.network for one in all_of_it if one.network}),
        wholes,
    )


def _counted(row: Row, channels: Mapping[Any, str]) -> Counted:
    day, service_id, *rest = row
    return Counted(day, channels.get(service_id, ""), *rest)


def _is_asked(one: Counted, asked: Asked) -> bool:
    pairs = (
        (one.language, asked.language),
        (one.channel, asked.channel),
        (one.network, asked.network),
    )
    return all(wanted in ("", is_so) for is_so, wanted in pairs)


def _order(placed: tuple[float, Step]) -> tuple[float, str]:
    return placed[0], placed[1].place


def _step(place: str, counted: list[Counted]) -> tuple[float, Step]:
    """A question, with how far into a session it comes on average."""
    turns = sum(one.turns for one in counted)
    return sum(one.numbers for one in counted) / max(turns, 1), Step(
        place,
        sum(one.came for one in counted),
        sum(one.ended for one in counted),
        sum(one.left for one in counted),
        sum(one.back for one in counted),
        sum(one.wrong for one in counted),
        sum(one.refused for one in counted),
    )
