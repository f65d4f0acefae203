"""USSD strings: septets into octets, their padding, and the coding schemes."""

import pytest

from providers.contracts.errors import BadPayload
from providers.osmocom import strings
from providers.osmocom.septets import pack, unpack
from values.gsm7 import BASIC, EXTENDED, from_septets, to_septets

# What Osmocom's own library packs these into; the seven spare bits of the third are a CR.
PACKED = [
    ("*384*10#", "aa198ea68ac146"),
    ("500", "35180c"),
    ("1 Save\n", "31d0346c2f2b1a"),
    ("1 Save\n2 Balances", "31d0346c2f2b642061981d768fcb73"),
    ("[a]~", "1b5e78e3dbf41a"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "octets"), PACKED)
def test_packs_as_osmocom_does(text: str, octets: str) -> None:
    assert strings.encode(text) == (0x0F, bytes.fromhex(octets))
    assert strings.decode(0x0F, bytes.fromhex(octets)) == text


@pytest.mark.parametrize("length", range(183))
def test_every_length_is_read_as_it_was_written(length: int) -> None:
    text = ("1 Kwizigama\n2 Amafaranga @ Éè " * 7)[:length].removesuffix("\r")
    scheme, octets = strings.encode(text)
    assert len(octets) <= strings.OCTETS_MAXIMUM
    assert strings.decode(scheme, octets) == text


def test_the_whole_alphabet_is_read_as_it_was_written() -> None:
    for char in BASIC + EXTENDED:
        assert from_septets(unpack(pack(to_septets(f"a{char}b")))) == f"a{char}b"


def test_a_last_carriage_return_on_an_octets_end_is_followed_by_another() -> None:
    assert pack(b"aaaaaaa\r")[-1:] == b"\r"
    assert unpack(pack(b"aaaaaaa\r")) == b"aaaaaaa\r\r"
    assert unpack(pack(b"aaaaaaa")) == b"aaaaaaa"


@pytest.mark.parametrize(
    ("scheme", "octets", "text"),
    [
        (0x0F, "35180c", "500"),
        (0x00, "35180c", "500"),  # German, which is the same alphabet
        (0x01, "35180c", "500"),
        (0x44, "353030", "500"),
        (0xF4, "353030", "500"),
        (0x48, "003500300030", "500"),
        (0x40, "35180c", "500"),
        (0xF0, "35180c", "500"),
        (0x10, "f27ba306", "5"),  # rw and a carriage return lead it
        (0x11, "f27b00350030", "50"),
        (0x48, "d83d", "�"),
        (0x35, "35180c", "500"),  # reserved: the default alphabet
    ],
)
def test_schemes(scheme: int, octets: str, text: str) -> None:
    assert strings.decode(scheme, bytes.fromhex(octets)) == text


def test_what_is_compressed_is_refused() -> None:
    with pytest.raises(BadPayload, match="compressed"):
        strings.decode(0x60, b"abc")


@pytest.mark.parametrize(
    ("text", "most", "scheme", "shown"),
    [
        ("a" * 200, 160, 0x0F, "a" * 182),
        ("a" * 200, 112, 0x0F, "a" * 128),
        ("a" * 127 + "€", 112, 0x0F, "a" * 127),  # an escape is not parted from its character
        ("Ŵ" * 90, 160, 0x48, "Ŵ" * 80),
        ("Ŵ" * 90, 112, 0x48, "Ŵ" * 56),
        ("Ŵ" * 55 + "🙂", 112, 0x48, "Ŵ" * 55),
    ],
)
def test_what_is_too_long_is_cut_between_characters(
    text: str, most: int, scheme: int, shown: str
) -> None:
    found, octets = strings.encode(text, most)
    assert found == scheme
    assert len(octets) <= most
    assert strings.decode(found, octets) == shown
