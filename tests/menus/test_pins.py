"""What may be a PIN is taken out of a text; amounts, dates and codes of groups are not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.languages import BY_CODE, LANGUAGES
from menus.pins import TAKEN_OUT, without_pin


@pytest.mark.parametrize("text", ["2748", " 2748 ", "2748.", "27489", "2 7 4 8", "27-48", "٢٧٤٨"])
def test_digits_alone_where_a_pin_was_asked_for_elsewhere(text: str) -> None:
    assert without_pin(text, expected=True) == (TAKEN_OUT, True)
    assert without_pin(text, expected=False) == (text, False)  # an amount


@pytest.mark.parametrize("text", ["1 2748", "1*2748", "yes 2748", "Yego, 2748", "oui: 2748"])
def test_a_yes_with_a_pin_behind_it(text: str) -> None:
    kept, had_pin = without_pin(text, expected=True)
    assert had_pin
    assert "2748" not in kept


@pytest.mark.parametrize(
    "text", ["PAY KOP1 500 1 2748", "pay kopera 1,000 yes 2748", "PAY 1 500*1*2748"]
)
def test_a_command_that_says_it_all(text: str) -> None:
    kept, had_pin = without_pin(text, expected=False)
    assert had_pin
    assert "2748" not in kept


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_any_language_calls_a_pin(code: str) -> None:
    for word in BY_CODE[code].secrets:
        for text in (f"my {word} is 2748", f"2748 {word.upper()}", f"{word}:2748"):
            kept, had_pin = without_pin(text, expected=False)
            assert (had_pin, "2748" in kept) == (True, False), text


@pytest.mark.parametrize(
    "text",
    [
        *("500", "1000", "PAY KOP1 5000", "PAY KOP1 1000 RWF", "ORDER A12 1 5000", "24 1 1990"),
        *("24 12 2026", "0788 123 456", "hi", "1", "yes", "no 2748", "12 1 2000", "KOP1 2748"),
    ],
)
def test_what_is_none(text: str) -> None:
    assert without_pin(text, expected=False) == (text, False)


@given(st.text(max_size=300), st.booleans())
def test_any_text_is_read(text: str, expected: bool) -> None:
    kept, had_pin = without_pin(text, expected=expected)
    assert had_pin == (TAKEN_OUT in kept and kept != text) or TAKEN_OUT in text
