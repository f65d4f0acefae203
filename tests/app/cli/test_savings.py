"""`piga savings` uses the formulas that pay."""

import json

from click.testing import CliRunner, Result

from app.cli import main


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
