"""Samples of the agents domain."""

from dataclasses import replace
from types import MappingProxyType

from checks import samples
from checks.samples import (
    APPROVAL,
    CALLER,
    CURRENCY,
    ENTRY,
    ID,
    INTENT,
    MUCH_MINOR,
    OWN_NUMBER,
    Much,
)
from checks.scenario import Samples, Scenario, at_the_phone, refused_with, several_people
from core.agents import agents, topups
from core.agents.agents import Agent
from core.agents.errors import CodeExpired, SaleDone, WrongCode
from core.money.errors import FrozenAccount, LimitReached
from core.money.ledger import Posted
from core.people import people

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            agents.count_lookup: samples.nothing,
            agents.get: lambda _id: Agent(ID, ID, "agent", "A10234", False),
            topups.approve: lambda **_: (INTENT, Posted(ENTRY, True, Much())),
            topups.hold: samples.an_id,
            topups.refuse: lambda *_: True,
            topups.sell: lambda **_: Posted(ENTRY, True, Much()),
            topups.try_code: lambda *_, code, **__: code == samples.CODE,
            topups.unapproved_today_minor: lambda *_: 0,
            topups.was_approved_alike: lambda _approval: False,
            topups.get: lambda _approval: APPROVAL,
            topups.first_waiting_for: lambda _id: APPROVAL,
            topups.approval_of: lambda _intent: APPROVAL.id,
            topups.waiting_of: lambda _id: [APPROVAL] * 9,
            topups.why_not: lambda _id: WrongCode(tries=2),
            topups.withdraw: samples.nothing,
        }
    ),
    scenarios=(
        Scenario(
            "refused too late",
            {
                people.identify: at_the_phone(replace(CALLER, waited_for=True)),
                topups.withdraw: refused_with(SaleDone(reference="0W2Z4M6N")),
            },
        ),
        Scenario(
            "waited for again",
            {
                people.identify: at_the_phone(replace(CALLER, waited_for=True)),
                topups.was_approved_alike: lambda _approval: True,
            },
        ),
        Scenario("others on hold at the PIN", {topups.approve: refused_with(FrozenAccount())}),
        Scenario(
            "others on hold at the payment",
            {
                topups.approve: refused_with(FrozenAccount()),
                topups.sell: refused_with(FrozenAccount()),
            },
        ),
        Scenario(
            "more than the agent may sell",
            {
                people.identify: at_the_phone(replace(CALLER, waited_for=True)),
                topups.approve: refused_with(
                    LimitReached(limit_minor=MUCH_MINOR, currency=CURRENCY)
                ),
            },
        ),
        Scenario("nothing yet", {topups.waiting_of: lambda _id: []}),
        Scenario(
            "done minutes ago and held",
            {topups.unapproved_today_minor: lambda *_: MUCH_MINOR * 2},
        ),
        Scenario("held before", {topups.unapproved_today_minor: lambda *_: MUCH_MINOR * 2}),
        Scenario(
            "held, the code too old",
            {
                topups.unapproved_today_minor: lambda *_: MUCH_MINOR * 2,
                topups.why_not: lambda _id: CodeExpired(),
            },
        ),
        Scenario(
            "several customers",
            {
                people.identify: lambda _keys, address: (
                    [CALLER] if address == OWN_NUMBER else several_people(9)
                )
            },
        ),
    ),
)
