"""What is due by the clock: done in one place at a time, again and again without harm."""

import logging
import threading
import time
import uuid
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from app.settings import Settings
from core.db.database import Database
from core.db.errors import OutcomeUnknown, Unavailable
from tests.support.domains import DOMAINS, TASKS
from tests.support.tenants import insert_tenant
from tests.support.waiting import until
from tests.support.workers import MessagingTenant
from values.ids import uuid7
from workers.limits import RETENTION_BATCH, TURNS_KEPT_MONTHS
from workers.schedule import tasks
from workers.schedule.tasks import Databases, InUse, Task, run_alone

pytestmark = pytest.mark.every_postgres


@pytest.fixture
def databases(tenant: MessagingTenant) -> Databases:
    return Databases(tenant.database, tenant.relay)


def task(name: str) -> Task:
    return next(task for task in TASKS if task.name == name)


# How to make a row of each table that has its days, so many days old.
MAKE = {
    "early_report": "INSERT INTO early_report SELECT %(t)s, 'p', n::text, 'failed', NULL, NULL,"
    " now() - %(d)s * interval '1 day' FROM generate_series(1, %(n)s) n",
    "message_receipt": "INSERT INTO message_receipt SELECT %(t)s, 'p', n::text || %(d)s,"
    " gen_random_uuid(), now() - %(d)s * interval '1 day' FROM generate_series(1, %(n)s) n",
    "pin_proposal": "INSERT INTO pin_proposal SELECT %(t)s, n::text, 'x',"
    " now() - %(d)s * interval '1 day' FROM generate_series(1, %(n)s) n",
    "lookup_hour": "INSERT INTO lookup_hour SELECT %(t)s, gen_random_uuid(),"
    " now() - %(d)s * interval '1 day' FROM generate_series(1, %(n)s) n",
    "usage_day": "INSERT INTO usage_day SELECT %(t)s, gen_random_uuid(), 'topup',"
    " (now() - %(d)s * interval '1 day')::date, 1, 1 FROM generate_series(1, %(n)s) n",
    "intent": "INSERT INTO intent (tenant_id, id, subscriber_id, session, operation, payee_id,"
    " amount_minor, fee_minor, currency, quote, state, created_at, expires_at)"
    " SELECT %(t)s, gen_random_uuid(), gen_random_uuid(), 's', 'topup', gen_random_uuid(), 1, 0,"
    " 'RWF', '{}', CASE WHEN n %% 2 = 0 THEN 'open' ELSE 'void' END,"
    " now() - %(d)s * interval '1 day', now() FROM generate_series(1, %(n)s) n",
    "rate_run": "INSERT INTO rate_run (tenant_id, id, holder, started_at, lease_until, ended_at)"
    " SELECT %(tenant)s, gen_random_uuid(), gen_random_uuid(), now() - %(d)s * interval '1 day',"
    " now(), now() FROM generate_series(1, %(n)s) n",
    "outbox": "INSERT INTO outbox (tenant_id, id, kind, subject_id, state, done_at)"
    " SELECT %(t)s, gen_random_uuid(), 'send_text', gen_random_uuid(), 'done',"
    " now() - %(d)s * interval '1 day' FROM generate_series(1, %(n)s) n",
}


@pytest.mark.parametrize("table", MAKE)
def test_each_table_keeps_its_days(
    tenant: MessagingTenant, databases: Databases, table: str
) -> None:
    days = {"outbox": 7, **{one.table: one.kept_days for one in DOMAINS.retention}}[table]
    for age, number in ((days + 2, 3), (days - 1, 5)):
        tenant.admin.execute(
            MAKE[table], {"t": uuid7(), "tenant": tenant.tenant_id, "d": age, "n": number}
        )
    assert run_alone(task("forget_old"), databases) == 3
    assert tenant.one(f"SELECT count(*) FROM {table}") == (5,)
    assert run_alone(task("forget_old"), databases) == 0


def test_more_than_a_batch_is_forgotten_in_one_go(
    tenant: MessagingTenant, databases: Databases
) -> None:
    number = RETENTION_BATCH + 10
    tenant.admin.execute(MAKE["outbox"], {"t": tenant.tenant_id, "d": 30, "n": number})
    assert run_alone(task("forget_old"), databases) == number


def test_a_tenant_keeps_some_kinds_for_less(tenant: MessagingTenant, databases: Databases) -> None:
    make = (
        "INSERT INTO export (tenant_id, id, listing, format, wanted, asked_by, created_at) SELECT"
        " %s, gen_random_uuid(), 'people', 'csv', '{}', 'officer ann',"
        " now() - n * interval '1 day' FROM unnest(ARRAY[0, 4, 5]) n"
    )
    other = insert_tenant(tenant.urls, "others")
    for whose in (tenant.tenant_id, other):
        tenant.admin.execute(make, (whose,))
    assert run_alone(task("forget_old"), databases) == 0
    # Not fewer days than the kind needs, nothing of other kinds, and nothing of other tenants.
    for days, forgotten in (('{"files": 7}', 0), ('{"exports": 3}', 2), ('{"exports": 0}', 0)):
        tenant.admin.execute(
            "UPDATE tenant SET settings = jsonb_build_object('keep_days', %s::jsonb) WHERE id = %s",
            (days, tenant.tenant_id),
        )
        assert run_alone(task("forget_old"), databases) == forgotten


def test_partitions_are_made_ahead_and_again_makes_none(
    tenant: MessagingTenant, databases: Databases
) -> None:
    run_alone(task("make_partitions"), databases)
    ahead = "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '3 months', 'YYYYMM')"
    [month] = tenant.one(ahead)
    for parent in ("posting", "turn", "message", "rate"):
        assert tenant.one("SELECT to_regclass(%s) IS NOT NULL", f"{parent}_{month}") == (True,)
    assert run_alone(task("make_partitions"), databases) == 0
    tenant.admin.execute(f"DROP TABLE turn_{month}")
    assert run_alone(task("make_partitions"), databases) == 1


def test_rows_from_a_wrong_clock_move_into_their_month(
    tenant: MessagingTenant, databases: Databases
) -> None:
    """They lie in the default partition, where they would keep that month's from being made."""
    month = "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '3 months', 'YYYYMM')"
    in_month = "uuid7_floor(date_trunc('month', now()) + interval '3 months 5 days')"
    [name] = tenant.one(month)
    for parent in ("posting", "message", "turn"):
        tenant.admin.execute(f"DROP TABLE {parent}_{name}")
    tenant.admin.execute(
        f"INSERT INTO posting SELECT gen_random_uuid(), {in_month}, n, gen_random_uuid(), n, 'RWF'"
        " FROM generate_series(1, 4) n"
    )
    tenant.admin.execute(
        f"INSERT INTO message (tenant_id, id, subscriber_id, service_id, template, params)"
        f" SELECT gen_random_uuid(), {in_month}, gen_random_uuid(), gen_random_uuid(), 't', '{{}}'"
    )
    before = tenant.one("SELECT array_agg(p ORDER BY p) FROM posting p")
    assert tenant.one("SELECT count(*) FROM posting_rest") == (4,)
    assert run_alone(task("make_partitions"), databases) == 3
    assert tenant.one("SELECT count(*) FROM posting_rest") == (0,)
    assert tenant.one(f"SELECT count(*) FROM posting_{name}") == (4,)
    assert tenant.one(f"SELECT count(*) FROM message_{name}") == (1,)
    assert tenant.one("SELECT array_agg(p ORDER BY p) FROM posting p") == before
    forced = (
        "SELECT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class"
        " WHERE relname ~ %s AND relkind IN ('r', 'p')"
    )
    assert tenant.one(forced, "^(posting|message|turn)") == (True,)
    assert run_alone(task("make_partitions"), databases) == 0


def test_turns_older_than_their_months_go_in_whole(
    tenant: MessagingTenant, databases: Databases
) -> None:
    for months in (TURNS_KEPT_MONTHS + 1, TURNS_KEPT_MONTHS):
        tenant.admin.execute(
            f"DO $$ BEGIN EXECUTE format('CREATE TABLE %I PARTITION OF turn FOR VALUES FROM (%L)"
            f" TO (%L)', 'turn_' || to_char(now() AT TIME ZONE 'UTC' - interval '{months} months',"
            f" 'YYYYMM'), uuid7_floor(date_trunc('month', now() - interval '{months} months')),"
            f" uuid7_floor(date_trunc('month', now() - interval '{months - 1} months'))); END $$"
        )
    assert run_alone(task("drop_old_turns"), databases) == 1
    assert run_alone(task("drop_old_turns"), databases) == 0
    tenant.admin.execute(
        f"DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'turn_' || to_char(now() AT TIME ZONE 'UTC'"
        f" - interval '{TURNS_KEPT_MONTHS} months', 'YYYYMM')); END $$"
    )


def test_no_payment_waits_for_a_partition_that_waits_for_a_reader(
    tenant: MessagingTenant, databases: Databases, servers: Settings
) -> None:
    log = servers.home / "log" / "postgres.log"
    with databases.relay.transaction(None) as tx:
        [pid] = tx.one("SELECT pg_backend_pid()") or (0,)
    already = log.stat().st_size
    ahead = "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '3 months', 'YYYYMM')"
    [month] = tenant.one(ahead)
    tenant.admin.execute(f"DROP TABLE turn_{month}")
    with psycopg.connect(tenant.urls.admin_url) as reader:
        reader.execute("SELECT count(*) FROM turn")
        started_s = time.monotonic()
        with pytest.raises(InUse):
            run_alone(task("make_partitions"), databases)
        assert time.monotonic() - started_s < 5
    # It comes again, and nothing is wrong: so it is no ERROR in the server's log.
    with log.open() as file:
        file.seek(already)
        assert f"[{pid}] ERROR" not in file.read()
    assert run_alone(task("make_partitions"), databases) == 1


def test_a_task_runs_in_one_place_at_a_time(tenant: MessagingTenant, databases: Databases) -> None:
    running = threading.Semaphore(0)
    may_end = threading.Event()
    ran: list[int | None] = []

    def slow(_: Databases) -> int:
        running.release()
        may_end.wait(10)
        return 1

    alone = Task("slow", 1.0, slow)
    thread = threading.Thread(target=lambda: ran.append(run_alone(alone, databases)))
    thread.start()
    running.acquire()
    assert run_alone(alone, databases) is None
    assert run_alone(replace(alone, name="another", run=lambda _: 7), databases) == 7
    may_end.set()
    thread.join()
    assert ran == [1]
    assert run_alone(replace(alone, run=lambda _: 2), databases) == 2


def test_sales_past_their_time_end_and_both_sides_are_told(
    tenant: MessagingTenant, databases: Databases
) -> None:
    """The whole way: an approval that ran out frees the float and writes two texts."""
    agent, customer = tenant.person_at("+250788000001"), tenant.person_at("+250788000002")
    ids = {name: uuid7() for name in ("account", "hold", "intent", "approval")}
    with tenant.admin.transaction():
        _write_sale(tenant, agent, customer, ids)
    assert run_alone(task("expire"), databases) == 1
    assert run_alone(task("expire"), databases) == 0
    assert tenant.one("SELECT state FROM hold") == ("voided",)
    assert tenant.one("SELECT held_minor FROM account WHERE id = %s", ids["account"]) == (0,)
    templates = tenant.admin.execute("SELECT template FROM message ORDER BY 1").fetchall()
    assert templates == [("sale_expired_agent",), ("sale_expired_customer",)]


def _write_sale(
    tenant: MessagingTenant, agent: uuid.UUID, customer: uuid.UUID, ids: dict[str, uuid.UUID]
) -> None:
    values = {
        **ids,
        "t": tenant.tenant_id,
        "agent": agent,
        "customer": customer,
        "quote": f'{{"service": "{tenant.service_id}", "agent": "Jean B.", "customer": "Aline"}}',
    }
    for statement in (
        "INSERT INTO account (tenant_id, id, kind, currency, owner_id, guarded, balance_minor,"
        " held_minor) VALUES (%(t)s, %(account)s, 'float', 'RWF', %(agent)s, true, 900, 500)",
        "INSERT INTO hold (tenant_id, id, account_id, amount_minor, currency, expires_at)"
        " VALUES (%(t)s, %(hold)s, %(account)s, 500, 'RWF', now() - interval '1 s')",
        "INSERT INTO intent (tenant_id, id, subscriber_id, session, operation, payee_id,"
        " amount_minor, fee_minor, currency, quote, state, expires_at) VALUES (%(t)s, %(intent)s,"
        " %(agent)s, 's', 'topup', %(customer)s, 500, 0, 'RWF', %(quote)s, 'pending', now())",
        "INSERT INTO approval (tenant_id, id, intent_id, hold_id, requester_id, approver_id,"
        " amount_minor, fee_minor, currency, code_expires_at, expires_at) VALUES (%(t)s,"
        " %(approval)s, %(intent)s, %(hold)s, %(agent)s, %(customer)s, 500, 0, 'RWF', now(),"
        " now() - interval '1 s')",
    ):
        tenant.admin.execute(statement, values)


def test_a_fault_of_one_task_stops_no_other(
    tenant: MessagingTenant, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    ran = threading.Semaphore(0)

    def faulty(_: Databases) -> int:
        raise RuntimeError("with a person's data in it")

    def fine(_: Databases) -> int:
        ran.release()
        return 0

    monkeypatch.setattr(tasks, "TICK_S", 0.01)
    thread = threading.Thread(
        target=lambda: tasks.run(
            (Task("faulty", 0.1, faulty), Task("fine", 0.1, fine)),
            database_url=tenant.urls.database_url,
            relay_url=tenant.urls.relay_url,
            stop=stop,
        )
    )
    with caplog.at_level(logging.INFO):
        thread.start()
        for _ in range(3):
            assert ran.acquire(timeout=10)
        stop.set()
        thread.join()
    assert "ALARM faulty failed: RuntimeError at test_schedule.py" in caplog.text
    assert "person's data" not in caplog.text


def test_without_postgres_it_waits_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    monkeypatch.setattr(tasks, "TICK_S", 0.01)
    monkeypatch.setattr(tasks, "LONGEST_PAUSE_AFTER_FAULT_S", 0.05)
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    thread = threading.Thread(
        target=lambda: tasks.run(TASKS, database_url=nowhere, relay_url=nowhere, stop=stop)
    )
    thread.start()
    time.sleep(0.5)
    stop.set()
    thread.join()
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_two_schedules_side_by_side_are_harmless(tenant: MessagingTenant, tmp_path: Path) -> None:
    """As processes: a stale text is swept once, and each makes way for the other."""
    log = tmp_path / "log"
    message = tenant.text()
    tenant.admin.execute(
        "UPDATE message SET state = 'sending', sending_at = now() - interval '10 minutes'"
    )
    with tenant.running("schedule", "schedule", stderr=log) as processes:
        until(lambda: tenant.state(message) == "unknown")
        time.sleep(0.5)
    assert [process.returncode for process in processes] == [0, 0]
    assert log.read_text().count("sweep_sending: 1") == 1
    assert "Traceback" not in log.read_text()


def test_a_database_that_goes_leaves_nothing_locked(
    tenant: MessagingTenant, databases: Databases
) -> None:
    """The lock is the transaction's: a leader that is cut off blocks nobody."""
    mine = Databases(tenant.database, Database(tenant.urls.relay_url))

    def cut_off(_: Databases) -> int:
        tenant.admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND"
            " database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return 0

    with pytest.raises((Unavailable, OutcomeUnknown)):
        run_alone(Task("cut", 1.0, cut_off), mine)
    assert run_alone(Task("cut", 1.0, lambda _: 3), databases) == 3
    mine.relay.close()
