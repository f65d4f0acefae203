"""The outbox: claimed by compare-and-set, held by lease, queued by any number of relays."""

import contextlib
import threading
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from core.db.database import Database
from core.outbox import outbox
from core.outbox.outbox import IN_LINE, Claim, Due, Room
from tests.support.servers import DatabaseUrls
from values.ids import uuid7
from values.messages import Priority

pytestmark = pytest.mark.every_postgres

KIND = "send_text"
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
def app(database: DatabaseUrls, admin: object) -> Iterator[Database]:
    made = Database(database.database_url)
    yield made
    made.close()


@pytest.fixture
def relay(database: DatabaseUrls, admin: object) -> Iterator[Database]:
    made = Database(database.relay_url)
    yield made
    made.close()


TENANT = uuid7()


def write(
    app: Database, count: int = 1, *, tenant: uuid.UUID = TENANT, **more: object
) -> list[uuid.UUID]:
    with app.transaction(tenant) as tx:
        return [
            outbox.write(tx, kind=KIND, subject_id=uuid7(), **more)  # type: ignore[arg-type]
            for _ in range(count)
        ]


def claim(
    app: Database, row: uuid.UUID, lease_s: float = 60, tenant: uuid.UUID = TENANT
) -> Claim | None:
    with app.transaction(tenant) as tx:
        return outbox.claim(tx, row, lease_s=lease_s)


def take(relay: Database, limit: int = 100, lease_s: float = 60, kind: str = KIND) -> list[Due]:
    with relay.transaction(None) as tx:
        rooms = [Room(priority, (kind,), limit) for priority in Priority]
        return outbox.take_due(tx, rooms, lease_s=lease_s)


def state(admin: Admin, row: uuid.UUID) -> tuple[object, ...]:
    found = admin.execute("SELECT state, attempts FROM outbox WHERE id = %s", (row,)).fetchone()
    assert found is not None
    return found


def test_a_row_is_there_exactly_when_its_transaction_is(app: Database, relay: Database) -> None:
    with contextlib.suppress(RuntimeError), app.transaction(TENANT) as tx:
        outbox.write(tx, kind=KIND, subject_id=uuid7())
        tx.execute("SELECT 1")
        raise RuntimeError
    assert take(relay) == []
    [row] = write(app)
    assert take(relay) == [Due(TENANT, row, KIND)]


def test_what_is_queued_is_not_queued_again_before_its_lease_is_over(
    app: Database, relay: Database
) -> None:
    [row] = write(app)
    assert len(take(relay)) == 1
    assert take(relay) == []
    with relay.transaction(None) as tx:
        assert outbox.queue_was_lost(tx) == 1
    assert [due.id for due in take(relay, lease_s=-1)] == [row]
    assert [due.id for due in take(relay)] == [row]


def test_oldest_first_and_no_more_than_asked_for(app: Database, relay: Database) -> None:
    rows = [write(app)[0] for _ in range(5)]
    assert {due.id for due in take(relay, limit=2)} == set(rows[:2])
    assert {due.id for due in take(relay, limit=9)} == set(rows[2:])


def test_what_is_not_due_or_of_an_unknown_kind_waits(app: Database, relay: Database) -> None:
    write(app, delay_s=60)
    assert take(relay) == []
    write(app)
    assert take(relay, kind="of_another_release") == []
    assert len(take(relay)) == 1


def test_one_of_many_claims_it(app: Database, relay: Database, admin: Admin) -> None:
    [row] = write(app)
    take(relay)
    claims: list[Claim | None] = []
    barrier = threading.Barrier(20)

    def run() -> None:
        barrier.wait()
        claims.append(claim(app, row))

    threads = [threading.Thread(target=run) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([held for held in claims if held]) == 1
    assert state(admin, row) == ("working", 1)


def test_a_row_can_be_claimed_before_the_relays_commit_is_answered(app: Database) -> None:
    [row] = write(app)
    assert claim(app, row)


def test_a_lease_that_ran_out_is_another_ones(app: Database, relay: Database, admin: Admin) -> None:
    [row] = write(app)
    slow = claim(app, row, lease_s=-1)
    assert slow
    assert [due.id for due in take(relay)] == [row]
    held = claim(app, row)
    assert held
    assert held.attempts == 2
    # The slow one changes nothing any more.
    with app.transaction(TENANT) as tx:
        outbox.again(tx, slow, delay_s=0)
        outbox.dead(tx, slow)
    assert state(admin, row) == ("working", 2)
    with app.transaction(TENANT) as tx:
        outbox.done(tx, row)
    assert state(admin, row) == ("done", 2)
    assert claim(app, row) is None
    assert take(relay) == []


def test_again_comes_back_later_and_may_give_the_try_back(
    app: Database,
    relay: Database,
    admin: Admin,
) -> None:
    [row] = write(app)
    held = claim(app, row)
    assert held
    with app.transaction(TENANT) as tx:
        outbox.again(tx, held, delay_s=60, tried=False)
    assert state(admin, row) == ("waiting", 0)
    assert take(relay) == []
    assert claim(app, row) is None
    admin.execute("UPDATE outbox SET available_at = now()")
    assert len(take(relay)) == 1


def test_what_is_dead_stays_so(app: Database, relay: Database, admin: Admin) -> None:
    [row] = write(app)
    held = claim(app, row)
    assert held
    with app.transaction(TENANT) as tx:
        outbox.dead(tx, held)
    admin.execute("UPDATE outbox SET available_at = now() - interval '1 year'")
    assert take(relay) == []
    assert claim(app, row) is None


def test_a_tenant_claims_its_own_rows_only(app: Database, relay: Database) -> None:
    [row] = write(app)
    assert claim(app, row, tenant=uuid7()) is None
    [other] = write(app, tenant=uuid7())
    assert {due.id for due in take(relay)} == {row, other}


def test_many_relays_share_the_rows_and_none_is_taken_twice(
    app: Database, database: DatabaseUrls
) -> None:
    rows = write(app, 500)
    taken: list[uuid.UUID] = []
    barrier = threading.Barrier(8)

    def run() -> None:
        mine = Database(database.relay_url)
        barrier.wait()
        while due := take(mine, limit=7):
            taken.extend(one.id for one in due)
        mine.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(rows)


def test_idle_it_is_one_look_into_a_small_index(
    app: Database,
    relay: Database,
    admin: Admin,
) -> None:
    admin.execute(
        "INSERT INTO outbox (tenant_id, id, kind, subject_id, state, done_at)"
        " SELECT %s, gen_random_uuid(), 'send_text', gen_random_uuid(), 'done', now()"
        " FROM generate_series(1, 20000)",
        (TENANT,),
    )
    admin.execute("VACUUM ANALYZE outbox")
    with relay.transaction(None) as tx:
        plan = tx.all(f"EXPLAIN {IN_LINE}", (["send_text"],))
    text = "\n".join(str(line) for (line,) in plan)
    assert "outbox_due" in text
    assert "Seq Scan" not in text


def test_what_was_done_long_ago_is_forgotten_and_the_rest_stays(
    app: Database,
    relay: Database,
    admin: Admin,
) -> None:
    old, fresh, dead, open_ = write(app, 4)
    for row, how, age in (
        (old, "done", timedelta(days=8)),
        (fresh, "done", timedelta(days=6)),
        (dead, "dead", timedelta(days=800)),
    ):
        admin.execute(
            "UPDATE outbox SET state = %s, done_at = now() - %s WHERE id = %s", (how, age, row)
        )
    with relay.transaction(None) as tx:
        assert outbox.delete_done(tx, older_than_days=7, limit=10) == 1
    left = {row for (row,) in admin.execute("SELECT id FROM outbox").fetchall()}
    assert left == {fresh, dead, open_}
