"""Who may use the phone, and what its interface makes of requests that make no sense."""

import json
import logging
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.demo.phone.views import blueprint
from app.settings import CHECKOUT, Settings
from providers.simulator.loopback import listen
from tests.support.servers import DatabaseUrls

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens there


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", demo=True, fakes_url=NOWHERE)


def _web(settings: Settings) -> Flask:
    web = Flask("phone", static_folder=None)
    web.register_blueprint(blueprint(settings, lambda dialled, msisdn: []))
    return web


@pytest.fixture
def client(settings: Settings) -> FlaskClient:
    return _web(settings).test_client()


DIAL = {"from": "+250788000001", "dial": "*384*10#"}


@pytest.mark.parametrize("path", ["/phone", "/phone/api/cast", "/phone/static/phone.js"])
@pytest.mark.parametrize(
    ("remote", "headers"),
    [
        ("192.0.2.7", {}),
        ("::ffff:192.0.2.7", {}),
        ("", {}),
        ("127.0.0.1", {"Host": "phone.example"}),
        ("127.0.0.1", {"Host": "127.0.0.1.example:8000"}),
        ("127.0.0.1", {"X-Forwarded-For": "192.0.2.7"}),
        ("127.0.0.1", {"Forwarded": "for=192.0.2.7"}),
    ],
)
def test_another_machine_is_refused(
    client: FlaskClient, path: str, remote: str, headers: dict[str, str]
) -> None:
    answer = client.get(path, headers=headers, environ_overrides={"REMOTE_ADDR": remote})
    assert answer.status_code == 403
    assert "nowhere else" in answer.get_json()["error"]


@pytest.mark.parametrize(
    ("remote", "host"),
    [
        ("127.0.0.1", "localhost:8000"),
        ("127.0.0.1", "127.0.0.1:8000"),
        ("::1", "[::1]:8000"),
        ("::ffff:127.0.0.1", "localhost"),
    ],
)
def test_this_machine_is_served(client: FlaskClient, remote: str, host: str) -> None:
    with client.get(
        "/phone", headers={"Host": host}, environ_overrides={"REMOTE_ADDR": remote}
    ) as answer:
        assert answer.status_code == 200
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_nothing_is_loaded_from_elsewhere() -> None:
    folder = CHECKOUT / "app" / "demo" / "phone"
    for path in [folder / "page.html", *(folder / "static").iterdir()]:
        found = re.findall(r"(?:https?:)?//[\w.-]+\.\w+", path.read_text())
        assert [url for url in found if "www.w3.org" not in url] == [], path.name


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 502),  # it would have been taken, were there a network
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 502),
        ({"Origin": "http://localhost:81"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({"Origin": "http://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
def test_only_our_own_page_drives_it(
    client: FlaskClient, headers: dict[str, str], status: int
) -> None:
    for act in ("dial", "hangup"):
        answer = client.post(f"/phone/api/{act}", json=DIAL | {"session": "x"}, headers=headers)
        assert answer.status_code == status


def test_requests_that_make_no_sense(client: FlaskClient) -> None:
    assert client.post("/phone/api/dial", data=DIAL).status_code == 415
    assert client.post("/phone/api/dial", json=[1]).status_code == 400
    assert client.post("/phone/api/dial", json=DIAL | {"dial": 1}).status_code == 400
    assert client.post("/phone/api/dance", json=DIAL).status_code == 404
    assert client.get("/phone/api/dial").status_code == 405
    broken = client.post("/phone/api/dial", data=b"{", content_type="application/json")
    assert broken.status_code == 400


def test_without_a_network_a_sentence_says_so_and_nothing_is_logged(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.post("/phone/api/answer", json={"session": "x", "answer": "739514"})
    assert answer.status_code == 502
    assert "piga run" in answer.get_json()["error"]
    assert "739514" not in caplog.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_there_is_no_phone_without_a_demo(database: DatabaseUrls, redis_url: str) -> None:
    code = "from app.web.application import app; print([r.rule for r in app.url_map.iter_rules()])"
    environment = {
        "DATABASE_URL": database.database_url,
        "REDIS_URL": redis_url,
        "PIGA_KEY": "0f" * 32,
        "PIGA_FAKES_URL": NOWHERE,
    }
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=CHECKOUT,
        env=os.environ | environment | {"PIGA_DEMO": "0"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "/healthz" in found
    assert "/phone" not in found


def test_one_thread_is_always_left_for_the_webhook(tmp_path: Path) -> None:
    """A hop comes back to this server: phones may hold only some of its threads."""
    held = threading.Event()
    release = threading.Event()

    def slow(environ: object, start_response: object) -> list[bytes]:
        held.set()
        release.wait(10)
        start_response("200 OK", [("Content-Type", "application/json")])  # type: ignore[operator]
        hop = {"session": "s", "screen": "Hi", "state": "open", "error": None, "hop": 1}
        return [json.dumps(hop | {"took_ms": 1.0}).encode()]

    server = listen("127.0.0.1", 0, slow)
    network = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    network.start()
    settings = Settings(
        home=tmp_path, demo=True, fakes_url=f"http://127.0.0.1:{server.port}", web_threads=2
    )
    web = _web(settings)
    answers: list[int] = []

    def dial() -> None:
        answers.append(web.test_client().post("/phone/api/dial", json=DIAL).status_code)

    first = threading.Thread(target=dial)
    first.start()
    assert held.wait(10)
    busy = web.test_client().post("/phone/api/dial", json=DIAL)
    assert busy.status_code == 503
    assert "Try again" in busy.get_json()["error"]
    release.set()
    first.join()
    assert answers == [200]
    assert web.test_client().post("/phone/api/dial", json=DIAL).status_code == 200
    server.shutdown()
    network.join()
    server.server_close()
