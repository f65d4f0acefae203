"""Tokens: every slip and every swap is found, and a payer may write one as people do."""

import itertools

import pytest

from core.payments.tokens import ALPHABET, LENGTH, check_of, is_token, tokens_in

BODIES = ["34ACE", "XTRPN", "99999", "3X3X3", "HJKMN"]


@pytest.mark.parametrize("body", BODIES)
def test_one_wrong_letter_is_no_token(body: str) -> None:
    token = body + check_of(body)
    assert is_token(token)
    for place, other in itertools.product(range(LENGTH), ALPHABET):
        wrong = token[:place] + other + token[place + 1 :]
        assert is_token(wrong) == (wrong == token)


@pytest.mark.parametrize("body", BODIES)
def test_two_neighbours_that_changed_places_are_no_token(body: str) -> None:
    token = body + check_of(body)
    for place in range(LENGTH - 1):
        swapped = token[:place] + token[place + 1] + token[place] + token[place + 2 :]
        assert is_token(swapped) == (swapped == token)


def test_no_letter_looks_like_another() -> None:
    assert not set(ALPHABET) & set("0O1IL2Z5S6G8BDQUVWY")
    assert len(ALPHABET) == 17


@pytest.mark.parametrize(
    "words", ["{}", "june {}", "{} june share", "({})", "Keza,{}.", "REF:{}", "{lower}", "{gaps}"]
)
def test_a_token_is_found_in_what_people_write(words: str) -> None:
    token = "34ACE" + check_of("34ACE")
    said = words.format(token, lower=token.lower(), gaps=f"{token[:3]} {token[3:]}")
    assert tokens_in(said) == [token]


@pytest.mark.parametrize("words", ["", "June share", "PAYMENT", "0788123456", "34ACE", "AAAAAA!"])
def test_other_words_are_none(words: str) -> None:
    assert [one for one in tokens_in(words) if one != "AAAAA" + check_of("AAAAA")] == []
