"""The phone's parts: numbers, screens, who may use it, and which Piga it finds."""

import ast
import json
import logging
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.demo import FOLDER
from app.errors import OperatorError
from app.fakes import LiveHooks
from app.operating import core_of
from app.phone.find import find
from app.phone.network import Network, NetworkDown, NetworkRefused, explain
from app.phone.numbers import BadNumber, read_code, read_number
from app.phone.screens import asks_secret, frame, lines, size
from app.phone.views import blueprint
from app.settings import CHECKOUT, Settings
from app.supervisor.home import Home
from app.supervisor.running import Claim, Running
from app.tenant_folder import house, read_folder
from core.apply import apply
from core.tenants import rotate_hook_secret
from menus import sentences
from menus.answers import Amount, Name
from menus.layout import Nav, pages
from menus.screens import Ask, Confirm, Menu, Option, Pin
from menus.texts import LANGUAGES, Text, _
from menus.ussd import ussd_budget
from providers.fakes import Fakes
from providers.loopback import listen
from tests.conftest import Database

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens there


# --- numbers and codes ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+250788000001", "+250788000001"),
        ("250788000001", "+250788000001"),
        ("00250788000001", "+250788000001"),
        (" +250 (788) 000-001 ", "+250788000001"),
    ],
)
def test_a_number_is_read(typed: str, number: str) -> None:
    assert read_number(typed) == number


@pytest.mark.parametrize("typed", ["", "0788000001", "+25078", "+250788000001234567", "me", "+٢٥٠"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(BadNumber, match="country code"):
        read_number(typed)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("*384*10#", "*384*10#"), ("*384*10", "*384*10#"), (" *384 *10#", "*384*10#")],
)
def test_a_code_is_read(typed: str, code: str) -> None:
    assert read_code(typed) == code


@pytest.mark.parametrize("typed", ["", "384", "*#", "*384*x#", "*" + "1" * 300])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(BadNumber, match="USSD"):
        read_code(typed)


# --- screens --------------------------------------------------------------------------------------


def test_a_screen_is_counted_as_the_network_counts_it() -> None:
    assert size("Pay 100?") == (8, 160, "septets")
    assert size("[1] €") == (5 + 3, 160, "septets")
    assert size("Ọjà") == (3, 70, "UCS-2 characters")


def test_a_screen_is_broken_between_words() -> None:
    text = "How much for Kopera Twisungane?\n\n0 Back 00 Home"
    assert lines(text) == ["How much for Kopera", "Twisungane?", "", "0 Back 00 Home"]
    assert lines("x" * 50) == ["x" * 24, "x" * 24, "xx"]
    assert {len(line) for line in frame(text).splitlines()} == {28}


def _screen(
    screen: Menu | Ask | Pin | Confirm, language: str, notice: Text = "", *, home: bool = True
) -> str:
    nav = Nav(back=home, home=home)
    return pages(screen, language, ussd_budget(), nav, notice)[0].text


def _own_prompts() -> Iterator[str]:
    """The sentences with which flows ask for a PIN or a code, beside the standard ones."""
    for path in sorted((CHECKOUT / "flows").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Name("Pin"),
                    args=[ast.Call(func=ast.Name("_"), args=[ast.Constant(str(words))])],
                ):
                    yield words
                case ast.Call(
                    func=ast.Name("Ask"),
                    args=[
                        ast.Call(func=ast.Name("_"), args=[ast.Constant(str(words))]),
                        ast.Call(func=ast.Name("Code")),
                    ],
                ):
                    yield words


OWN_PROMPTS = list(_own_prompts())
SECRETS: list[tuple[Pin, Text]] = [
    (Pin(), ""),
    (Pin(), sentences.wrong_pin(2)),
    (Pin(sentences.CHOOSE_PIN, fresh=True), ""),
    (Pin(sentences.CHOOSE_PIN, fresh=True), sentences.PIN_POPULAR),
    (Pin(sentences.PIN_AGAIN, fresh=True), ""),
    *((Pin(_(words)), "") for words in OWN_PROMPTS),
]
# Change PIN is an option here: what is typed is its number.
OPEN: list[Menu | Ask | Confirm] = [
    Menu("Konti", (Option(1, _("Change PIN")), Option(12, "PIN"))),
    Menu(
        _("The customer approves by dialling, or with the code we texted."),
        (Option(1, _("Type the code")), Option(2, _("Cancel the sale"))),
    ),
    Ask(_("How much for {group}?", group="Kopera"), Amount("RWF", 100, 500_000)),
    Ask(_("Your name"), Name()),
    Confirm(_("Pay into {group}?", group="Kopera")),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("screen", "notice"), SECRETS)
def test_what_asks_for_a_secret_is_known(screen: Pin, notice: Text, language: str) -> None:
    assert asks_secret(_screen(screen, language, notice))
    assert asks_secret(_screen(screen, language, notice, home=False))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("screen", OPEN)
def test_what_asks_for_none_is_known(screen: Menu | Ask | Confirm, language: str) -> None:
    assert not asks_secret(_screen(screen, language))


def test_the_flows_were_searched_for_prompts() -> None:
    assert len(OWN_PROMPTS) >= 2  # a change of PIN, and a sale's code


# --- who may use it -------------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", demo=True, fakes_url=NOWHERE)


def _web(settings: Settings) -> Flask:
    web = Flask("phone", static_folder=None)
    web.register_blueprint(blueprint(settings))
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
    folder = CHECKOUT / "app" / "phone"
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


def test_there_is_no_phone_without_a_demo(database: Database, redis_url: str) -> None:
    code = "from app.web import app; print([r.rule for r in app.url_map.iter_rules()])"
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


# --- which Piga -----------------------------------------------------------------------------------


@contextmanager
def _running(settings: Settings, url: str, *, demo: bool = True) -> Iterator[None]:
    home = Home(settings.home)
    home.prepare()
    claim = Claim(home)
    claim.announce(Running(pid=1, run="r", url=url, fakes_url="http://127.0.0.1:5", demo=demo))
    yield
    claim.give_up()


@contextmanager
def _served(settings: Settings) -> Iterator[int]:
    server = listen("127.0.0.1", 0, _web(settings))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield int(server.port)
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_one_of_this_home_is_found(settings: Settings) -> None:
    settings = replace(settings, fakes_url="")
    with _running(settings, "http://127.0.0.1:8123"):
        assert find(settings) == "http://127.0.0.1:5"
        assert find(replace(settings, port=8123)) == "http://127.0.0.1:5"


def test_another_port_is_another_piga(settings: Settings) -> None:
    ours = replace(settings, fakes_url="")
    with _running(ours, "http://127.0.0.1:8123"), _served(settings) as port:
        assert find(replace(ours, port=port)) == NOWHERE
        with pytest.raises(OperatorError, match=r"one runs at http://127\.0\.0\.1:8123"):
            find(replace(ours, port=9))


def test_one_that_is_no_demo_has_no_phone(settings: Settings) -> None:
    settings = replace(settings, fakes_url="")
    with (
        _running(settings, "http://127.0.0.1:8123", demo=False),
        pytest.raises(OperatorError, match="no demo"),
    ):
        find(settings)


def test_where_nothing_runs_one_sentence_says_so(settings: Settings) -> None:
    settings = replace(settings, fakes_url="", port=9)
    with pytest.raises(OperatorError) as told:
        find(settings)
    assert "piga run" in str(told.value)
    assert "\n" not in str(told.value)
    assert find(replace(settings, fakes_url=NOWHERE)) == NOWHERE


# --- the network ----------------------------------------------------------------------------------


def test_the_network_tells_what_it_refuses(tmp_path: Path) -> None:
    with Fakes("127.0.0.1", 0, lambda: [], tmp_path) as fakes:
        network = Network(fakes.url)
        assert network.services() == []
        failed = network.dial("+250788000001", "*384*10#")
        assert failed["state"] == "failed"
        assert explain(failed["error"] or "") == "No service answers this code."
        with pytest.raises(NetworkRefused, match="not a phone number"):
            network.dial("me", "*384*10#")
        with pytest.raises(NetworkRefused, match="Dial again") as refused:
            network.answer("ATUid_none", "1")
        assert refused.value.status == 404
    with pytest.raises(NetworkDown, match="piga run"):
        network.services()


def test_an_answer_that_is_no_json_is_an_outage(settings: Settings) -> None:
    def odd(environ: object, start_response: object) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])  # type: ignore[operator]
        return [b"<html>"]

    server = listen("127.0.0.1", 0, odd)
    threading.Thread(target=server.handle_request, daemon=True).start()
    with pytest.raises(NetworkDown):
        Network(f"http://127.0.0.1:{server.port}").services()
    server.server_close()


# --- hooks, read live -----------------------------------------------------------------------------


@pytest.fixture
def hooks(database: Database, tmp_path: Path) -> Iterator[LiveHooks]:
    settings = Settings(
        home=tmp_path, demo=True, database_url=database.database_url, key="0f" * 32, port=8123
    )
    core = core_of(settings)
    yield LiveHooks(core)
    core.database.close()


def _urls(hooks: LiveHooks) -> dict[str, str]:
    return {hook["kind"]: hook["url"] for hook in hooks()}


def test_a_new_tenant_and_a_new_secret_are_seen_at_once(
    hooks: LiveHooks, database: Database
) -> None:
    core = hooks._core
    assert hooks() == ()
    moto = read_folder(FOLDER / "moto", demo=True)
    apply(core.database, core.keys, moto, house(demo=True))
    first = hooks()
    assert {hook["service"] for hook in first} == {"*384*20#"}
    assert all(hook["url"].startswith("http://127.0.0.1:8123/hooks/") for hook in first)
    assert hooks() is first  # nothing new: nothing read
    before = _urls(hooks)
    with core.database.transaction(moto.id) as tx:
        row = tx.one("SELECT id FROM service WHERE tenant_id = current_tenant()")
        assert row is not None
        rotate_hook_secret(tx, row[0])
    assert _urls(hooks)["ussd"] != before["ussd"]


def test_an_outage_leaves_the_last_hooks_in_use(
    hooks: LiveHooks, database: Database, admin_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    core = hooks._core
    apply(core.database, core.keys, read_folder(FOLDER / "moto", demo=True), house(demo=True))
    before = list(hooks())
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS false".encode())
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (database.name,),
        )
        assert list(hooks()) == before
        assert list(hooks()) == before
        assert caplog.text.count("hooks cannot be read") == 1
        admin.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS true".encode())


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
