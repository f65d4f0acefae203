"""The schedule polls who is due, and nobody before that."""

from collections.abc import Iterator

import pytest

from core.db.database import Database
from providers.contracts.rates import RateSource
from providers.simulator.process import Fakes
from tests.support.rates import PAIRS, have_polled
from tests.support.workers import MessagingTenant
from workers.rates.schedule import tasks
from workers.rates.sources import source_of
from workers.schedule.tasks import Databases


@pytest.fixture
def databases(tenant: MessagingTenant) -> Iterator[Databases]:
    tenant.admin.execute("TRUNCATE rate")
    have_polled(tenant)
    relay = Database(tenant.urls.relay_url)
    yield Databases(tenant.database, relay)
    relay.close()


def test_a_tenant_is_polled_when_its_interval_is_over(
    tenant: MessagingTenant, databases: Databases, fakes: Fakes
) -> None:
    def source(name: str) -> RateSource:
        return source_of(name, fakes_url=fakes.url, installed=())

    [poll, _daily] = tasks(source, lambda _interval_s: None)
    assert (poll.name, poll.slow) == ("poll_rates", True)
    assert (poll.run(databases), poll.run(databases)) == (1, 0)
    assert len(fakes.flutterwave.requests) == len(PAIRS)
    tenant.admin.execute("UPDATE rate_run SET started_at = started_at - interval '580 seconds'")
    assert poll.run(databases) == 0
    tenant.admin.execute("UPDATE rate_run SET started_at = started_at - interval '20 seconds'")
    assert poll.run(databases) == 1
    assert len(fakes.flutterwave.requests) == 2 * len(PAIRS)
    databases.stopping.set()
    tenant.admin.execute("UPDATE rate_run SET started_at = started_at - interval '600 seconds'")
    assert poll.run(databases) == 0
    assert tenant.one("SELECT count(*), sum(accepted + unchanged) FROM rate_run") == (2, 6)
