"""Worlds to walk the flows in: what is not as it is in `specimens`, and so shows other screens."""

import uuid
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from checks import samples
from checks.samples import CALLER, CURRENCY, CUSTOMER, ID, MUCH_MINOR, OWN_NUMBER, Answers
from core.agents import agents, topups
from core.agents.agents import Agent
from core.agents.errors import CodeExpired, SaleDone
from core.money import intents, ledger
from core.money.errors import FrozenAccount, LimitReached
from core.money.intents import Opened
from core.people import people
from core.people.people import Person
from core.savings import groups

OTHER_LETTERS: Final = "ቁጠባ ማኅበር አዲስ"


@dataclass(frozen=True, slots=True)
class World:
    """Its name, for problems to be told by, and the answers in which it differs."""

    name: str
    answers: Answers = field(default_factory=lambda: MappingProxyType({}))
    currency: str = CURRENCY
    charges: bool = True


def _here(*found: Person) -> Any:
    """These people have the phone; whoever a customer's number belongs to stays the same."""
    return lambda keys, address: (
        list(found) if address == OWN_NUMBER else samples.at_number(keys, address)
    )


def _raise(error: Exception) -> Any:
    def refuse(*_: Any, **__: Any) -> None:
        raise error

    return refuse


def _people(count: int) -> list[Person]:
    return [replace(CUSTOMER, id=uuid.UUID(int=100 + number)) for number in range(count)]


_ELSEWHERE = replace(CALLER, name=f"{OTHER_LETTERS} ወልደ")

WORLDS: Final = (
    World("longest"),
    World("no fee", charges=False),
    World("cents", currency="NGN"),
    World("a new number", {people.identify: _here()}),
    World("entered by staff", {people.identify: _here(replace(CALLER, has_pin=False))}),
    World("on hold", {people.identify: _here(replace(CALLER, frozen=True))}),
    World("a shared phone", {people.identify: _here(CALLER, *_people(8))}),
    World("waited for", {people.identify: _here(replace(CALLER, waited_for=True))}),
    World(
        "refused too late",
        {
            people.identify: _here(replace(CALLER, waited_for=True)),
            topups.withdraw: _raise(SaleDone(reference="0W2Z4M6N")),
        },
    ),
    World(
        "waited for again",
        {
            people.identify: _here(replace(CALLER, waited_for=True)),
            topups.was_approved_alike: lambda _approval: True,
        },
    ),
    World(
        "others on hold at the PIN",
        {
            people.identify: _here(replace(CALLER, waited_for=True)),
            people.is_frozen: lambda id: id != CALLER.id,
            groups.is_frozen: lambda _id: True,
            topups.approve: _raise(FrozenAccount()),
        },
    ),
    World(
        "others on hold at the payment",
        {
            people.is_frozen: lambda id: id != CALLER.id,
            groups.is_frozen: lambda _id: True,
            topups.approve: _raise(FrozenAccount()),
            topups.sell: _raise(FrozenAccount()),
            groups.contribute: _raise(FrozenAccount()),
        },
    ),
    World(
        "more than the agent may sell",
        {
            people.identify: _here(replace(CALLER, waited_for=True)),
            topups.approve: _raise(LimitReached(limit_minor=MUCH_MINOR, currency=CURRENCY)),
        },
    ),
    World(
        "groups on hold",
        {
            groups.of_member: lambda id: [
                replace(group, frozen=True) for group in samples.groups_of(id)
            ]
        },
    ),
    World(
        "nothing yet",
        {
            groups.of_member: lambda _id: [],
            ledger.balance: lambda _id: None,
            ledger.receipts: lambda *_: [],
            ledger.statement: lambda *_: [],
            topups.waiting_of: lambda _id: [],
        },
    ),
    World(
        "nothing on hold",
        {ledger.balance: lambda id: ledger.Balance(id, "float", CURRENCY, MUCH_MINOR, 0)},
    ),
    World(
        "done seconds ago",
        {intents.open_intent: lambda **_: Opened(ID, 59)},
    ),
    World(
        "done minutes ago and held",
        {
            intents.open_intent: lambda **_: Opened(ID, 599),
            topups.unapproved_today_minor: lambda *_: MUCH_MINOR * 2,
        },
    ),
    World(
        "held before",
        {
            intents.open_intent: lambda **_: Opened(ID, 1, same_waits=True),
            topups.unapproved_today_minor: lambda *_: MUCH_MINOR * 2,
        },
    ),
    World("done before", {intents.claim: lambda *_, **__: (samples.INTENT, False)}),
    World(
        "held, the code too old",
        {
            topups.unapproved_today_minor: lambda *_: MUCH_MINOR * 2,
            topups.why_not: lambda _id: CodeExpired(),
        },
    ),
    World(
        "several customers",
        {people.identify: lambda _keys, address: [CALLER] if address == OWN_NUMBER else _people(9)},
    ),
    World(
        "other letters",
        {
            people.identify: lambda _keys, address: [
                _ELSEWHERE if address == OWN_NUMBER else replace(_ELSEWHERE, id=CUSTOMER.id)
            ],
            groups.of_member: lambda id: [
                replace(group, name=OTHER_LETTERS) for group in samples.groups_of(id)[:4]
            ],
            agents.get: lambda _id: Agent(ID, ID, "agent", "A10234", False),
        },
    ),
)
