"""Samples of the recovery domain."""

from dataclasses import replace
from types import MappingProxyType

from checks.samples import CALLER, CURRENCY, MOST_MINOR
from checks.scenario import Samples, Scenario, at_the_phone
from core.people import people
from core.recovery import new_pin
from core.recovery.new_pin import Chosen
from values.money import Money

_LIMIT = Money(MOST_MINOR, CURRENCY)

SAMPLES = Samples(
    answers=MappingProxyType({new_pin.choose: lambda *_, **__: Chosen(CALLER, _LIMIT)}),
    scenarios=(
        Scenario(
            "a new PIN",
            {people.identify: at_the_phone(replace(CALLER, has_pin=False, pin_reset=True))},
        ),
    ),
    values=MappingProxyType({"limit": {"$money": [MOST_MINOR, CURRENCY]}}),
)
