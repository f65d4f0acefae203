"""What one officer asks for of members, cash and offices by command, and another one decides."""

import re
import shutil
from pathlib import Path

import pytest

from core.savings import committee
from tests.support.cli import FIXTURES, Piga, demo, piga
from tests.support.ibimina import without_pins

__all__ = ["demo", "piga"]

TENANT = ("--tenant", "ibimina")
BY = ("--by", "m.uwera", "--reason", "the vote of Monday", *TENANT)
TREASURER, MEMBER = "+250788000101", "+250788000103"


@pytest.fixture
def folder(piga: Piga, tmp_path: Path) -> Path:
    made = tmp_path / "ibimina"
    shutil.copytree(FIXTURES / "ibimina", made)
    without_pins(made)
    assert piga("migrate").exit_code == 0
    applied = piga("tenant", "apply", made, "--yes")
    assert applied.exit_code == 0, applied.output
    return made


def decided(piga: Piga, *asked: str) -> str:
    """What one officer asks for; another one approves it. Answers what both were shown."""
    told = piga("savings", *asked, *BY)
    assert told.exit_code == 0, told.output
    (id,) = re.findall(r"second officer: ([0-9a-f-]{36})\.", told.output)
    done = piga("approvals", "approve", id, *TENANT, "--by", "j.habimana", "--yes")
    assert done.exit_code == 0, done.output
    return told.output + done.output


def test_an_election_is_of_two_officers_and_a_folder_applied_again_leaves_it(
    piga: Piga, folder: Path
) -> None:
    terms = ("--first", "2026-06-01", "--last", "2099-12-18")
    elect = ("committee", "elect", MEMBER, "--group", "KOP1", "--role", "treasurer", *terms)
    decided(piga, *elect)

    def listed() -> list[str]:
        found = piga("savings", "committee", "list", "--group", "KOP1", *TENANT).output
        return [line for line in found.splitlines() if line.startswith(committee.TREASURER)]

    before = listed()
    assert any("2026-06-01 to 2099-12-18" in line for line in before)
    again = piga("tenant", "apply", folder, "--yes")
    assert again.exit_code == 0, again.output
    assert "treasurer" not in again.output
    assert listed() == before
    same = piga("savings", *elect[:-4], "--first", "2026-06-02", "--last", "2026-06-01", *BY)
    assert same.exit_code == 1


def test_a_member_goes_to_another_group_by_two(piga: Piga, folder: Path) -> None:
    transfer = ("members", "transfer", "+250788000102", "--group", "KOP1")
    assert piga("savings", *transfer, "--to", "KOP1", *BY).exit_code == 1
    assert "no group" in piga("savings", *transfer, "--to", "NONE", *BY).output
    assert "savings there: - -> 40,000 RWF" in decided(piga, *transfer, "--to", "KOP3")
    again = piga("savings", *transfer, "--to", "KOP3", *BY)
    assert "no member of the group" in again.output


def test_cash_that_was_none_is_taken_back_by_its_reference(demo: Piga) -> None:
    refused = demo("savings", "loans", "reverse-cash", "NONE", "--payment", "NONE", *BY)
    assert refused.exit_code == 1
    assert "No loan has such a reference, or no such payment in cash." in refused.output


def test_who_named_nobody_needs_a_next_of_kin_to_be_said(demo: Piga) -> None:
    refused = demo("savings", "members", "death", MEMBER, "--group", "KOP1", *BY)
    assert refused.exit_code == 1
    assert "They named nobody: say who is paid with --next-of-kin NUMBER." in refused.output


def test_what_was_paid_into_the_wrong_group_goes_to_the_right_one(demo: Piga) -> None:
    """A member of two groups paid into the other one: two officers move it, and both see of which
    group each account is."""
    asks = ("ledger", "post", *TENANT, "--amount", "500", "--by", "m.uwera", "--yes")
    post = (*asks, "--reason", "KOP1 was meant", "--key", "slip-7")
    wrong, right = f"savings:{TREASURER}:KOP2", f"savings:{TREASURER}:KOP1"
    stranger = demo(*post, "--from", f"savings:{TREASURER}:KOP8", "--to", right)
    assert "They are no member of a group KOP8." in stranger.output
    asked = demo(*post, "--from", wrong, "--to", right)
    assert asked.exit_code == 0, asked.output
    (id,) = re.findall(r"([0-9a-f]{8}-[0-9a-f-]{27})", asked.output)
    done = demo("approvals", "approve", id, *TENANT, "--by", "j.habimana", "--yes")
    assert done.exit_code == 0, done.output
    shown = asked.output + done.output
    assert "savings of Uwera C. KOP2" in shown
    assert re.search(r"KOP1\D+12,000 RWF\D+12,500 RWF", shown), shown
    assert demo("ledger", "verify").exit_code == 0
    again = demo(*post, "--from", wrong, "--to", right)  # the same slip is the same booking
    assert id in again.output
