"""Long texts are cut where a handset can put them together again."""

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.smpp import alphabets, parts

GSM7 = (
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCÄÖÑÜ§¿abcäöñüà^{}\\[~]|€"
)


def shown(pieces: list[parts.Piece]) -> str:
    """As a handset shows them: each part decoded by itself."""
    found = ""
    for number, piece in enumerate(pieces, 1):
        octets = piece.octets
        if piece.esm_class:
            assert octets[:3] == b"\x05\x00\x03"
            assert (octets[4], octets[5]) == (len(pieces), number)
            octets = octets[6:]
        if piece.data_coding == alphabets.UCS2:
            found += octets.decode("utf-16-be")
        else:
            found += gsm0338.Codec().decode(octets, "strict")[0]
    return found


@given(st.text(alphabet=GSM7, max_size=700))
def test_gsm7_comes_together_again(text: str) -> None:
    pieces = parts.cut(text, 7)
    assert shown(pieces) == text
    assert all(piece.data_coding == 0 for piece in pieces)
    assert len(pieces) == 1 or all(len(piece.octets) <= 6 + 153 for piece in pieces)


@given(st.text(st.characters(codec="utf-8"), max_size=300))
def test_any_text_comes_together_again(text: str) -> None:
    pieces = parts.cut(text, 7)
    assert shown(pieces) == text
    assert all(len(piece.octets) <= 160 for piece in pieces)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [153, 8]),
        ("a" * 159 + "€", [153, 8]),
        ("a" * 158 + "€", [160]),
        ("a" * 152 + "€" + "b" * 10, [152, 12]),  # no escape at the end of a part
        ("ẹ" * 70, [140]),
        ("ẹ" * 71, [134, 8]),
        ("ẹ" * 66 + "😀" * 4, [132, 16]),  # no half of a character
    ],
)
def test_where_the_cuts_fall(text: str, sizes: list[int]) -> None:
    pieces = parts.cut(text, 1)
    header = 6 if len(pieces) > 1 else 0
    assert [len(piece.octets) - header for piece in pieces] == sizes


def test_a_backtick_is_no_letter_of_the_alphabet() -> None:
    [piece] = parts.cut("`", 1)
    assert (piece.data_coding, piece.octets) == (8, b"\x00`")


def test_latin_1_where_the_centre_takes_that() -> None:
    [piece] = parts.cut("Ça va à 5%", 1, alphabet="latin1")
    assert (piece.data_coding, piece.octets) == (0, "Ça va à 5%".encode("latin-1"))
    [piece] = parts.cut("5 €", 1, alphabet="latin1")
    assert piece.data_coding == 8
    pieces = parts.cut("é[" * 100, 1, alphabet="latin1")
    assert [len(piece.octets) - 6 for piece in pieces] == [102, 98]  # a bracket is two septets


def test_payload_and_sar() -> None:
    [piece] = parts.cut("a" * 300, 1, how="payload")
    assert piece.octets == b""
    assert piece.tlvs == ((0x0424, b"a" * 300),)
    first, second = parts.cut("a" * 300, 200, how="sar")
    assert (len(first.octets), len(second.octets)) == (153, 147)
    assert first.esm_class == 0
    assert second.tlvs == ((0x020C, b"\x00\xc8"), (0x020E, b"\x02"), (0x020F, b"\x02"))
