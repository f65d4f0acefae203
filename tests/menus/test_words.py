"""Free text, days, and one of many: what is taken, and what is said of the rest."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.answers import WrongAnswer
from menus.dates import Date
from menus.screens import Option
from menus.search import Search
from menus.texts import say
from menus.words import Words

YEAR = Date(date(2026, 3, 1), date(2026, 12, 31))
DECADE = Date(date(2020, 1, 1), date(2029, 12, 31))
DISTRICTS = Search(
    (
        *(("Gasabo", "gas"), ("Kicukiro", "kic"), ("Nyarugenge", "nya"), ("Nyarugenge-Est", "nye")),
        ("Rubávu", "rub"),
        *((f"Secteur {number}", f"s{number}") for number in range(12)),
    )
)


def refused(kind: Words | Date | Search, typed: str) -> str:
    with pytest.raises(WrongAnswer) as wrong:
        kind.parse(typed)
    return say(wrong.value.reason, "en")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("  My   card is\tlost ", "My card is lost"),
        ("at No. 5, by the market!", "at No. 5, by the market!"),
        ("Carte perdue à l'école", "Carte perdue à l'école"),
    ],
)
def test_words_are_taken_as_they_are(typed: str, words: str) -> None:
    assert Words().parse(typed) == words


def test_words_have_limits() -> None:
    assert refused(Words(), "x") == "Type at least 2 letters."
    assert refused(Words(), "12 34") == "Type at least 2 letters."
    assert refused(Words(maximum_chars=5), "abc def") == "Type at most 5 letters and signs."
    assert refused(Words(), "a" * 500) == "That is too long."


def test_words_have_the_letters_of_the_service() -> None:
    assert refused(Words(), "ካርዴ ጠፋ") == "Type it in letters from A to Z and digits."
    assert Words(any_letters=True).parse("ካርዴ ጠፋ") == "ካርዴ ጠፋ"
    assert refused(Words(any_letters=True), "a\x00bc") == (
        "Type it in letters from A to Z and digits."
    )


@given(st.text(max_size=200))
def test_words_never_break(typed: str) -> None:
    try:
        words = Words().parse(typed)
    except WrongAnswer:
        return
    assert Words().parse(words) == words


@pytest.mark.parametrize(
    "typed", ["24 12 2026", "24/12/26", "24.12.2026.", "24-12", "24 12", "24122026", " 24 / 12 "]
)
def test_the_day_comes_first(typed: str) -> None:
    assert YEAR.parse(typed) == date(2026, 12, 24)


@pytest.mark.parametrize("typed", ["", "tomorrow", "12", "2026-12-24", "31 4 2026", "0 1 2026"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    assert refused(YEAR, typed) == "Type day, month and year, like 24 12 2026."


def test_days_have_bounds() -> None:
    assert refused(YEAR, "1 1 2026") == "Between 01/03/2026 and 31/12/2026, please."
    assert refused(YEAR, "24 12 99") == "Between 01/03/2026 and 31/12/2026, please."
    assert YEAR.parse("1 3 2026") == date(2026, 3, 1)


def test_a_year_is_not_guessed() -> None:
    assert refused(DECADE, "24 12") == "Type the whole year too, like 24 12 2026."
    assert DECADE.parse("29 2 24") == date(2024, 2, 29)
    assert Date(date(2021, 1, 1), date(2024, 12, 31)).parse("29 2") == date(2024, 2, 29)


def test_a_part_of_a_name_finds_it() -> None:
    assert DISTRICTS.parse("gasa") == (Option(1, "Gasabo", "gas"),)
    assert DISTRICTS.parse("RUBAVU") == (Option(1, "Rubávu", "rub"),)
    assert DISTRICTS.parse("arug") == (
        Option(1, "Nyarugenge", "nya"),
        Option(2, "Nyarugenge-Est", "nye"),
    )


def test_a_whole_name_is_meant_alone() -> None:
    assert DISTRICTS.parse("nyarugenge") == (Option(1, "Nyarugenge", "nya"),)


def test_too_little_and_nothing_are_told_apart() -> None:
    assert refused(DISTRICTS, "k") == "Type at least 2 letters."
    assert refused(DISTRICTS, "huye") == "Nothing has that name. Type a part of it."
    assert refused(DISTRICTS, "secteur") == "12 fit. Type more of the name."
