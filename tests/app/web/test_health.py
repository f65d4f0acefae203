"""/healthz and /readyz."""

import socket
import threading
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.settings import Settings
from app.web.health import DEADLINE_S, blueprint

NOWHERE = "postgresql://piga_app@127.0.0.1:1/piga"


def client(database_url: str, redis_url: str) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(blueprint(database_url, redis_url))
    return app.test_client()


def test_ready_while_both_answer(servers: Settings) -> None:
    answer = client(servers.database_url, servers.redis_url).get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ready", "postgres": "ok", "redis": "ok"}
    assert answer.headers["Cache-Control"] == "no-store"


def test_not_ready_without_postgres_but_alive(servers: Settings) -> None:
    asked = client(NOWHERE, servers.redis_url)
    answer = asked.get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "postgres": "unreachable", "redis": "ok"}
    assert asked.get("/healthz").json == {"status": "alive"}


def test_not_ready_without_redis(servers: Settings) -> None:
    answer = client(servers.database_url, "redis://127.0.0.1:1").get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"status": "not ready", "postgres": "ok", "redis": "unreachable"}


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_server_that_hangs_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / ".s.PGSQL.5432"
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen(16)
        asked = client(
            f"postgresql://piga_app@/piga?host={tmp_path}&port=5432", f"unix://{path}?db=0"
        )
        before = threading.active_count()
        started = time.monotonic()
        for _ in range(3):
            answer = asked.get("/readyz")
            assert answer.status_code == 503
            assert answer.json is not None
            assert answer.json["postgres"] in ("late", "unreachable")
        assert time.monotonic() - started < 3 * DEADLINE_S + 1
        assert threading.active_count() <= before + 2
