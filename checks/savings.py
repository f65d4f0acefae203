"""Samples of the savings domain."""

from dataclasses import replace
from types import MappingProxyType

from checks import samples
from checks.samples import ENTRY, MUCH_MINOR
from checks.scenario import OTHER_LETTERS, Samples, Scenario, refused_with
from core.money.errors import FrozenAccount
from core.savings import groups
from core.savings.groups import Contributed

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            groups.contribute: lambda **_: Contributed(ENTRY, MUCH_MINOR),
            groups.of_member: samples.groups_of,
            groups.is_frozen: lambda _id: False,
        }
    ),
    scenarios=(
        Scenario("others on hold at the PIN", {groups.is_frozen: lambda _id: True}),
        Scenario(
            "others on hold at the payment",
            {
                groups.is_frozen: lambda _id: True,
                groups.contribute: refused_with(FrozenAccount()),
            },
        ),
        Scenario(
            "groups on hold",
            {
                groups.of_member: lambda id: [
                    replace(group, frozen=True) for group in samples.groups_of(id)
                ]
            },
        ),
        Scenario("nothing yet", {groups.of_member: lambda _id: []}),
        Scenario(
            "other letters",
            {
                groups.of_member: lambda id: [
                    replace(group, name=OTHER_LETTERS) for group in samples.groups_of(id)[:4]
                ],
            },
        ),
    ),
)
