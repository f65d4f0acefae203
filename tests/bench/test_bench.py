"""The bench's pieces run and count right; what they measure here says nothing."""

import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import redis

from app.local import postgres
from app.settings import Settings
from bench import report, run
from bench.figures import percentile, ratio, spread, table
from bench.load import Answers, Hop, WrongAnswer, _woven, body_of, drive
from bench.plan import TINY
from bench.wire import relay
from bench.world import Builder, World

ANSWER = b"HTTP/1.1 200 OK\r\nserver: x\r\ncontent-length: 6\r\n\r\nCON ok"


@pytest.fixture(scope="module")
def builder(servers: Settings) -> Builder:
    return Builder(replace(servers, web_workers=1, web_threads=2))


@pytest.fixture(scope="module")
def world(builder: Builder) -> World:
    few, many, tenants = run.make_worlds(builder, TINY)
    assert (few.tenants, many.tenants, tenants.tenants) == (1, 1, TINY.tenants)
    assert many.subscribers == TINY.subscribers
    return many


@pytest.mark.long
def test_a_whole_run(builder: Builder, world: World) -> None:
    said: list[str] = []
    run.measure(builder, [world], TINY, said.append, lambda _: None)
    text = "".join(said)
    for line in (
        *("bare Flask hop", "menu hop / bare hop: ", "posting / TPC-B, by psycopg: "),
        *(
            "bare loop: RQ, one row, one request",
            "replies / bare loop: ",
            "to many / 1,000 a second",
        ),
    ):
        assert line in text
    # A menu hop's cost as the design has it: two Redis round trips, no SQL.
    assert re.search(r"^into a menu +2 +0 +0 ", text, re.MULTILINE)
    assert re.search(r"^bare hop +1 +0 +0 ", text, re.MULTILINE)


def test_the_ledger_must_agree(builder: Builder) -> None:
    world = builder.build("quiet", tenants=1, subscribers=20, callers=20)
    run.agree(builder, world, paid=0)
    with pytest.raises(run.MoneyIsWrong):
        run.agree(builder, world, paid=1)


def test_postgres_at_the_wire(servers: Settings, tmp_path: Path) -> None:
    name = f".s.PGSQL.{postgres.PORT}"
    folder = servers.database_url.partition("host=")[2].partition("&")[0]
    with relay(tmp_path, name, f"{folder}/{name}", sql=True) as count:
        url = postgres.url(tmp_path, postgres.SUPERUSER, "postgres")
        with psycopg.connect(url, autocommit=True) as connection:
            before = count.round_trips, count.statements
            for number in range(8):  # prepared on the way
                connection.execute("SELECT %s::int", (number,))
            with connection.pipeline():
                connection.execute("BEGIN")
                connection.execute("SELECT 1")
            connection.execute("COMMIT")
            after = count.round_trips, count.statements
    # psycopg prepares a statement of its own accord, once, in a round trip of its own.
    assert after[0] - before[0] in (10, 11)
    assert after[1] - before[1] == 11


def test_redis_at_the_wire(servers: Settings, tmp_path: Path) -> None:
    target = servers.redis_url.removeprefix("unix://").partition("?")[0]
    with (
        relay(tmp_path, "valkey", target, sql=False) as count,
        redis.Redis.from_url(f"unix://{tmp_path}/valkey?db=39") as client,
    ):
        client.ping()
        before = count.round_trips
        client.set("bench", "x" * 100_000, ex=1)  # in several pieces
        client.get("bench")
        with client.pipeline(transaction=False) as pipeline:
            pipeline.ping().ping().execute()
        assert count.round_trips - before == 3


@pytest.fixture
def answering() -> Iterator[int]:
    """The port of a server that gives everybody the same answer, in two pieces."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve(connection: socket.socket) -> None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection:
                while connection.recv(65_536):
                    connection.sendall(ANSWER[:50])
                    connection.sendall(ANSWER[50:])

        def accept() -> None:
            for _ in range(3):
                threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]


def test_phones_count_every_answer(answering: int) -> None:
    answers = drive(answering, [[Hop(b"hello", b"CON ")] * 4] * 50, 3)
    assert len(answers.took_s) == 200
    assert [answers.turns.count(turn) for turn in range(4)] == [50] * 4
    assert answers.rate > 0
    assert (answers.held, answers.given_up) == (50, 0)


def test_phones_notice_a_wrong_answer(answering: int) -> None:
    with pytest.raises(WrongAnswer):
        drive(answering, [[Hop(b"hello", b"END ")]], 3)


def test_few_talks_may_be_given_up() -> None:
    answers = Answers(talks=200)
    talk = [Hop(b"", b"CON a"), Hop(b"", b"END b")]
    for _ in range(4):
        assert not answers.take(0, talk, b"END not now", 0, 1)
    with pytest.raises(WrongAnswer):
        answers.take(0, talk, b"END not now", 0, 1)
    assert answers.take(0, talk, b"CON a", 0, 1)
    assert not answers.take(1, talk, b"END b", 0, 1)
    assert (answers.held, answers.took_s) == (1, [1, 1])


def test_reading_an_answer() -> None:
    assert body_of(ANSWER) == b"CON ok"
    assert all(body_of(ANSWER[:length]) is None for length in range(len(ANSWER)))
    with pytest.raises(WrongAnswer):
        body_of(ANSWER.replace(b"200 OK", b"503 No"))


def test_talks_are_woven() -> None:
    steps = list(_woven(5, 6, 3))
    for talk in range(5):
        assert [turn for one, turn in steps if one == talk] == list(range(6))
    # Once under way, early and late turns are taken at the same time.
    middle = steps[len(steps) // 2 - 3 : len(steps) // 2 + 3]
    assert max(turn for _, turn in middle) - min(turn for _, turn in middle) >= 3


def test_figures() -> None:
    assert percentile([3, 1, 2, 4], 0.5) == 3
    assert percentile([1], 0.99) == 1
    assert ratio([1, 4, 9], [2, 4, 6]) == 1
    assert spread([1, 2, 3, 4]) == pytest.approx(0.8)
    assert table(("", "n"), [("a", "10"), ("bb", "1")]) == "     n\na   10\nbb   1"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.9, "x: 0.90 (aim 0.80: reached)"),
        (0.7, "x: 0.70 (aim 0.80: missed by 0.10; at least 0.60: kept)"),
        (0.5, "x: 0.50 (aim 0.80: missed by 0.30; at least 0.60: missed by 0.10)"),
    ],
)
def test_verdicts(value: float, said: str) -> None:
    assert report.verdict("x", value, 0.8, 0.6) == said
