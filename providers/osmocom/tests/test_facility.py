"""Components as pycrate 0.8.1 codes them from the standard's ASN.1, and what is none."""

import pytest

from providers.contracts.errors import BadPayload
from providers.osmocom import facility
from providers.osmocom.facility import ASK, DIAL, ERROR, INVOKE, REJECT, RESULT, Component
from providers.osmocom.strings import encode

DIALLED = "a11402010502013b300c04010f0407aa198ea68ac146"
READ = [
    (DIALLED, Component(INVOKE, 5, DIAL, 0x0F, bytes.fromhex("aa198ea68ac146"))),
    (
        "a212020101300d02013c300804010f040335180c",
        Component(RESULT, 1, ASK, 0x0F, bytes.fromhex("35180c")),
    ),
    # With a pattern to ring by, and with the id of another.
    (
        "a11502010502013b300d04010f0405aa198e3602040104",
        Component(INVOKE, 5, DIAL, 0x0F, bytes.fromhex("aa198e3602")),
    ),
    (
        "a11502010580010102013b300a04010f0405aa198e3602",
        Component(INVOKE, 5, DIAL, 0x0F, bytes.fromhex("aa198e3602")),
    ),
    # Lengths in their long form.
    (
        "a1811402010502013b300c04010f0407aa198ea68ac146",
        Component(INVOKE, 5, DIAL, 0x0F, bytes.fromhex("aa198ea68ac146")),
    ),
    (
        "a1820014" + DIALLED[4:],
        Component(INVOKE, 5, DIAL, 0x0F, bytes.fromhex("aa198ea68ac146")),
    ),
    ("a203020107", Component(RESULT, 7)),
    ("a306020105020122", Component(ERROR, 5)),
    ("a406020105810101", Component(REJECT, 5)),
    ("a4050500800100", Component(REJECT, -1)),
    # A phone of the first phase, whose text is IA5.
    ("a10e02010502011330061604" + "2a312331", Component(INVOKE, 5, 0x13)),
    # What follows the first is left.
    (DIALLED + "ffff", Component(INVOKE, 5, DIAL, 0x0F, bytes.fromhex("aa198ea68ac146"))),
]


@pytest.mark.parametrize(("octets", "component"), READ)
def test_reads(octets: str, component: Component) -> None:
    assert facility.decode(bytes.fromhex(octets)) == component


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        ("", "cut_off"),
        ("a1", "cut_off"),
        ("a114", "cut_off"),
        (DIALLED[:-2], "cut_off"),
        ("a180" + DIALLED[4:], "bad_length"),
        ("a18400000014" + DIALLED[4:], "bad_length"),
        ("a5030201050", "unknown"),
        ("a10302013b"[:-2] + "3b00", "missing"),
        ("a103020105", "missing"),
        ("a1050400020105", "missing"),
        ("a206020105020105", "unknown"),
    ],
)
def test_refuses(octets: str, code: str) -> None:
    octets = octets if len(octets) % 2 == 0 else octets + "0"
    with pytest.raises(BadPayload, match=code):
        facility.decode(bytes.fromhex(octets))


@pytest.mark.parametrize("cut", range(len(DIALLED) // 2))
def test_no_part_of_a_component_is_taken_for_one(cut: int) -> None:
    with pytest.raises(BadPayload):
        facility.decode(bytes.fromhex(DIALLED)[:cut])


def test_writes() -> None:
    assert facility.question(1, *encode("1 Save\n2 Balances")).hex() == (
        "a11c02010102013c301404010f040f31d0346c2f2b642061981d768fcb73"
    )
    assert facility.result(5, *encode("Saved 500 RWF.")).hex() == (
        "a21c020105301702013b301204010f040dd3b0bd4c06d5603090f46a7401"
    )
    assert facility.error(5, facility.SYSTEM_FAILURE).hex() == "a306020105020122"


@pytest.mark.parametrize("septets", [1, 100, 128, 129, 130, 131, 150, 182])
def test_what_it_writes_it_reads(septets: int) -> None:
    scheme, string = encode("y" * septets)
    asked = facility.decode(facility.question(9, scheme, string))
    assert asked == Component(INVOKE, 9, ASK, scheme, string)
    ended = facility.decode(facility.result(9, scheme, string))
    assert ended == Component(RESULT, 9, DIAL, scheme, string)


def test_the_longest_string_fills_the_component() -> None:
    most = facility.string_octets(127)
    assert facility.result(1, 0x0F, b"x" * most)[:2] == b"\xa2\x7f"
