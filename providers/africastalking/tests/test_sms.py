"""Africa's Talking SMS callbacks: raw bytes in, shapes out."""

from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from providers.africastalking.sms import (
    parse_opt_out,
    parse_sms_in,
    parse_sms_report,
    parse_subscription,
)
from providers.contracts.errors import BadPayload
from providers.contracts.messages import (
    DeliveryReport,
    DeliveryStatus,
    SmsInbound,
    SmsOptOut,
    SmsSubscription,
)
from tests.support.providers import form

AT = "africastalking"
E = "+250788000105"
EIGHT = datetime(2026, 11, 20, 8, 2, 10, tzinfo=UTC)
UUID = "5b1e6e4e-6d8d-4f6f-9a51-0d1f6c2f0a11"

INBOUND = {
    "sms-in": SmsInbound(AT, UUID, E, True, "7227", "PAY KOP1 500", "63510", "", EIGHT),
    "sms-in-iso-date": SmsInbound(
        *(AT, "ATXid_in05", E, True, "7227", "BAL\nplease", "", "88120045", EIGHT)
    ),
    "sms-in-from-a-name": SmsInbound(
        *(AT, "ATXid_in06", "MTN", False, "7227", "Bundle bought", "", "", EIGHT)
    ),
    "sms-in-no-text": SmsInbound(AT, "ATXid_in07", E, True, "7227", "", "", "", None),
}

FAILED, SENT = DeliveryStatus.FAILED, DeliveryStatus.SENT
REPORTS = {
    "sms-report-submitted": DeliveryReport(AT, "ATXid_out01", SENT, "Submitted", E, "63510", "", 0),
    "sms-report-success": DeliveryReport(
        *(AT, "ATXid_out01", DeliveryStatus.DELIVERED, "Success", E, "63510", "", 1)
    ),
    "sms-report-short": DeliveryReport(AT, "ATXid_out01", FAILED, "Expired", None, "", "", None),
    "sms-report-rejected": DeliveryReport(
        *(AT, "ATXid_out02", FAILED, "Rejected", E, "63510", "UserInBlackList", 2)
    ),
    "sms-report-new-word": DeliveryReport(
        *(AT, "ATXid_out02", DeliveryStatus.UNKNOWN, "Teleported", E, "63510", "", None)
    ),
}


@pytest.mark.parametrize("name", INBOUND)
def test_inbound(name: str) -> None:
    assert parse_sms_in(form(name)) == INBOUND[name]


@pytest.mark.parametrize("name", REPORTS)
def test_report(name: str) -> None:
    assert parse_sms_report(form(name)) == REPORTS[name]


@pytest.mark.parametrize(
    ("name", "is_added"), [("sms-subscription", True), ("sms-subscription-left", False)]
)
def test_subscription(name: str, is_added: bool) -> None:
    assert parse_subscription(form(name)) == SmsSubscription(AT, "7227", "RATES", is_added, E)


def test_opt_out() -> None:
    assert parse_opt_out(form("sms-optout")) == SmsOptOut(AT, "IMPUYE", E)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Buffered", DeliveryStatus.QUEUED),
        ("Sent", DeliveryStatus.SENT),
        ("Submitted", DeliveryStatus.SENT),
        ("Success", DeliveryStatus.DELIVERED),
        ("Rejected", DeliveryStatus.FAILED),
        ("Failed", DeliveryStatus.FAILED),
        ("AbsentSubscriber", DeliveryStatus.FAILED),
        ("Expired", DeliveryStatus.FAILED),
        ("success", DeliveryStatus.UNKNOWN),
        ("Delivered", DeliveryStatus.UNKNOWN),
    ],
)
def test_status_words(word: str, status: DeliveryStatus) -> None:
    report = parse_sms_report(f"id=ATXid_1&status={word}".encode())
    assert (report.status, report.raw_status) == (status, word)


def test_ranks() -> None:
    """A report that comes late never takes a message back; an unknown one delivers nothing."""
    order = [
        DeliveryStatus.UNKNOWN,
        DeliveryStatus.QUEUED,
        DeliveryStatus.SENT,
        DeliveryStatus.FAILED,
        DeliveryStatus.DELIVERED,
        DeliveryStatus.READ,
    ]
    assert sorted(order) == order
    assert [status.final for status in order] == [False, False, False, True, True, True]


@pytest.mark.parametrize(
    ("parse", "body", "why"),
    [
        (parse_sms_in, b"from=%2B250788000105&to=7227&text=Hi", "id: missing"),
        (parse_sms_in, b"id=1&to=7227&text=Hi", "from: missing"),
        (parse_sms_in, b"id=1&from=MTN&text=Hi", "to: missing"),
        (parse_sms_in, b"id=1&from=" + b"M" * 33 + b"&to=7227", "from: too_long"),
        (parse_sms_report, b"status=Success", "id: missing"),
        (parse_sms_report, b"id=1", "status: missing"),
        (parse_sms_report, b"id=" + b"1" * 129 + b"&status=Success", "id: too_long"),
        (parse_opt_out, b"senderId=IMPUYE", "phoneNumber: missing"),
        (parse_opt_out, b"phoneNumber=%2B250788000105", "senderId: missing"),
        (parse_opt_out, b"senderId=X&phoneNumber=0788000105", "phoneNumber: not_a_phone_number"),
        (
            parse_subscription,
            b"shortCode=7227&keyword=A&updateType=addition",
            "phoneNumber: missing",
        ),
        (parse_subscription, b"phoneNumber=%2B250788000105&keyword=A", "updateType: missing"),
        (
            *(parse_subscription, b"phoneNumber=%2B250788000105&updateType=pause"),
            "updateType: unknown_update",
        ),
        (
            *(parse_subscription, b"phoneNumber=%2B250788000105&updateType=addition"),
            "shortCode: missing",
        ),
        (
            *(parse_subscription, b"phoneNumber=%2B250788000105&updateType=addition&shortCode=1"),
            "keyword: missing",
        ),
    ],
)
def test_refused(parse, body: bytes, why: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadPayload) as caught:
        parse(body)
    assert str(caught.value) == why


def test_a_report_with_a_bad_number_is_still_matched_by_its_id() -> None:
    report = parse_sms_report(b"id=ATXid_1&status=Success&phoneNumber=unknown")
    assert (report.message_id, report.address) == ("ATXid_1", None)


def test_a_long_text_is_flagged() -> None:
    inbound = parse_sms_in(b"id=1&from=%2B250788000105&to=7227&text=" + b"x" * 1_601)
    assert (len(inbound.text), inbound.text_too_long) == (1_600, True)


def test_nothing_personal_in_a_repr() -> None:
    for name in INBOUND:
        inbound = parse_sms_in(form(name))
        told = repr(inbound)
        for value in ("788000105", "PAY KOP1", "Bundle"):
            assert value not in told
        assert asdict(inbound)["address"] not in told
