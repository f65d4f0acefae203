"""Lifecycles: what they say is what the database checks, what the pages draw, and what moves."""

import re
from pathlib import Path

import psycopg
import pytest

from core.lifecycle import Lifecycle
from core.money.intents import INTENT
from tests.support.domains import DOMAINS
from tests.support.servers import DatabaseUrls

DOCS = Path(__file__).parents[2] / "docs"
LIFECYCLES = {one.table: one for one in DOMAINS.lifecycles}


def test_each_is_declared_once() -> None:
    assert {"approval", "hold", "intent", "message"} <= set(LIFECYCLES)
    assert len(LIFECYCLES) == len(DOMAINS.lifecycles)


@pytest.mark.parametrize("table", LIFECYCLES)
def test_the_database_allows_its_states_and_no_others(table: str, database: DatabaseUrls) -> None:
    with psycopg.connect(database.admin_url) as connection:
        found = connection.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'c'"
            " AND conrelid = %s::regclass",
            (table,),
        ).fetchall()
        default = connection.execute(
            "SELECT column_default FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND column_name = 'state'",
            (table,),
        ).fetchone()
    checks = [text for (text,) in found if re.match(r"CHECK \(\(state = ANY", text)]
    assert len(checks) == 1
    assert set(re.findall(r"'(\w+)'::text", checks[0])) == set(LIFECYCLES[table].states)
    assert default is not None
    assert default[0] == f"'{LIFECYCLES[table].initial}'::text"


def test_the_architecture_draws_an_intent_as_it_is() -> None:
    page = (DOCS / "architecture" / "money.md").read_text(encoding="utf-8")
    block = next(
        one for one in re.findall(r"```mermaid\n(.*?)```", page, re.S) if "open -->" in one
    )
    drawn = set(re.findall(r"^ +(\w+) --> (\w+):", block, re.M))
    assert drawn == set(INTENT.arrows)


def test_a_step_is_a_compare_and_set_on_its_sources() -> None:
    ride = Lifecycle(
        "ride",
        initial="asked",
        transitions=[["take", "asked", "taken"], ["cancel", ["asked", "taken"], "cancelled"]],
    )
    assert ride.states == ("asked", "taken", "cancelled")
    assert ride.advance("take", sets="driver = %s", where="id = %s", returning="id") == (
        "UPDATE ride SET state = 'taken', driver = %s WHERE tenant_id = current_tenant()"
        " AND id = %s AND state = 'asked' RETURNING id"
    )
    assert ride.advance("cancel", where="id = %s") == (
        "UPDATE ride SET state = 'cancelled' WHERE tenant_id = current_tenant()"
        " AND id = %s AND state IN ('asked', 'taken')"
    )
    assert "taken --> cancelled: cancel" in ride.mermaid()
    assert "cancelled --> [*]" in ride.mermaid()


def test_a_trigger_leads_to_one_state() -> None:
    with pytest.raises(ValueError, match="ride: a trigger leads to one state"):
        Lifecycle("ride", initial="a", transitions=[["go", "a", "b"], ["go", "b", "c"]])
