"""Labels with slips in them, and amounts as people write them: what is read, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from menus.answers import Amount, WrongAnswer
from menus.free_text import Labelled, amount, chosen, with_zeros

MAIN = [
    Labelled(1, "Save"),
    Labelled(2, "Balances"),
    Labelled(6, "Statement"),
    Labelled(7, "Receipts"),
    Labelled(8, "PIN, language"),
]
GROUPS = [
    Labelled(1, "Kopera Twisungane", "KOP1"),
    Labelled(2, "Kopera Twizigame", "KOP2"),
    Labelled(3, "Duterimbere", "KOP3"),
    Labelled(10, "Ubumwe n'Amahoro", "KOP10"),
]


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("SAVE", [1]),
        ("blances", [2]),
        ("recipts", [7]),
        ("statmnet", [6]),
        ("6. Statement", [6]),
        ("language", [8]),
        ("1 Balances", []),  # which of the two?
        ("sale", []),
        ("sav", []),
        ("12345", []),
        ("", []),
        ("😀", []),
    ],
)
def test_a_menu(written: str, keys: list[int]) -> None:
    assert [one.key for one in chosen(written, MAIN)] == keys


@pytest.mark.parametrize(
    ("written", "keys"),
    [
        ("kop1", [1]),
        ("KOP10", [10]),
        ("kopera", [1, 2]),
        ("twisungane", [1]),
        ("Twisungne", [1]),
        ("ubumwe", [10]),
        ("Ubumwe n’amahoro", [10]),
        ("duterimbre", [3]),
        ("kopera twizgame", [2]),
    ],
)
def test_a_list_of_groups(written: str, keys: list[int]) -> None:
    assert [one.key for one in chosen(written, GROUPS)] == keys


@given(st.text(max_size=200))
def test_any_text_chooses_something_of_the_list_or_nothing(written: str) -> None:
    assert set(chosen(written, GROUPS)) <= set(GROUPS)


@pytest.mark.parametrize(
    ("written", "currency", "read"),
    [
        ("1k", "RWF", "1000"),
        ("1.5k Frw", "RWF", "1500"),
        ("2,5 K", "RWF", "2500"),
        ("Ksh 5k", "KES", "5000"),
        ("0.5k", "KES", "500"),
        ("5O0", "RWF", "500"),
        ("1 OOO RWF", "RWF", "1 000 RWF"),
        # Nothing of these is guessed: the screen says why not.
        ("1,500k", "RWF", "1,500k"),
        ("5k", "ZMW", "5k"),  # five kwacha, or five thousand
        ("5 Ksh", "KES", "5 Ksh"),
        ("5k USD", "RWF", "5k USD"),
        ("O", "RWF", "O"),
        ("OO", "RWF", "OO"),
        ("Orange 5", "RWF", "Orange 5"),
        ("1m", "RWF", "1m"),
    ],
)
def test_an_amount(written: str, currency: str, read: str) -> None:
    assert amount(written, currency) == read


@given(st.integers(1, 999_999))
def test_a_k_is_a_thousand_and_nothing_else(thousands: int) -> None:
    assert amount(f"{thousands}k", "RWF") == str(thousands * 1000)


@given(st.text(alphabet="0123456789Oo.,' kKRWF", max_size=20))
def test_what_the_screen_takes_it_takes_as_before(written: str) -> None:
    """Digits mean in a chat what they mean on a phone."""
    screen = Amount("RWF", 0, 10**15)
    try:
        by_phone = screen.parse(written)
    except WrongAnswer:
        return
    assert screen.parse(amount(written, "RWF")) == by_phone


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("O788000001", "0788000001"),
        ("o788 OOO 001", "0788 000 001"),
        ("+25O788000001", "+250788000001"),
        ("Oscar 5", "Oscar 5"),
        ("no 5", "no 5"),
    ],
)
def test_the_letter_o_in_a_number(written: str, read: str) -> None:
    assert with_zeros(written) == read
