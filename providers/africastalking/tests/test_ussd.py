"""Africa's Talking USSD: raw bytes in, shapes out; screens in, bytes out."""

from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal
from timeit import repeat
from typing import Any
from urllib.parse import quote_plus, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers import limits
from providers.africastalking.ussd import parse_ussd, parse_ussd_end, ussd_body, ussd_reply
from providers.contracts.errors import BadPayload
from providers.contracts.ussd import UssdHop
from providers.contracts.webhooks import HttpReply
from tests.support.providers import form

FORM = "application/x-www-form-urlencoded"
S = "ATUid_7d20c4f1a95e4b0b8e6f3a2c19d87e55"
IMPUYE = "*384*10#"
A, B, C, D = (f"+25078800010{n}" for n in (1, 2, 3, 4))

# fixture → service_code, session_id, address, text, network
HOPS = [
    ("ussd-first", IMPUYE, S, A, "", "63510"),
    ("ussd-second", IMPUYE, S, A, "1", "63510"),
    ("ussd-same-answer-again", IMPUYE, S, A, "1*1", "63510"),
    ("ussd-back", IMPUYE, S, A, "1*1*0", "63510"),
    ("ussd-free-text", IMPUYE, S, A, "2*Isimbi Clarisse", "63510"),
    ("ussd-accents", IMPUYE, S, A, "2*Abdō & frère", "63510"),
    ("ussd-direct-dial-in-text", IMPUYE, "ATUid_02aa", B, "1*2*500", "63514"),
    ("ussd-direct-dial-in-code", "*384*10*1*2*500#", "ATUid_02ab", B, "", "63514"),
    ("ussd-plus-not-escaped", IMPUYE, "ATUid_03aa", C, "", "63510"),
    ("ussd-no-plus", IMPUYE, "ATUid_03ab", C, "", "63510"),
    ("ussd-no-network", IMPUYE, "ATUid_03ac", C, "4", ""),
    ("ussd-unknown-fields", IMPUYE, "ATUid_03ad", C, "4", "99999"),
    ("ussd-empty-box", IMPUYE, "ATUid_04aa", D, "1*", "63902"),
    ("ussd-bad-utf8", IMPUYE, "ATUid_04ab", D, "2*J\ufffdr\ufffdme", "63902"),
    ("ussd-local-number", IMPUYE, "ATUid_04ad", "0788000104", "1", "63902"),
    ("ussd-controls", IMPUYE, "ATUid_04ac", D, "5\ufffd00\ufffd*7 ", "63902"),
]


@pytest.mark.parametrize("row", HOPS, ids=lambda row: row[0])
def test_hop(row: tuple[str, ...]) -> None:
    name, service_code, session_id, address, text, network = row
    assert parse_ussd(form(name), FORM) == UssdHop(
        "africastalking", service_code, session_id, address, text, network, text_too_long=False
    )


# Lone surrogates too: they become bytes that are no UTF-8.
ANY = st.characters()


def fields(**changed: str | None) -> bytes:
    usual: dict[str, str | None] = {
        "sessionId": "ATUid_1",
        "phoneNumber": A,
        "serviceCode": IMPUYE,
        "networkCode": "63510",
        "text": "1",
    }
    return urlencode({k: v for k, v in (usual | changed).items() if v is not None}).encode()


REFUSED = [
    (form("ussd-no-session"), "sessionId: missing"),
    (fields(sessionId=""), "sessionId: missing"),
    (fields(sessionId="  "), "sessionId: missing"),
    (fields(sessionId="x" * 129), "sessionId: too_long"),
    (fields(sessionId="a\nb"), "sessionId: unreadable"),
    (fields(sessionId="é"), "sessionId: unreadable"),
    (fields(serviceCode=None), "serviceCode: missing"),
    (fields(serviceCode="*" * 183), "serviceCode: too_long"),
    (fields(phoneNumber=None), "phoneNumber: missing"),
    (fields(phoneNumber="+25078800"), "phoneNumber: not_a_phone_number"),
    (fields(phoneNumber="07880001"), "phoneNumber: not_a_phone_number"),
    (fields(phoneNumber="0123456789012345"), "phoneNumber: not_a_phone_number"),
    (fields(phoneNumber="+1234567890123456"), "phoneNumber: not_a_phone_number"),
    (fields(phoneNumber="tel:250788000101"), "phoneNumber: not_a_phone_number"),
    (fields(phoneNumber="+٢٥٠٧٨٨٠٠٠١٠١"), "phoneNumber: not_a_phone_number"),
    (fields() + b"&text=2", "text: given_twice"),
    (b"", "serviceCode: missing"),
    (b"&&&==&%%%&=\xff", "serviceCode: missing"),
    (b'{"sessionId":"ATUid_1"}', "serviceCode: missing"),
    (b"x" * (limits.BODY_MAX_BYTES + 1), "body_too_long"),
]


@pytest.mark.parametrize(("body", "why"), REFUSED, ids=[why for _, why in REFUSED])
def test_refused(body: bytes, why: str) -> None:
    with pytest.raises(BadPayload) as caught:
        parse_ussd(body, FORM)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("content_type", "taken"),
    [
        ("", True),
        (FORM, True),
        (f"{FORM}; charset=UTF-8", True),
        ("Application/X-WWW-Form-Urlencoded ;charset=utf-8", True),
        ("application/json", False),
        ("multipart/form-data; boundary=x", False),
        ("text/plain", False),
    ],
)
def test_content_type(content_type: str, taken: bool) -> None:
    if taken:
        assert parse_ussd(fields(), content_type).text == "1"
    else:
        with pytest.raises(BadPayload, match=r"^content-type: not_a_form$"):
            parse_ussd(fields(), content_type)


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("+250788000101", A),
        ("250788000101", A),
        ("+250 788-000.101", A),
        (" +250788000101 ", A),
        ("123456789", "+123456789"),
        ("123456789012345", "+123456789012345"),
    ],
)
def test_number(number: str, address: str) -> None:
    assert parse_ussd(fields(phoneNumber=number)).address == address


def test_long_text_is_flagged_and_cut() -> None:
    at_limit = parse_ussd(fields(text="7" * limits.TEXT_MAX_CHARS))
    assert (len(at_limit.text), at_limit.text_too_long) == (limits.TEXT_MAX_CHARS, False)
    over = parse_ussd(fields(text="7" * 10_000))
    assert (len(over.text), over.text_too_long) == (limits.TEXT_MAX_CHARS, True)
    emoji = parse_ussd(fields(text="🙂" * 2_500))
    assert (emoji.text, emoji.text_too_long) == ("🙂" * 2_500, False)


def test_a_missing_text_is_a_first_hop_and_a_long_network_is_no_network() -> None:
    hop = parse_ussd(fields(text=None, networkCode="6" * 17))
    assert (hop.text, hop.network) == ("", "")


def test_nothing_typed_and_no_number_in_a_repr() -> None:
    assert "4821" not in repr(parse_ussd(fields(text="1*4821")))
    assert "788000101" not in repr(parse_ussd(fields()))


@given(st.text(ANY, max_size=200), st.text(ANY, max_size=200))
def test_a_text_that_grew_begins_with_the_text_before(before: str, answer: str) -> None:
    """Whatever is typed: the suffix difference stays possible."""

    def read(text: str) -> str:
        quoted = quote_plus(text, errors="surrogatepass")
        return parse_ussd(fields(text=None) + b"&text=" + quoted.encode()).text

    assert read(f"{before}*{answer}").startswith(read(before) + "*")


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    for parse in (parse_ussd, parse_ussd_end):
        try:
            parse(body)
        except BadPayload:
            continue
    tail = parse_ussd(fields(text=None) + b"&text=" + body.replace(b"&", b""))
    assert all(char.isprintable() or char > "\xa0" for char in tail.text)


def test_escapes_are_decoded_once() -> None:
    assert parse_ussd(fields(text="%2A%252A+%zz%")).text == "%2A%252A+%zz%"
    raw = fields(text=None) + b"&text=%252A%2%2A1%%2B2A+%2a%"
    assert parse_ussd(raw).text == "%2A%2*1%+2A *%"


def test_a_hop_is_parsed_in_microseconds() -> None:
    body = form("ussd-direct-dial-in-text")
    best_us = min(repeat(lambda: parse_ussd(body, FORM), number=2_000, repeat=5)) / 2_000 * 1e6
    assert best_us < 60, f"{best_us:.1f} µs"  # about 5 on an idle machine


# --- screens ----------------------------------------------------------------------------------

SCREENS = [
    ("Welcome\n1. Pay\n2. Balance", False, b"CON Welcome\n1. Pay\n2. Balance"),
    ("Paid.", True, b"END Paid."),
    ("\n\n Hello \r\n1. A\r2. B\n\n", False, b"CON Hello \n1. A\n2. B"),
    ("\ufeffHello", False, b"CON Hello"),
    ("\x00A\x1bB\tC\x9f", True, b"END ABC"),
    ("CON END", False, b"CON CON END"),
    ("frère ﷼ 🙂", True, "END frère ﷼ 🙂".encode()),
    ("lone \ud83d half", True, b"END lone ? half"),
]


@pytest.mark.parametrize(("text", "ends", "body"), SCREENS, ids=range(len(SCREENS)))
def test_screen(text: str, ends: bool, body: bytes) -> None:
    assert ussd_body(text, ends) == body
    assert ussd_reply(text, ends) == HttpReply(200, "text/plain; charset=utf-8", body)


@pytest.mark.parametrize("text", ["", " \n", "\ufeff", "\x00"])
def test_an_empty_screen_is_a_mistake(text: str) -> None:
    with pytest.raises(ValueError, match="empty screen"):
        ussd_body(text, False)


@given(st.text(), st.booleans())
def test_nothing_stands_before_the_prefix(text: str, ends: bool) -> None:
    try:
        body = ussd_body(text, ends)
    except ValueError:
        return
    assert body[:4] == (b"END " if ends else b"CON ")
    assert body[4:].decode().strip() == body[4:].decode()
    assert b"\r" not in body
    assert b"\0" not in body


# --- the end of a session ---------------------------------------------------------------------

ENDED: dict[str, dict[str, Any]] = {
    "ussd-end-success": {
        "status": "success",
        "at": datetime(2026, 11, 20, 7, 41, 9, tzinfo=UTC),
        "duration_ms": 38_211,
        "hops": 5,
        "cost": (Decimal("2.50"), "RWF"),
        "reply_prefix": "END",
        "reply_chars": 27,
        "error": "",
    },
    "ussd-end-left": {
        "status": "incomplete",
        "at": datetime(2026, 11, 20, 7, 44, 30, tzinfo=UTC),
        "duration_ms": 61_002,
        "hops": 2,
        "cost": (Decimal("2.5"), ""),
        "reply_prefix": "CON",
        "reply_chars": 20,
        "error": "",
    },
    "ussd-end-failed": {
        "status": "failed",
        "at": datetime(2026, 11, 20, 7, 44, 30, tzinfo=UTC),
        "duration_ms": 10_044,
        "hops": 3,
        "cost": (Decimal("0.00"), "RWF"),
        "reply_prefix": "other",
        "reply_chars": 6,
        "error": "Unexpected response 502 for input 1*2*…",
    },
}


@pytest.mark.parametrize("name", ENDED)
def test_ended(name: str) -> None:
    ended = parse_ussd_end(form(name), FORM)
    same = {"service_code": IMPUYE, "session_id": S, "address": A, "network": "63510"}
    assert asdict(ended) == ENDED[name] | same | {"provider": "africastalking"}


@pytest.mark.parametrize("name", ENDED)
def test_what_was_typed_is_nowhere_in_an_end_event(name: str) -> None:
    assert "4821" not in str(asdict(parse_ussd_end(form(name))))


def test_an_end_event_with_little_in_it() -> None:
    ended = parse_ussd_end(
        f"sessionId=x&serviceCode=%2A1%23&phoneNumber=%2B{A[1:]}&status=Evaporated"
        "&date=yesterday&durationInMillis=-1&cost=free".encode()
    )
    assert (ended.status, ended.at, ended.duration_ms, ended.hops, ended.cost) == (
        *("unknown", None, None, None, None),
    )
    assert (ended.network, ended.reply_prefix, ended.error) == ("", "", "")
