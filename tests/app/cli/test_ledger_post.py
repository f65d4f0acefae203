"""Bookings by two officers at the command line."""

import re

from click.testing import Result

from tests.support.cli import Piga, demo

__all__ = ["demo"]

TENANT = ("--tenant", "trade")  # it counts in cents
BUYS = ("--from", "settlement", "--to", "float:S310", "--reason", "bank slip 12")


def post(piga: Piga, amount: str, key: str, *more: str) -> Result:
    asked = ("--amount", amount, "--key", key, "--by", "ann")
    return piga("ledger", "post", *TENANT, *BUYS, *asked, *(more or ("--yes",)))


def id_in(told: Result) -> str:
    [id] = re.findall(r"officer: ([0-9a-f-]{36})\.$", told.stdout)
    return str(id)


def approve(piga: Piga, id: str) -> str:
    """The reference."""
    told = piga("approvals", "approve", id, *TENANT, "--by", "ben", "--yes")
    assert told.exit_code == 0, told.output
    [reference] = re.findall(r"^reference: (\w{8})$", told.stdout, re.M)
    return str(reference)


def test_float_is_bought_shown_approved_and_reversed(demo: Piga) -> None:
    told = post(demo, "1500.50", "slip-12")
    assert told.exit_code == 0, told.output
    first, float_line = told.stdout.splitlines()[0], told.stdout.splitlines()[2]
    assert first.startswith("booking: 1,500.50 KES from settlement to float of ")
    assert float_line.endswith(": 500,000.00 KES -> 501,500.50 KES")
    again = post(demo, "1500.50", "slip-12")
    assert "It waits already for a second officer" in again.stdout
    assert id_in(again) == id_in(told)
    assert "  booking: 1,500.50 KES from " in demo("approvals", "list", *TENANT).stdout
    reference = approve(demo, id_in(told))
    assert "approved before, and is not asked for again" in post(demo, "1500.50", "slip-12").stdout
    differs = post(demo, "1500.51", "slip-12")
    assert (
        differs.stderr == "Error: That key was used for another request: nothing was asked for.\n"
    )
    back = ("ledger", "reverse", reference, *TENANT, "--by", "ann", "--reason", "wrong slip")
    reversal = demo(*back, "--yes")
    assert "booking reversal: 1,500.50 KES from float of " in reversal.stdout
    approve(demo, id_in(reversal))
    assert demo(*back, "--yes").stderr == "Error: That booking was reversed before.\n"
    assert demo("ledger", "verify").exit_code == 0


def test_it_is_shown_before_it_is_asked_for(demo: Piga) -> None:
    unsaid = post(demo, "10", "slip-13", "--reason", "again")  # nobody answers
    assert unsaid.exit_code == 1
    assert "Ask a second officer for it? [y/N]" in unsaid.stdout
    assert "slip-13" not in demo("approvals", "list", *TENANT).stdout


def test_what_is_wrong_is_said_in_a_sentence(demo: Piga) -> None:
    for amount in ("0", "-5", "1.505", "5k", "RWF 500"):
        assert post(demo, amount, "slip-14").stderr.startswith("Error: --amount: "), amount
    for account, said in (
        ("cash", "cash is no account; there are: settlement, fees, float:A111, wallet:"),
        ("float:S999", "There is no agent S999."),
        ("wallet:+254700999999", "Nobody has that number here."),
        ("wallet:+254700000301/x", "wallet:+254700000301/x is no account"),
    ):
        told = post(demo, "10", "slip-15", "--to", account, "--yes")
        assert told.stderr.startswith(f"Error: {said}"), told.output
    assert "the same account" in post(demo, "1", "slip-16", "--to", "settlement", "--yes").stderr
