"""Callers that are served by one loop, in one thread: whoever waits makes room for the others.

Each is a greenlet, so that what it calls need not know of a loop: a turn reads like one that has a
thread to itself.
"""

import logging
import os
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from threading import Thread, get_native_id
from typing import Any, Final, TypeVar

from greenlet import getcurrent, greenlet
from uvloop import Loop

Result = TypeVar("Result")

log = logging.getLogger(__name__)

# Work that is done aside is the hashing of PINs, and connecting to Postgres or Redis.
ASIDE_THREADS: Final = 4
IDLE_MAXIMUM: Final = 64
# Hashing gives way to whoever only reads a menu.
NICENESS: Final = 10


class Caller(greenlet):
    """Somebody whom the loop serves."""


class Hub:
    """Lets callers wait by a loop. All but `aside`'s work runs in the loop's thread."""

    def __init__(self, loop: Loop) -> None:
        """To be made in the loop's thread."""
        self.loop: Final = loop
        self.callers = 0
        self._serving: Final = getcurrent()
        # Those that have done their work, and get the next: to make one costs two system calls.
        self._idle: list[Caller] = []
        # Threads of our own: a pool of the library's takes no more work once a process is told to
        # stop, and what is being worked then is to be answered.
        self._works: Final = SimpleQueue[tuple[Callable[[], Any], Future[Any]]]()
        for _ in range(ASIDE_THREADS):
            Thread(target=_work_aside, args=(self._works,), name="aside", daemon=True).start()

    def serve(self, work: Callable[[], None]) -> None:
        """Do this work, whose waiting holds nobody up."""
        self.callers += 1
        caller = self._idle.pop() if self._idle else Caller(self._work, self._serving)
        caller.switch(work)

    def _work(self, work: Callable[[], None]) -> None:
        """What a caller does all its life."""
        caller = getcurrent()
        assert isinstance(caller, Caller)
        while True:
            try:
                work()
            except Exception as fault:
                log.error("a caller of the loop: %s", type(fault).__name__, extra={"fault": fault})
            self.callers -= 1
            if len(self._idle) >= IDLE_MAXIMUM:
                return
            self._idle.append(caller)
            work = self._serving.switch()

    def is_caller(self) -> bool:
        return type(getcurrent()) is Caller

    def park(self) -> Any:
        """Let the others go on until somebody switches to the caller; answers with what."""
        return self._serving.switch()

    def until_ready(self, descriptor: int, *, reading: bool, writing: bool) -> bool:
        switch, loop = getcurrent().switch, self.loop
        if reading:
            loop.add_reader(descriptor, switch, True)
        if writing:
            loop.add_writer(descriptor, switch, False)
        try:
            return bool(self.park())
        finally:
            if reading:
                loop.remove_reader(descriptor)
            if writing:
                loop.remove_writer(descriptor)

    def sleep(self, pause_s: float) -> None:
        self.loop.call_later(pause_s, getcurrent().switch)
        self.park()

    def aside(self, work: Callable[[], Result]) -> Result:
        switch = getcurrent().switch

        def go_on(_: Future[Result]) -> None:
            self.loop.call_soon_threadsafe(switch)

        done: Future[Result] = Future()
        done.add_done_callback(go_on)
        self._works.put((work, done))
        self.park()
        return done.result()


class Places:
    """So many of something, one each for a caller, first come first served."""

    def __init__(self, hub: Hub, count: int) -> None:
        self._hub = hub
        self._free = count
        self._waiting: list[Caller] = []

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def get(self) -> None:
        """Take one, or wait for it."""
        if self._free:
            self._free -= 1
            return
        caller = getcurrent()
        assert isinstance(caller, Caller)
        self._waiting.append(caller)
        self._hub.park()

    def put(self, _: None = None) -> None:
        """Give it back: to whoever waits longest."""
        if self._waiting:
            self._hub.loop.call_soon(self._waiting.pop(0).switch)
        else:
            self._free += 1


def _work_aside(works: "SimpleQueue[tuple[Callable[[], Any], Future[Any]]]") -> None:
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, get_native_id(), NICENESS)
    while True:
        work, done = works.get()
        try:
            done.set_result(work())
        except BaseException as fault:
            done.set_exception(fault)
        del work, done  # nothing of what was typed stays until there is other work
