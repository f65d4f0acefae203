"""Waiting for what must come to hold, and starting many at once."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

T = TypeVar("T")


def until(holds: Callable[[], Any], within_s: float = 20.0, every_s: float = 0.02) -> Any:
    """Wait until it holds, and answer what it said. Fails after `within_s`."""
    deadline = time.monotonic() + within_s
    while not (value := holds()):
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(every_s)
    return value


def at_once(calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Run them all in threads of their own that start together; answers or exceptions, in order."""
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | Exception:
        start.wait(30)
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
