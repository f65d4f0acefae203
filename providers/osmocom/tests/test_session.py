"""A session: what a message asks, as a hop, and the message that answers it."""

import pytest

from providers.contracts.errors import BadPayload
from providers.contracts.ussd import LastInput
from providers.lines import address
from providers.lines.address import Address, BadAccount
from providers.osmocom import GSUP_PORT, facility, session, strings
from providers.osmocom.gsup import Kind, Message, State
from providers.osmocom.session import Ask, NotAsked

IMSI = "901700000000001"


def message(state: State, component: bytes, kind: Kind = Kind.REQUEST) -> Message:
    return Message(kind, IMSI, 0x2A, state, component)


def dialled(text: str, scheme: int = 0x0F) -> Message:
    octets = {0x0F: strings.encode(text)[1], 0x44: text.encode(), 0x48: text.encode("utf-16-be")}
    string = octets[scheme]
    told = b"\x04\x01" + bytes([scheme, 4, len(string)]) + string
    body = b"\x02\x01\x05\x02\x01\x3b\x30" + bytes([len(told)]) + told
    return message(State.BEGIN, b"\xa1" + bytes([len(body)]) + body)


def answered(text: str, invoke_id: int = 3) -> Message:
    asked = facility.question(invoke_id, *strings.encode(text))
    inner = asked[5:]
    body = b"\x02\x01" + bytes([invoke_id, 0x30, len(inner)]) + inner
    return message(State.CONTINUE, b"\xa2" + bytes([len(body)]) + body)


@pytest.mark.parametrize(
    ("scheme", "text", "read"),
    [
        (0x0F, "*384*10#", "*384*10#"),
        (0x44, "*384*10#", "*384*10#"),
        (0x48, "*384*10#", "*384*10#"),
        (0x0F, "*384*1#@", "*384*1#"),  # spare bits that were left at zero
        (0x0F, "*384*10*1*500#", "*384*10*1*500#"),
    ],
)
def test_a_dial(scheme: int, text: str, read: str) -> None:
    ask = session.read(dialled(text, scheme))
    assert (ask.is_first, ask.invoke_id, ask.dialled, ask.text) == (True, 5, read, "")
    hop = session.hop(ask, "*384*10#", "250788000101", "b1")
    assert (hop.service_code, hop.session_id, hop.address) == (
        "*384*10#",
        f"{IMSI}-0000002a",
        "250788000101",
    )
    assert hop.last == LastInput(True, read, "b1", number_once=True)


@pytest.mark.parametrize("text", ["1", "500", "14", "2748", "0788000101", "Kopera", "00"])
def test_an_answer(text: str) -> None:
    ask = session.read(answered(text))
    assert (ask.is_first, ask.invoke_id, ask.text) == (False, 3, text)
    hop = session.hop(ask, "*384*10#", "", "b2")
    assert (hop.text, hop.address) == (text, "")
    assert hop.last == LastInput(False, "", "3", number_once=True)


def test_an_empty_answer() -> None:
    assert session.read(message(State.CONTINUE, b"\xa2\x03\x02\x01\x03")).text == ""


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (Message(Kind.ERROR, IMSI, 7, State.END, cause=96), "hlr_error_96"),
        (message(State.END, b""), "ended"),
        (message(State.END, b"\xa2\x03\x02\x01\x03"), "ended"),
        (message(State.CONTINUE, bytes.fromhex("a306020103020148")), "phone_error"),
        (message(State.CONTINUE, bytes.fromhex("a406020103810101")), "phone_reject"),
    ],
)
def test_what_asks_nothing(told: Message, code: str) -> None:
    with pytest.raises(NotAsked, match=code):
        session.read(told)


@pytest.mark.parametrize(
    "told",
    [
        message(State.BEGIN, b""),
        message(State.BEGIN, answered("1").facility),
        message(State.BEGIN, bytes.fromhex("a10e020105020113300616042a312331")),
        message(State.CONTINUE, dialled("*384#").facility),
        message(State.CONTINUE, b"\xff\x00"),
        message(State.BEGIN, bytes.fromhex("a10b02010502010a3003040111")),  # call forwarding
    ],
)
def test_refuses(told: Message) -> None:
    with pytest.raises(BadPayload):
        session.read(told)
    refused = session.refusal(told)
    assert (refused.kind, refused.state) == (Kind.RESULT, State.END)
    assert facility.decode(refused.facility).tag == facility.ERROR


def test_questions_have_ids_of_their_own_and_copies_have_the_same() -> None:
    first = session.read(dialled("*384*10#"))
    told, is_cut = session.question(first, "1 Save")
    assert (told.kind, told.state, is_cut) == (Kind.REQUEST, State.CONTINUE, False)
    assert (told.imsi, told.session_id) == (first.message.imsi, first.message.session_id)
    asked = facility.decode(told.facility)
    assert (asked.tag, asked.operation, asked.invoke_id) == (facility.INVOKE, facility.ASK, 1)
    for before, after in ((1, 2), (126, 127), (127, 1)):
        ask = session.read(answered("1", before))
        shown = session.question(ask, "again")
        assert facility.decode(shown[0].facility).invoke_id == after
        assert session.question(ask, "again") == shown


def test_an_ending_answers_what_was_dialled() -> None:
    ask = session.read(answered("1", 9))
    told, is_cut = session.ending(ask, "Saved.", 5)
    assert (told.kind, told.state, is_cut) == (Kind.RESULT, State.END, False)
    ended = facility.decode(told.facility)
    assert (ended.tag, ended.operation, ended.invoke_id) == (facility.RESULT, facility.DIAL, 5)
    assert strings.decode(ended.scheme, ended.string) == "Saved."


@pytest.mark.parametrize(
    "text", ["x" * 128, "é" * 128, "€" * 64, "Ŵ" * 56], ids=["x", "é", "€", "Ŵ"]
)
def test_what_fits_is_whole_and_what_does_not_is_cut(text: str) -> None:
    ask = session.read(answered("1"))
    for make in (session.question(ask, text), session.ending(ask, text, 5)):
        assert not make[1]
        assert len(make[0].facility) <= 2 + session.COMPONENT_LENGTH_MAXIMUM
    for make in (session.question(ask, text + text[0]), session.ending(ask, text + "x", 5)):
        assert make[1]
        assert len(make[0].facility) <= 2 + session.COMPONENT_LENGTH_MAXIMUM


def test_the_budget_is_what_osmo_hlr_reads() -> None:
    assert (session.STRING_OCTETS_MAXIMUM, session.SEPTETS_MAXIMUM) == (112, 128)


def test_nothing_is_shown_of_who_dials_and_what_was_typed() -> None:
    ask = session.read(answered("2748"))
    hop = session.hop(ask, "*384*10#", "250788000101", "b")
    for shown in (repr(ask), repr(hop), repr(session.question(ask, "2748"))):
        for secret in (IMSI, "2748", "250788000101"):
            assert secret not in shown
    assert isinstance(ask, Ask)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("tcp://127.0.0.1:4222", Address("127.0.0.1", 4222)),
        ("tcp://10.0.0.7", Address("10.0.0.7", 4222)),
        ("tcp://[::1]:5000", Address("::1", 5000)),
        ("tcp://hlr.example/", Address("hlr.example", 4222)),
    ],
)
def test_addresses(url: str, found: Address) -> None:
    assert address.read(url, GSUP_PORT) == found


@pytest.mark.parametrize(
    "url", ["", "127.0.0.1:4222", "http://127.0.0.1", "tcp://", "tcp://a:x", "tcp://a:99999"]
)
def test_no_addresses(url: str) -> None:
    with pytest.raises(BadAccount):
        address.read(url, GSUP_PORT)
