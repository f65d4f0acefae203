"""A tenant that polls rates, at the fakes."""

import uuid
from collections.abc import Sequence
from decimal import Decimal

from core.rates import pairs
from core.rates.judging import Decision
from core.rates.quotes import Pair, Poll
from providers.simulator.process import Fakes
from tests.support.tenants import Tenant
from values import clock
from workers.rates.poll import Poller
from workers.rates.sources import Asking, source_of

USD_NGN, USD_KES, GBP_NGN = Pair("USD", "NGN"), Pair("USD", "KES"), Pair("GBP", "NGN")
PAIRS = (USD_NGN, USD_KES, GBP_NGN)


def have_polled(
    tenant: Tenant, polled: Sequence[Pair] = PAIRS, compared_with: str | None = None
) -> None:
    """The tenant polls these pairs at Flutterwave, each ten minutes."""
    tenant.admin.execute(
        "INSERT INTO rate_plan (tenant_id, providers, compared_with, interval_s)"
        " VALUES (%s, '{flutterwave_rates}', %s, 600)",
        (tenant.tenant_id, compared_with),
    )
    for pair in polled:
        tenant.admin.execute(
            "INSERT INTO rate_pair (tenant_id, source, destination) VALUES (%s, %s, %s)",
            (tenant.tenant_id, pair.source, pair.destination),
        )


def keep(tenant: Tenant, pair: Pair, rate: str) -> Decision:
    """A poll that says so, now."""
    poll = Poll(pair, Decimal(1), Decimal(rate), clock.now(), "flutterwave_rates")
    with tenant.tx() as tx:
        return pairs.keep(tx, poll)


def poller(tenant: Tenant, fakes: Fakes, *names: str, slept: list[float] | None = None) -> Poller:
    """A poller of the tenant that does not wait: what it would have waited is in `slept`."""
    sources = {
        name: source_of(name, fakes_url=fakes.url, installed=(), read_timeout_s=1.0)
        for name in names or ("flutterwave_rates",)
    }
    waits = slept if slept is not None else []
    return Poller(tenant.database, tenant.tenant_id, Asking(sources, sleep=waits.append))


def served(tenant: Tenant, pair: Pair) -> Decimal:
    with tenant.tx() as tx:
        return pairs.served(tx, [pair])[pair].rate


def a_service(tenant: Tenant) -> uuid.UUID:
    row = tenant.admin.execute("SELECT id FROM service LIMIT 1").fetchone()
    assert row is not None
    found: uuid.UUID = row[0]
    return found
