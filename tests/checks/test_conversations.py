"""What conversations in chats cost: ours keep their goals, and what takes more is told."""

from collections.abc import Callable

import pytest

from checks.conversations import USUAL, check_costs, costs_of
from checks.explore import BEGUN_BY_THE_ENGINE
from checks.scenario import Goal, Scenario
from engine.flow import Flow
from engine.registry import Registry
from menus.answers import Amount
from menus.languages import LANGUAGES
from menus.screens import Ask, Confirm, End, Menu, Option, Pin, Screen
from tests.support.domains import DOMAINS, FLOWS

SAMPLES = DOMAINS.samples
ENGINES = Registry({name: FLOWS[name] for name in BEGUN_BY_THE_ENGINE})


def test_our_flows_keep_their_goals() -> None:
    costs = costs_of(FLOWS, SAMPLES.scenarios, SAMPLES.answers, SAMPLES.goals)
    assert [str(problem) for problem in check_costs(costs, SAMPLES.goals)] == []
    assert {name for name, _ in costs} == FLOWS.keys() - BEGUN_BY_THE_ENGINE
    assert {language for _, language in costs} == set(LANGUAGES)
    assert costs["contribute", "rw"].messages == 3
    assert costs["balances", "fr"].messages == 2


class Long(Flow):
    """Four questions, one after the other, and its end."""

    name = "long"
    initial = "first"
    transitions = [
        ["answer", "first", "second"],
        ["answer", "second", "third"],
        ["answer", "third", "sure"],
        ["answer", "sure", "done"],
    ]  # fmt: skip

    def first(self) -> Menu:
        return Menu("Which?", (Option(1, "This", 1), Option(2, "That", 2)))

    def second(self) -> Ask:
        return Ask("How much?", Amount("RWF", 100, 500))

    def third(self) -> Ask:
        return Ask("And how much?", Amount("RWF", 100, 500))

    def sure(self) -> Screen:
        return Confirm("Sure?")

    def done(self) -> End:
        return End("Thank you.")


class ByPin(Long):
    """The same, but that its Yes is a PIN: the code to dial comes with the question."""

    name = "by_pin"
    transitions = [*Long.transitions[:3], ["answer", "sure", "pin"], ["answer", "pin", "done"]]

    def sure(self) -> Confirm:
        return Confirm("Sure?")

    def pin(self) -> Pin:
        return Pin()


def cost(flow: type[Flow], goal: Goal = USUAL) -> tuple[int, list[str]]:
    costs = costs_of(
        ENGINES.replaced(flow),
        (Scenario("longest"), *SAMPLES.scenarios),
        SAMPLES.answers,
        {**SAMPLES.goals, flow.name: goal},
        languages=["en"],
    )
    own = {key: value for key, value in costs.items() if key[0] == flow.name}
    [found] = own.values()
    told = [problem.what for problem in check_costs(own, {flow.name: goal})]
    return found.messages, told


def test_what_takes_more_than_its_goal_is_told() -> None:
    assert cost(Long) == (6, ["takes 6 messages, and 5 is the goal"])
    assert cost(Long, Goal(6, 7)) == (6, [])
    _, told = cost(Long, Goal(6, 3))
    assert [what.partition(" segments")[0] for what in told] == ["takes 6"]


def test_a_question_whose_yes_is_a_pin_is_the_last_message() -> None:
    assert cost(ByPin, Goal(5, 7))[0] == 5


@pytest.mark.parametrize("ends", [lambda: End("x" * 400), lambda: End("ሰላም " * 60)])
def test_segments_are_those_of_the_words(ends: Callable[[], End]) -> None:
    class Planted(Long):
        name = "planted"

        def done(self) -> End:
            return ends()

    _, told = cost(Planted, Goal(6, 7))
    assert len(told) == 1
    assert told[0].endswith("segments by SMS, and 7 is the goal")


def test_a_conversation_without_end_is_told() -> None:
    class Planted(Long):
        name = "planted"
        transitions = [*Long.transitions, {"trigger": "answer", "source": "done", "dest": "first"}]

        def done(self) -> Ask:  # type: ignore[override]
            return Ask("Again?", Amount("RWF", 100, 500))

    _, told = cost(Planted, Goal(99, 99))
    assert told == ["comes to no end"]
