"""`piga tenant wrong-pins`, and freezing the people that it lists, many at once."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.cli import Piga, demo

__all__ = ["demo"]


def ask(demo: Piga, query: str) -> list[tuple[Any, ...]]:
    """The rows of ibimina's that a statement answers."""
    with psycopg.connect(demo.env["PIGA_OWNER_URL"] or "") as connection:
        connection.execute("SELECT set_config('piga.tenant', find_tenant('ibimina')::text, true)")
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


@pytest.fixture
def wrong(demo: Piga) -> Iterator[list[str]]:
    """The ids of eight people of ibimina who are held; two others were wrong, too."""
    rows = ask(
        demo,
        "INSERT INTO wrong_pin (tenant_id, subscriber_id, has_history, held_at)"
        " SELECT s.tenant_id, s.id, s.n <= 8, CASE WHEN s.n <= 8 THEN now() END"
        " FROM (SELECT tenant_id, id, row_number() OVER (ORDER BY id) n FROM subscriber"
        " WHERE status = 'active') s"
        " WHERE s.n <= 10 RETURNING subscriber_id, held_at",
    )
    assert len(rows) == 10
    ask(demo, "UPDATE subscriber SET pin_attempts = 1")
    yield sorted(str(id) for id, held_at in rows if held_at)
    ask(demo, "DELETE FROM wrong_pin")
    ask(demo, "UPDATE subscriber SET pin_attempts = 0")


def frozen(demo: Piga) -> list[str]:
    """Who is frozen, but for the person whom the demo has so from the beginning."""
    rows = ask(
        demo,
        "SELECT id FROM subscriber WHERE status = 'frozen' AND id IN"
        " (SELECT subscriber_id FROM wrong_pin)",
    )
    return sorted(str(id) for (id,) in rows)


def test_who_was_held_is_listed_and_frozen_at_once(
    demo: Piga, wrong: list[str], tmp_path: Path
) -> None:
    listed = demo("tenant", "wrong-pins", "ibimina").stdout.splitlines()
    assert listed[-1] == "10 people."
    assert sum("  held  " in line for line in listed) == 8
    assert sum("  new  " in line for line in listed) == 2
    ids = demo("tenant", "wrong-pins", "ibimina", "--held", "--ids").stdout
    assert sorted(ids.split()) == wrong

    file = tmp_path / "held.txt"
    file.write_text(f"# guessed at\n\n{ids}")
    done = demo("tenant", "freeze", "ibimina", "--people", file, "--reason", "guessed at")
    assert done.stdout == "Frozen: 8 people.\n"
    assert frozen(demo) == wrong
    assert "  held frozen  " in demo("tenant", "wrong-pins", "ibimina").stdout
    lifted = demo("tenant", "freeze", "ibimina", "--people", file, "--reason", "x", "--off")
    assert lifted.stdout == "Freeze lifted: 8 people.\n"
    assert frozen(demo) == []


def test_a_list_with_a_fault_freezes_nobody(demo: Piga, wrong: list[str], tmp_path: Path) -> None:
    file = tmp_path / "held.txt"
    file.write_text(f"{wrong[0]}\n{uuid.uuid4()}\n")
    refused = demo("tenant", "freeze", "ibimina", "--people", file, "--reason", "x")
    assert refused.exit_code == 1
    assert "1 of them are nobody's ids here" in refused.stderr
    file.write_text(f"{wrong[0]}\nUwera Claudine\n")
    refused = demo("tenant", "freeze", "ibimina", "--people", file, "--reason", "x")
    assert refused.stderr == "Error: Line 2 begins with no person's id.\n"
    assert frozen(demo) == []
    assert demo("tenant", "freeze", "ibimina", "--reason", "x").exit_code == 2


def test_nobody_was_wrong(demo: Piga) -> None:
    assert demo("tenant", "wrong-pins", "moto").stdout == "Nobody's last PIN was wrong.\n"
