"""The checks: what is sound passes, and each planted fault turns them red."""

from typing import Any

import pytest
import yaml

from menus.answers import Name
from menus.budget import Budget
from menus.chat_layout import ChatPage, Choice
from menus.check import USSD_BUDGETS, check_screen, check_texts, check_tree
from menus.check_chat import check_in_chats, faults
from menus.layout import Nav, Page
from menus.limits import PAGES_PER_SCREEN_MAX
from menus.screens import Ask, Confirm, End, Fact, Info, Menu, Option, Pin, Screen
from menus.tree_reading import read_tree
from tests.menus.trees import FLOWS, SAVINGS, SPOKEN
from values.money import Money


def data() -> Any:
    return yaml.safe_load(SAVINGS)


def found(tree_data: object) -> str:
    return "\n".join(map(str, check_tree(read_tree(tree_data), FLOWS, SPOKEN)))


def test_the_sentences_of_the_project_are_complete() -> None:
    assert [str(problem) for problem in check_texts() if problem.room == "menus"] == []


def test_a_sound_tree_passes_on_every_budget() -> None:
    assert found(data()) == ""


def test_an_over_long_label_is_told_by_place_and_language() -> None:
    tree_data = data()
    tree_data["menu"][0]["text"]["sw"] = "Weka akiba yako sasa hivi " * 7
    assert found(tree_data) == (
        "menus: main menu in sw, 160 septets: has a line that does not fit one page\n"
        "menus: main menu in sw, 160 septets or 70 units: has a line that does not fit one page"
    )


def test_an_over_long_label_that_only_one_role_sees_is_told() -> None:
    tree_data = data()
    tree_data["menu"][1]["menu"][1]["text"]["fr"] = "Noter le cash " * 12
    assert "menus: group in fr, 160 septets: has a line that does not fit one page" in found(
        tree_data
    )


def test_an_info_of_too_many_pages_is_told() -> None:
    tree_data = data()
    tree_data["menu"][2]["info"]["en"] = "Call us at any hour. " * 40
    tree_data["when_paused"]["rw"] = "Turagaruka. " * 80
    assert "menus: help in en, 160 septets: takes 7 pages" in found(tree_data)
    assert "menus: main menu when paused in rw, 160 septets: takes 7 pages" in found(tree_data)


def test_a_label_outside_gsm7_is_measured_in_units() -> None:
    tree_data = data()
    tree_data["menu"][0]["text"]["en"] = "ቁጠባ " * 12
    told = found(tree_data)
    assert "main menu in en, 160 septets or 70 units: has a line that does not fit" in told
    assert "main menu in en, 160 septets: " not in told


def test_a_missing_language_and_an_unknown_flow_are_told() -> None:
    tree_data = data()
    del tree_data["menu"][0]["text"]["rw"]
    tree_data["menu"][0]["flow"] = "save_money"
    assert found(tree_data) == (
        "menus: save: there is no flow 'save_money'\nmenus: save: text has no words in rw"
    )


LONG = "Weka akiba yako sasa hivi " * 7


@pytest.mark.parametrize(
    ("screen", "what"),
    [
        (Ask(LONG, Name()), "is a question that does not fit one page"),
        (Pin(LONG), "is a question that does not fit one page"),
        (Confirm("Pay?", (Fact("To", LONG),)), "has a line that does not fit one page"),
        (Confirm(LONG, (Fact("Fee", Money(1, "RWF")),)), "has a line that does not fit one page"),
        (
            Confirm("Pay?", tuple(Fact("Pay to the group", LONG[:60]) for _ in range(4))),
            "is a confirmation over more than two pages",
        ),
        (Menu("Which?", ()), "is a dead end: a menu without options"),
        (Menu(LONG, (Option(1, "x"),)), "has a line that does not fit one page"),
        (End(LONG * PAGES_PER_SCREEN_MAX), "takes 6 pages"),
        (Menu("Which?", (Option(1, " "),)), "has an empty text"),
        (End(""), "has an empty text"),
    ],
)
def test_each_fault_of_a_screen_is_told(screen: Screen, what: str) -> None:
    told = check_screen(screen, "pay.confirm", room="flows", languages=["en"])
    assert any(problem.what == what for problem in told)
    assert {problem.room for problem in told} == {"flows"}


def test_an_info_that_leads_nowhere_is_a_dead_end() -> None:
    assert check_screen(Info("Read."), "x", nav=Nav())[0].what.startswith("is a dead end")
    assert check_screen(Info("Read."), "x", nav=Nav(home=True)) == []


def test_sound_screens_pass() -> None:
    facts = (Fact("Amount", Money(1_000_000, "RWF")), Fact("Fee", Money(1_000, "RWF")))
    for screen in (
        Confirm("Pay Kopera Umoja w'Abahinzi?", (Fact("Name", "Jean B."), *facts)),
        Ask("How much?", Name()),
        Menu("Which?", tuple(Option(key, f"Kopera {key}") for key in range(1, 10))),
        End("Thank you."),
    ):
        assert check_screen(screen, "x", budgets=(*USSD_BUDGETS, Budget(182))) == []


@pytest.mark.parametrize(
    ("screen", "what"),
    [
        (Menu("Which?", tuple(Option(key, "x" * 90) for key in range(1, 60))), "one message"),
        (End("Thank you very much. " * 200), "takes more than one message"),
        (End("Thank you very much. " * 200), "takes more than 5 texts"),
        (End("አመሰግናለሁ " * 200), "takes more than 5 texts"),
    ],
)
def test_what_is_too_long_for_a_chat_is_told(screen: Screen, what: str) -> None:
    told = check_in_chats(screen, "pay.done", room="flows", languages=["en"], nav=Nav())
    assert any(what in problem.what for problem in told)
    assert {problem.place.partition(" ")[0] for problem in told} == {"pay.done"}


@pytest.mark.parametrize(
    ("chat", "what"),
    [
        ({"choices": (Choice("1", "Save"), Choice("2", "save"))}, "two titles that look alike"),
        ({"choices": (Choice("1", "Save"), Choice("1", "Pay"))}, "two choices of one key"),
        ({"choices": (Choice("1", "S" * 21),)}, "empty or too long"),
        ({"choices": (Choice("1", ""),)}, "empty or too long"),
        ({"choices": (Choice("1", "🎉" * 11),)}, "empty or too long"),
        ({"choices": (Choice("1", "S" * 24),), "button": "Choose"}, ""),
        ({"choices": (Choice("1", "S" * 25),), "button": "Choose"}, "empty or too long"),
        ({"choices": (Choice("1", "S", "d" * 73),), "button": "Choose"}, "description"),
        ({"choices": (Choice("1", "S", "d"),)}, "description"),
        ({"choices": tuple(Choice(str(n), str(n)) for n in range(4))}, "has 4 choices"),
        ({"choices": (Choice("1", "S"),), "text": "x" * 1025}, "body that is too long"),
        ({"choices": (Choice("1", "S"),), "button": "C" * 21}, "button that is too long"),
        ({"text": "x" * 4097}, "body that is too long"),
        ({"text": " "}, "an empty body"),
        ({"header": "x" * 61}, "header or a footer"),
        ({"footer": "x" * 61}, "header or a footer"),
    ],
)
def test_each_limit_of_a_message_is_known(chat: dict[str, Any], what: str) -> None:
    plain = Page("Which?", ends=False, asks=True, start=0, more=None)
    found = [*faults(ChatPage(**{"text": "Which?", "plain": plain, **chat}))]
    assert (what in found[0]) if what else found == []
