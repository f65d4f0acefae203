"""One hop looked at from inside: what it asks of Redis and Postgres, how many Python functions it
calls, and how long that takes in one thread with no server around it."""

import contextlib
import io
import logging
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, mode
from time import perf_counter
from types import FrameType
from typing import Any

from flask import Flask
from werkzeug.test import create_environ

from app.local import postgres
from app.settings import Settings
from app.web.application import create_app
from bench import bare, talks
from bench.load import Talk, WrongAnswer
from bench.wire import Count, relay
from bench.world import World

COUNTED = ("Redis round trips", "SQL round trips", "SQL statements", "Python calls")
REPEATS = 25
CONVERSATIONS = 2 * REPEATS  # of each kind, money among them


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hop costs: typical counts (COUNTED), and its median time."""

    hop: str
    counts: tuple[int, ...]
    took_us: float


@dataclass(slots=True)
class _Inside:
    """An application in this process; and once more with its servers behind counting relays, which
    cost time."""

    timed: Flask
    counted: Flask
    redis: Count
    sql: Count

    def costs(self, names: Sequence[str], repeats: Sequence[tuple[Talk, Talk]]) -> list[Cost]:
        """Each pair is the same conversation twice: one for its time, one for its counts."""
        times: list[list[float]] = [[] for _ in names]
        counts: list[list[tuple[int, ...]]] = [[] for _ in names]
        for timed, counted in repeats:
            for hop in range(len(names)):
                times[hop].append(self._time_us(timed, hop))
            for hop in range(len(names)):
                counts[hop].append(self._count(counted, hop))
        return [
            Cost(name, tuple(map(mode, zip(*counts[hop], strict=True))), median(times[hop]))
            for hop, name in enumerate(names)
        ]

    def _time_us(self, talk: Talk, hop: int) -> float:
        started_s = perf_counter()
        _call(self.timed, talk, hop)
        return (perf_counter() - started_s) * 1e6

    def _count(self, talk: Talk, hop: int) -> tuple[int, ...]:
        before = self.redis.round_trips, self.sql.round_trips, self.sql.statements
        calls = 0

        def profile(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal calls
            calls += event == "call"

        sys.setprofile(profile)
        try:
            _call(self.counted, talk, hop)
        finally:
            sys.setprofile(None)
        after = self.redis.round_trips, self.sql.round_trips, self.sql.statements
        return (*(now - then for now, then in zip(after, before, strict=True)), calls)


def _call(application: Flask, talk: Talk, hop: int) -> None:
    status = ""

    def start_response(line: str, _headers: list[tuple[str, str]], *_: Any) -> Any:
        nonlocal status
        status = line

    said = b"".join(application(_environ(talk[hop].request), start_response))
    if not status.startswith("200") or not said.startswith(talk[hop].expected):
        raise WrongAnswer(f"{status}: {said[:200]!r}")


def _environ(request: bytes) -> dict[str, Any]:
    head, _, form = request.partition(b"\r\n\r\n")
    path = head.split(b" ", 2)[1].decode()
    return create_environ(
        path,
        method="POST",
        input_stream=io.BytesIO(form),
        content_type="application/x-www-form-urlencoded",
        content_length=len(form),
    )


def measure(world: World, bare_settings: Settings) -> list[Cost]:
    """The bare hop, a menu's hops, and those of a money conversation.

    In a process of its own, since an application does not stop.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_measure, world, bare_settings).result()


def _measure(world: World, bare_settings: Settings) -> list[Cost]:
    logging.disable()  # the relays end before the application's threads do
    crowd = talks.Crowd(world.callers, talks.OTHER_AMOUNTS)
    with _counted(bare_settings) as (counted, redis, sql):
        plain = _Inside(
            bare.create_app(bare_settings.redis_url),
            bare.create_app(counted.redis_url),
            redis,
            sql,
        )
        found = plain.costs(["bare hop"], _pairs(crowd.bare(CONVERSATIONS, 1)))
    with _counted(world.settings) as (counted, redis, sql):
        piga = _Inside(create_app(world.settings), create_app(counted), redis, sql)
        found += piga.costs(
            ["dial", "into a menu", "back", "into a menu again", "back again"],
            _pairs(crowd.menu(CONVERSATIONS, 5)),
        )[:3]
        found += piga.costs(
            ["money 1: dial to the group", "money 2: amount", "money 3: yes", "money 4: PIN, paid"],
            _pairs(crowd.money(CONVERSATIONS)),
        )
    return found


def _pairs(found: list[Talk]) -> list[tuple[Talk, Talk]]:
    return list(zip(found[::2], found[1::2], strict=True))


@contextlib.contextmanager
def _counted(settings: Settings) -> Iterator[tuple[Settings, Count, Count]]:
    """The settings with both servers behind relays, and their counts."""
    redis_socket = settings.redis_url.removeprefix("unix://").partition("?")[0]
    sockets = settings.database_url.partition("host=")[2].partition("&")[0]
    name = f".s.PGSQL.{postgres.PORT}"
    with (
        tempfile.TemporaryDirectory(prefix="piga-wire-") as folder,
        relay(Path(folder), "valkey", redis_socket, sql=False) as redis,
        relay(Path(folder), name, f"{sockets}/{name}", sql=True) as sql,
    ):
        counted = replace(
            settings,
            database_url=settings.database_url.replace(sockets, folder),
            redis_url=settings.redis_url.replace(redis_socket, f"{folder}/valkey"),
        )
        yield counted, redis, sql
