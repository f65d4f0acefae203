"""What is due by the clock. Postgres only: it goes on while Redis is away.

Two of these side by side are harmless: a task runs in one place at a time, under an advisory lock
that ends with its transaction, and each may be done again at any moment.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from core.db.database import Database, Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.db.retention import Retention
from core.metrics.series import TASKS as TIMED
from core.outbox import outbox
from values.alarms import raise_alarm
from workers.limits import (
    OUTBOX_DONE_KEPT_DAYS,
    PARTITIONS_EVERY_S,
    PARTITIONS_MONTHS_AHEAD,
    RETENTION_BATCH,
    RETENTION_BATCHES_MAXIMUM,
    RETENTION_EVERY_S,
    TURNS_KEPT_MONTHS,
)
from workers.process import Outage, stop_on_signals, where

log = logging.getLogger(__name__)

LONGEST_TASK_S = 600.0
TICK_S = 0.5
LONGEST_PAUSE_AFTER_FAULT_S = 60.0


@dataclass(frozen=True, slots=True)
class Databases:
    """What a task works with: `app` acts within one tenant, `relay` looks across them.

    A task of many steps looks at `stopping` between them. It is set when the process is asked to
    end; what is left is done by the next.
    """

    app: Database
    relay: Database
    stopping: threading.Event = field(default_factory=threading.Event)


@dataclass(frozen=True, slots=True)
class Task:
    """`run` answers how many it ended, made or deleted. What is `slow` may take its time: the
    others do not wait for it."""

    name: str
    every_s: float
    run: Callable[[Databases], int]
    slow: bool = False


class InUse(Exception):
    """A task did not get a table that somebody reads for long; it comes again soon."""


def make_partitions(databases: Databases) -> int:
    """Raises InUse."""
    return _call(databases, "SELECT make_partitions(%s)", PARTITIONS_MONTHS_AHEAD)


def drop_old_turns(databases: Databases) -> int:
    """Raises InUse."""
    return _call(databases, "SELECT drop_old_turns(%s)", TURNS_KEPT_MONTHS)


def _call(databases: Databases, query: str, months: int) -> int:
    with databases.relay.transaction(None, Deadline(LONGEST_TASK_S)) as tx:
        row = tx.one(query, (months,))
    if row is None or row[0] is None:
        raise InUse
    return int(row[0])


def forgetting(retention: Sequence[Retention]) -> Task:
    """The task that keeps what is said of each table, in batches that hold no lock for long."""

    def forget_old(databases: Databases) -> int:
        deleted = _in_batches(_forget_done, databases)
        for one in retention:
            deleted += _in_batches(partial(_forget, one), databases)
            if one.kind and _keeps_less(one, databases):
                deleted += _in_batches(partial(_forget_sooner, one), databases)
        return deleted

    return Task("forget_old", RETENTION_EVERY_S, forget_old, slow=True)


def _forget_done(databases: Databases) -> int:
    with databases.relay.transaction(None, Deadline(LONGEST_TASK_S)) as tx:
        return outbox.delete_done(tx, older_than_days=OUTBOX_DONE_KEPT_DAYS, limit=RETENTION_BATCH)


def _forget(one: Retention, databases: Databases) -> int:
    query = (
        f"DELETE FROM {one.table} WHERE ({one.key}) IN (SELECT {one.key} FROM {one.table}"
        f" WHERE {one.age} < now() - make_interval(days => %s) LIMIT %s)"
    )
    with databases.relay.transaction(None, Deadline(LONGEST_TASK_S)) as tx:
        return tx.execute(query, (one.kept_days, RETENTION_BATCH)).rowcount


def _keeps_less(one: Retention, databases: Databases) -> bool:
    """Whether any tenant wants less of that kind."""
    with databases.relay.transaction(None) as tx:
        query = "SELECT 1 FROM tenant WHERE settings -> 'keep_days' ? %s LIMIT 1"
        return tx.one(query, (one.kind,)) is not None


def _forget_sooner(one: Retention, databases: Databases) -> int:
    """What tenants that keep less of that kind have kept for longer than they want."""
    # Of a tenant that says nothing there is no row: `greatest` alone would take the least for it.
    days = (
        "(SELECT greatest((n.settings -> 'keep_days' ->> %s)::int, %s) FROM tenant n"
        f" WHERE n.id = {one.table}.tenant_id AND n.settings -> 'keep_days' ? %s)"
    )
    query = (
        f"DELETE FROM {one.table} WHERE ({one.key}) IN (SELECT {one.key} FROM {one.table}"
        f" WHERE {one.age} < now() - make_interval(days => {days}) LIMIT %s)"
    )
    params = (one.kind, one.least_days, one.kind, RETENTION_BATCH)
    with databases.relay.transaction(None, Deadline(LONGEST_TASK_S)) as tx:
        return tx.execute(query, params).rowcount


def _in_batches(step: Callable[[Databases], int], databases: Databases) -> int:
    total = 0
    for _ in range(RETENTION_BATCHES_MAXIMUM):
        count = step(databases)
        total += count
        if count < RETENTION_BATCH or databases.stopping.is_set():
            break
    return total


# What every installation needs, whatever its domains.
TASKS = (
    Task("make_partitions", PARTITIONS_EVERY_S, make_partitions, slow=True),
    Task("drop_old_turns", PARTITIONS_EVERY_S, drop_old_turns, slow=True),
)


def run_alone(task: Task, databases: Databases) -> int | None:
    """Run a task unless it runs elsewhere (then None)."""
    with databases.relay.transaction(None, Deadline(LONGEST_TASK_S)) as tx:
        row = tx.one(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (f"task:{task.name}",)
        )
        return task.run(databases) if row and row[0] else None


def run(
    tasks: Sequence[Task],
    *,
    database_url: str,
    relay_url: str,
    stop: threading.Event | None = None,
) -> None:
    """Run tasks at their intervals until a signal says stop. The first time is now.

    `database_url` is piga_app's, `relay_url` piga_relay's.
    """
    stop = stop_on_signals(stop or threading.Event())
    databases = Databases(Database(database_url), Database(relay_url), stop)
    outage = Outage(log, "Postgres")
    prompt, slow_ones = (tuple(t for t in tasks if t.slow is slow) for slow in (False, True))
    slow = threading.Thread(target=_follow, args=(slow_ones, databases, stop, outage), name="slow")
    slow.start()
    _follow(prompt, databases, stop, outage)
    slow.join()
    databases.app.close()
    databases.relay.close()


def _follow(
    tasks: tuple[Task, ...], databases: Databases, stop: threading.Event, outage: Outage
) -> None:
    """Run these tasks, one at a time, whenever they are due."""
    due_at = dict.fromkeys(tasks, 0.0)
    while not stop.is_set():
        for task in tasks:
            if stop.is_set() or time.monotonic() < due_at[task]:
                continue
            started_s = time.monotonic()
            due_at[task], outcome = started_s + task.every_s, "failed"
            try:
                count = run_alone(task, databases)
                outcome = "elsewhere" if count is None else "done"
                outage.end()
                if count:
                    log.info("%s: %d", task.name, count)
            except InUse:
                log.info("%s: somebody reads for long; later", task.name)
                due_at[task] = time.monotonic() + min(task.every_s, LONGEST_PAUSE_AFTER_FAULT_S)
            except (Unavailable, OutcomeUnknown) as error:
                outage.begin(error)
                due_at[task] = time.monotonic() + min(task.every_s, LONGEST_PAUSE_AFTER_FAULT_S)
            except Exception as error:
                sentence = f"{task.name} failed: {where(error)}"
                raise_alarm(log, "task_failed", task.name, sentence, fault=error)
            TIMED.labels(task.name, outcome).observe(time.monotonic() - started_s)
        stop.wait(TICK_S)
