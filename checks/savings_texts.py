"""Samples of reminders, and of texts to a group."""

from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from checks.samples import CURRENCY, FEE_MINOR, ID, Answers, nothing
from checks.scenario import Scenario, refused_with
from core.broadcasts import estimate
from core.broadcasts.estimate import Price
from core.savings import group_texts, reminders
from core.savings.errors import NobodyToRemind, TextedEnough
from core.savings.group_texts import NotSaved, Reach

ANSWERS: Final[Answers] = MappingProxyType(
    {
        reminders.off: lambda *_: set(),
        reminders.turn: nothing,
        group_texts.check: nothing,
        group_texts.reach: lambda *_: Reach(30, 29),
        group_texts.text_all: lambda **_: 29,
        group_texts.not_saved: lambda *_: NotSaved(date(2026, 11, 30), (ID,) * 29),
        group_texts.remind: lambda **_: 29,
        estimate.recent_price: lambda: Price(Decimal("12.5"), CURRENCY, 1_000),
    }
)
# What its texts say, as they are stored.
VALUES: Final = MappingProxyType(
    {
        **{"day": "30/11/2026", "time": "14:00", "place": "Kacyiru market", "said": "A" * 100},
        **{"first_on": "31/01/2027", "last_on": "31/12/2027"},
        "fined": {"$money": [FEE_MINOR, CURRENCY]},
    }
)
SCENARIOS: Final = (
    Scenario("wants no reminders", {reminders.off: lambda *_: set(reminders.KINDS)}),
    Scenario("nobody knows what a text costs", {estimate.recent_price: lambda: None}),
    Scenario(
        "the group was texted enough",
        {
            group_texts.check: refused_with(TextedEnough(count=group_texts.A_DAY)),
            group_texts.not_saved: refused_with(NobodyToRemind()),
        },
    ),
)
