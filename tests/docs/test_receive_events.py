"""The page on receiving events: its receiver is run, and events are posted to it."""

import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import fastjsonschema
import msgspec
import pytest

from app.operations.reference_events import schema
from app.settings import CHECKOUT
from core.events import signing
from tests.support.waiting import until
from workers.events.posting import Posted, post

PAGE = CHECKOUT / "docs" / "howto" / "receive-events.md"
[PROGRAM] = re.findall(r"^```python receiver.py\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
SECRET = signing.new_secret()
BODY = msgspec.json.encode(
    {
        "id": "evt_1",
        "type": "test",
        "version": 1,
        "timestamp": "2026-11-30T10:00:00Z",
        "source": "test",
        "tenant": "moto",
        "tenant_id": "019ac2b4-7d10-7f3a-9c55-0f6d2a4b8e12",
        "metadata": {"correlation_id": "019ac2b4-7d10-7f3a-9c55-0f6d2a4b8e11"},
        "data": {"subscription_id": "019ac2b4-7d10-7f3a-9c55-0f6d2a4b8e11"},
    }
)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """The page's receiver, running."""
    (tmp_path / "receiver.py").write_text(PROGRAM, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "receiver.py", str(port)],
        cwd=tmp_path,
        env={**os.environ, "PIGA_EVENTS_SECRET": SECRET},
        stderr=subprocess.DEVNULL,
    )

    def listens() -> bool:
        with closing(socket.socket()) as tried:
            return tried.connect_ex(("127.0.0.1", port)) == 0

    try:
        until(listens)
        yield f"http://127.0.0.1:{port}/piga"
    finally:
        process.kill()
        process.wait()


def sent(url: str, secret: str, now_s: int) -> Posted:
    headers = signing.headers([secret], event_id="evt_1", timestamp_s=now_s, body=BODY)
    return post(url, headers, BODY, is_demo=True)


def test_the_receiver_takes_what_is_ours_once(url: str, tmp_path: Path) -> None:
    import time

    now_s = int(time.time())
    assert sent(url, SECRET, now_s).is_taken
    assert sent(url, SECRET, now_s).is_taken
    assert sent(url, signing.new_secret(), now_s).status == 401
    assert sent(url, SECRET, now_s - 3_600).status == 401
    with closing(sqlite3.connect(tmp_path / "events.db")) as kept:
        rows = kept.execute("SELECT body FROM event").fetchall()
    assert rows == [(BODY,)]


def test_the_schema_of_the_reference_takes_events_and_nothing_else() -> None:
    validate = fastjsonschema.compile(schema())
    event = msgspec.json.decode(BODY)
    validate(event)
    changed: list[dict[str, object]] = [{"version": 2}, {"type": "unheard.of"}, {"data": {}}]
    for wrong in changed:
        with pytest.raises(fastjsonschema.JsonSchemaException):
            validate({**event, **wrong})
