"""What must come of a day of polls: reckoned from a table of real rates by fractions and a pencil,
and by none of the poller's own functions.

`tests/workers/rates/day.csv` has 144 months of what a pound was worth (`README.md` beside it says
whose words these are). Each is one poll, ten minutes after the one before: what a provider would
say that 1,000,000 of the destination cost.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Final

from core.rates.alerts import Direction
from core.rates.quotes import Pair
from core.rates.shown import shown
from providers.flutterwave_rates.fake import Mode

DAY: Final = Path(__file__).parents[1] / "workers" / "rates" / "day.csv"
BEGAN: Final = datetime(2026, 11, 29, tzinfo=UTC)
POLLS: Final = 144
ASKED: Final = 1_000_000
SOURCES: Final = ("CAD", "EUR", "GBP", "USD")
DESTINATIONS: Final = (
    *("EGP", "ETB", "GHS", "KES", "MAD", "NGN", "UGX", "XAF", "XOF", "ZAR", "ZMW"),
)
WEAK: Final = Pair("NGN", "USD")
# As the poller asks for them: by their codes.
DAY_PAIRS: Final = tuple(
    sorted([*(Pair(one, other) for one in SOURCES for other in DESTINATIONS), WEAK])
)
TOO_MANY, AWAY, ANSWERS = ("http", 429), ("http", 503), ("", 0)
# What a request, and those after it, come to: modes of the fake, and whether a quote is read.
FAULTS: Final = {
    "429": ([TOO_MANY, ANSWERS], True),
    "503": ([AWAY, AWAY, ANSWERS], True),
    "cut off": ([("hang", 0), ANSWERS], True),
    "times out": ([("delay", 0), ANSWERS], True),
    "error": ([("error", 0), ANSWERS], True),
    "inverted": ([("inverted", 0)], True),
    "away": ([AWAY, AWAY, AWAY], False),
    "an hour": ([("http", 429)], False),
    "disagrees": ([("disagree", 0)], False),
    "other currency": ([("other_currency", 0)], False),
    "no amount": ([("no_amount", 0)], False),
}


@dataclass
class Row:
    """A poll: the month it is of, what a pound was worth, and what goes wrong."""

    at: datetime
    month: str
    a_pound: dict[str, Fraction]
    events: dict[str, str]

    def cost(self, pair: Pair) -> Decimal:
        """Of 1,000,000 of the destination, in the source currency: as a provider says it, in six
        places and no more than twelve digits."""
        exact = ASKED * self.a_pound[pair.source] / self.a_pound[pair.destination]
        places = min(6, 12 - len(str(int(exact))))
        return Decimal(round(exact * 10**places)).scaleb(-places)

    def rate(self, pair: Pair) -> Decimal:
        exact = Fraction(self.cost(pair)) / ASKED
        return _eighth(exact if self.events.get(str(pair)) == "inverted" else 1 / exact)


def _eighth(exact: Fraction) -> Decimal:
    """In eight places, half to even."""
    return Decimal(round(exact * 10**8)) / 10**8


def rows_of_the_day() -> Iterator[Row]:
    with open(DAY, newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            month, events = row.pop("month"), {}
            for event in filter(None, row.pop("events").split(";")):
                who, _, what = event.partition(" ")
                events[who] = what
            worth = {currency: Fraction(units) for currency, units in row.items()}
            at = BEGAN + timedelta(minutes=10 * number)
            yield Row(at, month, {"GBP": Fraction(1), **worth}, events)


@dataclass
class Pencil:
    """What is known of a pair, and what somebody with a pencil makes of the next poll."""

    served: Decimal | None = None
    changes: list[Fraction] = field(default_factory=list)
    held: Decimal | None = None

    def take(self, rate: Decimal) -> str:
        if self.served is None:
            self.served = rate
            return "accepted"
        if rate == self.served:
            self.held = None
            return "unchanged"
        change, limit = Fraction(rate) / Fraction(self.served) - 1, self.limit()
        looks_inverted = abs(Fraction(rate) * Fraction(self.served) - 1) <= Fraction(1, 10)
        agrees = self.held is not None and abs(Fraction(rate) / Fraction(self.held) - 1) <= limit
        if (abs(change) > limit or looks_inverted) and not agrees:
            self.held = rate
            return "held"
        self.served, self.held = rate, None
        self.changes.append(change)
        return "accepted"

    def limit(self) -> Fraction:
        """5 %, or ten times the median distance from the median of the last 50 changes."""
        last = self.changes[-50:]
        middle = _median(last)
        distance = _median([abs(change - middle) for change in last])
        return max(Fraction(5, 100), 10 * distance if len(last) >= 10 else Fraction(0))


def _median(numbers: Sequence[Fraction]) -> Fraction:
    if not numbers:
        return Fraction(0)
    ordered, middle = sorted(numbers), len(numbers) // 2
    return (ordered[middle] + ordered[-1 - middle]) / 2


@dataclass
class Wanted:
    """An alert, and its state."""

    pair: Pair
    direction: Direction
    level: str
    every_time: bool = False
    fired_at: datetime | None = None

    def is_passed_by(self, rate: Decimal) -> bool:
        level = Decimal(self.level)
        return rate >= level if self.direction is Direction.ABOVE else rate <= level

    def arm_again(self, before: Decimal, at: datetime) -> None:
        """Before a change: an hour after it fired, by a rate that had left the level by 0.2 %."""
        if self.fired_at is None or not self.every_time:
            return
        away = Decimal(self.level) * Decimal("0.002")
        back = -away if self.direction is Direction.ABOVE else away
        if at - self.fired_at >= timedelta(hours=1) and not self.is_passed_by(before - back):
            self.fired_at = None


@dataclass
class Reckoned:
    """What must be, from one row to the next."""

    alerts: list[Wanted] = field(default_factory=list)
    order: list[Pair] = field(default_factory=lambda: list(DAY_PAIRS))
    pencils: dict[Pair, Pencil] = field(default_factory=lambda: {p: Pencil() for p in DAY_PAIRS})
    verdicts: list[tuple[str, Pair, str]] = field(default_factory=list)
    changes: list[tuple[str, str, Decimal]] = field(default_factory=list)
    texts: list[tuple[str, str, str, str]] = field(default_factory=list)

    @property
    def served(self) -> dict[Pair, Decimal]:
        return {pair: one.served for pair, one in self.pencils.items() if one.served is not None}

    @property
    def held(self) -> dict[Pair, Decimal]:
        return {pair: one.held for pair, one in self.pencils.items() if one.held is not None}

    def modes(self, row: Row) -> list[Mode]:
        """What is scripted for the requests of this run, in their order."""
        made = []
        for pair in self.order:
            what = row.events.get(str(pair), "")
            for mode, status in FAULTS[what][0] if what else [ANSWERS]:
                patience = {"an hour": "3000", "429": "7"}.get(what, "")
                slow_s = 1.2 if mode == "delay" else 0.0
                made.append(Mode(mode, status=status, retry_after=patience, delay_s=slow_s))
            if what == "an hour":
                break
        return made

    def take(self, row: Row) -> None:
        """What a run comes to, or two of which the first was killed."""
        tried = []
        lost = self.order[1] if row.events.get("killed") == "in its second request" else None
        for pair in self.order:
            tried.append(pair)
            what = row.events.get(str(pair), "")
            if pair != lost and (not what or FAULTS[what][1]):
                self.poll(row, pair)
            if what == "an hour":
                break
        self.order = [pair for pair in self.order if pair not in tried] + tried

    def poll(self, row: Row, pair: Pair) -> None:
        pencil, rate = self.pencils[pair], row.rate(pair)
        before = pencil.served
        verdict = pencil.take(rate)
        self.verdicts.append((row.month, pair, verdict))
        if verdict != "accepted":
            return
        self.changes.append((pair.source, pair.destination, rate))
        if before is None:
            return
        ours = [alert for alert in self.alerts if alert.pair == pair]
        for alert in ours:
            alert.arm_again(before, row.at)
        fired = [alert for alert in ours if alert.fired_at is None and alert.is_passed_by(rate)]
        for alert in sorted(fired, key=_as_passed):
            alert.fired_at = row.at
            template = f"rate_{alert.direction.value}"
            level = shown(Decimal(alert.level))
            self.texts.append((template, str(pair), level, shown(rate)))


def _as_passed(alert: Wanted) -> Decimal:
    return Decimal(alert.level) * (1 if alert.direction is Direction.ABOVE else -1)
