"""Kannel's callbacks: each query of the fixtures, as the shape that it is, or why it is refused."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from providers.contracts.errors import BadPayload
from providers.contracts.messages import DeliveryStatus
from providers.kannel.sms import STATUSES, parse_report, parse_sms_in
from providers.limits import BODY_MAX_BYTES, FIELDS_MAX, SMS_TEXT_MAX_CHARS

FIXTURES = Path(__file__).parents[1] / "fixtures"
PERSON = "+250788000105"
ID = "019a06fa-467d-7786-b9cb-5b42177cd53f"
AT = datetime(2026, 11, 29, 8, 0, tzinfo=UTC)
IN = {"id": "5a", "from": "%2B250788000105", "to": "8100", "coding": "0", "text": "BAL"}


def query(name: str) -> bytes:
    return (FIXTURES / f"{name}.query").read_bytes()


def of(fields: dict[str, str]) -> bytes:
    return "&".join(f"{name}={value}" for name, value in fields.items()).encode()


@pytest.mark.parametrize(
    ("name", "address", "text"),
    [
        ("sms-in", PERSON, "BAL"),
        ("sms-in-lines", PERSON, "a+b & c  d=e\né €"),
        ("sms-in-ucs2", PERSON, "Mwa:ሰላም €"),
        ("sms-in-ucs2-emoji", PERSON, "OK 😀"),
        ("sms-in-8bit", PERSON, "café"),
        ("sms-in-from-a-name", "MTN", "Your balance is low"),
        ("sms-in-no-plus", PERSON, "1"),
        ("sms-in-national", "0788000105", "1"),
        ("sms-in-no-text", PERSON, ""),
        ("sms-in-other-names", "+233244000105", "Yego"),
    ],
)
def test_a_text_from_a_handset(name: str, address: str, text: str) -> None:
    told = parse_sms_in(query(name))
    assert (told.provider, told.address, told.text) == ("kannel", address, text)
    assert told.sender_is_phone == address.startswith("+")
    assert told.to in ("8100", "1400")
    assert told.event_id
    assert not told.text_too_long


def test_all_that_it_says() -> None:
    told = parse_sms_in(query("sms-in"))
    assert told.event_id == "0f6c3a52-9a1e-4a57-8d6b-2f0c61e5d7a1"
    assert (told.to, told.network, told.link_id, told.at) == ("8100", "mtn-rw", "", AT)


@pytest.mark.parametrize(
    ("at", "read"),
    [
        ("1795939200", AT),
        ("2026-11-29+08%3A00%3A00", AT),
        ("", None),
        ("yesterday", None),
        ("9" * 30, None),
    ],
)
def test_when(at: str, read: datetime | None) -> None:
    assert parse_sms_in(of(IN | {"at": at})).at == read


@pytest.mark.parametrize(
    ("coding", "charset", "text", "read"),
    [
        ("2", "UTF-16BE", "%00%41", "A"),
        ("2", "", "%00%41", "A"),
        ("2", "UTF-16LE", "%41%00", "A"),
        ("2", "UTF-16BE", "%00%41%00", "A�"),  # a byte was lost, as %a loses them
        ("0", "UTF-8", "%41%00", "A�"),  # nobody types it
        ("0", "windows-1252", "%C3%A9", "é"),
        ("1", "8-BIT", "%FF", "ÿ"),
    ],
)
def test_what_letters_the_bytes_are(coding: str, charset: str, text: str, read: str) -> None:
    fields = IN | {"coding": coding, "charset": charset, "text": text}
    assert parse_sms_in(of(fields)).text == read


def test_a_long_text_is_cut_and_says_so() -> None:
    told = parse_sms_in(of(IN | {"text": "a" * (SMS_TEXT_MAX_CHARS + 1)}))
    assert (len(told.text), told.text_too_long) == (SMS_TEXT_MAX_CHARS, True)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (of({k: v for k, v in IN.items() if k != "id"}), "id: missing"),
        (of(IN | {"id": ""}), "id: missing"),
        (of({k: v for k, v in IN.items() if k != "from"}), "from: missing"),
        (of({k: v for k, v in IN.items() if k != "to"}), "to: missing"),
        (of(IN | {"id": "x" * 200}), "id: too_long"),
        (of(IN | {"id": "%C3%A9"}), "id: unreadable"),
        (of(IN) + b"&text=again", "text: given_twice"),
        (b"&".join([of(IN)] + [b"x=1"] * FIELDS_MAX), "too_many_fields"),
        (of(IN | {"text": "a" * BODY_MAX_BYTES}), "body_too_long"),
        (b"", "from: missing"),
    ],
)
def test_what_cannot_be_read(told: bytes, why: str) -> None:
    with pytest.raises(BadPayload) as error:
        parse_sms_in(told)
    assert str(error.value) == why


@pytest.mark.parametrize(
    ("name", "status", "word", "why"),
    [
        ("report-delivered", DeliveryStatus.DELIVERED, "1", ""),
        ("report-taken", DeliveryStatus.SENT, "8", ""),
        ("report-buffered", DeliveryStatus.QUEUED, "4", ""),
        ("report-failed", DeliveryStatus.FAILED, "2", "UNDELIV 011"),
        ("report-rejected", DeliveryStatus.FAILED, "16", "Invalid Destination Address"),
        ("report-going-on", DeliveryStatus.SENT, "32", ""),
        ("report-new-type", DeliveryStatus.UNKNOWN, "64", ""),
        ("report-short", DeliveryStatus.DELIVERED, "1", ""),
    ],
)
def test_a_report(name: str, status: DeliveryStatus, word: str, why: str) -> None:
    told = parse_report(query(name))
    assert (told.provider, told.message_id) == ("kannel", ID)
    assert (told.status, told.raw_status, told.failure) == (status, word, why)
    assert told.address == (None if name == "report-short" else PERSON)


def test_the_table_above_has_every_type() -> None:
    named = {parse_report(path.read_bytes()).raw_status for path in FIXTURES.glob("report-*")}
    assert named - {"64"} == set(STATUSES)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("", ""),
        ("ACK%2F", ""),
        ("id%3A1+stat%3AEXPIRED", "EXPIRED"),
        ("id%3A1+stat%3AREJECTD+err%3AE05+text%3AYour+code+is+482913", "REJECTD E05"),
        ("NACK%2F0x00000058%2FThrottling+error", "Throttling error"),
        ("NACK%2F88%2Fnumber+250788000105+barred", "number … barred"),
        ("Your+code+is+482913", ""),
    ],
)
def test_of_an_answer_only_the_reason_is_kept(answer: str, why: str) -> None:
    assert parse_report(of({"id": ID, "type": "2", "answer": answer})).failure == why


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (b"type=1", "id: missing"),
        (b"id=5a", "type: missing"),
        (b"id=5a&type=", "type: missing"),
        (b"id=5a&id=5b&type=1", "id: given_twice"),
    ],
)
def test_a_report_that_cannot_be_read(told: bytes, why: str) -> None:
    with pytest.raises(BadPayload) as error:
        parse_report(told)
    assert str(error.value) == why


def test_no_repr_names_a_person_or_their_words() -> None:
    shown = repr(parse_sms_in(query("sms-in"))) + repr(parse_report(query("report-failed")))
    for secret in ("250788000105", "BAL", "Paid"):
        assert secret not in shown
