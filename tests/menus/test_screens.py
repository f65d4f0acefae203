"""How each screen reads its answer."""

import pytest

from menus import sentences
from menus.answers import Amount, Name, Number, WrongAnswer
from menus.languages import LANGUAGES
from menus.screens import Ask, Confirm, End, Info, Menu, Option, Pin, Screen, takes_zero
from menus.texts import say

GROUPS = Menu("Which?", (Option(1, "Kopera", {"id": [7]}), Option(12, "Umoja", None)))


@pytest.mark.parametrize("raw", ["1", " 1 ", "1#", "1.", "١"])
def test_a_menu_gives_the_option_of_the_key(raw: str) -> None:
    assert GROUPS.parse(raw).value == {"id": [7]}


def test_an_option_on_another_page_is_taken_too() -> None:
    assert GROUPS.parse("12").label == "Umoja"


@pytest.mark.parametrize("raw", ["2", "0", "00", "98", "", "Kopera", "1 2", "1\n2", "9" * 10_000])
def test_what_is_not_on_the_menu(raw: str) -> None:
    with pytest.raises(WrongAnswer) as caught:
        GROUPS.parse(raw)
    assert caught.value.reason == sentences.WRONG_OPTION


@pytest.mark.parametrize("keys", [(1, 1), (0,), (98,), (-1,), (100,)])
def test_keys_are_one_an_option_and_leave_back_home_and_more_alone(keys: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"key|keys"):
        Menu("?", tuple(Option(key, "x") for key in keys))


def test_yes_and_no() -> None:
    confirm = Confirm("Pay?")
    assert confirm.parse(" 1#") is True
    assert confirm.parse("2") is False


@pytest.mark.parametrize(
    ("yes", "no"),
    [("Yes", "no"), ("Y", "N"), ("oui", "Non!"), ("YEGO", "oya."), ("ndiyo", "Hapana"),
     ("1)", "2,"), ("01", "02"), ("Ndio", "la")],
)  # fmt: skip
def test_yes_and_no_in_words_of_every_language(yes: str, no: str) -> None:
    assert Confirm("Pay?").parse(yes) is True
    assert Confirm("Pay?").parse(no) is False


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_that_stand_beside_the_keys_are_answers(language: str) -> None:
    assert Confirm("Pay?").parse(say(sentences.YES, language)) is True
    assert Confirm("Pay?").parse(say(sentences.NO, language)) is False


@pytest.mark.parametrize("raw", ["3", "", "ok", "11", "0", "00", "1 2", "yes no", "noyes", "5k"])
def test_neither_yes_nor_no(raw: str) -> None:
    with pytest.raises(WrongAnswer):
        Confirm("Pay?").parse(raw)


def test_a_question_reads_what_its_kind_reads() -> None:
    assert Ask("How much?", Amount("RWF", 100, 5000)).parse("1,500") == 1500
    assert Pin().parse("4071") == "4071"
    with pytest.raises(WrongAnswer) as caught:
        Pin(fresh=True).parse("12")
    assert caught.value.reason == sentences.WRONG_PIN_FORMAT


@pytest.mark.parametrize("screen", [Info("Read this."), End("Thank you.")])
def test_what_only_tells_takes_no_answer(screen: Info | End) -> None:
    with pytest.raises(WrongAnswer):
        screen.parse("1")


@pytest.mark.parametrize(
    ("screen", "zero"),
    [
        (Ask("?", Number(0, 9)), True),
        (Ask("?", Amount("RWF", 0, 9)), True),
        (Ask("?", Number(1, 9)), False),
        (Ask("?", Name()), False),
        (GROUPS, False),
        (Pin(), False),
    ],
)
def test_where_zero_is_an_answer(screen: Screen, zero: bool) -> None:
    assert takes_zero(screen) is zero


def test_screens_are_equal_and_hash_alike_whatever_their_values_are() -> None:
    again = Menu("Which?", (Option(1, "Kopera", {"id": [7]}), Option(12, "Umoja", None)))
    other = Menu("Which?", (Option(1, "Kopera", {"id": [8]}), Option(12, "Umoja", None)))
    assert hash(GROUPS) == hash(again)
    assert again == GROUPS
    assert other != GROUPS
