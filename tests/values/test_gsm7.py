"""The GSM 7-bit alphabet as septets, held against a library that others wrote."""

import gsm0338
import pytest

from values.gsm7 import BASIC, EXTENDED, from_septets, is_gsm7, to_septets

CODEC = gsm0338.Codec()


def test_every_character_is_as_others_have_it() -> None:
    for char in BASIC + EXTENDED:
        septets, _ = CODEC.encode(char)
        assert to_septets(char) == septets, char
        assert from_septets(septets) == char
    assert len(BASIC) == 127, "the escape is the 128th"


def test_what_is_outside() -> None:
    assert is_gsm7(BASIC + EXTENDED)
    for char in ("ç", "È", "…", "\x1b", "\0", "Ŵ", "🙂"):
        assert not is_gsm7(char)
        with pytest.raises(KeyError):
            to_septets(char)


@pytest.mark.parametrize(
    ("septets", "text"),
    [
        (b"\x1be", "€"),
        (b"\x1bA", "A"),  # the extension table has no such place
        (b"\x1b\x1b", " "),
        (b"A\x1b", "A "),
        (b"\x1b\x1bA", " A"),
        (b"", ""),
    ],
)
def test_escapes(septets: bytes, text: str) -> None:
    assert from_septets(septets) == text
