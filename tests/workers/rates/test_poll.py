"""The poller, at a fake that misbehaves; killed, and twice at once."""

import time
from dataclasses import replace
from decimal import Decimal

import pytest

from core.rates import alerts, corrections, daily, pairs, runs
from core.rates.alerts import Direction
from core.rates.errors import LevelPassed
from core.rates.judging import Reason
from core.rates.pairs import UnknownPair
from core.rates.quotes import Pair
from providers.contracts.rates import RateSource
from providers.flutterwave_rates.fake import Mode
from providers.simulator.process import Fakes
from tests.support.rates import GBP_NGN, PAIRS, USD_KES, USD_NGN, have_polled, keep, poller, served
from tests.support.workers import MessagingTenant
from values import clock
from workers.rates.poll import Progress
from workers.rates.schedule import compare_daily
from workers.rates.sources import source_of


@pytest.fixture
def rates(tenant: MessagingTenant, fakes: Fakes) -> MessagingTenant:
    tenant.admin.execute("TRUNCATE rate")
    have_polled(tenant)
    fakes.flutterwave.market.own.update(
        {
            ("USD", "NGN"): Decimal(1600),
            ("USD", "KES"): Decimal("129.5"),
            ("GBP", "NGN"): Decimal(2100),
        }
    )
    return tenant


def say(fakes: Fakes, pair: Pair, rate: str) -> None:
    fakes.flutterwave.market.own[pair.source, pair.destination] = Decimal(rate)


def texts(tenant: MessagingTenant) -> list[tuple[str, str]]:
    """The levels of the alerts that were told, in the order in which they were written."""
    rows = tenant.admin.execute(
        "SELECT template, params->>'level' FROM message ORDER BY id"
    ).fetchall()
    return [(template, level) for template, level in rows]


def test_a_run_asks_for_each_pair_once_in_its_own_direction(
    rates: MessagingTenant, fakes: Fakes
) -> None:
    shown: list[Progress] = []
    one = poller(rates, fakes)
    one = replace(one, show=shown.append)
    assert one.run(interval_s=600) == {"accepted": 3, "unchanged": 0, "held": 0, "failed": 0}
    assert {request[1:] for request in fakes.flutterwave.requests} == {
        (pair.source, pair.destination) for pair in PAIRS
    }
    assert len(fakes.flutterwave.requests) == len(shown) == 3
    assert served(rates, USD_KES) == Decimal("129.5")
    assert one.run(interval_s=600) is None, "within the interval"
    assert poller(rates, fakes).run(interval_s=0) == {
        **{"accepted": 0, "unchanged": 3, "held": 0, "failed": 0}
    }
    assert rates.one("SELECT count(*) FROM rate") == (3,), "what did not change is no row"


@pytest.mark.parametrize("shape", ["older", "middle", "newest", "v4"])
def test_each_version_of_the_answer_gives_the_same_rate(
    shape: str, rates: MessagingTenant, fakes: Fakes
) -> None:
    fakes.flutterwave.shape = shape
    poller(rates, fakes).run(interval_s=0)
    assert abs(served(rates, USD_NGN) / 1600 - 1) < Decimal("1e-8")


def test_a_run_that_was_killed_goes_on(rates: MessagingTenant, fakes: Fakes) -> None:
    killed = poller(rates, fakes)
    with rates.tx() as tx:
        run = runs.begin(tx, interval_s=600)
        assert run is not None
    with rates.tx() as tx:
        asked = runs.next_pair(tx, run)
    # Killed here. While its lease lasts nobody polls; then the next one asks for the rest.
    assert killed.run(interval_s=0) is None
    rates.admin.execute("UPDATE rate_run SET lease_until = now() - interval '1 second'")
    assert poller(rates, fakes).run(interval_s=600) is not None
    assert {Pair(*request[1:]) for request in fakes.flutterwave.requests} == {*PAIRS} - {asked}
    with rates.tx() as tx:
        assert runs.next_pair(tx, run) is None, "and what was thought dead does nothing more"
        assert runs.end(tx, run) is None


def test_a_run_whose_process_is_to_end_is_left_at_once(
    rates: MessagingTenant, fakes: Fakes
) -> None:
    """A poll of 44 pairs takes half a minute, and a process that is to end has ten seconds."""
    leaving = replace(poller(rates, fakes), stopping=lambda: bool(fakes.flutterwave.requests))
    assert leaving.run(interval_s=600) is None
    assert len(fakes.flutterwave.requests) == 1
    assert poller(rates, fakes).run(interval_s=600) is not None
    asked = [Pair(*request[1:]) for request in fakes.flutterwave.requests]
    assert sorted(asked) == sorted(PAIRS), "the next one asks for the rest, and waits for no lease"


def test_a_source_that_fails_for_a_while_is_waited_for(
    rates: MessagingTenant, fakes: Fakes
) -> None:
    slept: list[float] = []
    fakes.flutterwave.script(
        Mode("http", status=429, retry_after="7"),
        Mode("http", status=503),
        Mode("delay", delay_s=0.0),
        Mode("error"),
        Mode("hang"),
    )
    came_to = poller(rates, fakes, slept=slept).run(interval_s=0)
    assert came_to == {"accepted": 3, "unchanged": 0, "held": 0, "failed": 0}
    pauses = [wait_s for wait_s in slept if wait_s >= 1]
    assert pauses[0] == 7
    assert 2 <= pauses[1] <= 2.4, "the second try waits twice as long as the first"
    assert any(0 < wait_s <= 0.5 for wait_s in slept), "half a second between two"


def test_a_source_that_is_away_is_not_asked_for_all_pairs(
    rates: MessagingTenant, fakes: Fakes
) -> None:
    keep(rates, USD_NGN, "1600")
    fakes.flutterwave.script(Mode("http", status=500, times=None))
    came_to = poller(rates, fakes).run(interval_s=0)
    assert came_to is not None
    assert came_to["failed"] == 3
    assert served(rates, USD_NGN) == 1600, "the last known is served"
    fakes.flutterwave.clear()
    fakes.flutterwave.script(Mode("http", status=429, retry_after="3000", times=None))
    poller(rates, fakes).run(interval_s=0)
    assert len(fakes.flutterwave.requests) == 9 + 1, "who asks for an hour is given it"


@pytest.mark.parametrize("mode", ["disagree", "other_currency", "no_amount"])
def test_what_cannot_be_is_asked_of_the_next_source(
    mode: str, rates: MessagingTenant, fakes: Fakes
) -> None:
    fakes.flutterwave.script(Mode(mode, times=None))
    poller(rates, fakes, "flutterwave_rates", "frankfurter").run(interval_s=0)
    assert rates.one("SELECT DISTINCT provider FROM rate_pair") == ("frankfurter",)
    assert served(rates, USD_NGN) == 1600


def test_a_rate_upside_down_is_held_and_the_old_one_served(
    rates: MessagingTenant, fakes: Fakes
) -> None:
    poller(rates, fakes).run(interval_s=0)
    fakes.flutterwave.script(Mode("inverted", times=3))
    came_to = poller(rates, fakes).run(interval_s=0)
    assert came_to == {"accepted": 0, "unchanged": 0, "held": 3, "failed": 0}
    assert served(rates, USD_NGN) == 1600
    with rates.tx() as tx:
        # A person agrees, be it wrongly: it is their word, and in the audit trail.
        assert pairs.release(tx, USD_NGN, actor="ann", reason="seen at the bank") is not None
    assert served(rates, USD_NGN) < 1
    assert rates.one("SELECT reason FROM rate ORDER BY id DESC LIMIT 1") == ("person",)


def test_an_alert_is_told_once_and_in_the_order_of_its_levels(
    rates: MessagingTenant, fakes: Fakes
) -> None:
    poller(rates, fakes).run(interval_s=0)
    person = rates.person()

    def arm(direction: Direction, level: str, *, every_time: bool = False) -> None:
        with rates.tx() as tx:
            alerts.add(
                *(tx,),
                subscriber_id=person,
                service_id=rates.service_id,
                pair=USD_NGN,
                direction=direction,
                level=Decimal(level),
                every_time=every_time,
            )

    for level in ("1650", "1620", "1640", "1700"):
        arm(Direction.ABOVE, level)
    arm(Direction.ABOVE, "1610", every_time=True)
    arm(Direction.BELOW, "1590")
    arm(Direction.ABOVE, "1620")  # the same again
    with pytest.raises(LevelPassed):
        arm(Direction.ABOVE, "1600")
    say(fakes, USD_NGN, "1660")  # the poller was down while it rose
    poller(rates, fakes).run(interval_s=0)
    poller(rates, fakes).run(interval_s=0)
    assert texts(rates) == [
        ("rate_above", level) for level in ("1,610.00", "1,620.00", "1,640.00", "1,650.00")
    ]
    # Back and forth within the hour: what fires every time does not.
    for rate in ("1600", "1660"):
        keep(rates, USD_NGN, rate)
    assert poller(rates, fakes).tell() == 0
    rates.admin.execute("UPDATE rate_alert SET fired_at = fired_at - interval '2 hours'")
    for rate in ("1609", "1611"):  # it has not left its level by 0.2 %
        keep(rates, USD_NGN, rate)
    assert poller(rates, fakes).tell() == 0
    for rate in ("1600", "1611", "1589"):
        keep(rates, USD_NGN, rate)
    assert poller(rates, fakes).tell() == 2
    assert texts(rates)[4:] == [("rate_above", "1,610.00"), ("rate_below", "1,590.00")]


def test_a_correction_is_a_row_and_finds_its_wrong_one(
    rates: MessagingTenant, fakes: Fakes
) -> None:
    poller(rates, fakes).run(interval_s=0)
    person = rates.person()
    with rates.tx() as tx:
        told = pairs.served(tx, [USD_NGN])[USD_NGN]
        tx.execute(*alerts.told_of(person, rates.service_id, USD_NGN, told.id))
        new_id, wrong, notices = corrections.correct(
            *(tx, USD_NGN),
            source_amount=Decimal(1),
            destination_amount=Decimal(1550),
            actor="ann",
            reason="typed wrong",
        )
    assert (wrong.rate, notices) == (Decimal(1600), 1)
    assert rates.one("SELECT params->>'wrong' FROM message") == ("1,600.00",)
    assert served(rates, USD_NGN) == 1550
    row = rates.one("SELECT reason, corrects FROM rate WHERE id = %s", new_id)
    assert row == ("correction", wrong.id)
    with pytest.raises(UnknownPair):
        keep(rates, Pair("USD", "JPY"), "150")
    rates.admin.execute("UPDATE rate_pair SET listed = false WHERE destination = 'NGN'")
    with pytest.raises(UnknownPair), rates.tx() as tx:
        corrections.correct(
            *(tx, USD_NGN),
            source_amount=Decimal(1),
            destination_amount=Decimal(1600),
            actor="ann",
            reason="it is polled no more",
        )


def test_the_text_of_the_day_is_written_once(rates: MessagingTenant) -> None:
    person, now = rates.person(), clock.now()
    keep(rates, GBP_NGN, "2100")
    early = now.replace(hour=6)
    with rates.tx() as tx:
        daily.start(
            *(tx,),
            subscriber_id=person,
            service_id=rates.service_id,
            pair=GBP_NGN,
            hour=8,
            now=early,
        )
    for hour, written in ((7, 0), (8, 1), (9, 0)):
        with rates.tx() as tx:
            assert daily.send_due(tx, now=now.replace(hour=hour)) == written
    with rates.tx() as tx:
        daily.stop(tx, person, GBP_NGN)
        assert daily.of_person(tx, person) == []


def test_rates_are_compared_with_another_source_once_a_day(
    rates: MessagingTenant, fakes: Fakes
) -> None:
    poller(rates, fakes).run(interval_s=0)
    say(fakes, USD_KES, "110")  # what Frankfurter says by now
    with rates.tx() as tx:
        plan = runs.plan(tx)
    assert plan is not None
    plan = replace(plan, compared_with="frankfurter")

    def sources(name: str) -> RateSource:
        return source_of(name, fakes_url=fakes.url, installed=())

    answers = iter((False, True))
    told = compare_daily(
        rates.database, rates.tenant_id, plan, sources, stopping=lambda: next(answers)
    )
    assert told == [], "the process was told to stop after the first pair: the next begins anew"
    (found,) = compare_daily(rates.database, rates.tenant_id, plan, sources)
    assert (found.pair, found.ours, found.theirs) == (USD_KES, Decimal("129.5"), Decimal(110))
    assert compare_daily(rates.database, rates.tenant_id, plan, sources) == []


@pytest.mark.long
def test_a_hundred_thousand_alerts_are_looked_through_in_a_second(rates: MessagingTenant) -> None:
    keep(rates, USD_NGN, "1600")
    person = rates.person()
    rates.admin.execute(
        "INSERT INTO rate_alert (tenant_id, id, subscriber_id, service_id, source, destination,"
        " direction, level, every_time) SELECT %s, gen_random_uuid(), %s, %s, 'USD', 'NGN',"
        " CASE WHEN n %% 2 = 0 THEN 'above' ELSE 'below' END,"
        " CASE WHEN n %% 2 = 0 THEN 1600 + n / 100.0 ELSE 1600 - n / 100.0 END, false"
        " FROM generate_series(1, 100000) n",
        (rates.tenant_id, person, rates.service_id),
    )
    rates.admin.execute("ANALYZE rate_alert")
    took_s = []
    for rate in ("1601", "1602", "1603"):
        began = time.monotonic()
        assert keep(rates, USD_NGN, rate).reason is Reason.CHANGE
        took_s.append(time.monotonic() - began)
    assert rates.one("SELECT count(*) FROM rate_alert WHERE state = 'fired'") == (150,)
    assert min(took_s) < 1
