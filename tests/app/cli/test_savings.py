"""`piga savings` uses the formulas that pay."""

import json
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from app.cli import main
from tests.support.cli import FIXTURES, Piga, piga
from tests.support.ibimina import without_pins

__all__ = ["piga"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["savings", *arguments])


def test_a_share_out() -> None:
    made = run("share-out", "--fund", "1234567", "--shares", "57,130,88,5", "--json")
    assert json.loads(made.output)["payouts_minor"] == [251_322, 573_192, 388_007, 22_046]


def test_a_schedule() -> None:
    loan = ["--principal", "120000", "--rate-percent", "2", "--periods", "12", "--method"]
    made = json.loads(run("schedule", *loan, "flat", "--json").output)
    assert (made["interest_minor"], made["total_minor"]) == (28_800, 148_800)
    assert [one["total_minor"] for one in made["instalments"]] == [12_400] * 12
    shown = run("schedule", *loan, "declining-principal", "--first-due", "2027-01-31").output
    assert shown.splitlines()[1] == "2  2027-02-28  10000  2200  12200  100000"


def test_what_is_not_a_number_is_said() -> None:
    wrong = run("share-out", "--fund", "10", "--shares", "5,x")
    assert wrong.exit_code == 2
    assert "5,x is not a list of whole numbers" in wrong.output
    nobody = run("share-out", "--fund", "10", "--shares", "0,0")
    assert (nobody.exit_code, nobody.output) == (1, "Error: Nobody has a share.\n")
    none = run(
        *("schedule", "--principal", "0", "--rate-percent", "2", "--periods", "12"),
        *("--method", "flat"),
    )
    assert none.output == "Error: The principal is at least one minor unit.\n"


def test_names_and_amounts_go_to_no_file_that_others_may_read(tmp_path: Path) -> None:
    out = tmp_path / "share-out.pdf"
    out.touch(mode=0o644)
    refused = run(
        *("shareouts", "document", "--tenant", "ibimina", "--group", "KOP1", "--out", str(out))
    )
    assert refused.exit_code == 1
    assert "cannot be written: File exists" in refused.output


def test_members_come_in_by_a_file(piga: Piga, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("Amazina;Telefone\nUwimana Marie;788300001\nX;12\n", encoding="utf-8")
    alone = json.loads(piga("savings", "members", "import", file, "--dry-run", "--json").output)
    assert (alone["read"], alone["taken"], alone["ready"]) == (2, 1, False)
    assert alone["rows"][0]["number"] == "+250788300001"
    folder = tmp_path / "ibimina"
    shutil.copytree(FIXTURES / "ibimina", folder)
    without_pins(folder)
    assert piga("migrate").exit_code == 0
    applied = piga("tenant", "apply", folder, "--yes")
    assert applied.exit_code == 0, applied.output
    bring = ("savings", "members", "import", file, "--tenant", "ibimina", "--group", "KOP8")
    refused = piga(*bring)
    assert refused.exit_code == 1
    assert "row 3: B3: No plan has such a phone number." in refused.output
    made = json.loads(piga(*bring, "--decide", "3=skip", "--json").stdout)
    assert (made["applied"], made["decisions"]) == (True, {"new": 1})
    assert "1 member" in piga(*bring, "--decide", "3=skip").output
