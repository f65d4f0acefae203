"""Flows as Mermaid, and the pages of docs/reference that are made of them."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.operations import reference
from engine.graph import mermaid
from flows.agents.topup import TopUp
from tests.support.domains import FLOWS

CONTRIBUTE = """\
stateDiagram-v2
  [*] --> group
  group --> amount : / check_group
  amount --> confirm
  confirm --> pin : [yes]
  confirm --> cancelled : / give_up
  pin --> way : [is_short]
  pin --> paid
  way --> dial : [is_dialled] / expect
  way --> asked : / ask_phone
  cancelled --> [*]
  paid --> [*]
  dial --> [*]
  asked --> [*]
  classDef resumable stroke-width:3px
  class group resumable
  class amount resumable
  class confirm resumable
"""


def test_a_flow_is_drawn_as_its_map() -> None:
    assert mermaid(FLOWS["contribute"]) == CONTRIBUTE


def test_conditions_and_what_is_done_stand_on_the_arrow() -> None:
    labels = {(step.source, step.dest): step.label for step in TopUp.map.transitions}
    assert labels["customer", "person"] == "[several] / look_up"
    assert labels["customer", "amount"] == ""
    assert labels["pin", "code"] == "[needs_approval] / hold"
    again = {step.label for step in FLOWS["change_pin"].map.transitions if step.source == "again"}
    assert again == {"[not same]", "/ change"}


@pytest.mark.parametrize("name", FLOWS)
def test_every_state_of_every_flow_is_drawn(name: str) -> None:
    drawn = mermaid(FLOWS[name])
    for state in FLOWS[name].map.states:
        assert f"--> {state}" in drawn


def test_the_pages_are_fresh() -> None:
    for path, text in reference.pages().items():
        assert path.read_text(encoding="utf-8") == text, "`piga graph --docs` writes them anew"


def test_the_command_prints_what_it_is_asked_for() -> None:
    done = CliRunner().invoke(main, ["graph", "contribute", "trade"])
    assert done.exit_code == 0
    assert done.output.startswith(f"%% flow-contribute\n{CONTRIBUTE}")
    assert "%% menu-trade\nflowchart LR\n" in done.output


def test_the_command_writes_a_file_each(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["graph", "--out", str(tmp_path / "new")])
    assert done.exit_code == 0
    names = {path.stem for path in (tmp_path / "new").glob("*.mmd")}
    assert names >= {f"flow-{name}" for name in FLOWS} | {"menu-ibimina", "menu-fuel"}
    assert (tmp_path / "new" / "flow-contribute.mmd").read_text() == CONTRIBUTE


def test_an_unknown_name_is_told() -> None:
    done = CliRunner().invoke(main, ["graph", "contribut"])
    assert done.exit_code == 1
    assert done.output.startswith("Error: There is no flow and no folder contribut.")
