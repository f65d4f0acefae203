from collections.abc import Iterator

import psycopg
import pytest

from providers.simulator.process import Fakes
from tests.support.servers import DatabaseUrls
from tests.support.workers import MessagingTenant, fakes_with_reports


@pytest.fixture(scope="module")
def database(module_database: DatabaseUrls) -> DatabaseUrls:
    """One database for the tests of a module; each begins with an empty one."""
    return module_database


@pytest.fixture
def tenants() -> list[MessagingTenant]:
    """The tenant of this test, once there is one: the fakes run before it."""
    return []


@pytest.fixture
def fakes(tenants: list[MessagingTenant]) -> Iterator[Fakes]:
    """Africa's Talking; its reports are off until a test wants them."""
    with fakes_with_reports(lambda: tenants[-1]) as running:
        yield running


@pytest.fixture
def tenant(
    database: DatabaseUrls, redis_url: str, fakes: Fakes, tenants: list[MessagingTenant]
) -> Iterator[MessagingTenant]:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("TRUNCATE tenant CASCADE")
        admin.execute("TRUNCATE outbox, message, message_receipt, early_report, turn, pin_proposal")
        admin.execute("TRUNCATE service_address, lookup_hour, usage_day, entry, posting")
    made = MessagingTenant(database, redis_url, fakes.url)
    tenants.append(made)
    yield made
    made.close()
