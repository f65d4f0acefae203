"""Samples of the rates domain."""

import uuid
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from checks import samples
from checks.samples import AT
from checks.scenario import Samples, Scenario, refused_with
from core.rates import alerts, asked, chart, daily, history
from core.rates.alerts import Alert, Direction
from core.rates.asked import Polled, Told
from core.rates.daily import Daily
from core.rates.errors import LevelPassed, NoRateYet, TooManyAlerts
from core.rates.history import Value, Week
from core.rates.quotes import Pair

SOURCES = ("CAD", "EUR", "GBP", "USD")
DESTINATIONS = ("EGP", "ETB", "GHS", "KES", "MAD", "NGN", "UGX", "XAF", "XOF", "ZAR", "ZMW")
OWN = [Pair("USD", "NGN"), Pair("GBP", "KES"), Pair("EUR", "XOF")]
RATE = Decimal("1612.34567891")


def _polled(*own: Pair) -> Any:
    found = {source: list(DESTINATIONS) for source in SOURCES}
    return lambda _person: Polled(found, list(own))


def _tell(*, stale: bool = False, days_ago: int = 0) -> Any:
    at = AT - timedelta(days=days_ago)

    def tell(*, pair: Pair, **_: Any) -> Told:
        at_s = at.timestamp()
        return Told(uuid.UUID(int=9), pair.source, pair.destination, f"{RATE:f}", at_s, stale)

    return tell


def _no_margin(*_: Any) -> Decimal:
    return Decimal(0)


WEEK = Week(
    now=Value(RATE, AT),
    yesterday=Value(RATE * 9 / 10, AT),
    first=Value(RATE * 8 / 10, AT),
    lowest=RATE * 7 / 10,
    highest=RATE * 11 / 10,
)
ALERTS = [
    Alert(uuid.UUID(int=number), pair, Direction.ABOVE, RATE, False)
    for number, pair in enumerate(OWN * 6, start=1)
]

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            asked.polled: _polled(*OWN),
            asked.tell: _tell(),
            asked.margin: lambda *_: Decimal("1.25"),
            alerts.add: lambda **_: uuid.UUID(int=8),
            alerts.of_person: lambda _person: ALERTS,
            alerts.cancel: lambda *_: True,
            daily.start: samples.nothing,
            daily.stop: samples.nothing,
            daily.of_person: lambda _person: [Daily(pair, 22) for pair in OWN],
            history.week: lambda *_, **__: WEEK,
            chart.of_week: lambda *_, **__: None,  # the words are what is checked
        }
    ),
    scenarios=(
        Scenario("no rates of one's own", {asked.polled: _polled(), asked.margin: _no_margin}),
        Scenario("stale rates", {asked.tell: _tell(stale=True, days_ago=2)}),
        Scenario("no rate", {asked.tell: refused_with(NoRateYet())}),
        Scenario("level passed", {alerts.add: refused_with(LevelPassed(rate="1,612.35"))}),
        Scenario("many alerts", {alerts.add: refused_with(TooManyAlerts())}),
        Scenario(
            "nothing yet",
            {
                asked.polled: lambda _person: Polled({}, []),
                alerts.of_person: lambda _person: [],
                daily.of_person: lambda _person: [],
            },
        ),
    ),
    values=MappingProxyType(
        {
            **{"source": "USD", "destination": "NGN"},
            **{"rate": "1,612.35", "level": "1,600.00", "wrong": "1,590.10", "change": "-10.25 %"},
        }
    ),
)
