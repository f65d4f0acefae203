"""Turn streams: every line becomes one row, and what is no turn stops nobody."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson
import pytest
from prometheus_client import REGISTRY
from redis import Redis

from core.analytics.turnlog import Turn
from core.db.database import Database
from core.db.errors import Unavailable
from core.tenants.directory import Directory
from engine.store.sessions import Store
from engine.turn.ussd import Turns, UssdRequest
from tests.support.domains import FLOWS
from tests.support.ibimina import FOLDER
from tests.support.tenants import KEYS, PROVIDER, write_folders
from tests.support.ussd import CODE
from tests.support.waiting import until
from tests.support.workers import QUICK, MessagingTenant
from values.ids import uuid7
from workers.queue.drain import ASIDE, STREAMS, drain
from workers.queue.turn_counts import TurnCounts
from workers.queue.worker import connect


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with connect(redis_url) as connection:
        yield connection


def turn(tenant: MessagingTenant, number: int = 1, **other: Any) -> Turn:
    made = Turn(
        tenant=tenant.tenant_id,
        id=uuid7(),
        service=tenant.service_id,
        session="5e" * 16,
        subscriber=None,
        number=number,
        place="contribute.amount",
        outcome="shown",
        language="rw",
        took_us=1_234,
    )
    return replace(made, **other)


def line_of(made: Turn) -> bytes:
    return orjson.dumps(made)


def add(redis: Redis, line: bytes, stream: str = STREAMS[0]) -> None:
    redis.xadd(stream, {"t": line}, maxlen=200_000, approximate=True)


def test_what_was_shown_comes_with_its_line_and_a_wrong_one_goes_aside(
    tenant: MessagingTenant, redis: Redis
) -> None:
    shown, without = turn(tenant), turn(tenant)
    redis.xadd(STREAMS[0], {"t": line_of(shown), "k": "3:abc", "r": b"\x00sealed"})
    redis.xadd(STREAMS[0], {"t": line_of(without), "k": "", "r": ""})
    redis.xadd(STREAMS[0], {"t": line_of(turn(tenant)), "k": "3:abc", "r": b"x" * 5_000})
    redis.xadd(STREAMS[0], {"t": line_of(turn(tenant)), "k": b"\xff", "r": b"x"})
    assert drain(tenant.relay, redis) == 4
    kept = "SELECT screen_key, screen_sealed FROM turn WHERE id = %s"
    assert tenant.one(kept, shown.id) == ("3:abc", b"\x00sealed")
    assert tenant.one(kept, without.id) == (None, None)
    assert (rows(tenant), redis.xlen(ASIDE)) == (2, 2)


def rows(tenant: MessagingTenant) -> int:
    return int(tenant.one("SELECT count(*) FROM turn")[0])


def left(redis: Redis) -> int:
    return sum(redis.xlen(stream) for stream in STREAMS)


def test_lines_of_all_streams_become_rows_and_are_gone(
    tenant: MessagingTenant, redis: Redis
) -> None:
    turns = [turn(tenant, n, subscriber=uuid7() if n % 2 else None) for n in range(256)]
    for made, stream in zip(turns, STREAMS, strict=True):
        add(redis, line_of(made), stream)
    assert drain(tenant.relay, redis) == 256
    assert rows(tenant) == 256
    assert left(redis) == 0
    assert drain(tenant.relay, redis) == 0
    columns = "tenant_id, id, service_id, session, subscriber_id, number, place, outcome, language"
    stored = tenant.one(f"SELECT {columns}, took_us FROM turn WHERE id = %s", turns[7].id)
    seventh = turns[7]
    assert stored == tuple(getattr(seventh, name) for name in Turn.__slots__[:10])


def test_a_line_twice_is_one_row(tenant: MessagingTenant, redis: Redis) -> None:
    made = turn(tenant)
    for _ in range(3):
        add(redis, line_of(made))
        drain(tenant.relay, redis)
    add(redis, line_of(made))
    add(redis, line_of(made))
    assert drain(tenant.relay, redis) == 2
    assert rows(tenant) == 1


GOOD: dict[str, Any] = {
    "tenant": "01a1f8ae-bb81-7a25-b57c-78e9602e361d",
    "id": "01a1f8ae-bb81-7a25-b57c-78e9602e361e",
    "service": "01a1f8ae-bb81-7a25-b57c-78e9602e361f",
    "session": "aa",
    "subscriber": None,
    "number": 1,
    "place": "main",
    "outcome": "shown",
    "language": "en",
    "took_us": 5,
}


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"not json",
        b"[1]",
        b"null",
        b'"\xff"',
        *(orjson.dumps({k: v for k, v in GOOD.items() if k != name}) for name in ("id", "place")),
        *(
            orjson.dumps(GOOD | bad)
            for bad in (
                {"tenant": "x"},
                {"tenant": 5},
                {"subscriber": "x"},
                {"number": -1},
                {"number": 2**31},
                {"number": True},
                {"number": "1"},
                {"took_us": 1.5},
                {"place": None},
                {"place": "x" * 129},
                {"place": "a\0b"},
            )
        ),
    ],
)
def test_what_is_no_turn_goes_aside_and_stops_nobody(
    tenant: MessagingTenant, redis: Redis, line: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    add(redis, line_of(turn(tenant)))
    add(redis, line)
    add(redis, line_of(turn(tenant)))
    assert drain(tenant.relay, redis) == 3
    assert rows(tenant) == 2
    assert left(redis) == 0
    aside: Any = redis.xrange(ASIDE)
    assert [kept[b"t"] for _, kept in aside] == [line]
    assert len(caplog.records) == 1
    assert drain(tenant.relay, redis) == 0


def test_a_line_without_the_field_goes_aside_too(tenant: MessagingTenant, redis: Redis) -> None:
    redis.xadd(STREAMS[3], {"other": "x"})
    assert drain(tenant.relay, redis) == 1
    assert redis.xlen(ASIDE) == 1


def test_what_postgres_refuses_is_found_among_the_others(
    tenant: MessagingTenant, redis: Redis
) -> None:
    """A rule of the table's that the parser does not know of."""
    tenant.admin.execute("ALTER TABLE turn ADD CONSTRAINT odd CHECK (number <> 13)")
    try:
        for n in range(40):
            add(redis, line_of(turn(tenant, n)), STREAMS[n])
        assert drain(tenant.relay, redis) == 40
    finally:
        tenant.admin.execute("ALTER TABLE turn DROP CONSTRAINT odd")
    assert rows(tenant) == 39
    assert left(redis) == 0
    assert redis.xlen(ASIDE) == 1


def test_without_postgres_the_lines_stay(tenant: MessagingTenant, redis: Redis) -> None:
    add(redis, line_of(turn(tenant)))
    nowhere = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable):
        drain(nowhere, redis)
    assert left(redis) == 1
    assert drain(tenant.relay, redis) == 1


def test_one_full_stream_starves_no_other(tenant: MessagingTenant, redis: Redis) -> None:
    limits = replace(QUICK, drain_from_stream=4, drain_batch=100)
    for n in range(50):
        add(redis, line_of(turn(tenant, n)), STREAMS[0])
    add(redis, line_of(turn(tenant, 77)), STREAMS[255])
    assert drain(tenant.relay, redis, limits) == 5
    assert tenant.one("SELECT count(*) FROM turn WHERE number = 77") == (1,)


def test_the_relay_process_drains(tenant: MessagingTenant, redis: Redis) -> None:
    with tenant.running("relay"):
        for n in range(500):
            add(redis, line_of(turn(tenant, n)), STREAMS[n % 256])
        until(lambda: rows(tenant) == 500)
        until(lambda: left(redis) == 0)


def test_the_relay_counts_what_it_wrote_by_tenant_and_outcome(tenant: MessagingTenant) -> None:
    relay = Database(tenant.urls.relay_url)
    counts = TurnCounts(relay)
    words = {"tenant": tenant.slug, "outcome": "wrong"}
    before = REGISTRY.get_sample_value("piga_turns_total", words) or 0
    counts.add([turn(tenant, outcome="wrong"), turn(tenant, outcome="wrong")])
    assert REGISTRY.get_sample_value("piga_turns_total", words) == before + 2
    # What is no word of ours, and no service of anybody's, is counted as such and ends nothing.
    counts.add([turn(tenant, outcome="strange", service=uuid7())])
    others = {"tenant": "", "outcome": "other"}
    assert REGISTRY.get_sample_value("piga_turns_total", others)
    relay.close()


def test_the_relay_may_not_change_what_it_wrote(tenant: MessagingTenant) -> None:
    import psycopg

    for statement in ("UPDATE turn SET place = ''", "DELETE FROM turn"):
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            tenant.relay.transaction(None) as tx,
        ):
            tx.execute(statement)


def test_what_real_turns_write_down_are_turns(
    tenant: MessagingTenant, redis: Redis, redis_url: str
) -> None:
    """From a dialled code to a row, with the turns that serve phones."""
    write_folders(tenant.urls.database_url, [FOLDER])
    turns = Turns(
        database=tenant.database,
        store=Store(redis_url),
        keys=KEYS,
        directory=Directory(tenant.database),
        flows=FLOWS,
    )
    for number in range(6):
        turns.take(UssdRequest(PROVIDER, CODE, f"session-{number}", "+250788999001", ""))
    assert drain(tenant.relay, redis) == 6
    assert redis.xlen(ASIDE) == 0
    assert rows(tenant) == 6
    assert tenant.one("SELECT count(DISTINCT session), min(outcome) FROM turn") == (6, "shown")
