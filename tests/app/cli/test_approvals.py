"""Two officers at the command line: what they read, what they are asked, and what comes of it."""

import re

import pytest
from click.testing import Result

from tests.support.cli import Piga, demo

__all__ = ["demo"]

KEZA = "+250788000201"  # of the demo's moto
TENANT = ("--tenant", "moto")


def ask(piga: Piga, by: str = "ann", person: str = KEZA, **more: str) -> Result:
    args = {"--person": person, "--by": by, "--reason": "forgot it", **more}
    return piga("tenant", "pin", *TENANT, *(each for pair in args.items() for each in pair))


def waiting(piga: Piga) -> str:
    """The id of the only request."""
    [id] = re.findall(r"^([0-9a-f-]{36}) ", piga("approvals", "list", *TENANT).stdout, re.M)
    return str(id)


@pytest.fixture(autouse=True)
def nothing_waits(demo: Piga) -> None:
    assert demo("approvals", "list", *TENANT).stdout == "Nothing waits.\n"


def test_a_new_pin_is_asked_for_and_approved(demo: Piga) -> None:
    told = ask(demo)
    id = waiting(demo)
    assert told.stdout == f"It waits for a second officer: {id}.\n"
    assert ask(demo, "cid").stdout == f"It waits already for a second officer: {id}.\n"
    listed = demo("approvals", "list", *TENANT).stdout
    assert f"{id}  New PIN for Keza A.\n    asked by ann: forgot it\n    PIN: set -> " in listed
    assert listed.endswith("1 waiting.\n")
    own = demo("approvals", "approve", id, *TENANT, "--by", "Ann", "--yes")
    assert own.exit_code == 1
    assert own.stderr == "Error: Another officer has to decide: you asked for it yourself.\n"
    unsaid = demo("approvals", "approve", id, *TENANT, "--by", "ben")  # nobody answers
    assert unsaid.exit_code == 1
    assert "Approve it? [y/N]" in unsaid.stdout
    assert waiting(demo) == id
    approved = demo("approvals", "approve", id, *TENANT, "--by", "ben", "--yes")
    assert approved.exit_code == 0
    assert re.search(r"\nApproved\.\nHand over: \d{4} \d{4}\n$", approved.stdout)
    again = demo("approvals", "approve", id, *TENANT, "--by", "ben", "--yes")
    assert again.stdout.endswith("\nYou approved it before.\n")
    assert "Hand over" not in again.stdout
    late = demo("approvals", "refuse", id, *TENANT, "--by", "cid", "--reason", "no")
    assert late.stderr.startswith("Error: This request was approved before by ben.")


def test_what_is_refused_changes_nothing(demo: Piga) -> None:
    ask(demo, person="+250788000202")
    id = waiting(demo)
    refused = demo("approvals", "refuse", id, *TENANT, "--by", "ben", "--reason", "not seen")
    assert refused.stdout == "Refused. Nothing was changed.\n"
    late = demo("approvals", "approve", id, *TENANT, "--by", "cid", "--yes")
    assert late.exit_code == 1
    assert "This request was refused before by ben. Nothing was changed." in late.stderr


def test_what_is_wrong_is_said_in_a_sentence(demo: Piga) -> None:
    assert ask(demo, by="Ann Smith").stderr.startswith("Error: An officer's name has 2 to 40 ")
    assert ask(demo, person="+250788009999").stderr == "Error: Nobody has that number here.\n"
    assert "A reason is needed" in ask(demo, **{"--reason": " "}).stderr
    nobody = "00000000-0000-7000-8000-000000000000"
    none = demo("approvals", "approve", nobody, *TENANT, "--by", "ben", "--yes")
    assert none.stderr == "Error: There is no such request.\n"
