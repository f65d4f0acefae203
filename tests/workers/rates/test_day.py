"""A day of 144 polls, with all that goes wrong in one: what is served, and who is texted.

The polls are 144 months of real rates, 44 pairs and a weak one, ten minutes apart: moves are larger
than those of any day, and currencies lose a third of their value in one. What must come of it is
reckoned in `tests/support/reckoned_rates.py`.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Final

import pytest
from click.testing import CliRunner

from app.cli.rates import rates
from core.rates import alerts, pairs
from core.rates.alerts import Direction
from core.rates.poll_file import COLUMNS
from core.rates.quotes import Pair, Poll
from providers.simulator.process import Fakes
from tests.support.rates import have_polled, poller
from tests.support.reckoned_rates import (
    ASKED,
    DAY_PAIRS,
    POLLS,
    WEAK,
    Reckoned,
    Wanted,
    rows_of_the_day,
)
from tests.support.workers import MessagingTenant
from workers.rates import sources
from workers.rates.poll import Poller
from workers.rates.sources import Asking

# When a currency was let go, and a dollar cost a third more, or twice as much, in the next month.
LET_GO: Final = (
    *(("NGN", "2016-07"), ("EGP", "2016-12"), ("ETB", "2017-11"), ("EGP", "2022-12")),
    *(("NGN", "2023-07"), ("NGN", "2024-03"), ("ETB", "2024-09")),
)


def wanted() -> dict[str, list[Wanted]]:
    """Alerts, by the month whose poll they are armed after."""
    above, below = Direction.ABOVE, Direction.BELOW
    naira, shilling, kenyan = Pair("USD", "NGN"), Pair("USD", "UGX"), Pair("USD", "KES")
    rand, cedi = Pair("GBP", "ZAR"), Pair("EUR", "GHS")
    first = [
        *(Wanted(naira, above, level) for level in ("290", "185.5", "285", "280", "9000")),
        *(Wanted(naira, above, level, every_time=True) for level in ("200", "360")),
        Wanted(naira, below, "100"),
        *(Wanted(shilling, above, level, every_time=True) for level in ("3600", "3700")),
        *(Wanted(rand, above, level, every_time=True) for level in ("20", "22")),
        *(Wanted(rand, below, level) for level in ("17", "16.5")),
        *(Wanted(WEAK, below, level) for level in ("0.003", "0.0005")),
        Wanted(WEAK, below, "0.0033", every_time=True),
    ]
    second = [
        *(Wanted(kenyan, below, level) for level in ("130", "140", "135.5", "100")),
        Wanted(kenyan, below, "129.5", every_time=True),
        Wanted(naira, above, "1500", every_time=True),
        *(Wanted(cedi, below, level, every_time=True) for level in ("13", "12.5")),
        Wanted(shilling, below, "3600"),
        Wanted(WEAK, above, "0.00126"),
    ]
    return {"2014-12": first, "2024-03": second}


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
    have_polled(tenant, DAY_PAIRS)
    reckoned, to_arm = Reckoned(), wanted()
    slept: list[float] = []
    one = poller(tenant, fakes, slept=slept)
    polled = 0
    for row in rows_of_the_day():
        at.append(row.at)
        if "down" in row.events:
            continue
        polled += 1
        for pair in DAY_PAIRS:
            fakes.flutterwave.market.own[pair.source, pair.destination] = ASKED / row.cost(pair)
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
        if new := to_arm.pop(row.month, []):
            arm(tenant, new)
            reckoned.alerts.extend(new)
        with tenant.tx() as tx:
            served = {pair: rate.rate for pair, rate in pairs.served(tx, DAY_PAIRS).items()}
        assert served == reckoned.served, row.at
        fakes.flutterwave.clear()
    assert polled == POLLS - 9
    assert texts(tenant) == reckoned.texts
    assert len(reckoned.texts) == 44
    assert slept.count(7) == 3
    history = tenant.admin.execute("SELECT source, destination, rate FROM rate ORDER BY id")
    assert history.fetchall() == reckoned.changes


def test_a_currency_that_is_let_go_is_held_and_then_served() -> None:
    """The same day, replayed from a file, with nothing that goes wrong."""
    reckoned, file = Reckoned(), io.StringIO()
    polls = csv.writer(file)
    polls.writerow(COLUMNS)
    for row in rows_of_the_day():
        row.events.clear()
        reckoned.take(row)
        for pair in DAY_PAIRS:
            cost = row.cost(pair)
            polls.writerow([row.at.isoformat(), pair.source, pair.destination, cost, ASKED])
    answer = CliRunner().invoke(rates, ["replay", "-", "--json"], input=file.getvalue())
    said = json.loads(answer.output)
    verdicts = Counter(verdict for _, _, verdict in reckoned.verdicts)
    assert said["counts"] == {
        **{"rows": POLLS * len(DAY_PAIRS), "polls": POLLS * len(DAY_PAIRS), "rejected": 0},
        **verdicts,
    }
    assert {
        Pair(one["source"], one["destination"]): Decimal(one["rate"]) for one in said["table"]
    } == reckoned.served
    for currency, month in LET_GO:
        at = next(row.at for row in rows_of_the_day() if row.month == month).isoformat()
        ours = [("USD", currency) == (one["source"], one["destination"]) for one in said["held"]]
        doubted = [one for one, is_ours in zip(said["held"], ours, strict=True) if is_ours]
        (first,) = (one for one in doubted if one["fetched_at"] == at)
        served = next(
            Decimal(one["rate"])
            for one in said["accepted"]
            if ("USD", currency) == (one["source"], one["destination"]) and one["fetched_at"] > at
        )
        assert served > Decimal("1.1") * Decimal(first["served"]), "it is served in the end"


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


def arm(tenant: MessagingTenant, new: Sequence[Wanted]) -> None:
    person = tenant.person()
    for alert in new:
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
