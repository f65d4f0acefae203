from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.servers import DatabaseUrls
from tests.support.smpp import Bound, bound
from tests.support.ussd import UssdTenant


@pytest.fixture
def savings(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url)
    with made.watching():
        yield made
    made.close()


@pytest.fixture
def main(savings: UssdTenant, tmp_path: Path, redis_url: str) -> Iterator[Bound]:
    """The bind `main`, with its process running."""
    with bound(savings, tmp_path, redis_url) as made:
        made.start()
        yield made
