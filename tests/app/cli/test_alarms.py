"""`piga alarms`, and where else alarms and costs are told: tenant show, costs, doctor."""

import logging
from collections.abc import Iterator
from decimal import Decimal

import psycopg
import pytest

from app.operations.database_warnings import alarm_warnings, setup_warnings
from core.alarms.recorder import AlarmRecorder
from core.analytics import costs
from core.db.database import Database
from core.manifest.ids import tenant_id_of
from tests.support.cli import Piga, demo
from tests.support.servers import DatabaseUrls
from values.alarms import raise_alarm
from values.ids import uuid7

__all__ = ["demo"]

IBIMINA = tenant_id_of("ibimina")


@pytest.fixture
def raised(demo: Piga) -> Iterator[None]:
    log = logging.Logger("apart")
    recorder = AlarmRecorder(Database(demo.database_url))
    log.addHandler(recorder)
    for _ in range(3):
        raise_alarm(log, "wrong_pins", "spread", "ibimina: many", tenant_id=IBIMINA)
    raise_alarm(log, "clock", "host", "this host's clock is 90 s ahead")
    recorder.close()
    yield
    with psycopg.connect(demo.env["PIGA_RELAY_URL"] or "") as connection:
        connection.execute("DELETE FROM alarm")


@pytest.mark.usefixtures("raised")
def test_alarms_are_listed_shown_and_closed(demo: Piga) -> None:
    lines = demo("alarms", "list").stdout.splitlines()
    assert lines[-1] == "2 alarms."
    ours = next(line for line in lines if "ibimina" in line)
    assert "  ibimina  wrong_pins  3x  ibimina: many" in ours
    assert any("  -  clock  1x  this host's clock" in line for line in lines)
    assert demo("alarms", "list", "--tenant", "moto").stdout == "No alarm is open.\n"

    id = ours.split("  ")[1]
    shown = demo("alarms", "show", id).stdout
    assert "count   3\nstate   open\nibimina: many\n" in shown
    show = demo("tenant", "show", "ibimina").stdout
    assert "alarms    1 open\n" in show
    assert f"{id}  3x  ibimina: many" in show
    assert "alarms    none open\n" in demo("tenant", "show", "moto").stdout

    assert demo("alarms", "close", id).stdout == f"{id} closed.\n"
    assert demo("alarms", "close", id).stdout == f"{id} was closed before.\n"
    assert demo("alarms", "list", "--tenant", "ibimina").stdout == "No alarm is open.\n"
    assert "  closed by operator " in demo("alarms", "list", "--closed").stdout
    missing = demo("alarms", "show", uuid7())
    assert missing.exit_code == 1
    assert missing.stderr.startswith("Error: There is no alarm ")


@pytest.mark.usefixtures("raised")
def test_the_doctor_tells_open_alarms(demo: Piga) -> None:
    with psycopg.connect(demo.env["PIGA_RELAY_URL"] or "") as connection:
        assert alarm_warnings(connection) == ["2 alarms are open, raised 4 times: piga alarms list"]


def test_no_alarm_is_nothing_to_tell(demo: Piga) -> None:
    assert demo("alarms", "list").stdout == "No alarm is open.\n"
    with psycopg.connect(demo.env["PIGA_RELAY_URL"] or "") as connection:
        assert alarm_warnings(connection) == []


def test_roles_that_are_not_as_the_manual_has_them_are_told(database: DatabaseUrls) -> None:
    with psycopg.connect(database.admin_url) as connection:
        assert setup_warnings(connection) == []
        connection.execute("ALTER ROLE piga_backup NOBYPASSRLS NOLOGIN")
        connection.execute("REVOKE SET ON PARAMETER log_min_messages FROM piga_ledger")
        assert setup_warnings(connection) == [
            "As piga_backup pg_dump cannot read every row: it lacks LOGIN, BYPASSRLS.",
            "piga_ledger may not set log_min_messages: each refusal is an ERROR in Postgres's log.",
        ]
        connection.execute("ALTER ROLE piga_backup RENAME TO piga_backup_gone")
        assert setup_warnings(connection)[0] == (
            "There is no role piga_backup, as which pg_dump reads every row."
        )
        connection.rollback()  # the roles are those of all tests


def test_costs_are_listed_by_day(demo: Piga) -> None:
    assert demo("tenant", "costs", "ibimina").stdout == (
        "No gateway has said what anything cost.\n"
    )
    database = Database(demo.database_url)
    with database.transaction(IBIMINA) as tx:
        for reference in ("a", "b"):
            costs.record(
                tx,
                kind="session",
                reference=reference,
                service_id=uuid7(),
                amount=Decimal("12.5"),
                currency="RWF",
                zone="Africa/Kigali",
            )
    database.close()
    assert demo("tenant", "costs", "ibimina").stdout.endswith("  2 sessions 25.0000 RWF\n")
    assert "costs     2 sessions 25.0000 RWF\n" in demo("tenant", "show", "ibimina").stdout
