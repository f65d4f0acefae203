"""Scenarios to explore the flows in: what the core answers otherwise shows other screens."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

from checks import samples
from checks.samples import CURRENCY, CUSTOMER, OWN_NUMBER, Answers
from core.people.people import Person
from menus.languages import LANGUAGES

OTHER_LETTERS: Final = "ቁጠባ ማኅበር አዲስ"


@dataclass(frozen=True, slots=True)
class Scenario:
    """Its name, for problems to be reported by, and the answers in which it differs."""

    name: str
    answers: Answers = field(default_factory=lambda: MappingProxyType({}))
    currency: str = CURRENCY
    charges: bool = True
    languages: tuple[str, ...] = LANGUAGES  # that the tenant speaks
    channel: str = "ussd"


# What every domain's screens are looked at in, before anything is otherwise.
ORDINARY: Final = (
    Scenario("longest"),
    Scenario("no fee", charges=False),
    Scenario("cents", currency="NGN"),
    Scenario("francs", currency="XOF"),
)


@dataclass(frozen=True, slots=True)
class Goal:
    """How much a conversation in a chat may take, from a greeting to its end or to the code to
    dial: so many messages, or by SMS so many segments. It is held in the scenario of that name."""

    messages: int
    segments: int
    scenario: str = "longest"


@dataclass(frozen=True, slots=True)
class Samples:
    """What a domain brings to the checks: what its functions of the core answer, scenarios in
    which they answer otherwise, values of its messages as they are stored, by name, and goals of
    its flows in chats, by flow."""

    answers: Answers = field(default_factory=lambda: MappingProxyType({}))
    scenarios: tuple[Scenario, ...] = ()
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    goals: Mapping[str, Goal] = field(default_factory=lambda: MappingProxyType({}))


def combined(scenarios: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """The ordinary scenarios and these. Those of one name are one: each domain says in it what
    its own functions answer."""
    by_name: dict[str, Scenario] = {}
    for each in (*ORDINARY, *scenarios):
        known = by_name.get(each.name)
        by_name[each.name] = (
            replace(known, answers={**known.answers, **each.answers}) if known else each
        )
    return tuple(by_name.values())


def at_the_phone(*found: Person) -> Any:
    """These people have the phone; a customer's number belongs to the customer all the same."""
    return lambda keys, address: (
        list(found) if address == OWN_NUMBER else samples.at_number(keys, address)
    )


def refused_with(error: Exception) -> Any:
    def refuse(*_: Any, **__: Any) -> None:
        raise error

    return refuse


def several_people(count: int) -> list[Person]:
    return [replace(CUSTOMER, id=uuid.UUID(int=100 + number)) for number in range(count)]
