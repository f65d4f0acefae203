"""One clock, the database's, on hosts whose own clock is wrong."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from core.db.database import Database as Connected
from core.db.errors import ClockOff
from core.money import ledger
from tests.support.servers import DatabaseUrls
from values import clock
from values.ids import uuid7

DAY_S = 86_400.0
Shift = Callable[[float], None]


@pytest.fixture
def shift(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shift]:
    """Puts this host's clock that many seconds ahead; Postgres' stays right."""
    real_s, real_ns = time.time, time.time_ns

    def ahead(by_s: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real_s() + by_s)
        monkeypatch.setattr(time, "time_ns", lambda: real_ns() + int(by_s * 1e9))

    clock.forget()
    yield ahead
    clock.forget()


@pytest.mark.parametrize("by_s", [-2 * 3600.0, -20.0, 0.0, 20.0, 2 * 3600.0, 150 * DAY_S])
def test_a_connection_sets_the_clock_right(
    shift: Shift, database: DatabaseUrls, by_s: float
) -> None:
    right_s = time.time()
    shift(by_s)
    with closing(Connected(database.database_url)) as connected:
        with connected.transaction(None) as tx:
            tx.one("SELECT 1")
        assert abs(clock.epoch_s() - right_s) < 5
        assert abs((uuid7().int >> 80) / 1000 - right_s) < 5
        assert abs(clock.now() - datetime.fromtimestamp(right_s, UTC)) < timedelta(seconds=5)
        assert abs(clock.host_ahead_s() - by_s) < 5


@pytest.mark.parametrize(("by_s", "moves"), [(-7200.0, False), (45.0, True), (90.0, False)])
def test_money_moves_only_where_the_host_is_nearly_right(
    shift: Shift, database: DatabaseUrls, caplog: pytest.LogCaptureFixture, by_s: float, moves: bool
) -> None:
    shift(by_s)
    lines = [ledger.Line(uuid7(), -5), ledger.Line(uuid7(), 5)]
    refused: type[object] = object
    try:
        with (
            closing(Connected(database.database_url)) as connected,
            connected.transaction(uuid7()) as tx,
        ):
            tx.one("SELECT 1")
            ledger.post(tx, key="k", kind="opening", lines=lines, currency="RWF", actor_id=None)
    except Exception as error:  # there are no such accounts: how it is refused is what counts
        refused = type(error)
    assert issubclass(refused, ClockOff) is not moves
    assert ("no money moves here" in caplog.text) is not moves


def test_a_change_of_the_hosts_clock_changes_nothing(shift: Shift) -> None:
    now_s = time.monotonic()
    clock.report(1_000_000.0, now_s, now_s)
    shift(3600.0)
    assert 1_000_000.0 <= clock.epoch_s() < 1_000_005.0
    # Less than a network's noise is no reason to step.
    before = clock.epoch_ns()
    now_s = time.monotonic()
    clock.report(clock.epoch_s() - 0.01, now_s, now_s)
    assert clock.epoch_ns() > before
