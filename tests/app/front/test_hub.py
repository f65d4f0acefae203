"""Who waits by a loop holds nobody up."""

import os
import threading
import time
from functools import partial

import pytest

from app.front import hub
from app.front.hub import Places
from core.security.keyring import Keyring
from tests.app.front.conftest import Serving
from values import waiting


def test_who_sleeps_holds_nobody_up(serving: Serving) -> None:
    started = time.monotonic()
    serving.call(*[lambda: waiting.sleep(0.3)] * 50)
    assert time.monotonic() - started < 3


def test_whoever_is_no_caller_has_no_loop(serving: Serving) -> None:
    assert waiting.loop_here() is None
    assert serving.call(waiting.loop_here) == [serving.hub]


def test_long_work_is_done_in_another_thread_and_gives_way(serving: Serving) -> None:
    def at_work() -> tuple[int, int]:
        return threading.get_ident(), os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    (here, (there, niceness)) = serving.call(
        lambda: (threading.get_ident(), waiting.aside(at_work))
    )[0]
    assert here != there
    assert niceness >= hub.NICENESS


def test_hashing_holds_nobody_up(serving: Serving) -> None:
    keys = Keyring(bytes(range(32)))
    hashing = [serving.begin(lambda: keys.hash_pin("2748")) for _ in range(20)]
    (alive,) = serving.call(lambda: not all(one.done() for one in hashing))
    assert alive
    assert all(keys.verify_pin("2748", one.result(20)) for one in hashing)


def test_what_long_work_raises_is_raised_to_the_caller(serving: Serving) -> None:
    def fail() -> None:
        raise KeyError("x")

    with pytest.raises(KeyError):
        serving.call(lambda: waiting.aside(fail))


def test_who_waits_for_a_socket_goes_on_when_it_can_be_read(serving: Serving) -> None:
    reading, writing = os.pipe()
    try:
        waits = serving.begin(lambda: serving.hub.until_ready(reading, reading=True, writing=False))
        serving.call(lambda: None)
        assert not waits.done()
        os.write(writing, b"x")
        assert waits.result(5) is True
        assert serving.call(
            lambda: serving.hub.until_ready(writing, reading=False, writing=True)
        ) == [False]
    finally:
        os.close(reading)
        os.close(writing)


def test_a_fault_of_one_caller_is_said_and_ends_nobody(
    serving: Serving, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise KeyError("secret")

    serving.hub.loop.call_soon_threadsafe(serving.hub.serve, fail)
    assert serving.call(lambda: 1) == [1]
    assert "a caller of the loop: KeyError" in caplog.text
    assert serving.hub.callers == 0


def test_places_are_taken_in_the_order_of_asking(serving: Serving) -> None:
    places = serving.call(lambda: Places(serving.hub, 2))[0]
    at_once, most, order = 0, 0, []

    def work(number: int) -> None:
        nonlocal at_once, most
        places.get()
        at_once += 1
        most = max(most, at_once)
        order.append(number)
        waiting.sleep(0.01)
        at_once -= 1
        places.put()

    for one in [serving.begin(partial(work, number)) for number in range(9)]:
        one.result(10)
    assert (most, order, places.waiting) == (2, list(range(9)), 0)
