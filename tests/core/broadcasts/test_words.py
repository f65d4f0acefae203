"""The tenant's own words: what is refused before anybody gets them, and what is put into them."""

import pytest

from core.broadcasts.errors import WrongWords
from core.broadcasts.words import WORDS_CHARS_MAXIMUM, Words, check

LANGUAGES = ("en", "rw")


def checked(
    words: dict[str, str], *, has_group: bool = False, has_strangers: bool = False
) -> Words:
    return check(words, languages=LANGUAGES, has_group=has_group, has_strangers=has_strangers)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({}, "There are no words"),
        ({"rw": "Muraho"}, "en is needed"),
        ({"en": "Hi", "fr": "Salut"}, "fr: the tenant speaks en, rw"),
        ({"en": " "}, "en: there are no words"),
        ({"en": "x" * (WORDS_CHARS_MAXIMUM + 1)}, "en: at most 1000"),
        ({"en": "Hi {nmae}"}, "no such value: {nmae}"),
        ({"en": "Hi {name"}, "a brace stands alone"),
        ({"en": "Hi {Name}"}, "a brace stands alone"),
        ({"en": "Hi {group}"}, "for a broadcast to one group"),
    ],
)
def test_words_that_cannot_be_sent_are_refused(words: dict[str, str], why: str) -> None:
    with pytest.raises(WrongWords, match=why.replace("{", r"\{")):
        checked(words)


def test_a_stranger_has_no_name() -> None:
    with pytest.raises(WrongWords, match="nobody's name is known"):
        checked({"en": "Hi {name}"}, has_strangers=True)


def test_values_are_put_in_once_and_never_read_as_placeholders() -> None:
    words = checked({"en": "{name} of {group}: {name}", "rw": "{tenant}"}, has_group=True)
    values = {"name": "{group}", "group": "{name}", "tenant": "Impuye"}
    assert words.fill("en", values) == "{group} of {name}: {group}"
    assert words.fill("rw", values) == "Impuye"


def test_who_has_no_words_in_their_language_gets_the_first() -> None:
    words = checked({"en": "Hello"})
    assert words.language_of("rw") == "en"
    assert words.fill("rw", {}) == "Hello"
    assert not words.names_people
    assert checked({"en": "Hello", "rw": "Muraho {name}"}).names_people
