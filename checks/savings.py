"""Samples of the savings domain."""

from dataclasses import replace
from types import MappingProxyType

from checks import samples
from checks import savings_meetings as meetings
from checks import savings_share_outs as share_outs
from checks import savings_texts as texts
from checks.samples import AMOUNT_MINOR, CURRENCY, ENTRY, FEE_MINOR, MUCH_MINOR
from checks.scenario import OTHER_LETTERS, Goal, Samples, Scenario, refused_with
from core.savings import groups, next_of_kin
from core.savings.contributions import CONTRIBUTE, Contributed
from core.savings.errors import GroupClosed
from core.savings.next_of_kin import NextOfKin
from values.ids import reference_of
from values.money import Money

CONTRIBUTED = Contributed(
    group=samples.GROUP_NAMES[0],
    amount=Money(AMOUNT_MINOR, CURRENCY),
    fee=Money(FEE_MINOR, CURRENCY),
    reference=reference_of(ENTRY),
    balance=Money(MUCH_MINOR, CURRENCY),
)

_KIN = NextOfKin(samples.CUSTOMER.name, "+250788000001", "member", samples.AT)

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            **meetings.ANSWERS,
            **share_outs.ANSWERS,
            **texts.ANSWERS,
            CONTRIBUTE.pay: lambda **_: CONTRIBUTED,
            groups.of_member: samples.groups_of,
            next_of_kin.find: lambda *_: _KIN,
            next_of_kin.name: samples.nothing,
            next_of_kin.forget: samples.nothing,
        }
    ),
    scenarios=(
        *meetings.SCENARIOS,
        *share_outs.SCENARIOS,
        *texts.SCENARIOS,
        Scenario("others on hold at the payment", {CONTRIBUTE.pay: refused_with(GroupClosed())}),
        Scenario("done before", {CONTRIBUTE.pay: lambda **_: replace(CONTRIBUTED, balance=None)}),
        Scenario(
            "groups on hold",
            {
                groups.of_member: lambda id: [
                    replace(group, frozen=True) for group in samples.groups_of(id)
                ]
            },
        ),
        Scenario("in one group", {groups.of_member: lambda id: samples.groups_of(id)[:1]}),
        Scenario(
            "nothing yet",
            {
                groups.of_member: lambda _id: [],
                next_of_kin.find: lambda *_: None,
                **meetings.NO_OFFICE,
                **share_outs.NOTHING,
            },
        ),
        Scenario(
            "other letters",
            {
                groups.of_member: lambda id: [
                    replace(group, name=OTHER_LETTERS) for group in samples.groups_of(id)[:4]
                ],
            },
        ),
    ),
    values=MappingProxyType({**meetings.VALUES, **share_outs.VALUES, **texts.VALUES}),
    goals=MappingProxyType(
        {
            "contribute": Goal(messages=3, segments=5, scenario="in one group"),
            "meeting_savings": Goal(messages=4, segments=5, scenario="all were asked"),
            "meeting_money": Goal(messages=5, segments=6),
        }
    ),
)
