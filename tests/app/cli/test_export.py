"""`piga export`: a list as a file for its owner alone."""

import json
import stat
from pathlib import Path

from tests.support.cli import Piga, demo

__all__ = ["demo"]

TENANT = ("--tenant", "ibimina")


def test_a_list_is_written_for_its_owner_alone(demo: Piga, tmp_path: Path) -> None:
    assert "people       People\n" in demo("export", *TENANT).stdout
    out = tmp_path / "people.xlsx"
    written = demo("export", "people", *TENANT, "--format", "xlsx", "--out", out, "--by", "ann")
    assert written.exit_code == 0, written.output
    assert written.stdout.endswith(" rows.\n")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    again = demo("export", "people", *TENANT, "--out", out, "--by", "ann")
    assert again.stderr.endswith("cannot be written: File exists.\n")
    whole = demo("export", "people", *TENANT, "--out", tmp_path / "x", "--by", "ann", "--whole")
    assert "Error: Say why whole names and numbers are needed." in whole.stderr
    assert demo("export", "cats", *TENANT).stderr.startswith("Error: There is no list cats.")
    assert not (tmp_path / "x").exists()


def test_a_statement_is_written_in_a_language(demo: Piga, tmp_path: Path) -> None:
    out = tmp_path / "fees.pdf"
    ask = ("ledger", "statement", "fees", *TENANT, "--pdf", out, "--by", "ann", "--language", "fr")
    written = demo(*ask)
    assert written.stdout == f"{out}: written.\n", written.output
    assert out.read_bytes().startswith(b"%PDF-")
    nobody = demo("ledger", "statement", "x", *TENANT, "--pdf", tmp_path / "x", "--by", "ann")
    assert nobody.stderr.startswith("Error: x is no account")


def test_what_is_held_of_a_person_is_written(demo: Piga, tmp_path: Path) -> None:
    out = tmp_path / "who.json"
    ask = ("tenant", "person-data", "ibimina", "+250788000101", "--which", "1")
    written = demo(*ask, "--out", out, "--by", "ann", "--reason", "asked for it")
    assert written.stdout == f"{out}: written.\n", written.output
    held = json.loads(out.read_text())["held"]
    assert held["subscriber"][0]["name"]
    none = demo(*ask, "--out", tmp_path / "x", "--by", "ann", "--reason", " ")
    assert none.stderr == "Error: Say why.\n"
