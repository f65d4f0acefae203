"""Which Piga a terminal finds, and what the phone makes of a network that is not there."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from app.cli import main
from app.demo.phone.find import find
from app.demo.phone.network import Network, NetworkDown, NetworkRefused, explain
from app.demo.phone.views import blueprint
from app.errors import OperatorError
from app.local.data_dir import DataDir
from app.local.running import Claim, Running
from app.settings import Settings
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes

NOWHERE = "http://127.0.0.1:9"  # the discard port: nothing listens there


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", demo=True, fakes_url=NOWHERE)


@contextmanager
def _running(settings: Settings, url: str, *, demo: bool = True) -> Iterator[None]:
    home = DataDir(settings.home)
    home.prepare()
    claim = Claim(home)
    claim.announce(Running(pid=1, run="r", url=url, fakes_url="http://127.0.0.1:5", demo=demo))
    yield
    claim.give_up()


@contextmanager
def _served(settings: Settings) -> Iterator[int]:
    web = Flask("phone", static_folder=None)
    web.register_blueprint(blueprint(settings, lambda dialled, msisdn: []))
    server = listen("127.0.0.1", 0, web)
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


def test_a_web_server_that_is_down_fails_the_conversation(tmp_path: Path) -> None:
    hook = Hook(
        provider="africastalking",
        kind="ussd",
        tenant="t",
        service="*384*10#",
        url=f"{NOWHERE}/hooks",
    )
    with Fakes("127.0.0.1", 0, lambda: [hook], tmp_path) as fakes:
        result = CliRunner().invoke(
            main,
            ["phone", "--from", "+250788000001", "--dial", "*384*10#", "--answers", "1", "--json"],
            env={"PIGA_FAKES_URL": fakes.url},
        )
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert (told["state"], told["service"]) == ("failed", "*384*10#")
    assert "web server is down" in told["error"]
    assert [(hop["sent"], hop["screen"], hop["ends"]) for hop in told["hops"]] == [
        ("*384*10#", "", True)
    ]


def test_an_answer_that_is_no_json_is_an_outage(settings: Settings) -> None:
    def odd(environ: object, start_response: object) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html")])  # type: ignore[operator]
        return [b"<html>"]

    server = listen("127.0.0.1", 0, odd)
    threading.Thread(target=server.handle_request, daemon=True).start()
    with pytest.raises(NetworkDown):
        Network(f"http://127.0.0.1:{server.port}").services()
    server.server_close()
