"""What of a database is not as "Run in production" has it, though everything works."""

import contextlib
from typing import Any

import psycopg

CONNECT_TIMEOUT_S = 5

Connection = psycopg.Connection[tuple[Any, ...]]

_BACKUP = (
    "SELECT rolcanlogin, rolbypassrls, pg_has_role(oid, 'pg_read_all_data', 'MEMBER')"
    " FROM pg_roles WHERE rolname = 'piga_backup'"
)
_MAY_QUIETEN = (
    "SELECT has_parameter_privilege('piga_ledger', 'log_min_messages', 'SET')"
    " FROM pg_roles WHERE rolname = 'piga_ledger'"
)
_OPEN_ALARMS = "SELECT count(*), coalesce(sum(count), 0) FROM alarm WHERE state = 'open'"


def all_warnings(database_url: str, relay_url: str) -> list[str]:
    """Sentences on the setup, and on alarms; `relay_url` is piga_relay's. Nothing where the
    database cannot be asked: others say so."""
    found: list[str] = []
    for url, look in ((database_url, setup_warnings), (relay_url, alarm_warnings)):
        with (
            contextlib.suppress(psycopg.Error),
            psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S) as connection,
        ):
            found += look(connection)
    return found


def setup_warnings(connection: Connection) -> list[str]:
    """Sentences on the roles that the manual names."""
    found = []
    backup = connection.execute(_BACKUP).fetchone()
    quiet = connection.execute(_MAY_QUIETEN).fetchone()
    if backup is None:
        found.append("There is no role piga_backup, as which pg_dump reads every row.")
    elif not all(backup):
        wanted = ("LOGIN", "BYPASSRLS", "pg_read_all_data")
        missing = ", ".join(word for word, given in zip(wanted, backup, strict=True) if not given)
        found.append(f"As piga_backup pg_dump cannot read every row: it lacks {missing}.")
    if not (quiet and quiet[0]):
        found.append(
            "piga_ledger may not set log_min_messages: each refusal is an ERROR in Postgres's log."
        )
    return found


def alarm_warnings(connection: Connection) -> list[str]:
    """A sentence on the alarms that nobody has closed, as piga_relay sees them."""
    row = connection.execute(_OPEN_ALARMS).fetchone()
    count, raised = row or (0, 0)
    if not count:
        return []
    said = "1 alarm is open" if count == 1 else f"{count} alarms are open"
    times = "once" if raised == 1 else f"{raised} times"
    return [f"{said}, raised {times}: piga alarms list"]
