"""What a deliver_sm is: every kind, as message centres really write them."""

from collections.abc import Sequence

import pytest
import smpp34

from providers.contracts.messages import (
    Account,
    DeliveryReport,
    DeliveryStatus,
    SmsInbound,
    SmsPart,
)
from providers.contracts.ussd import UssdEnded
from providers.smpp import options, receipts, tags
from providers.smpp.inbound import Read, SmppHop, phone, read

FAILED, DELIVERED, SENT = (
    DeliveryStatus.FAILED,
    DeliveryStatus.DELIVERED,
    DeliveryStatus.SENT,
)
RECEIPT = 0x04
CODE = "*384*10#"


def options_of(**own: str) -> options.Options:
    account = Account("piga", "pw", "smpp://127.0.0.1", options=(("name", "main"), *own.items()))
    return options.read(account)


def told(
    octets: bytes = b"",
    tlvs: Sequence[tuple[int, bytes]] = (),
    *,
    source: str = "250788123456",
    ton: int = 1,
    to: str = "8100",
    esm: int = 0,
    coding: int = 0,
    own: dict[str, str] | None = None,
) -> Read | None:
    message = smpp34.DeliverSm(
        source,
        to,
        octets,
        source_addr_ton=ton,
        esm_class=esm,
        data_coding=coding,
        tlvs=[smpp34.Tlv(tag, value) for tag, value in tlvs],
    )
    return read(message, options_of(**(own or {})))


def test_the_tags_are_the_specifications() -> None:
    ours = {name: value for name, value in vars(tags).items() if name.isupper()}
    assert len(ours) == 10
    for name, value in ours.items():
        assert getattr(smpp34, f"TLV_{name}") == value


# --- receipts -------------------------------------------------------------------------------------

USUAL = (
    "id:0A1B sub:001 dlvrd:001 submit date:2611291030 done date:2611291031 stat:{} err:{} text:x"
)


@pytest.mark.parametrize(
    ("text", "id", "status", "word", "failure"),
    [
        (USUAL.format("DELIVRD", "000"), "0A1B", DELIVERED, "DELIVRD", ""),
        (USUAL.format("UNDELIV", "069"), "0A1B", FAILED, "UNDELIV", "UNDELIV 069"),
        (USUAL.format("EXPIRED", "000"), "0A1B", FAILED, "EXPIRED", "EXPIRED"),
        (USUAL.format("REJECTD", "E05"), "0A1B", FAILED, "REJECTD", "REJECTD E05"),
        (USUAL.format("DELETED", ""), "0A1B", FAILED, "DELETED", "DELETED"),
        (USUAL.format("ACCEPTD", "000"), "0A1B", SENT, "ACCEPTD", ""),
        (USUAL.format("ENROUTE", "000"), "0A1B", SENT, "ENROUTE", ""),
        (USUAL.format("UNKNOWN", "000"), "0A1B", DeliveryStatus.UNKNOWN, "UNKNOWN", ""),
        (USUAL.format("TELEPORTED", "000"), "0A1B", DeliveryStatus.UNKNOWN, "TELEPORTED", ""),
        # Dates with seconds, no dates, other cases, no text, blanks behind the colons.
        (
            "id:7 sub:001 dlvrd:001 submit date:261129103000 done date:261129103100 stat:DELIVRD"
            " err:000 text:hi",
            *("7", DELIVERED, "DELIVRD", ""),
        ),
        ("id:7 stat:DELIVRD", "7", DELIVERED, "DELIVRD", ""),
        ("ID:7 Stat:Delivrd Err:0", "7", DELIVERED, "DELIVRD", ""),
        ("id: 7 sub: 001 dlvrd: 000 stat: UNDELIV err: 1", "7", FAILED, "UNDELIV", "UNDELIV 1"),
        # What the text of our own message quotes says nothing.
        ("id:7 stat:EXPIRED err:0 text:stat:DELIVRD", "7", FAILED, "EXPIRED", "EXPIRED"),
        # A message id that is a UUID, or has a dash or a dot.
        (
            "id:3f2504e0-4f89-41d3-9a0c-0305e82c3301 stat:DELIVRD",
            *("3f2504e0-4f89-41d3-9a0c-0305e82c3301", DELIVERED, "DELIVRD", ""),
        ),
    ],
)
def test_receipts_as_centres_write_them(
    text: str, id: str, status: DeliveryStatus, word: str, failure: str
) -> None:
    assert told(text.encode(), esm=RECEIPT) == DeliveryReport(
        *("smpp", f"main/{id}", status, word, "+250788123456", "", failure, None)
    )


def test_the_parameters_win_over_the_text() -> None:
    found = told(
        b"id:1234 stat:ENROUTE err:000",
        [(tags.RECEIPTED_MESSAGE_ID, b"4D2\0"), (tags.MESSAGE_STATE, b"\x05")],
        esm=RECEIPT,
    )
    assert isinstance(found, DeliveryReport)
    assert (found.message_id, found.status, found.raw_status) == ("main/4D2", FAILED, "UNDELIV")


def test_a_receipt_of_parameters_alone() -> None:
    found = told(
        b"",
        [
            (tags.RECEIPTED_MESSAGE_ID, b"4D2\0"),
            (tags.MESSAGE_STATE, b"\x08"),
            (tags.NETWORK_ERROR_CODE, b"\x03\x00\x15"),
        ],
        esm=RECEIPT,
    )
    assert isinstance(found, DeliveryReport)
    assert (found.message_id, found.failure) == ("main/4D2", "REJECTD 21")


def test_a_receipt_without_its_bit_is_one_where_it_can_be_nothing_else() -> None:
    assert isinstance(told(USUAL.format("DELIVRD", "000").encode()), DeliveryReport)
    assert isinstance(told(b"id:7 is my number"), SmsInbound)


def test_a_receipt_in_message_payload() -> None:
    found = told(b"", [(tags.MESSAGE_PAYLOAD, b"id:7 stat:DELIVRD")], esm=RECEIPT)
    assert isinstance(found, DeliveryReport)


@pytest.mark.parametrize("text", [b"", b"stat:DELIVRD", b"id:", b"\xff\xfe", b"id:" + b"7" * 200])
def test_a_receipt_without_an_id_is_nothing(text: bytes) -> None:
    assert told(text, esm=RECEIPT) is None


@pytest.mark.parametrize(
    ("how", "answered", "reported"),
    [
        ("same", "0a1b", "0a1b"),
        ("decimal", "0A1B", "2587"),
        ("decimal", "a1b", "2587"),
        ("hex", "2587", "0A1B"),
        ("hex", "2587", "a1b"),
        ("decimal", "not-a-number", "not-a-number"),
    ],
)
def test_an_id_in_other_digits_is_the_same_id(how: str, answered: str, reported: str) -> None:
    assert receipts.same_case(answered, how) == receipts.same_digits(reported, how)


# --- texts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("octets", "coding", "own", "text"),
    [
        (b"Muraho\x20\x05\x1b\x65", 0, {}, "Muraho é€"),
        (b"\x00\x02\x11", 0, {}, "@$_"),
        (b"Muraho \xe9", 0, {"default_alphabet": "latin1"}, "Muraho é"),
        (b"Muraho \xe9", 3, {}, "Muraho é"),
        (b"Hello\x40", 1, {}, "Hello@"),
        (b"5\x1b\x65 \x02", 1, {}, "5€ $"),  # GSM-7 all the same
        ("Ọjọ́ 😀".encode("utf-16-be"), 8, {}, "Ọjọ́ 😀"),
        (b"flash", 0x10, {}, "flash"),  # a message class, in the general group
        (b"flash", 0xF0, {}, "flash"),
        (b"a\x1b\x41b\x1b", 0, {}, "aAb"),  # an escape that escapes nothing
        (b"", 0, {}, ""),
        (b"\xd8\x3d", 8, {}, "\ufffd"),
        (b"\x00", 8, {}, "\ufffd"),
    ],
)
def test_texts_by_their_coding(octets: bytes, coding: int, own: dict[str, str], text: str) -> None:
    found = told(octets, coding=coding, own=own)
    assert isinstance(found, SmsInbound)
    assert found.text == text


@pytest.mark.parametrize("coding", [0x02, 0x04, 0xF5, 0x44])
def test_data_is_no_text(coding: int) -> None:
    assert told(b"\x01\x02", coding=coding) is None


def test_a_text_in_message_payload_is_read_whole() -> None:
    found = told(b"", [(tags.MESSAGE_PAYLOAD, b"x" * 400)])
    assert isinstance(found, SmsInbound)
    assert found.text == "x" * 400


@pytest.mark.parametrize(
    ("octets", "tlvs", "esm", "reference", "total", "number", "text"),
    [
        (b"\x05\x00\x03\x63\x02\x01ab", [], 0x40, "8:99", 2, 1, "ab"),
        (b"\x06\x08\x04\x01\x00\x03\x02cd", [], 0x40, "16:256", 3, 2, "cd"),
        # A port header before the one that counts.
        (b"\x0b\x05\x04\x0b\x84\x23\xf0\x00\x03\x07\x02\x02ef", [], 0x40, "8:7", 2, 2, "ef"),
        (
            b"gh",
            [
                (tags.SAR_MSG_REF_NUM, b"\x00\x4d"),
                (tags.SAR_TOTAL_SEGMENTS, b"\x02"),
                (tags.SAR_SEGMENT_SEQNUM, b"\x01"),
            ],
            *(0, "sar:77", 2, 1, "gh"),
        ),
    ],
)
def test_parts_of_long_texts(
    octets: bytes,
    tlvs: list[tuple[int, bytes]],
    esm: int,
    reference: str,
    total: int,
    number: int,
    text: str,
) -> None:
    found = told(octets, tlvs, esm=esm)
    assert isinstance(found, SmsPart)
    assert (found.reference, found.total, found.number) == (reference, total, number)
    assert found.text.text == text


@pytest.mark.parametrize(
    "octets",
    [
        b"\x05\x00\x03\x63\x01\x01ab",  # one of one
        b"\x05\x00\x03\x63\x02\x00ab",  # the zeroth
        b"\x05\x00\x03\x63\x02\x03ab",  # the third of two
        b"\x03\x24\x01\x00ab",  # another header: a national table
    ],
)
def test_a_header_that_counts_no_parts_leaves_a_text(octets: bytes) -> None:
    found = told(octets, esm=0x40)
    assert isinstance(found, SmsInbound)
    assert found.text == "ab"


@pytest.mark.parametrize("octets", [b"\x7fab", b"", b"\x05\x00"])
def test_a_header_that_does_not_fit_is_no_header(octets: bytes) -> None:
    assert isinstance(told(octets, esm=0x40), SmsInbound)


@pytest.mark.parametrize(
    ("address", "ton", "number"),
    [
        ("250788123456", 1, "+250788123456"),
        ("+250788123456", 0, "+250788123456"),
        ("250788123456", 0, "+250788123456"),
        ("00250788123456", 1, "+250788123456"),
        ("0788123456", 0, "0788123456"),
        ("788123456", 2, "788123456"),
        ("8100", 3, ""),
        ("MTN", 5, ""),
        ("", 0, ""),
        ("250788123456", 5, ""),
    ],
)
def test_numbers_as_the_wire_means_them(address: str, ton: int, number: str) -> None:
    assert phone(address, ton) == number


# --- USSD -----------------------------------------------------------------------------------------


def hop(
    operation: int, text: bytes = b"", info: int | None = 0x0204, *, to: str = CODE, **own: str
) -> Read | None:
    found = [(tags.USSD_SERVICE_OP, bytes([operation]))]
    if info is not None:
        found.append((tags.ITS_SESSION_INFO, info.to_bytes(2, "big")))
    return told(text, found, to=to, own=own)


def test_a_dialled_code_begins_a_session() -> None:
    found = hop(0x01, b"*384*10*1#")
    assert isinstance(found, SmppHop)
    last = found.hop.last
    assert last is not None
    assert (last.is_first, last.dialled) == (True, "*384*10*1#")
    assert found.hop.address == "+250788123456"
    assert "788123456" not in repr(found)


def test_where_the_text_is_no_code_the_destination_was_dialled() -> None:
    found = hop(0x01, b"", to="*384*10#")
    assert isinstance(found, SmppHop)
    assert found.hop.last is not None
    assert found.hop.last.dialled == "*384*10#"


@pytest.mark.parametrize("text", [b"1", b"", b"500", b"*", b"0"])
def test_an_answer_goes_on(text: bytes) -> None:
    first, found = hop(0x01, b"*384*10#"), hop(0x12, text)
    assert isinstance(first, SmppHop)
    assert isinstance(found, SmppHop)
    assert found.hop.last is not None
    assert found.hop.last.is_first is False
    assert found.hop.text == text.decode()
    assert found.session.key == first.session.key


def test_the_last_screen_sets_the_last_bit_and_others_clear_it() -> None:
    found = hop(0x12, b"1")
    assert isinstance(found, SmppHop)
    shown = {tlv.tag: tlv.value for tlv in found.session.tlvs(0x02, ends=False)}
    assert shown == {tags.USSD_SERVICE_OP: b"\x02", tags.ITS_SESSION_INFO: b"\x02\x04"}
    last = {tlv.tag: tlv.value for tlv in found.session.tlvs(0x11, ends=True)}
    assert last == {tags.USSD_SERVICE_OP: b"\x11", tags.ITS_SESSION_INFO: b"\x02\x05"}


@pytest.mark.parametrize(("operation", "status"), [(0x81, "incomplete"), (0x11, "success")])
def test_what_ends_a_session_gets_no_screen(operation: int, status: str) -> None:
    found = hop(operation)
    assert isinstance(found, UssdEnded)
    assert found.status == status


def test_an_answer_with_the_end_bit_is_an_end() -> None:
    assert isinstance(hop(0x12, b"", 0x0205), UssdEnded)


def test_a_notice_that_was_seen_is_nothing() -> None:
    assert hop(0x13) is None


def test_sessions_by_user_message_reference_and_by_number() -> None:
    reference = [(tags.USSD_SERVICE_OP, b"\x12"), (tags.USER_MESSAGE_REFERENCE, b"\x00\x07")]
    found = told(b"1", reference, to="*384*10#")
    assert isinstance(found, SmppHop)
    assert found.session.key == "main:+250788123456:r0007"
    assert found.session.tlvs(2, ends=False)[-1].value == b"\x00\x07"
    alone = told(b"1", [(tags.USSD_SERVICE_OP, b"\x12")], to="*384*10#")
    assert isinstance(alone, SmppHop)
    assert alone.session.key == "main:+250788123456:"


def test_where_the_second_octet_counts_hops_the_first_names_the_session() -> None:
    found = [hop(0x12, b"1", info, ussd_session="its_session_octet") for info in (0x0204, 0x0206)]
    keys = {one.session.key for one in found if isinstance(one, SmppHop)}
    assert keys == {"main:+250788123456:o02"}
    others = [hop(0x12, b"1", info) for info in (0x0204, 0x0206)]
    assert len({one.session.key for one in others if isinstance(one, SmppHop)}) == 2


@pytest.mark.parametrize("coding", [0x0F, 0x00])
def test_a_padded_answer_is_the_answer(coding: int) -> None:
    found = told(b"1\r", [(tags.USSD_SERVICE_OP, b"\x12")], to="*384*10#", coding=coding)
    assert isinstance(found, SmppHop)
    assert found.hop.text == "1"


def test_an_operation_of_no_octets_is_no_ussd() -> None:
    assert isinstance(told(b"hi", [(tags.USSD_SERVICE_OP, b"")]), SmsInbound)
