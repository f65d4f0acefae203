"""What was polled and told of rates, in a database with a history."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from core.rates import alerts, daily, pairs, reading, runs
from core.rates.alerts import Direction
from core.rates.quotes import Pair, Poll
from tests.support.ussd import TODAY, UssdTenant
from values import clock

PAIR = Pair("USD", "NGN")


def what_is_polled(tenant: UssdTenant, number: int) -> None:
    """A run in which the rate goes up by a little, and one text of the day."""
    person, service_id = tenant.id_of("uwera"), tenant.service().id
    at = clock.now()
    if not number:
        tenant.admin.execute(
            "INSERT INTO rate_plan (tenant_id, providers, compared_with, interval_s, compared_at)"
            " VALUES (%s, '{flutterwave_rates}', 'frankfurter', 600, now())",
            (tenant.tenant_id,),
        )
        tenant.admin.execute(
            "INSERT INTO rate_pair (tenant_id, source, destination) VALUES (%s, 'USD', 'NGN')",
            (tenant.tenant_id,),
        )
        tenant.admin.execute(
            "INSERT INTO rate_margin"
            " VALUES (%s, 'USD', 'NGN', '2026-01-01', 100, 1.5, gen_random_uuid())",
            (tenant.tenant_id,),
        )
    run = tenant.change(runs.begin, interval_s=0)
    assert tenant.change(runs.next_pair, run) == PAIR
    poll = Poll(PAIR, Decimal(1), Decimal(1600 + 10 * number), at, "flutterwave_rates", at)
    decision = tenant.change(pairs.keep, poll)
    tenant.change(runs.count, run, decision.verdict)
    if not number:
        for level in ("1605", "1900"):
            told = {"subscriber_id": person, "service_id": service_id, "pair": PAIR}
            way = {"direction": Direction.ABOVE, "level": Decimal(level)}
            way |= {"every_time": level == "1900"}
            tenant.change(alerts.add, **told, **way)
        told |= {"hour": 8, "now": datetime(2026, 1, 1, 6, tzinfo=UTC)}
        tenant.change(daily.start, **told)
    tenant.change(alerts.tell)
    tenant.change(runs.end, run)


def what_is_held(tenant: UssdTenant) -> None:
    """A run that is not over: one rate is the same, one is held, nobody answered for a third; a
    correction; and somebody had a rate asked for again."""
    run = tenant.change(runs.begin, interval_s=0)
    with tenant.tx() as tx:
        (rate,) = pairs.all_served(tx)
    right = {"source_amount": Decimal(1), "destination_amount": rate.rate + 1}
    tenant.change(pairs.put_right, PAIR, **right, actor="test", reason="typed wrong")
    at = clock.now()
    tenant.change(pairs.keep, Poll(PAIR, Decimal(1), rate.rate + 1, at, "frankfurter", at))
    tenant.change(pairs.keep, Poll(PAIR, Decimal(1), Decimal(2400), clock.now(), "frankfurter"))
    for column in ("accepted", "unchanged", "held", "failed"):
        tenant.admin.execute(f"UPDATE rate_run SET {column} = {column} + 1 WHERE ended_at IS NULL")
    assert run is not None
    tenant.change(runs.note_asking, gap_s=0.5)
    with tenant.tx() as tx:
        reading.have_refreshed(tx, rate)


POLLED = [Pair(source, to) for source in ("GBP", "USD") for to in ("KES", "NGN", "RWF", "UGX")]
# Of the dollar in naira: how many days ago it changed, and to what.
WEEK = ((8, "1550"), (5, "1540.5"), (3, "1590"), (1, "1600"), (0, "1612.345"))


def rates_are_polled(tenant: UssdTenant) -> None:
    """Eight pairs are polled, and seven minutes ago were; one of them for more than a week."""
    if not tenant.number("SELECT count(*) FROM rate_plan"):
        tenant.admin.execute(
            "INSERT INTO rate_plan (tenant_id, providers, interval_s)"
            " VALUES (%s, '{flutterwave_rates}', 600)",
            (tenant.tenant_id,),
        )
    for pair in POLLED:
        tenant.admin.execute(
            "INSERT INTO rate_pair (tenant_id, source, destination) VALUES (%s, %s, %s)",
            (tenant.tenant_id, pair.source, pair.destination),
        )
    at = TODAY - timedelta(minutes=7)
    for days, rate in WEEK:
        then = at - timedelta(days=days)
        tenant.change(pairs.keep, Poll(PAIR, Decimal(1), Decimal(rate), then, "flutterwave_rates"))
    for pair, rate in ((Pair("USD", "RWF"), "1452.6"), (Pair("GBP", "KES"), "171.185")):
        tenant.change(pairs.keep, Poll(pair, Decimal(1), Decimal(rate), at, "flutterwave_rates"))


def rates_are_old(tenant: UssdTenant) -> None:
    """Nobody has fetched one for a day."""
    tenant.admin.execute(
        "UPDATE rate_pair SET fetched_at = fetched_at - interval '1 day' WHERE rate_id IS NOT NULL"
    )


def kayitesi_is_texted_rates(tenant: UssdTenant) -> None:
    """Each day at eight, and above three levels."""
    person, service_id = tenant.id_of("kayitesi"), tenant.service().id
    told: dict[str, object] = {"subscriber_id": person, "service_id": service_id, "pair": PAIR}
    for level in (1700, 1800, 1900):
        way = {"direction": Direction.ABOVE, "level": Decimal(level), "every_time": True}
        tenant.change(alerts.add, **told, **way)
    tenant.change(daily.start, **told, hour=8, now=clock.now())
