"""GSUP as pyosmocom 0.0.12 codes it; what is cut off; and the frames around it."""

import pytest

from providers.contracts.errors import BadPayload
from providers.osmocom import gsup, ipa
from providers.osmocom.gsup import Kind, Message, State

DIALLED = bytes.fromhex("a11402010502013b300c04010f0407aa198ea68ac146")
BEGIN = "20010809710000000000f13004200001013101013516a11402010502013b300c04010f0407aa198ea68ac146"
MESSAGES = [
    (BEGIN, Message(Kind.REQUEST, "901700000000001", 0x20000101, State.BEGIN, DIALLED)),
    (
        "21010709710000000010020160300400000007310103",
        Message(Kind.ERROR, "90170000000001", 7, State.END, cause=96),
    ),
]


@pytest.mark.parametrize(("octets", "message"), MESSAGES)
def test_messages(octets: str, message: Message) -> None:
    assert gsup.decode(bytes.fromhex(octets)) == message
    assert message.encode().hex() == octets


def test_what_belongs_to_others_is_passed_over() -> None:
    # The class of the message and the name of the MSC, of which a session needs neither.
    octets = (
        "20010809710000000000f10a01033004000000073101023514a212020101300d02013c300804010f040335180c"
        "60054d53432d31"
    )
    told = gsup.decode(bytes.fromhex(octets))
    answer = bytes.fromhex("a212020101300d02013c300804010f040335180c")
    assert told == Message(Kind.REQUEST, "901700000000001", 7, State.CONTINUE, answer)


@pytest.mark.parametrize("kind", [0x04, 0x10, 0x1C, 0x28, 0x4E])
def test_messages_of_no_session_are_none(kind: int) -> None:
    assert gsup.decode(bytes([kind]) + bytes.fromhex(BEGIN)[1:]) is None


@pytest.mark.parametrize(
    ("octets", "said"),
    [
        ("", "message: empty"),
        ("20", "imsi: not_an_imsi"),
        ("2001", "element: cut_off"),
        (BEGIN[:-2], "element: cut_off"),
        ("2001020910300400000007310101", "imsi: not_an_imsi"),
        ("20010809710000000000b1300400000007310101", "imsi: not_an_imsi"),
        ("20010809710000000000f1310101", "session_id: missing"),
        ("20010809710000000000f13002000731010", "session_id: missing"),
        ("20010809710000000000f1300400000007", "session_state: unknown"),
        ("20010809710000000000f1300400000007310109", "session_state: unknown"),
    ],
)
def test_refuses(octets: str, said: str) -> None:
    octets = octets if len(octets) % 2 == 0 else octets + "1"
    with pytest.raises(BadPayload, match=said):
        gsup.decode(bytes.fromhex(octets))


def test_nothing_is_shown_of_a_subscriber() -> None:
    for octets, message in MESSAGES:
        assert message.imsi not in repr(message)
        assert octets[-20:] not in repr(message)


def test_frames_come_in_any_pieces() -> None:
    wire = ipa.extended(ipa.GSUP, bytes.fromhex(BEGIN)) + ipa.frame(ipa.CCM, ipa.PING)
    wanted = [(0xEE, b"\x05" + bytes.fromhex(BEGIN)), (0xFE, b"\x00")]
    assert ipa.Frames().take(wire) == wanted
    for cut in range(len(wire)):
        frames = ipa.Frames()
        assert frames.take(wire[:cut]) + frames.take(wire[cut:]) == wanted
    frames = ipa.Frames()
    assert [one for at in range(len(wire)) for one in frames.take(wire[at : at + 1])] == wanted


def test_an_empty_frame_is_out_of_step() -> None:
    with pytest.raises(BadPayload, match="frame: empty"):
        ipa.Frames().take(b"\x00\x00\xfe")


def test_who_we_are() -> None:
    # The unit's id, its name, and the serial number by which osmo-hlr routes.
    assert ipa.identity("EUSE-piga").hex() == (
        "0024fe05" + "0007" + "08302f302f3000" + "000b" + "01455553452d7069676100" + "000b"
        "00455553452d7069676100"
    )
