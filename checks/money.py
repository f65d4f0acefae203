"""Samples of the money domain."""

from types import MappingProxyType

from checks import samples
from checks.samples import AMOUNT_MINOR, CURRENCY, ID, MUCH_MINOR
from checks.scenario import Samples, Scenario
from core.money import intents, ledger
from core.money.intents import Opened
from core.money.ledger import Balance

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            intents.claim: lambda *_, **__: (samples.INTENT, True),
            intents.count_usage: samples.nothing,
            intents.open_intent: lambda **_: Opened(ID, None),
            intents.void: samples.nothing,
            ledger.balance: lambda id: Balance(id, "wallet", CURRENCY, MUCH_MINOR, AMOUNT_MINOR),
            ledger.receipts: lambda *_: samples.lines_of()[:3],
            ledger.statement: samples.lines_of,
        }
    ),
    scenarios=(
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
        Scenario("done seconds ago", {intents.open_intent: lambda **_: Opened(ID, 59)}),
        Scenario("done minutes ago and held", {intents.open_intent: lambda **_: Opened(ID, 599)}),
        Scenario(
            "held before", {intents.open_intent: lambda **_: Opened(ID, 1, duplicate_waits=True)}
        ),
        Scenario("done before", {intents.claim: lambda *_, **__: (samples.INTENT, False)}),
    ),
)
