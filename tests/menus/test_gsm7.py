"""The alphabet against another implementation of the standard, and folding on any text."""

import string
import unicodedata

import pytest
from gsm0338 import Codec
from hypothesis import given
from hypothesis import strategies as st

from menus import gsm7

ORACLE = Codec()
ANY_TEXT = st.text(st.characters(), max_size=60)
ALPHABET_TEXT = st.text(gsm7.BASIC + gsm7.EXTENDED, max_size=60)


def oracle_septets(text: str) -> int | None:
    try:
        return len(ORACLE.encode(text)[0])
    except UnicodeEncodeError:
        return None


def test_every_character_of_the_basic_plane_costs_what_the_standard_says() -> None:
    for codepoint in range(0x10000):
        char = chr(codepoint)
        if char == "\x1b":
            continue
        expected = oracle_septets(char)
        assert gsm7.is_gsm7(char) == (expected is not None), hex(codepoint)
        if expected is not None:
            assert gsm7.septets(char) == expected, hex(codepoint)


def test_a_bare_escape_is_no_character() -> None:
    assert not gsm7.is_gsm7("\x1b")
    assert gsm7.fold("a\x1bb") == "ab"


def test_the_alphabet_has_127_characters_and_ten_more() -> None:
    assert len(set(gsm7.BASIC)) == 127
    assert len(set(gsm7.EXTENDED)) == 10


@given(ALPHABET_TEXT)
def test_septets_are_counted_as_the_codec_packs_them(text: str) -> None:
    assert gsm7.septets(text) == oracle_septets(text)


@given(ANY_TEXT)
def test_ucs2_units_are_utf16_units(text: str) -> None:
    assert gsm7.ucs2_units(text) == len(text.encode("utf-16-le", "surrogatepass")) // 2


@given(ANY_TEXT, st.integers(0, 80))
def test_fits_asks_for_both_the_alphabet_and_the_size(text: str, limit: int) -> None:
    expected = oracle_septets(text) if "\x1b" not in text else None
    assert gsm7.fits(text, limit) == (expected is not None and expected <= limit)


@given(ANY_TEXT)
def test_folding_always_lands_in_the_alphabet_and_stays_there(text: str) -> None:
    folded = gsm7.fold(text)
    assert gsm7.is_gsm7(folded)
    assert gsm7.fold(folded) == folded


@given(ALPHABET_TEXT)
def test_folding_leaves_the_alphabet_alone(text: str) -> None:
    assert gsm7.fold(text) == text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")


@given(ANY_TEXT)
def test_what_folds_loses_no_character_to_a_question_mark(text: str) -> None:
    if gsm7.folds(text):
        composed = unicodedata.normalize("NFC", text)
        assert gsm7.fold(text).count("?") == composed.count("?")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Épargner à Noël, s’il vous plaît", "Épargner à Noel, s'il vous plait"),
        ("ÈÊ Ça ça garçon", "EE Ça ca garcon"),
        ("cœur ŒUVRE", "coeur OEUVRE"),
        ("Ɛdwuma ɔkɔ", "Edwuma oko"),
        ("ɓarawo ɗaki ƙofa ƴa’ya", "barawo daki kofa ya'ya"),
        ("ẹ́kọ́ Ọjọ́ ṣé ọṣẹ", "eko Ojo sé ose"),
        ("e\u0301", "é"),
        ("e\u0323\u0301", "e"),
        ("ụlọ ṅ ị", "ulo n i"),
        ("ŋŊ ʋu ɖe", "nN vu de"),
        ("ng’ombe ng`ombe", "ng'ombe ng'ombe"),
        ("“Yego” «Oui»", '"Yego" "Oui"'),
        ("5\u202f000\u00a0RWF – 10 % …", "5 000 RWF - 10 % ..."),
        ("• Kopera\t1", "- Kopera 1"),
        ("₦500 GH₵20", "N500 GHc20"),
        ("\uff15\uff10\uff10 ٥٠٠", "500 500"),
        ("ﬁn ½ x²", "fin 1/2 x2"),
        ("a\r\nb\u2028c", "a\nb\nc"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("ሰላም", "???"),
        ("Umoja 🎉", "Umoja ?"),
        ("❤️", "?"),
        ("\ud83d", "?"),
        ("^{}\\[~]|€", "^{}\\[~]|€"),
    ],
)
def test_folding(text: str, folded: str) -> None:
    assert gsm7.fold(text) == folded


@pytest.mark.parametrize("text", [string.printable, "ê ɛ ’ …", "e\u0323\u0301", "Is it?"])
def test_a_likeness_is_found(text: str) -> None:
    assert gsm7.folds(text)


@pytest.mark.parametrize("text", ["ሰላም", "Umoja 🎉", "漢"])
def test_no_likeness_is_found(text: str) -> None:
    assert not gsm7.folds(text)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("e", "\u0301"),
        ("👩", "\u200d🌾"),
        ("👩\u200d", "🌾"),
        ("👍", "\U0001f3fd"),
        ("\U0001f1f7", "\U0001f1fc"),
        ("❤", "\ufe0f"),
    ],
)
def test_one_visible_character_is_joined(left: str, right: str) -> None:
    assert gsm7.joined_before(left + right, len(left))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("a", "b"),
        ("e\u0301", "a"),
        ("👍", "👍"),
        ("\U0001f1f7\U0001f1fc", "\U0001f1f0\U0001f1ea"),
        ("", "a"),
        ("a", ""),
    ],
)
def test_two_visible_characters_are_not_joined(left: str, right: str) -> None:
    assert not gsm7.joined_before(left + right, len(left))


@given(ANY_TEXT)
def test_printable_text_can_be_encoded_and_has_no_controls(text: str) -> None:
    shown = gsm7.printable(text)
    shown.encode("utf-8")
    assert not any(unicodedata.category(char) == "Cc" and char != "\n" for char in shown)


def test_printable_mends_split_surrogates() -> None:
    assert gsm7.printable("\ud83c\udf89 \ud83c") == "🎉 \ufffd"
