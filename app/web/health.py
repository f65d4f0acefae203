"""Whether this process is alive, and whether it can do its work."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock

import psycopg
import redis
from flask import Blueprint, Response, jsonify

DEADLINE_S = 1.0
CONNECT_TIMEOUT_S = 2  # libpq takes no less


def blueprint(database_url: str, redis_url: str) -> Blueprint:
    """`/healthz`: this process answers. `/readyz`: Postgres and Redis answer within 1 s (200), or
    not (503). The answer is JSON: {"status": …}, for `/readyz` with "postgres" and "redis", each
    "ok", "unreachable" or "late"."""
    health = Blueprint("health", __name__)
    probes = {
        "postgres": Probe(lambda: _ask_postgres(database_url)),
        "redis": Probe(lambda: _ask_redis(redis_url)),
    }

    @health.get("/healthz")
    def healthz() -> Response:
        return _fresh(jsonify(status="alive"))

    @health.get("/readyz")
    def readyz() -> Response:
        asked = {name: probe.ask() for name, probe in probes.items()}
        wait(asked.values(), timeout=DEADLINE_S)
        found = {name: _judge(answer) for name, answer in asked.items()}
        ready = all(state == "ok" for state in found.values())
        response = jsonify(status="ready" if ready else "not ready", **found)
        response.status_code = 200 if ready else 503
        return _fresh(response)

    return health


class Probe:
    """Asks in a thread of its own, one question at a time however many want to know."""

    def __init__(self, question: Callable[[], None]) -> None:
        self._question = question
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._lock = Lock()
        self._asked: Future[None] | None = None

    def ask(self) -> Future[None]:
        with self._lock:
            if self._asked is None or self._asked.done():
                self._asked = self._thread.submit(self._question)
            return self._asked


def _judge(answer: Future[None]) -> str:
    if not answer.done():
        return "late"
    return "ok" if answer.exception() is None else "unreachable"


def _ask_postgres(url: str) -> None:
    with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S) as connection:
        connection.execute("SELECT 1")


def _ask_redis(url: str) -> None:
    with redis.Redis.from_url(
        url, socket_timeout=DEADLINE_S, socket_connect_timeout=DEADLINE_S
    ) as client:
        client.ping()


def _fresh(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
