"""`piga rates margins`: asked for by one officer, published by another."""

import re
from datetime import timedelta

from tests.support.cli import Piga, data, demo
from values import clock

__all__ = ["demo"]

TENANT = ("--tenant", "rates")


def test_a_margin_is_asked_for_by_one_and_published_by_another(demo: Piga) -> None:
    day = f"{clock.now().date() + timedelta(days=2)}"

    def ask(pair: str, percent: str, valid_from: str) -> str:
        said = ("--percent", percent, "--valid-from", valid_from, "--from-amount", "1000")
        by = ("--by", "amina", "--reason", "costs")
        return demo("rates", "margins", "ask", pair, *TENANT, *said, *by).output

    assert "The margin is a number from 0 to 50" in ask("USD-KES", "1,5", day)
    assert "The day is written as 2026-12-31." in ask("USD-KES", "1.5", "31/12/2026")
    assert "USD-JPY is not polled." in ask("usd-jpy", "1.5", day)
    assert "That day is over" in ask("USD-KES", "1.5", "2026-01-01")
    assert "two codes such as USD-NGN" in ask("USDKES", "1.5", day)
    waits = re.fullmatch(r"It waits for a second officer: (\S+)\.\n", ask("usd-kes", "1.50", day))
    assert waits

    listed = ("rates", "margins", "list", *TENANT)
    wanted = {"pair": "USD-KES", "valid_from": day, "from_amount": "1000", "percent": "1.5"}
    assert wanted | {"by": f"waits: {waits[1]}"} in data(demo(*listed, "--json"))
    approve = ("approvals", "approve", waits[1], *TENANT, "--yes", "--by")
    assert demo(*approve, "amina").exit_code != 0, "nobody approves their own"
    assert "margin: 1.5 %" in demo(*approve, "jean").output
    assert wanted | {"by": "two officers"} in data(demo(*listed, "--pair", "USD-KES", "--json"))
    assert f"USD-KES  from {day}  from 1000 USD on  1.5 %  two officers\n" in demo(*listed).output
    assert "USD-KES" not in demo(*listed, "--pair", "USD-NGN").output
