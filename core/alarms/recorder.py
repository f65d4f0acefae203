"""Writes the alarms that this process raises into their table, beside whatever raises them.

`values.alarms.raise_alarm` logs; this is a handler of the log that keeps what was raised in memory,
by kind and subject, until its own thread has written it. So a raise waits for nothing, fails
nothing, and one that cannot be written now, since Postgres is away, is written later.
"""

import contextlib
import logging
import threading
import uuid
from typing import Final

from core.alarms import alarms
from core.db.database import Database, Deadline
from values.alarms import Alarm

WRITE_DEADLINE_S: Final = 5.0
AGAIN_AFTER_S: Final = 5.0
# So many that are raised together are written together.
TOGETHER_S: Final = 0.2
CLOSE_WITHIN_S: Final = 2.0
KEPT_MAXIMUM: Final = 1_000

log = logging.getLogger(__name__)

_Key = tuple[uuid.UUID, str, str]


class AlarmRecorder(logging.Handler):
    """A handler of the root logger. `database` is any role's that may write alarms: piga_app's or
    piga_relay's. The thread begins with the first alarm."""

    def __init__(self, database: Database, *, again_after_s: float = AGAIN_AFTER_S) -> None:
        super().__init__(logging.ERROR)
        self._again_after_s = again_after_s
        self._database = database
        self._kept: dict[_Key, tuple[int, str]] = {}
        self._changed = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        alarm = record.__dict__.get("alarm")
        if not isinstance(alarm, Alarm):
            return
        with self._changed:
            self._keep(_key_of(alarm), 1, alarm.sentence)
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="alarms", daemon=True)
                # Where no thread can be had now, the next alarm tries again.
                with contextlib.suppress(RuntimeError, MemoryError):
                    thread.start()
                    self._thread = thread
            self._changed.notify()

    def close(self) -> None:
        """Write what is kept, for a moment, and end."""
        with self._changed:
            self._stopping = True
            thread = self._thread
            self._changed.notify()
        if thread is not None:
            thread.join(CLOSE_WITHIN_S)
        super().close()

    def _keep(self, key: _Key, count: int, sentence: str) -> None:
        before, _ = self._kept.get(key, (0, ""))
        if before or len(self._kept) < KEPT_MAXIMUM:
            self._kept[key] = (before + count, sentence)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._kept and not self._stopping:
                    self._changed.wait()
                self._changed.wait(0 if self._stopping else TOGETHER_S)
                raised, self._kept = self._kept, {}
                is_last = self._stopping
            failed = False
            for key, (count, sentence) in raised.items():
                if not self._write(key, count, sentence):
                    failed = True
                    with self._changed:
                        self._keep(key, count, sentence)
            if is_last:
                self._database.close()
                return
            if failed:
                with self._changed:
                    self._changed.wait_for(lambda: self._stopping, self._again_after_s)

    def _write(self, key: _Key, count: int, sentence: str) -> bool:
        tenant_id, kind, subject = key
        try:
            with self._database.transaction(tenant_id, Deadline(WRITE_DEADLINE_S)) as tx:
                alarms.record(tx, kind=kind, subject=subject, sentence=sentence, count=count)
        except Exception as error:  # whatever it is, the alarm is in the log
            log.warning("an alarm is not a row yet: %s", type(error).__name__)
            return False
        return True


def _key_of(alarm: Alarm) -> _Key:
    return (alarm.tenant_id or alarms.INSTALLATION, alarm.kind, alarm.subject)


def record_alarms(database_url: str) -> AlarmRecorder:
    """From now on this process's alarms are rows, too. `database_url` is piga_app's or
    piga_relay's."""
    recorder = AlarmRecorder(Database(database_url))
    root = logging.getLogger()
    for other in root.handlers[:]:  # of an earlier call, as in a test
        if isinstance(other, AlarmRecorder):
            root.removeHandler(other)
    root.addHandler(recorder)
    return recorder
