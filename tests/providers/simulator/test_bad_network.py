"""A bad network by its words: what each fake is told, and what becomes of what handsets write."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import requests

from providers.simulator import bad_network
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes
from providers.simulator.uplink import OVERTAKEN_BY_S, Uplink, UplinkOptions

NUMBER = "+250788000001"


class Planned:
    """What is due later, in the order of its time."""

    def __init__(self) -> None:
        self.due: list[tuple[float, Callable[[], None]]] = []

    def after(self, delay_s: float, action: Callable[[], None]) -> None:
        self.due.append((delay_s, action))

    def run(self) -> None:
        for _, action in sorted(self.due, key=lambda one: one[0]):
            action()


def carried(options: UplinkOptions, count: int) -> list[tuple[int, int]]:
    """Which of so many messages arrived in which order, and how often."""
    later, came = Planned(), list[tuple[int, int]]()
    uplink = Uplink(later)
    uplink.reset(options)

    def sender(nth: int) -> Callable[..., str]:
        def send(*, copies: int) -> str:
            came.append((nth, copies))
            return str(nth)

        return send

    for nth in range(1, count + 1):
        uplink.carry(sender(nth))
    later.run()
    return came


def test_a_good_network_carries_at_once_and_in_order() -> None:
    assert carried(UplinkOptions(), 3) == [(1, 1), (2, 1), (3, 1)]


def test_a_bad_one_loses_repeats_and_lets_overtake() -> None:
    assert carried(bad_network.uplink(["lose"]), 6) == [(1, 1), (2, 1), (4, 1), (5, 1)]
    assert carried(bad_network.uplink(["duplicate"]), 1) == [(1, 2)]
    assert carried(bad_network.uplink(["reorder"]), 2) == [(2, 1), (1, 1)]
    late = bad_network.uplink(["delay", "reorder", "duplicate"])
    assert late.delay_s + OVERTAKEN_BY_S > late.delay_s > 0
    assert carried(late, 2) == [(2, 2), (1, 2)]


@pytest.mark.parametrize("named", ["delay", ["fog"], [1], None, {}])
def test_a_word_that_is_none_is_refused(named: object) -> None:
    with pytest.raises(ValueError, match="throttled"):
        bad_network.checked(named)


class SeeingFakes(NamedTuple):
    """The fakes, and the bodies that they posted to our hook."""

    fakes: Fakes
    seen: list[bytes]


@pytest.fixture
def both() -> Iterator[SeeingFakes]:
    seen = list[bytes]()

    def ours(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.append(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        start_response("200 OK", [])
        return [b""]

    server = listen("127.0.0.1", 0, ours)
    url = f"http://127.0.0.1:{server.port}/"
    hook = Hook(provider="africastalking", kind="sms-in", tenant="x", service="10384", url=url)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    with Fakes("127.0.0.1", 0, lambda: [hook], hooks_kept_s=0.0) as fakes:
        yield SeeingFakes(fakes, seen)
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def fakes(both: SeeingFakes) -> Fakes:
    return both.fakes


def test_each_combination_is_taken_and_taken_back(fakes: Fakes) -> None:
    url = f"{fakes.url}/phone/faults"
    for nth in range(2 ** len(bad_network.TROUBLES)):
        named = [one for bit, one in enumerate(bad_network.TROUBLES) if nth >> bit & 1]
        answer = requests.post(url, json={"network": named}, timeout=10)
        assert answer.status_code == 200, (named, answer.text)
    assert requests.get(url, timeout=10).json() == {"network": list(bad_network.TROUBLES)}
    requests.post(url, json={"reset": True}, timeout=10)
    assert requests.get(url, timeout=10).json() == {"network": []}
    assert fakes.uplink.options == UplinkOptions()
    assert fakes.gateway.options.copies == 1
    assert fakes.rest.senders is None


def test_what_is_sent_is_refused_as_each_company_would(fakes: Fakes) -> None:
    url = f"{fakes.url}/phone/faults"
    sms = {"username": "x", "to": NUMBER, "message": "Muraho", "from": "PIGA"}

    def send() -> requests.Response:
        at = f"{fakes.url}/at/version1/messaging"
        return requests.post(at, sms, headers={"apiKey": "k"}, timeout=10)

    requests.post(url, json={"network": ["throttled"]}, timeout=10)
    assert [send().status_code for _ in range(3)] == [429, 429, 429]
    requests.post(url, json={"network": ["unknown_sender"]}, timeout=10)
    assert send().json()["SMSMessageData"]["Message"] == "InvalidSenderId"
    requests.post(url, json={"network": ["down"]}, timeout=10)
    with pytest.raises(requests.ConnectionError):
        send()
    requests.post(url, json={"network": []}, timeout=10)
    assert send().status_code == 201


def test_a_text_twice_under_one_id_and_its_thread(both: SeeingFakes) -> None:
    fakes, seen = both
    requests.post(f"{fakes.url}/phone/faults", json={"network": ["duplicate"]}, timeout=10)
    wanted = {"from": NUMBER, "to": "10384", "text": "menu"}
    requests.post(f"{fakes.url}/phone/text", json=wanted, timeout=10)
    fakes.later.settle()
    until_s = time.monotonic() + 10
    while len(seen) < 2 and time.monotonic() < until_s:
        time.sleep(0.01)
    ids = [dict(pair.split(b"=") for pair in body.split(b"&"))[b"id"] for body in seen]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    asked = requests.get(f"{fakes.url}/phone/thread", {"msisdn": NUMBER}, timeout=10)
    [mine] = asked.json()
    assert (mine["by"], mine["to"], mine["text"]) == ("them", "10384", "menu")
    requests.post(f"{fakes.url}/phone/forget", json={"accounts": ["x"]}, timeout=10)
    assert fakes.written.find(lambda _: True) == []


def test_addresses_name_their_channel(fakes: Fakes) -> None:
    [found] = requests.get(f"{fakes.url}/phone/addresses", timeout=10).json()
    assert (found["channel"], found["service"], found["tenant"]) == ("sms", "10384", "x")
