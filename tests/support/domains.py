"""The domains of this checkout, as the tests use them."""

from typing import Any

import psycopg

from app import domains
from core.money import verify as verifying
from core.money.verify import Report
from workers.schedule import tasks

DOMAINS = domains.load()
FLOWS = DOMAINS.flows
# All that an installation does by the clock.
TASKS = (*DOMAINS.tasks, *tasks.TASKS, tasks.forgetting(DOMAINS.retention))


def verify(verify_url: str) -> Report:
    """Check what every domain says must be true of the books."""
    return verifying.verify(verify_url, DOMAINS.checks)


def examine(connection: psycopg.Connection[Any]) -> Report:
    """`verify` in the connection's own transaction."""
    return verifying.examine(connection, DOMAINS.checks)


def broken(connection: psycopg.Connection[Any]) -> list[str]:
    """The names of the invariants that do not hold, by one statement: nearly every test asks."""
    connection.execute("SET LOCAL enable_nestloop = off")
    return [name for (name,) in connection.execute(_BROKEN, prepare=True)]


# Counted, and not asked by EXISTS: for that the planner looks for a first row, which a sound book
# never has, and takes to plans whose work grows with the square of the rows.
_BROKEN = " UNION ALL ".join(
    f"SELECT '{check.name}' WHERE (SELECT count(*) FROM ({check.query}) v) > 0"
    for check in DOMAINS.checks
)
