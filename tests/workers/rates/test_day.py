"""A day of 144 polls, with all that goes wrong in one: what is served, and who is texted.

`day.csv` has what a source says its 1,000,000 of the destination cost, every ten minutes, and what
happens to the request or to the poller. What must come of it is reckoned here from the file, by
fractions and by hand-marked events, and by none of the poller's own functions.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Final

import pytest

from core.rates import alerts, pairs
from core.rates.alerts import Direction
from core.rates.quotes import Pair, Poll
from core.rates.shown import shown
from providers.flutterwave_rates.fake import Mode
from providers.simulator.process import Fakes
from tests.support.rates import have_polled, poller
from tests.support.workers import MessagingTenant
from workers.rates import sources
from workers.rates.poll import Poller
from workers.rates.sources import Asking

ASKED: Final = 1_000_000
RUN_PAIRS: Final = (Pair("NGN", "USD"), Pair("USD", "NGN"), Pair("USD", "UGX"))
TOO_MANY, AWAY, ANSWERS = ("http", 429), ("http", 503), ("", 0)
# What a request, and those after it, come to: modes of the fake, and whether a rate is served.
FAULTS: Final = {
    "429": ([TOO_MANY, ANSWERS], True),
    "503": ([AWAY, AWAY, ANSWERS], True),
    "cut off": ([("hang", 0), ANSWERS], True),
    "times out": ([("delay", 0), ANSWERS], True),
    "error": ([("error", 0), ANSWERS], True),
    "away": ([AWAY, AWAY, AWAY], False),
    "an hour": ([("http", 429)], False),
    "disagrees": ([("disagree", 0)], False),
    "other currency": ([("other_currency", 0)], False),
    "no amount": ([("no_amount", 0)], False),
    "inverted": ([("inverted", 0)], False),
    "held": ([ANSWERS], False),
}


@dataclass
class Wanted:
    """An alert, and its state as somebody with a pencil would keep it."""

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


def wanted() -> list[Wanted]:
    above, below = Direction.ABOVE, Direction.BELOW
    weak, naira, shilling = RUN_PAIRS
    return [
        *(Wanted(naira, above, level) for level in ("1645", "1615", "1620", "1640", "1700")),
        *(Wanted(naira, above, level, every_time=True) for level in ("1630", "1618")),
        *(Wanted(naira, below, level, every_time=True) for level in ("1608", "1602")),
        Wanted(naira, below, "1600.5"),
        *(Wanted(shilling, above, level, every_time=True) for level in ("3580", "3600")),
        *(Wanted(shilling, below, level) for level in ("3500", "3300", "3200", "3000")),
        *(Wanted(weak, above, level, every_time=True) for level in ("0.000625", "0.0006225")),
        Wanted(weak, above, "0.00062914"),
        Wanted(weak, below, "0.0006175"),
    ]


@dataclass
class Row:
    at: datetime
    costs: dict[Pair, str]
    events: dict[str, str]

    def rate(self, pair: Pair) -> Decimal:
        """In eight places, half to even."""
        places = 10**8
        exact = Fraction(ASKED) / Fraction(self.costs[pair])
        return Decimal(round(exact * places)) / places


def rows_of_the_day() -> Iterator[Row]:
    with open(Path(__file__).with_name("day.csv"), newline="") as file:
        for row in csv.DictReader(file):
            events = {}
            for event in filter(None, row["events"].split(";")):
                who, _, what = event.partition(" ")
                events[who] = what
            yield Row(
                datetime.strptime(row["fetched_at"], "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC),
                {pair: row[str(pair)] for pair in RUN_PAIRS},
                events,
            )


@dataclass
class Reckoned:
    """What must be, from one row to the next."""

    alerts: list[Wanted]
    order: list[Pair] = field(default_factory=lambda: list(RUN_PAIRS))
    served: dict[Pair, Decimal] = field(default_factory=dict)
    changes: list[tuple[str, str, Decimal]] = field(default_factory=list)
    texts: list[tuple[str, str, str, str]] = field(default_factory=list)

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
                self._serve(pair, row.rate(pair), row.at)
            if what == "an hour":
                break
        self.order = [pair for pair in self.order if pair not in tried] + tried

    def _serve(self, pair: Pair, rate: Decimal, at: datetime) -> None:
        before = self.served.get(pair)
        if rate == before:
            return
        self.served[pair] = rate
        self.changes.append((pair.source, pair.destination, rate))
        if before is None:
            return
        ours = [alert for alert in self.alerts if alert.pair == pair]
        for alert in ours:
            alert.arm_again(before, at)
        fired = [alert for alert in ours if alert.fired_at is None and alert.is_passed_by(rate)]
        for alert in sorted(fired, key=_as_passed):
            alert.fired_at = at
            template = f"rate_{alert.direction.value}"
            level = shown(Decimal(alert.level))
            self.texts.append((template, str(pair), level, shown(rate)))


def _as_passed(alert: Wanted) -> Decimal:
    return Decimal(alert.level) * (1 if alert.direction is Direction.ABOVE else -1)


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """What time it is for the poller: the last of these."""
    told: list[datetime] = []
    fixed = SimpleNamespace(now=lambda zone=UTC: told[-1].astimezone(zone))
    monkeypatch.setattr(sources, "clock", fixed)
    return told


@pytest.mark.long
def test_a_day_of_polls_is_served_right_and_told_once(
    tenant: MessagingTenant, fakes: Fakes, at: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.admin.execute("TRUNCATE rate")
    have_polled(tenant, RUN_PAIRS)
    reckoned = Reckoned(wanted())
    slept: list[float] = []
    one = poller(tenant, fakes, slept=slept)
    polled = 0
    for row in rows_of_the_day():
        at.append(row.at)
        if "down" in row.events:
            continue
        polled += 1
        for pair in RUN_PAIRS:
            cost = Decimal(row.costs[pair])
            fakes.flutterwave.market.own[pair.source, pair.destination] = ASKED / cost
        fakes.flutterwave.script(*reckoned.modes(row))
        # Each run has forgotten which source was away.
        run = Poller(one.database, one.tenant_id, Asking(one.asking.sources, sleep=slept.append))
        if "killed" in row.events:
            with monkeypatch.context() as dying:
                die(dying, row.events["killed"])
                with pytest.raises(Killed):
                    run.run(interval_s=0)
            tenant.admin.execute("UPDATE rate_run SET lease_until = now() - interval '1 second'")
        assert run.run(interval_s=0) is not None
        reckoned.take(row)
        if polled == 1:
            arm(tenant, reckoned.alerts)
        with tenant.tx() as tx:
            served = {pair: rate.rate for pair, rate in pairs.served(tx, RUN_PAIRS).items()}
        assert served == reckoned.served, row.at
        fakes.flutterwave.clear()
    assert polled == 144 - 9
    assert texts(tenant) == reckoned.texts
    assert len(reckoned.texts) == 24
    assert slept.count(7) == 3
    history = tenant.admin.execute("SELECT source, destination, rate FROM rate ORDER BY id")
    assert history.fetchall() == reckoned.changes


def die(dying: pytest.MonkeyPatch, how: str) -> None:
    """Have a poller killed at that moment."""
    calls: list[object] = []
    if how == "before its texts":
        real = Poller.tell

        def tell(self: Poller) -> int:
            calls.append(self)
            if len(calls) == 2:  # the first looks for what another left
                raise Killed
            return real(self)

        dying.setattr(Poller, "tell", tell)
        return
    assert how == "in its second request"
    asks = Asking.ask

    def ask(self: Asking, pair: Pair) -> Poll | None:
        calls.append(pair)
        if len(calls) == 2:
            raise Killed
        return asks(self, pair)

    dying.setattr(Asking, "ask", ask)


def arm(tenant: MessagingTenant, wanted: Sequence[Wanted]) -> None:
    person = tenant.person()
    for alert in wanted:
        with tenant.tx() as tx:
            alerts.add(
                *(tx,),
                subscriber_id=person,
                service_id=tenant.service_id,
                pair=alert.pair,
                direction=alert.direction,
                level=Decimal(alert.level),
                every_time=alert.every_time,
            )


def texts(tenant: MessagingTenant) -> list[tuple[str, str, str, str]]:
    rows = tenant.admin.execute(
        "SELECT template, (params->>'source') || '-' || (params->>'destination'),"
        " params->>'level', params->>'rate' FROM message ORDER BY id"
    ).fetchall()
    return [(template, pair, level, rate) for template, pair, level, rate in rows]
