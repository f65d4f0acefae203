"""`piga check`'s look at the flows: ours pass, and each planted fault turns it red."""

from dataclasses import make_dataclass

import pytest

from app.operations.checking import explored_flows
from checks.check import check_flows, check_refusals
from checks.explore import BEGUN_BY_THE_ENGINE, Explored, explore
from checks.messages import VALUES, check_messages
from checks.samples import ID
from checks.scenario import Scenario
from core.agents import agents
from engine.flow import Flow, Leave
from engine.registry import Registry
from menus.answers import Amount, Code
from menus.screens import Ask, Confirm, End, Fact, Menu, Option, Pin, Screen
from tests.support.domains import DOMAINS, FLOWS
from values.messages import Message
from values.money import Money
from values.placeholders import placeholders
from values.refusals import BusinessError

LONGEST = (Scenario("longest"),)
SAMPLES = DOMAINS.samples


# A planted flow hangs alone in the menu, among what the engine begins by itself.
ENGINES = Registry({name: FLOWS[name] for name in BEGUN_BY_THE_ENGINE})


def explored(flow: type[Flow]) -> Explored:
    return explore(ENGINES.replaced(flow), LONGEST, SAMPLES.answers)


@pytest.mark.long
def test_the_flows_pass() -> None:
    found = check_flows(FLOWS, explored_flows())
    assert [str(problem) for problem in found] == []


def test_the_refusals_pass() -> None:
    assert [str(problem) for problem in check_refusals()] == []


def test_the_receipts_pass() -> None:
    assert [
        str(problem) for problem in check_messages(DOMAINS.messages.values(), SAMPLES.values)
    ] == []


@pytest.mark.long
def test_every_scenario_shows_something_that_no_other_does() -> None:
    """A scenario that adds nothing is a slow way of checking nothing."""
    explored = explored_flows()
    assert set(explored.seen.values()) == {scenario.name for scenario in SAMPLES.scenarios}


def test_flows_are_looked_at_without_the_others() -> None:
    only = frozenset({"rate"})
    found = explore(FLOWS, SAMPLES.scenarios, SAMPLES.answers, only)
    assert check_flows(FLOWS, found, only) == []
    assert {flow for flow, _ in found.states} <= only | BEGUN_BY_THE_ENGINE
    assert {state for flow, state in found.states if flow == "rate"} == set(
        FLOWS["rate"].map.states
    )


class Fine(Flow):
    """A small flow without fault, to plant one in."""

    name = "fine"
    initial = "amount"
    resumable = frozenset({"amount"})
    transitions = [
        ["answer", "amount", "confirm"],
        {"trigger": "answer", "source": "confirm", "dest": "pin", "conditions": "yes"},
        ["answer", "confirm", "given_up"],
        ["answer", "pin", "paid"],
    ]  # fmt: skip

    class Answers:
        amount: Money

    answers: Answers

    def amount(self) -> Screen:
        return Ask("How much?", Amount("RWF", 100, 50_000))

    def confirm(self) -> Screen:
        return Confirm("Pay?", (Fact("Amount", self.answers.amount),))

    def pin(self) -> Screen:
        return Pin()

    def paid(self) -> Screen:
        return End("Paid.")

    def given_up(self) -> Leave:
        return Leave("Nothing was paid.")


def found(flow: type[Flow]) -> str:
    """What is wrong with it, among the engine's own flows."""
    problems = check_flows(ENGINES.replaced(flow), explored(flow), languages=["en"])
    return "\n".join(str(problem) for problem in problems if ": fine" in str(problem))


def test_the_small_one_passes() -> None:
    assert found(Fine) == ""


def test_a_scenario_after_the_first_comes_to_what_it_comes_to_alone() -> None:
    """What is known of the first is not told of another that answers otherwise."""

    class Asking(Fine):
        def confirm(self) -> Screen:
            return Confirm("Pay?", (Fact("Balance", self.money(self.read(balance))),))

        def paid(self) -> Screen:
            return End(f"Paid. Left: {self.read(balance)}" if self.read(limit) else "Paid.")

    def balance(tx: object) -> int:
        return 0

    def limit(tx: object) -> int:
        return 0

    flows = ENGINES.replaced(Asking)
    answers = {**SAMPLES.answers, balance: lambda: 100, limit: lambda: 0}
    scenarios = (
        Scenario("longest"),
        Scenario("poor", {balance: lambda: 7}),
        Scenario("limited", {limit: lambda: 1}),
        Scenario("broken", {limit: lambda: 1 // 0}),
    )
    together = explore(flows, scenarios, answers)
    alone = [explore(flows, (each,), answers) for each in scenarios]
    seen = dict.fromkeys((each for one in alone for each in one.seen), "")
    assert {one for one in together.seen if one.flow} == {one for one in seen if one.flow}
    assert together.steps == set().union(*(one.steps for one in alone))
    assert list(together.broken) == [
        ("fine.pin", "breaks: ZeroDivisionError: integer division or modulo by zero")
    ]
    assert set(together.seen.values()) == {"longest", "poor", "limited"}


def test_an_over_long_confirmation_is_told() -> None:
    class Planted(Fine):
        def confirm(self) -> Screen:
            facts = tuple(Fact(f"The {word} fact of all", "x" * 90) for word in ("first", "second"))
            return Confirm("Pay " + "a very long word " * 9 + "?", facts)

    assert "fine.confirm (longest) in en, 160 septets: is a confirmation over more than two" in (
        found(Planted)
    )


def test_a_confirmation_of_two_pages_is_read_to_its_end() -> None:
    class Planted(Fine):
        def confirm(self) -> Screen:
            return Confirm("Pay?", tuple(Fact(f"Fact {n}", "x" * 60) for n in range(3)))

    assert "paid" in {one.state for one in explored(Planted).seen}


def test_a_question_that_fits_no_message_with_its_code_is_told() -> None:
    class Planted(Fine):
        def confirm(self) -> Confirm:
            return Confirm("Pay?", tuple(Fact(f"Fact {n}", "x" * 91) for n in range(40)))

    # Alone it would just fit: the code to dial makes it too long.
    assert "fine.confirm (longest) in en, in a chat: takes more than one message" in found(Planted)


def test_an_end_of_too_many_pages_is_told() -> None:
    class Planted(Fine):
        def paid(self) -> Screen:
            return End("Paid, and that is all there is to say about it. " * 20)

    assert "flows: fine.paid (longest) in en, 160 septets: takes 7 pages" in found(Planted)


def test_a_question_that_does_not_fit_under_its_reason_is_told() -> None:
    class Planted(Fine):
        def amount(self) -> Screen:
            return Ask("How much is it to be, " + "please " * 15 + "?", Amount("RWF", 100, 50_000))

    assert "fine.amount (longest) in en, 160 septets: does not fit one page under its notice" in (
        found(Planted)
    )


def test_a_dead_end_is_told() -> None:
    class Planted(Fine):
        def paid(self) -> Screen:
            return Menu("And now?", (Option(1, "Again", 1),))

    told = found(Planted)
    assert "flows: fine.paid: is a dead end: it asks, and no answer leads on from it" in told
    assert "flows: fine.paid: is a dead end: no answer leads on from it" in told


def test_a_menu_without_options_is_a_dead_end() -> None:
    class Planted(Fine):
        def amount(self) -> Screen:
            return Menu("Which?", ())

    assert "flows: fine.amount (longest): is a dead end: a menu without options" in found(Planted)


def test_going_round_for_ever_is_a_dead_end() -> None:
    class Planted(Fine):
        transitions = [
            ["answer", "amount", "confirm"],
            ["answer", "confirm", "pin"],
            ["answer", "pin", "amount"],
        ]  # fmt: skip

    assert "flows: fine.pin: is a dead end: no way from it comes to an end" in found(Planted)


def test_a_state_that_nothing_leads_to_is_told() -> None:
    class Planted(Fine):
        transitions = [
            *Fine.transitions,
            {"trigger": "answer", "source": "pin", "dest": "thanked", "conditions": "yes"},
        ]  # fmt: skip

        def thanked(self) -> Screen:
            return End("Thank you.")

    told = found(Planted)
    assert told == "flows: fine.thanked: is unreachable: no answer in any scenario leads to it"


def test_a_step_that_is_never_taken_is_told() -> None:
    class Planted(Fine):
        transitions = [
            *Fine.transitions,
            ["answer", "pin", "given_up"],
        ]  # fmt: skip

    assert found(Planted) == "flows: fine.pin: never leads to given_up in any scenario"


def test_a_core_function_without_a_specimen_is_told() -> None:
    def balance_of_the_moon(tx: object) -> int:
        return 0

    class Planted(Fine):
        def confirm(self) -> Screen:
            self.read(balance_of_the_moon)
            return super().confirm()

    assert "balance_of_the_moon: there is no sample" in found(Planted)


def test_a_state_that_breaks_is_told() -> None:
    class Planted(Fine):
        def paid(self) -> Screen:
            return End(str(vars(self)["what"]))

    assert "flows: fine.pin: breaks: KeyError: 'what'" in found(Planted)


def test_keys_that_collide_are_told() -> None:
    class Planted(Fine):
        def confirm(self) -> Screen:
            return Menu("Pay?", (Option(1, "Yes", True), Option(1, "No", False)))

    assert "flows: fine.amount: breaks: a menu has one option a key" in found(Planted)


@pytest.mark.parametrize(
    ("screen", "what"),
    [
        (Pin(), "asks for a secret"),
        (Ask("Code?", Code()), "asks for a secret"),
        (Confirm("Pay?"), "its method does not say that it returns a Confirm"),
    ],
)
def test_what_may_not_be_resumable_is_told(screen: Screen, what: str) -> None:
    class Planted(Fine):
        resumable = frozenset({"amount", "pin"})

        def pin(self) -> Screen:
            return screen

    assert f"fine.pin (longest): is resumable, and {what}" in found(Planted)


def test_a_notice_that_does_not_fit_is_told() -> None:
    class Planted(Fine):
        def given_up(self) -> Leave:
            return Leave("Nothing was paid, and nothing will be. " * 6)

    problems = check_flows(ENGINES.replaced(Planted), explored(Planted), languages=["en"])
    told = "flows: notice (longest) in en, 160 septets: does not fit one page"
    assert told in map(str, problems)


def test_a_refusal_that_does_not_fit_is_told() -> None:
    class Planted(BusinessError):
        code = "planted"
        sentence = "No, and here is why, at length and breadth. " * 5

    told = [str(problem) for problem in check_refusals([Planted], languages=["en"])]
    assert told == ["core: refusal planted in en, 160 septets: does not fit one page"]


def told_of(sentence: str) -> list[str]:
    """What is told of a message that says this."""
    values = [(name, Money if name == "amount" else str) for name in placeholders(sentence)]
    said = {"name": "planted", "sentence": sentence}
    planted = make_dataclass("Planted", values, bases=(Message,), namespace=said)
    return [str(problem) for problem in check_messages([planted], languages=["en"])]


def test_a_receipt_of_two_segments_is_told() -> None:
    words = "Deposit of {amount} by {agent}, and more than anybody wants to know of it: " + "x" * 70
    told = told_of(words)
    assert "texts: planted (longest) in en: takes 2 segments (170 septets), and 1 is the most" in (
        told
    )
    assert len(told) == 4


def test_a_receipt_that_names_a_value_without_a_sample_is_told() -> None:
    told = told_of("The moon is {phase}.")
    assert "texts: planted (longest) in en: names phase: there is no sample of it" in told


def test_a_receipt_that_loses_letters_is_told() -> None:
    told = told_of("Bien reçu par {group}, n° {reference}. " + "ê" * 70)
    assert told[0].startswith("texts: planted (cents) in en: loses letters")


def test_the_longest_agent_is_told_with_a_code() -> None:
    """As `flows.agents.topup` writes it into the quote."""
    assert VALUES["agent"].endswith(f" {SAMPLES.answers[agents.get](ID).code}")


def test_what_is_asked_for_is_typed_whatever_its_kind() -> None:
    class Fancy:
        takes_zero = False

        def parse(self, raw: str) -> str:
            return raw

    class Planted(Fine):
        def amount(self) -> Screen:
            return Ask("Colour?", Fancy())

    assert "flows: fine.amount: asks for a Fancy: there is nothing to type" in found(Planted)
