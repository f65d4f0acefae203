"""The fakes' process over HTTP: the phone, its faults, its log, and who may talk to it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests

from providers.simulator.loopback import HttpPost, NoAnswer, is_loopback_host, is_loopback_url
from providers.simulator.process import Fakes
from providers.simulator.timers import Later
from tests.support.providers import Us

A = "+250788000101"
Json = dict[str, Any]


def call(fakes: Fakes, page: str, status: int = 200, **body: Any) -> Any:
    body = {name.rstrip("_"): value for name, value in body.items()}
    answer = requests.post(f"{fakes.url}/phone/{page}", json=body, timeout=10)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def read(fakes: Fakes, page: str, status: int = 200, **query: str) -> Any:
    answer = requests.get(f"{fakes.url}/phone/{page}", params=query, timeout=10)
    assert answer.status_code == status, answer.text
    return answer.json()


def dial(fakes: Fakes, dialled: str = "*384*10#") -> Json:
    shown: Json = call(fakes, "dial", from_=A, dial=dialled)
    return shown


def test_dial_answer_end(us: Us, fakes: Fakes) -> None:
    shown = dial(fakes)
    session = shown["session"]
    assert 0 < shown.pop("took_ms") < 5_000
    assert shown == {
        "session": session,
        "screen": "You typed []",
        "state": "open",
        "error": None,
        "hop": 1,
    }
    assert call(fakes, "answer", session=session, answer="1")["screen"] == "You typed [1]"
    us.screen = lambda text: ("Murakoze", True)
    assert call(fakes, "answer", session=session, answer="0")["state"] == "ended"
    assert "over" in call(fakes, "answer", 409, session=session, answer="0")["error"]


def test_dial_with_digits_and_to_nobody(us: Us, fakes: Fakes) -> None:
    assert dial(fakes, "*384*10*1*500#")["screen"] == "You typed [1*500]"
    shown = dial(fakes, "*999#")
    assert (shown["session"], shown["state"]) == ("", "failed")
    assert shown["error"] == "no service answers this code"


def test_twice_repeat_redial_hangup_timeout(us: Us, fakes: Fakes) -> None:
    session = dial(fakes)["session"]
    shown = call(fakes, "twice", session=session, answer="1")
    assert (shown["same"], shown["replies"]) == (True, ["CON You typed [1]"] * 2)
    shown = call(fakes, "twice", session=session, answer="2", copies=20)
    assert len(shown["replies"]) == 20
    assert call(fakes, "repeat", session=session, hop=2)["screen"] == "You typed [1]"
    again = call(fakes, "redial", session=session)
    assert again["session"] != session
    assert call(fakes, "hangup", session=again["session"])["state"] == "ended"
    again = call(fakes, "redial", session=session)
    timed_out = call(fakes, "timeout", session=again["session"])
    assert (timed_out["state"], timed_out["error"]) == ("ended", "the session timed out")


@pytest.mark.parametrize(
    ("page", "body", "status", "error"),
    [
        ("dial", {}, 400, "from: text, please"),
        ("dial", {"from": 250788, "dial": "*384*10#"}, 400, "from: text, please"),
        ("dial", {"from": "nobody", "dial": "*384*10#"}, 400, "from: not a phone number"),
        ("dial", {"from": A, "dial": "*1#", "network": 1}, 400, "network: not text"),
        ("answer", {"session": "x", "answer": "1"}, 404, "no such session"),
        ("answer", {"session": "x"}, 400, "answer: text, please"),
        ("twice", {"session": "x", "answer": "1", "copies": 1}, 400, "copies: out of range"),
        ("twice", {"session": "x", "answer": "1", "copies": 1000}, 400, "copies: out of range"),
        ("repeat", {"session": "x", "hop": "1"}, 400, "hop: not a number"),
        ("hangup", {"session": "x"}, 404, "no such session"),
        (
            "faults",
            {"power": "off"},
            400,
            "only reset, network, ussd, sms, kannel, whatsapp, twilio, momo, airtel, "
            "daraja, flw, hubtel, paystack, rates",
        ),
        ("faults", {"ussd": {"colour": 1}}, 400, "no such setting: colour"),
        ("faults", {"ussd": {"lose_before": 7}}, 400, "lose_before: not a possible value"),
        ("faults", {"sms": {"dlr": "maybe"}}, 400, "dlr: not a possible value"),
        ("faults", {"sms": {"modes": "x"}}, 400, "modes: a list of objects, please"),
        (
            "faults",
            {"sms": {"numbers": {A: {"code": "406"}}}},
            400,
            "numbers: code, plan and failure",
        ),
        ("faults", {"sms": {"by_ending": 1}}, 400, "by_ending: true or false"),
        (
            "faults",
            {"sms": {"senders": "MOTO"}},
            400,
            "senders: the known sender ids, or null for any",
        ),
        ("faults", {"sms": [1]}, 400, "sms: an object, please"),
        ("nowhere", {}, 404, "not found"),
        ("inbox", {}, 405, "method not allowed"),
    ],
)
def test_bad_requests(fakes: Fakes, page: str, body: Json, status: int, error: str) -> None:
    assert call(fakes, page, status, **body) == {"error": error}


@pytest.mark.parametrize(
    ("body", "content_type", "status", "error"),
    [
        (b"{}", "text/plain", 400, "application/json, please"),
        (b"from=1", "application/x-www-form-urlencoded", 400, "application/json, please"),
        (b"{", "application/json", 400, "this is not JSON"),
        (b"[]", "application/json", 400, "an object, please"),
        (b"x" * 70_000, "application/json", 413, "request entity too large"),
    ],
)
def test_bad_bodies(fakes: Fakes, body: bytes, content_type: str, status: int, error: str) -> None:
    headers = {"Content-Type": content_type}
    answer = requests.post(f"{fakes.url}/phone/dial", data=body, headers=headers, timeout=5)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


def test_a_name_aimed_at_loopback_is_refused(fakes: Fakes) -> None:
    headers = {"Host": "phone.example.com"}
    answer = requests.get(f"{fakes.url}/phone/log", headers=headers, timeout=5)
    assert answer.status_code == 403
    for name in ("localhost:1", "[::1]:1", "127.0.0.1"):
        answer = requests.get(f"{fakes.url}/phone/log", headers={"Host": name}, timeout=5)
        assert answer.status_code == 200


# --- the inbox --------------------------------------------------------------------------------


def send(fakes: Fakes, to: str, text: str, username: str = "impuye") -> int:
    return requests.post(
        f"{fakes.url}/at/version1/messaging",
        data={"username": username, "to": to, "message": text, "from": "IMPUYE"},
        headers={"apiKey": "k3y"},
        timeout=5,
    ).status_code


def test_the_inbox(us: Us, fakes: Fakes) -> None:
    assert send(fakes, A, "Paid RWF 500.") == 201
    assert send(fakes, "+250788000102", "Not yours.") == 201
    assert fakes.later.settle()
    (text,) = read(fakes, "inbox", msisdn=A)
    assert set(text) == {"at", "from", "text", "status", "id"}
    assert (text["from"], text["text"], text["status"]) == ("IMPUYE", "Paid RWF 500.", "Success")
    plain = requests.get(f"{fakes.url}/phone/inbox?msisdn={A}", timeout=5).json()
    assert plain == [text] == read(fakes, "inbox", msisdn=A[1:])
    assert read(fakes, "inbox", 400, msisdn="x")["error"] == "msisdn: not a phone number"
    assert read(fakes, "inbox", 400)["error"] == "msisdn: not a phone number"


def test_a_text_that_failed_is_in_no_inbox(fakes: Fakes) -> None:
    call(fakes, "faults", sms={"numbers": {A: {"plan": ["Submitted", "Failed"]}}})
    send(fakes, A, "Lost")
    assert read(fakes, "inbox", msisdn=A) == []


def test_inboxes_are_emptied_of_what_an_account_sent(us: Us, fakes: Fakes) -> None:
    fakes.rest.accounts = None
    call(fakes, "faults", sms={"dlr_delay_s": 0.5})
    send(fakes, A, "Paid RWF 500.")
    send(fakes, A, "Of another.", username="other")
    assert call(fakes, "forget", accounts=["impuye"]) == {"ok": True}
    assert [text["text"] for text in read(fakes, "inbox", msisdn=A)] == ["Of another."]
    assert fakes.later.settle()
    # Nor is anything reported of what is forgotten.
    (other,) = read(fakes, "inbox", msisdn=A)
    reports = [dict(parse_qsl(taken.body.decode())) for taken in us.of("sms-report")]
    assert {report["id"] for report in reports} == {other["id"]}
    for accounts in ("impuye", [1], None):
        assert "accounts" in call(fakes, "forget", 400, accounts=accounts)["error"]


def test_texts_and_opt_outs_from_the_phone(us: Us, fakes: Fakes) -> None:
    assert call(fakes, "text", from_=A, to="7227", text="BAL")["id"]
    assert call(fakes, "optout", from_=A, sender="IMPUYE") == {"ok": True}
    assert fakes.later.settle()
    assert (len(us.of("sms-in")), len(us.of("sms-optout"))) == (1, 1)


# --- faults and log ---------------------------------------------------------------------------


def test_faults_are_set_and_reset(us: Us, fakes: Fakes) -> None:
    call(fakes, "faults", ussd={"lose_before": 1}, sms={"modes": [{"mode": "unauthorized"}]})
    assert dial(fakes)["error"] == "the network lost the request"
    assert send(fakes, A, "x") == 401
    call(fakes, "faults", sms={"modes": [{"mode": "unauthorized", "times": None}]})
    assert send(fakes, A, "x") == 401
    call(fakes, "faults", reset=True, ussd={"suffix": "service_code"})
    assert send(fakes, A, "x") == 201
    assert dial(fakes, "*384*10*5#")["screen"] == "You typed []"


def test_half_wrong_faults_change_nothing(us: Us, fakes: Fakes) -> None:
    call(fakes, "faults", 400, ussd={"lose_before": 1}, sms={"dlr": "maybe"})
    assert dial(fakes)["state"] == "open"


def test_the_log_tells_no_secret(us: Us, fakes: Fakes) -> None:
    session = dial(fakes)["session"]
    call(fakes, "answer", session=session, answer="4821")
    send(fakes, A, "Your code is 918273")
    send(fakes, A, "Your code is 918273")
    assert fakes.later.settle()
    log = read(fakes, "log")
    assert [e["status"] for e in log["exchanges"]] == [200, 200]
    assert log["sms"] == {"requests": 2, "accepted": 2, "duplicates": 1}
    assert log["callbacks"]["taken"] == 4
    told = json.dumps(log)
    for secret in ("4821", "918273", "s3cr3t", "k3y", "788000101"):
        assert secret not in told
    (twice,) = read(fakes, "duplicates")
    assert len(twice["ids"]) == 2


# --- loopback ---------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.0.2.1", "example.com"])
def test_only_loopback_is_bound(host: str) -> None:
    with pytest.raises(ValueError, match="loopback only"):
        Fakes(host, 0, list)


def test_a_taken_port_is_an_error_and_no_exit(fakes: Fakes, tmp_path: Path) -> None:
    port = int(fakes.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        Fakes("127.0.0.1", port, list, tmp_path / "other")


def test_ipv6_loopback(us: Us) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("no IPv6 on this machine")
    with Fakes("::1", 0, us.hooks) as running:
        assert running.url.startswith("http://[::1]:")
        assert dial(running)["state"] == "open"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost.example.com", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_hosts(host: str, expected: bool) -> None:
    assert is_loopback_host(host) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000/hooks", True),
        ("http://localhost/", True),
        ("https://127.0.0.1/", False),
        ("http://127.0.0.1@example.com/", False),
        ("http://example.com/", False),
        ("/hooks", False),
    ],
)
def test_loopback_urls(url: str, expected: bool) -> None:
    assert is_loopback_url(url) is expected


class KeepsAlive(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 0.1  # then an idle connection is closed

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        told = f"{self.client_address[1]} {body.decode()}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def kept_alive() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), KeepsAlive)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()
    thread.join()


def test_posts_reuse_a_connection_and_survive_its_end(kept_alive: str) -> None:
    post = HttpPost()
    told = [post(kept_alive, f"n={n}".encode(), {}, 5).body.decode().split() for n in range(3)]
    assert [body for _, body in told] == ["n=0", "n=1", "n=2"]
    assert len({port for port, _ in told}) == 1
    time.sleep(0.3)
    port, body = post(kept_alive, b"n=3", {}, 5).body.decode().split()
    assert (port != told[0][0], body) == (True, "n=3")
    post.close()


def test_posts_that_go_nowhere() -> None:
    for url, why in (
        ("http://127.0.0.1:9/", "connection refused"),
        ("http://192.0.2.1/", "not a loopback address"),
    ):
        with pytest.raises(NoAnswer, match=rf"^{why}$"):
            HttpPost()(url, b"", {}, 5)


# --- the background thread --------------------------------------------------------------------


@pytest.fixture
def later() -> Iterator[Later]:
    made = Later()
    yield made
    made.close()


def test_later_runs_in_order_and_outlives_a_failure(later: Later) -> None:
    done: list[int] = []
    later.after(0.04, lambda: done.append(3))
    later.after(0.02, lambda: done.append(2))
    later.after(0.0, lambda: done.append(1))
    later.after(0.03, lambda: done.append(1 // 0))
    assert later.settle()
    assert done == [1, 2, 3]
    assert later.failed == 1


def test_later_gives_up_waiting(later: Later) -> None:
    later.after(60, lambda: None)
    assert not later.settle(0.01)
    assert later.settle(0.01, within_s=1)


# --- a process of its own ---------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serve_until_a_signal(tmp_path: Path, number: int) -> None:
    code = (
        "import socket, sys\nfrom pathlib import Path\n"
        "from providers.simulator.process import serve\n"
        "with socket.create_server(('127.0.0.1', 0)) as s: port = s.getsockname()[1]\n"
        "print(port, flush=True)\n"
        "serve('127.0.0.1', port, list, Path(sys.argv[1]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    url = f"http://127.0.0.1:{process.stdout.readline().strip()}"
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            assert requests.get(f"{url}/healthz", timeout=1).json() == {"ok": True}
            break
        except requests.ConnectionError:
            time.sleep(0.02)
    requests.get(f"{url}/phone/inbox?msisdn={A}", timeout=1)
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 0
    assert (out, err) == ("", "")
    assert (tmp_path / "africastalking-texts.jsonl").exists()
