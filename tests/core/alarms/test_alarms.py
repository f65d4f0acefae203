"""Alarms: one row while it is open, however often it is raised; a raise never fails anything."""

import logging
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from core.alarms import alarms
from core.alarms.alarms import StoredAlarm
from core.alarms.recorder import AlarmRecorder, record_alarms
from core.db.database import Database
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant
from tests.support.waiting import until
from values.alarms import raise_alarm

log = logging.getLogger("workers.test")


@pytest.fixture
def tenant(database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(database) as made:
        yield made


@pytest.fixture
def relay(database: DatabaseUrls) -> Iterator[Database]:
    made = Database(database.relay_url)
    yield made
    made.close()


@pytest.fixture
def recorder(database: DatabaseUrls) -> Iterator[AlarmRecorder]:
    """As a process of piga_app's has it."""
    made = record_alarms(database.database_url)
    yield made
    logging.getLogger().removeHandler(made)
    made.close()


def found(relay: Database, count: int, raised: int) -> list[StoredAlarm]:
    """The open alarms, once there are so many, raised so often in all."""

    def settled() -> list[StoredAlarm]:
        rows = alarms.listed(relay)
        is_all = (len(rows), sum(row.count for row in rows)) == (count, raised)
        return rows if is_all else []

    rows: list[StoredAlarm] = until(settled)
    return rows


def test_raised_again_it_adds_to_the_count(
    relay: Database, recorder: AlarmRecorder, tenant: Tenant, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(3):
        raise_alarm(log, "texts_wait", "gateway:shop", f"no money {number}", tenant_id=None)
    raise_alarm(log, "texts_wait", "gateway:other", "no money")
    raise_alarm(log, "screen_refused", "*384#", "refused", tenant_id=tenant.tenant_id)
    rows = found(relay, 3, 5)
    assert {(row.tenant_id, row.kind, row.subject, row.count) for row in rows} == {
        (None, "texts_wait", "gateway:shop", 3),
        (None, "texts_wait", "gateway:other", 1),
        (tenant.tenant_id, "screen_refused", "*384#", 1),
    }
    assert "no money 2" in {row.sentence for row in rows}
    assert caplog.text.count("ALARM ") == 5

    raise_alarm(log, "texts_wait", "gateway:shop", "no money 3")
    [again] = [row for row in found(relay, 3, 6) if row.subject == "gateway:shop"]
    assert again.count == 4
    assert again.first_at < again.last_at


def test_closed_by_somebody_it_is_a_new_one_when_it_is_raised_again(
    relay: Database, recorder: AlarmRecorder, tenant: Tenant
) -> None:
    raise_alarm(log, "wrong_pins", "spread", "many", tenant_id=tenant.tenant_id)
    [first] = found(relay, 1, 1)
    assert alarms.close(tenant.database, first, actor="operator ann")
    assert not alarms.close(tenant.database, first, actor="operator bob")
    assert alarms.listed(relay) == []
    raise_alarm(log, "wrong_pins", "spread", "many", tenant_id=tenant.tenant_id)
    [second] = found(relay, 1, 1)
    assert second.id != first.id
    closed = alarms.find(relay, first.id)
    assert closed is not None
    assert (closed.state, closed.closed_by) == ("closed", "operator ann")
    assert {row.id for row in alarms.listed(relay, closed=True)} == {first.id, second.id}
    with tenant.tx() as tx:
        assert [row.id for row in alarms.open_of_tenant(tx)] == [second.id]


def test_a_tenant_sees_its_own_only(
    relay: Database, recorder: AlarmRecorder, tenant: Tenant
) -> None:
    raise_alarm(log, "clock", "host", "wrong")
    raise_alarm(log, "wrong_pins", "spread", "many", tenant_id=uuid.uuid4())
    found(relay, 2, 2)
    with tenant.tx() as tx:
        assert alarms.open_of_tenant(tx) == []
        assert tx.all("SELECT 1 FROM alarm") == []


def test_while_postgres_is_away_a_raise_costs_nothing_and_is_written_later(
    relay: Database, database: DatabaseUrls, caplog: pytest.LogCaptureFixture
) -> None:
    class Away(Database):
        """Nobody is there for the first two times."""

        tries = 0

        def borrow(self, deadline: Any) -> Any:
            self.tries += 1
            if self.tries <= 2:
                raise OSError
            return super().borrow(deadline)

    away = Away(database.database_url)
    recorder = AlarmRecorder(away, again_after_s=0.1)
    logger = logging.getLogger("workers.away")
    logger.addHandler(recorder)
    for _ in range(1_000):
        raise_alarm(logger, "job_failed", "KeyError at x.py:1", "job failed")
    logger.removeHandler(recorder)
    [row] = found(relay, 1, 1_000)
    assert row.subject == "KeyError at x.py:1"
    recorder.close()
    assert caplog.text.count("an alarm is not a row yet: OSError") == 2


def test_where_no_thread_can_be_had_a_raise_fails_nothing(
    relay: Database, recorder: AlarmRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        raise_alarm(log, "job_failed", "here", "job failed")
    assert alarms.listed(relay) == []
    raise_alarm(log, "job_failed", "here", "job failed")
    assert len(found(relay, 1, 2)) == 1


def test_many_processes_raise_the_same(relay: Database, database: DatabaseUrls) -> None:
    def process() -> None:
        mine = AlarmRecorder(Database(database.database_url))
        for _ in range(50):
            mine.emit(_record())
        mine.close()

    threads = [threading.Thread(target=process) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [row.count for row in alarms.listed(relay)] == [300]


def _record() -> logging.LogRecord:
    kept: list[logging.LogRecord] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record)

    logger = logging.Logger("apart")
    logger.addHandler(Keep())
    raise_alarm(logger, "job_failed", "here", "job failed")
    return kept[0]


def test_what_is_too_long_is_cut(relay: Database, recorder: AlarmRecorder) -> None:
    raise_alarm(log, "job_failed", "x" * 5_000, "y" * 5_000)
    [row] = found(relay, 1, 1)
    assert len(row.subject) == alarms.SUBJECT_CHARS_MAXIMUM
    assert len(row.sentence) == alarms.SENTENCE_CHARS_MAXIMUM
