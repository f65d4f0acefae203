"""What is due by the clock. Postgres only: it goes on while Redis is away.

Two of these side by side are harmless: a task runs in one place at a time, under an advisory lock
that ends with its transaction, and each may be done again at any moment.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from core.agents import approvals
from core.db.database import Database, Deadline
from core.db.errors import OutcomeUnknown, Unavailable
from core.messaging import messages
from core.outbox import outbox
from workers.limits import (
    EARLY_REPORT_KEPT_DAYS,
    EXPIRE_EVERY_S,
    INTENT_KEPT_DAYS,
    LOOKUP_HOUR_KEPT_DAYS,
    MESSAGE_RECEIPT_KEPT_DAYS,
    OUTBOX_DONE_KEPT_DAYS,
    PARTITIONS_EVERY_S,
    PARTITIONS_MONTHS_AHEAD,
    PIN_PROPOSAL_KEPT_DAYS,
    RETENTION_BATCH,
    RETENTION_BATCHES_MAXIMUM,
    RETENTION_EVERY_S,
    SENDING_STALE_AFTER_S,
    SWEEP_EVERY_S,
    TURNS_KEPT_MONTHS,
    USAGE_DAY_KEPT_DAYS,
)
from workers.process import Outage, log_to_stderr, stop_on_signals, where

log = logging.getLogger(__name__)

LONGEST_TASK_S = 600.0
TICK_S = 0.5
LONGEST_PAUSE_AFTER_FAULT_S = 60.0


@dataclass(frozen=True, slots=True)
class Databases:
    """`app` acts within one tenant, `relay` looks across them."""

    app: Database
    relay: Database


@dataclass(frozen=True, slots=True)
class Task:
    """`run` answers how many it ended, made or deleted."""

    name: str
    every_s: float
    run: Callable[[Databases], int]


def expire(databases: Databases) -> int:
    return approvals.expire_due(databases.app, databases.relay)


def sweep_sending(databases: Databases) -> int:
    return messages.sweep_sending(
        databases.app, databases.relay, older_than_s=SENDING_STALE_AFTER_S
    )


def make_partitions(databases: Databases) -> int:
    with databases.relay.transaction(None, Deadline(LONGEST_TASK_S)) as tx:
        row = tx.one("SELECT make_partitions(%s)", (PARTITIONS_MONTHS_AHEAD,))
    return int(row[0]) if row else 0


def drop_old_turns(databases: Databases) -> int:
    with databases.relay.transaction(None, Deadline(LONGEST_TASK_S)) as tx:
        row = tx.one("SELECT drop_old_turns(%s)", (TURNS_KEPT_MONTHS,))
    return int(row[0]) if row else 0


# Table, key, and which rows may go: their age is on the right.
_AGES = (
    ("early_report", "tenant_id, provider, provider_message_id", "created_at"),
    ("pin_proposal", "tenant_id, session", "expires_at"),
    ("lookup_hour", "tenant_id, subscriber_id, hour", "hour"),
    ("usage_day", "tenant_id, subscriber_id, operation, day", "day"),
    ("message_receipt", "tenant_id, provider, provider_message_id", "created_at"),
    # What came to nothing; one that was to be approved is remembered with its approval.
    (
        "intent",
        "tenant_id, id",
        "state IN ('open', 'void') AND NOT EXISTS (SELECT 1 FROM approval a"
        " WHERE a.tenant_id = intent.tenant_id AND a.intent_id = intent.id) AND created_at",
    ),
)
KEPT_DAYS = {
    "early_report": EARLY_REPORT_KEPT_DAYS,
    "pin_proposal": PIN_PROPOSAL_KEPT_DAYS,
    "lookup_hour": LOOKUP_HOUR_KEPT_DAYS,
    "usage_day": USAGE_DAY_KEPT_DAYS,
    "message_receipt": MESSAGE_RECEIPT_KEPT_DAYS,
    "intent": INTENT_KEPT_DAYS,
}


def forget_old(databases: Databases) -> int:
    """Retention, in batches that hold no lock for long."""
    deleted = _in_batches(_forget_done, databases)
    for table, key, age in _AGES:
        deleted += _in_batches(_forgetter(table, key, age), databases)
    return deleted


def _forget_done(databases: Databases) -> int:
    with databases.relay.transaction(None, Deadline(LONGEST_TASK_S)) as tx:
        return outbox.delete_done(tx, older_than_days=OUTBOX_DONE_KEPT_DAYS, limit=RETENTION_BATCH)


def _forgetter(table: str, key: str, age: str) -> Callable[[Databases], int]:
    query = (
        f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table}"
        f" WHERE {age} < now() - make_interval(days => %s) LIMIT %s)"
    )

    def forget(databases: Databases) -> int:
        with databases.relay.transaction(None, Deadline(LONGEST_TASK_S)) as tx:
            return tx.execute(query, (KEPT_DAYS[table], RETENTION_BATCH)).rowcount

    return forget


def _in_batches(step: Callable[[Databases], int], databases: Databases) -> int:
    total = 0
    for _ in range(RETENTION_BATCHES_MAXIMUM):
        count = step(databases)
        total += count
        if count < RETENTION_BATCH:
            break
    return total


PROMPT = (
    Task("expire", EXPIRE_EVERY_S, expire),
    Task("sweep_sending", SWEEP_EVERY_S, sweep_sending),
)
# These may take their time; a float that is held does not wait for them.
SLOW = (
    Task("make_partitions", PARTITIONS_EVERY_S, make_partitions),
    Task("drop_old_turns", PARTITIONS_EVERY_S, drop_old_turns),
    Task("forget_old", RETENTION_EVERY_S, forget_old),
)
TASKS = PROMPT + SLOW


def run_alone(task: Task, databases: Databases) -> int | None:
    """Run a task unless it runs elsewhere (then None)."""
    with databases.relay.transaction(None, Deadline(LONGEST_TASK_S)) as tx:
        row = tx.one(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", (f"task:{task.name}",)
        )
        return task.run(databases) if row and row[0] else None


def run(*, database_url: str, relay_url: str, stop: threading.Event | None = None) -> None:
    """Run the tasks at their intervals until a signal says stop. The first time is now.

    `database_url` is piga_app's, `relay_url` piga_relay's.
    """
    log_to_stderr()
    stop = stop_on_signals(stop or threading.Event())
    databases = Databases(Database(database_url), Database(relay_url))
    outage = Outage(log, "Postgres")
    slow = threading.Thread(target=_follow, args=(SLOW, databases, stop, outage), name="slow")
    slow.start()
    _follow(PROMPT, databases, stop, outage)
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
            due_at[task] = time.monotonic() + task.every_s
            try:
                count = run_alone(task, databases)
                outage.end()
                if count:
                    log.info("%s: %d", task.name, count)
            except (Unavailable, OutcomeUnknown) as error:
                if isinstance(error.__cause__, psycopg.errors.LockNotAvailable):
                    log.info("%s: somebody reads for long; later", task.name)
                else:
                    outage.begin(error)
                due_at[task] = time.monotonic() + min(task.every_s, LONGEST_PAUSE_AFTER_FAULT_S)
            except Exception as error:
                log.error("ALARM %s failed: %s", task.name, where(error))
        stop.wait(TICK_S)
