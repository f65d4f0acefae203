from collections.abc import Iterator

import pytest

from tests.support.servers import DatabaseUrls
from tests.support.ussd import UssdTenant
from tests.support.whatsapp_chat import Chat, chatting


@pytest.fixture
def savings(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url)
    with made.watching():
        yield made
    made.close()


@pytest.fixture
def chat(savings: UssdTenant) -> Iterator[Chat]:
    with chatting(savings) as made:
        yield made
