"""Whose turn it is: what is urgent before what is not, and each tenant its share."""

import json
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg
import pytest

from core.agents import messages
from core.db.database import Database
from core.outbox import outbox
from core.outbox.outbox import IN_LINE, TAKE, Due, Room
from tests.support.domains import DOMAINS
from tests.support.servers import DatabaseUrls
from values.ids import uuid7
from values.messages import OneTimeCode, Priority

pytestmark = pytest.mark.every_postgres

KIND = "send_text"
ONE, TWO, THREE = sorted(uuid7() for _ in range(3))
Admin = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture(scope="module")
def database(module_database: DatabaseUrls) -> DatabaseUrls:
    return module_database


@pytest.fixture
def admin(database: DatabaseUrls) -> Iterator[Admin]:
    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute("TRUNCATE outbox")
        yield connection


@pytest.fixture
def relay(database: DatabaseUrls, admin: object) -> Iterator[Database]:
    made = Database(database.relay_url)
    yield made
    made.close()


def wait(
    admin: Admin, count: int, tenant: uuid.UUID, priority: Priority, *, age_s: int = 1
) -> None:
    """So many rows of a tenant wait, from so long ago on."""
    admin.execute(
        "INSERT INTO outbox (tenant_id, id, kind, priority, subject_id, available_at)"
        " SELECT %s, gen_random_uuid(), %s, %s, gen_random_uuid(),"
        " now() - make_interval(secs => %s) + n * interval '1 microsecond'"
        " FROM generate_series(1, %s) n",
        (tenant, KIND, priority.value, age_s, count),
    )


def take(relay: Database, *limits: int) -> list[Due]:
    """With room for so many rows down to each priority; the last one goes for those below it."""
    rooms = [
        Room(priority, (KIND,), limits[min(priority.value, len(limits) - 1)])
        for priority in Priority
    ]
    with relay.transaction(None) as tx:
        return outbox.take_due(tx, rooms, lease_s=60)


def tenants(taken: Sequence[Due]) -> Counter[uuid.UUID]:
    return Counter(due.tenant_id for due in taken)


def test_a_code_goes_before_ten_thousand_of_another_tenant(relay: Database, admin: Admin) -> None:
    wait(admin, 10_000, ONE, Priority.BULK, age_s=3_600)
    wait(admin, 200, ONE, Priority.RECEIPT, age_s=60)
    wait(admin, 1, TWO, Priority.PROMPT, age_s=0)
    taken = take(relay, 100)
    assert [due.priority for due in taken] == [1, *[2] * 99]
    assert taken[0].tenant_id == TWO
    assert [due.priority for due in take(relay, 110)] == [2] * 101 + [3] * 9


def test_within_a_priority_nobody_takes_more_than_a_share(relay: Database, admin: Admin) -> None:
    wait(admin, 10_000, ONE, Priority.BULK, age_s=3_600)
    wait(admin, 500, TWO, Priority.BULK, age_s=60)
    wait(admin, 3, THREE, Priority.BULK, age_s=1)
    taken = take(relay, 100)
    # The third one leaves some of its share, which the two others get.
    counts = tenants(taken)
    assert len(taken) == 100
    assert counts[THREE] == 3
    assert abs(counts[ONE] - counts[TWO]) <= 1
    # They are done in turns, too.
    assert {due.tenant_id for due in taken[:3]} == {ONE, TWO, THREE}
    assert tenants(take(relay, 100)) == {ONE: 50, TWO: 50}
    # Alone it has all.
    admin.execute("DELETE FROM outbox WHERE tenant_id = %s", (TWO,))
    assert tenants(take(relay, 100)) == {ONE: 100}


def test_with_more_tenants_than_places_who_has_waited_longest_comes_first(
    relay: Database, admin: Admin
) -> None:
    many = [uuid7() for _ in range(10)]
    for age_s, tenant in enumerate(many, start=1):
        wait(admin, 2, tenant, Priority.RECEIPT, age_s=age_s)
    first = take(relay, 4)
    assert [due.tenant_id for due in first] == many[:-5:-1]
    admin.execute(
        "UPDATE outbox SET available_at = now() WHERE state = 'waiting' AND id IN (SELECT"
        " id FROM outbox WHERE tenant_id = ANY (%s))",
        (many[-4:],),
    )
    assert set(tenants(take(relay, 6))) == set(many[:6])


def test_there_is_less_room_for_what_is_less_urgent(relay: Database, admin: Admin) -> None:
    for priority in Priority:
        wait(admin, 100, ONE, priority)
    assert Counter(due.priority for due in take(relay, 10, 10, 15, 12)) == {0: 10, 2: 5}
    assert Counter(due.priority for due in take(relay, 0, 0, 0, 5)) == {3: 5}


def test_what_has_a_queue_of_its_own_is_counted_apart(relay: Database, admin: Admin) -> None:
    wait(admin, 100, ONE, Priority.RECEIPT)
    wait(admin, 100, ONE, Priority.BULK)
    rooms = [Room(Priority.RECEIPT, (KIND,), 20), Room(Priority.BULK, (KIND,), 30, apart=True)]
    with relay.transaction(None) as tx:
        taken = outbox.take_due(tx, rooms, lease_s=60)
    assert Counter(due.priority for due in taken) == {Priority.RECEIPT: 20, Priority.BULK: 30}


def test_with_a_hundred_thousand_waiting_a_round_reads_a_few_pages(
    database: DatabaseUrls, admin: Admin
) -> None:
    wait(admin, 100_000, ONE, Priority.BULK, age_s=3_600)
    for tenant in (TWO, THREE, *(uuid7() for _ in range(20))):
        wait(admin, 5, tenant, Priority.RECEIPT)
    admin.execute("VACUUM ANALYZE outbox")

    def cost(query: str, params: tuple[Any, ...]) -> tuple[int, float, str]:
        """Pages touched, milliseconds, and the plan's nodes."""
        with psycopg.connect(database.relay_url) as connection:
            row = connection.execute(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", params
            ).fetchone()
            connection.rollback()
        assert row is not None
        plan = row[0][0]
        pages = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
        return pages, plan["Execution Time"], json.dumps(plan)

    pages, ms, plan = cost(IN_LINE, ([KIND],))
    assert "outbox_due" in plan
    assert "Seq Scan" not in plan
    assert pages < 400  # 23 tenants, two looks at an index of three levels each
    assert ms < 50
    pages, ms, plan = cost(TAKE, ([ONE], Priority.BULK.value, [KIND], 100, 60))
    assert "outbox_due" in plan
    assert "Seq Scan" not in plan
    assert pages < 4_000  # a hundred rows are locked, found again by their key, and written
    assert ms < 250


def test_who_waits_for_a_code_waits_for_nothing_else() -> None:
    for kind in DOMAINS.messages.values():
        has_code = OneTimeCode.__name__ in str(kind.__annotations__)
        assert not has_code or kind.priority is Priority.CODE, kind.name
    assert messages.ApprovalPending.priority is Priority.PROMPT
