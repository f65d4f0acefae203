"""Many people quickly: as if each had been registered, and the books right."""

from collections.abc import Iterator

import psycopg
import pytest

from core import groups, ledger, people
from core.db import Deadline
from core.seed import Seeding, seed_group, seed_people, seeded_id
from core.verify import verify
from tests.conftest import Database
from tests.core.world import CURRENCY, KEYS, World, world


@pytest.fixture
def here(database: Database) -> Iterator[World]:
    with world(database) as made:
        yield made
        assert made.broken() == []


def test_seeded_people_are_people_with_money_and_a_group(here: World) -> None:
    with psycopg.connect(here.urls.database_url) as connection:
        group = seed_group(connection, here.tenant_id, "SEED")
        assert seed_group(connection, here.tenant_id, "SEED") == group
    seeding = Seeding(
        here.tenant_id,
        CURRENCY,
        250790000000,
        2_500,
        language="sw",
        roles=("member",),
        pin="2748",
        opening_minor=7_000,
        group_id=group,
    )
    assert seed_people(here.urls.database_url, KEYS, seeding) == 2_500
    for place in (0, 999, 1_000, 2_499):
        with here.tx() as tx:
            (person,) = people.identify(tx, KEYS, seeding.number(place))
            (mine,) = groups.of_member(tx, person.id)
        assert person.id == seeding.person_id(place)
        assert (person.language, person.roles, person.has_pin) == ("sw", ("member",), True)
        assert (mine.id, mine.number, mine.saved_minor) == (group, 1, 0)
        wallet = ledger.account_id(person.id, ledger.WALLET, CURRENCY)
        assert here.balance(wallet) == (7_000, 0)
        with here.tx() as tx:
            assert ledger.receipts(tx, person.id, (ledger.WALLET,), 3) == []
    assert people.check_pin(
        here.database,
        KEYS,
        Deadline(),
        tenant_id=here.tenant_id,
        subscriber_id=seeding.person_id(1_500),
        pin="2748",
    ).right
    assert verify(here.urls.verify_url).entries == 3


def test_seeding_again_goes_on_where_it_stopped(here: World) -> None:
    def seed(count: int) -> int:
        seeding = Seeding(here.tenant_id, CURRENCY, 250790000000, count, opening_minor=10)
        return seed_people(here.urls.database_url, KEYS, seeding)

    assert [seed(30), seed(30), seed(50), seed(40)] == [30, 0, 20, 0]
    assert here.count("subscriber") == 50
    assert here.count("address") == 50


def test_ids_are_in_the_order_of_the_numbers() -> None:
    ids = [seeded_id(number) for number in (250_790_000_000, 250_790_000_001, 999_999_999_999_999)]
    assert ids == sorted(ids)
    assert {id.version for id in ids} == {7}
