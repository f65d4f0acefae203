"""A loop in a thread of its own, and callers that it serves."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from typing import Any, TypeVar

import pytest
import uvloop

from app.front.hub import Hub
from values import waiting

Result = TypeVar("Result")
ENOUGH_S = 20.0


class Serving:
    """`call` has work done by a caller of the loop."""

    def __init__(self) -> None:
        self.hub: Hub
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(ENOUGH_S)

    def _run(self) -> None:
        loop = uvloop.new_event_loop()
        self.hub = Hub(loop)
        loop.call_soon(self._ready.set)
        loop.run_forever()

    def call(self, *works: Callable[[], Result]) -> list[Result]:
        """What these come to, each of a caller of its own, all begun at once. Raises what one
        raises."""
        given: list[Future[Result]] = [self.begin(work) for work in works]
        wait(given, ENOUGH_S)
        return [one.result(0) for one in given]

    def begin(self, work: Callable[[], Result]) -> Future[Result]:
        future: Future[Result] = Future()

        def answer() -> None:
            try:
                future.set_result(work())
            except BaseException as fault:
                future.set_exception(fault)

        self.hub.loop.call_soon_threadsafe(self.hub.serve, answer)
        return future

    def stop(self) -> None:
        self.hub.loop.call_soon_threadsafe(self.hub.loop.stop)
        self._thread.join(ENOUGH_S)


@pytest.fixture
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serving]:
    found: Any = Serving()
    monkeypatch.setattr(waiting, "loops", [found.hub])
    yield found
    found.stop()
