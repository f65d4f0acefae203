from collections.abc import Iterator

import psycopg
import pytest

from providers.simulator.process import Fakes
from tests.support.servers import Database
from tests.support.workers import House, Urls, fakes_with_reports

_houses: list[House] = []


@pytest.fixture(scope="module")
def database(module_database: Database) -> Database:
    """One database for the tests of a module; each begins with an empty one."""
    return module_database


@pytest.fixture
def fakes() -> Iterator[Fakes]:
    """Africa's Talking; its reports are off until a test wants them."""
    with fakes_with_reports(lambda: _houses[-1]) as running:
        yield running


@pytest.fixture
def house(database: Database, redis_url: str, fakes: Fakes) -> Iterator[House]:
    with psycopg.connect(database.admin_url, autocommit=True) as admin:
        admin.execute("TRUNCATE tenant CASCADE")
        admin.execute("TRUNCATE outbox, message, message_receipt, early_report, turn, pin_proposal")
        admin.execute("TRUNCATE service_address, lookup_hour, usage_day, entry, posting")
    urls = Urls(database.admin_url, database.database_url, database.relay_url, redis_url)
    made = House(urls, fakes.url)
    _houses.append(made)
    yield made
    made.close()
    _houses.clear()
