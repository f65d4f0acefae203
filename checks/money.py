"""Samples of the money domain."""

from types import MappingProxyType
from typing import Any

from checks import samples
from checks.samples import AMOUNT_MINOR, CURRENCY, ID, MUCH_MINOR
from checks.scenario import Samples, Scenario
from core.money import intents, ledger, operations
from core.money.intents import Opened
from core.money.ledger import Balance


def _opened(duplicate_age_s: int | None = None, *, waits: bool = False) -> Any:
    """An intent; what was done before it, so many seconds ago."""
    return lambda *_, **__: Opened(ID, duplicate_age_s, waits)


SAMPLES = Samples(
    answers=MappingProxyType(
        {
            operations.open_quote: _opened(),
            intents.void: samples.nothing,
            ledger.balance: lambda id: Balance(id, "wallet", CURRENCY, MUCH_MINOR, AMOUNT_MINOR),
            ledger.receipts: lambda *_: samples.lines_of()[:3],
            ledger.statement: samples.lines_of,
        }
    ),
    scenarios=(
        Scenario("longest"),  # the first: what is seen in it is the rule
        Scenario(
            "nothing yet",
            {
                ledger.balance: lambda _id: None,
                ledger.receipts: lambda *_: [],
                ledger.statement: lambda *_: [],
            },
        ),
        Scenario(
            "nothing on hold",
            {ledger.balance: lambda id: Balance(id, "float", CURRENCY, MUCH_MINOR, 0)},
        ),
        Scenario("done seconds ago", {operations.open_quote: _opened(59)}),
        Scenario("done minutes ago and held", {operations.open_quote: _opened(599)}),
        Scenario(
            "held before",
            {operations.open_quote: _opened(1, waits=True)},
        ),
    ),
)
