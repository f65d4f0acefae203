"""What the commands of `piga savings` have in common."""

import uuid
from datetime import date

import click

from app.errors import OperatorError
from core.db.database import Tx
from core.savings import groups

TENANT = click.option("--tenant", "slug", required=True)
JSON = click.option("--json", "as_json", is_flag=True, help="One object, with all fields.")


def group_of(tx: Tx, code: str) -> uuid.UUID:
    """The group with that code."""
    found = groups.by_code(tx, code)
    if found is None:
        raise OperatorError("There is no group with that code.")
    return found


def today_and_currency(tx: Tx) -> tuple[date, str]:
    """Today by the tenant's clock, and its currency."""
    row = tx.one(
        "SELECT (now() AT TIME ZONE time_zone)::date, currency FROM tenant"
        " WHERE id = current_tenant()"
    )
    assert row is not None
    return row[0], row[1]
