"""Callers of a loop and Postgres: who waits there holds nobody up, and connections have an end."""

import time
import uuid
from collections.abc import Iterator

import pytest

from app.front.database import BoundedDatabase
from core.db.database import Database, Deadline
from core.db.errors import Unavailable
from tests.app.front.conftest import Serving
from tests.support.servers import DatabaseUrls

CONNECTIONS = 3


@pytest.fixture
def bounded(serving: Serving, database: DatabaseUrls) -> Iterator[BoundedDatabase]:
    found = BoundedDatabase(database.database_url, serving.hub, CONNECTIONS)
    yield found
    found.close()


def slow(database: Database, pause_s: float, left_s: float = 10.0) -> str:
    with database.transaction(None, Deadline(left_s)) as tx:
        row = tx.one("SELECT pg_sleep(%s)::text || pg_backend_pid()", (pause_s,))
        assert row is not None
        return str(row[0])


def test_as_many_are_served_at_once_as_there_are_connections(
    serving: Serving, bounded: BoundedDatabase
) -> None:
    started = time.monotonic()
    found = serving.call(*[lambda: slow(bounded, 0.2)] * (3 * CONNECTIONS))
    took_s = time.monotonic() - started
    assert 0.6 <= took_s < 0.2 * 3 * CONNECTIONS
    assert len(set(found)) == CONNECTIONS


def test_who_gets_no_connection_in_time_is_told_so(
    serving: Serving, bounded: BoundedDatabase
) -> None:
    holding = [serving.begin(lambda: slow(bounded, 1.0)) for _ in range(CONNECTIONS)]
    with pytest.raises(Unavailable, match="connections"):
        serving.call(lambda: slow(bounded, 0, left_s=0.2))
    for one in holding:
        one.result(10)
    assert len(serving.call(lambda: slow(bounded, 0))) == 1


def test_a_statement_that_takes_too_long_gives_its_place_back(
    serving: Serving, bounded: BoundedDatabase
) -> None:
    for _ in range(CONNECTIONS + 1):
        with pytest.raises(Unavailable):
            serving.call(lambda: slow(bounded, 5, left_s=0.2))
    assert len(serving.call(lambda: slow(bounded, 0))) == 1


def test_prepared_statements_and_pipelines_wait_by_the_loop(
    serving: Serving, bounded: BoundedDatabase
) -> None:
    def several() -> list[object]:
        with bounded.transaction(uuid.uuid4()) as tx:
            first, second = tx.pipeline(("SELECT %s::int", (1,)), ("SELECT pg_sleep(0.1)", None))
            tx.defer("SELECT %s::int", (3,))
            return [first.fetchone(), second.fetchone()]

    found = serving.call(*[several] * CONNECTIONS)
    assert [answer[0] for answer in found] == [(1,)] * CONNECTIONS
