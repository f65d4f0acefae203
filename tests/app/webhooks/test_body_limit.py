"""Places for bodies and for turns, without a server."""

import threading
import time
import uuid

import pytest

from app.webhooks.body_limit import (
    LOOK_EVERY_S,
    PLACE_TIMEOUT_S,
    READING_MAXIMUM,
    READING_PER_SERVICE_MAXIMUM,
    BodyLimit,
)
from core.db.errors import Unavailable

ENOUGH_S = 5.0


class Stalled:
    """Bodies that stop half-way until they are let go."""

    def __init__(self, limit: BodyLimit) -> None:
        self._limit = limit
        self._go = threading.Event()
        self._threads: list[threading.Thread] = []
        self._reading = threading.Semaphore(0)

    def post(self, service_id: uuid.UUID, count: int) -> None:
        for _ in range(count):
            thread = threading.Thread(target=self._limit.read, args=(service_id, self._body))
            thread.start()
            self._threads.append(thread)
            assert self._reading.acquire(timeout=ENOUGH_S)

    def _body(self) -> bytes:
        self._reading.release()
        self._go.wait(ENOUGH_S)
        return b""

    def let_go(self) -> None:
        self._go.set()
        for thread in self._threads:
            thread.join()


def nobody(_at_least_s: float, _at_most_s: float) -> int:
    return 0


def none_floods(_since: float) -> int:
    return 0


def test_one_service_has_its_places_and_no_more() -> None:
    limit, own, other = BodyLimit(4, nobody, none_floods), uuid.uuid4(), uuid.uuid4()
    stalled = Stalled(limit)
    stalled.post(own, READING_PER_SERVICE_MAXIMUM)
    started = time.monotonic()
    with pytest.raises(Unavailable):
        limit.read(own, lambda: b"whole")
    assert time.monotonic() - started < PLACE_TIMEOUT_S + 1
    assert limit.read(other, lambda: b"whole") == b"whole"
    stalled.let_go()
    assert limit.read(own, lambda: b"whole") == b"whole"


def test_a_process_has_its_places_whatever_the_service() -> None:
    limit = BodyLimit(4, nobody, none_floods)
    stalled = Stalled(limit)
    for _ in range(READING_MAXIMUM // READING_PER_SERVICE_MAXIMUM):
        stalled.post(uuid.uuid4(), READING_PER_SERVICE_MAXIMUM)
    with pytest.raises(Unavailable):
        limit.read(uuid.uuid4(), lambda: b"whole")
    stalled.let_go()
    assert limit.read(uuid.uuid4(), lambda: b"whole") == b"whole"


def test_a_place_is_given_back_by_a_body_that_fails() -> None:
    limit, service_id = BodyLimit(4, nobody, none_floods), uuid.uuid4()

    def cut_off() -> bytes:
        raise ConnectionError

    for _ in range(2 * READING_PER_SERVICE_MAXIMUM):
        with pytest.raises(ConnectionError):
            limit.read(service_id, cut_off)
    assert limit.read(service_id, lambda: b"whole") == b"whole"


def test_no_more_turns_at_once_than_threads() -> None:
    limit = BodyLimit(2, nobody, none_floods)
    lock, at_once = threading.Lock(), [0, 0]  # now, and at most

    def turn() -> None:
        with lock:
            at_once[0] += 1
            at_once[1] = max(at_once)
        time.sleep(0.02)
        with lock:
            at_once[0] -= 1

    def work() -> None:
        limit.working.get()
        try:
            turn()
        finally:
            limit.working.put(None)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert at_once == [0, 2]


def test_only_what_stands_still_is_hung_up_on() -> None:
    asked: list[tuple[float, float]] = []

    def hang_up(at_least_s: float, at_most_s: float) -> int:
        asked.append((at_least_s, at_most_s))
        return 1

    limit = BodyLimit(4, hang_up, none_floods, timeout_s=0.2)
    assert limit.end_stalled() == 0
    stalled = Stalled(limit)
    stalled.post(uuid.uuid4(), 1)
    assert limit.end_stalled() == 0
    assert asked == []
    time.sleep(0.25)
    assert limit.end_stalled() == 1
    (at_least_s, at_most_s) = asked[0]
    assert at_least_s == 0.2
    assert 0.25 <= at_most_s - LOOK_EVERY_S < ENOUGH_S
    stalled.let_go()
    assert limit.end_stalled() == 0


def test_what_comes_is_counted_only_while_a_body_in_chunks_is_read() -> None:
    asked: list[float] = []

    def end_floods(since: float) -> int:
        asked.append(since)
        return 1

    limit, service_id = BodyLimit(4, nobody, end_floods), uuid.uuid4()
    before = time.monotonic()

    def measured() -> bytes:
        assert limit.end_too_long() == 0
        return b"whole"

    def unmeasured() -> bytes:
        assert limit.end_too_long() == 1
        return b"whole"

    assert limit.read(service_id, measured) == b"whole"
    assert asked == []
    assert limit.read_unmeasured(service_id, unmeasured) == b"whole"
    assert before <= asked[0] <= time.monotonic()
    assert limit.end_too_long() == 0
    assert len(asked) == 1
