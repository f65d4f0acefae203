from collections.abc import Iterator

import pytest

from providers.fakes import Fakes
from tests.conftest import Database
from tests.workers.house import House, Urls, fakes_with_reports


@pytest.fixture
def fakes() -> Iterator[Fakes]:
    """Africa's Talking; its reports are off until a test wants them."""
    with fakes_with_reports(lambda: _houses[-1]) as running:
        yield running


@pytest.fixture
def house(database: Database, redis_url: str, fakes: Fakes) -> Iterator[House]:
    urls = Urls(database.admin_url, database.database_url, database.relay_url, redis_url)
    made = House(urls, fakes.url)
    _houses.append(made)
    yield made
    made.close()
    _houses.clear()


_houses: list[House] = []
