"""The policy of sending, as plain functions of an answer and of a clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from providers.contracts.messages import NotSent, OutcomeUnknown, Refused, Scope, SendError
from values.messages import Priority
from values.zones import zone_of
from workers.sending import policy
from workers.sending.policy import Next, Pauses, Rate, Verdict

KIGALI = ZoneInfo("Africa/Kigali")
NIGHT = {"starts": "20:00", "ends": "07:30"}


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (NotSent("refused"), Verdict(Next.AGAIN, Pauses.OPERATION, takes_over=True)),
        (
            Refused("bad_account", never_left=True, alarm=True),
            Verdict(Next.AGAIN, Pauses.ACCOUNT, alarm=True, takes_over=True),
        ),
        (Refused("unauthorized", alarm=True), Verdict(Next.AGAIN, Pauses.ACCOUNT, alarm=True)),
        (
            Refused("invalid_sender", alarm=True, scope=Scope.SENDER),
            Verdict(Next.AGAIN, Pauses.SENDER, alarm=True),
        ),
        (Refused("throttled", retryable=True), Verdict(Next.AGAIN, Pauses.OPERATION)),
        (Refused("gateway_error", retryable=True), Verdict(Next.AGAIN, Pauses.NOTHING)),
        (
            Refused("invalid_number", scope=Scope.TEXT, never_left=True),
            Verdict(Next.FAIL, Pauses.NOTHING),
        ),
        (OutcomeUnknown("timeout"), Verdict(Next.UNKNOWN, Pauses.OPERATION)),
        (
            OutcomeUnknown("unreadable", scope=Scope.TEXT),
            Verdict(Next.UNKNOWN, Pauses.NOTHING),
        ),
    ],
    ids=lambda value: value.code if isinstance(value, SendError) else "",
)
def test_what_an_answer_means(error: SendError, expected: Verdict) -> None:
    assert policy.verdict(error) == expected


@pytest.mark.parametrize(
    "error",
    [
        OutcomeUnknown("timeout"),
        OutcomeUnknown("http_502", scope=Scope.TEXT),
        Refused("gateway_error", retryable=True),
        Refused("insufficient_balance", alarm=True),
    ],
)
def test_nobody_takes_over_what_has_left(error: SendError) -> None:
    assert not policy.verdict(error).takes_over


@pytest.mark.parametrize(
    ("local", "ends"),
    [
        ("2026-11-29T19:59", None),
        ("2026-11-29T20:00", "2026-11-30T07:30"),
        ("2026-11-29T23:59", "2026-11-30T07:30"),
        ("2026-11-30T00:10", "2026-11-30T07:30"),
        ("2026-11-30T07:30", None),
    ],
)
def test_quiet_hours_over_midnight(local: str, ends: str | None) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=KIGALI).astimezone(UTC)
    found = policy.quiet_until(now, NIGHT, KIGALI)
    assert found == (datetime.fromisoformat(ends).replace(tzinfo=KIGALI) if ends else None)


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = datetime(2026, 11, 29, 12, 30, tzinfo=KIGALI)
    siesta = {"starts": "12:00", "ends": "14:00"}
    assert policy.quiet_until(noon, siesta, KIGALI) == noon.replace(hour=14, minute=0)
    assert policy.quiet_until(noon.replace(hour=15), siesta, KIGALI) is None
    assert policy.quiet_until(noon, None, KIGALI) is None


def test_it_is_quiet_by_the_clock_of_who_gets_it() -> None:
    """19:30 in Accra is 21:30 in Kigali."""
    now = datetime(2026, 11, 29, 19, 30, tzinfo=UTC)
    accra, kigali = zone_of("+233241234567"), zone_of("+250788000001")
    assert accra is not None
    assert kigali is not None
    assert policy.quiet_until(now, NIGHT, accra) is None
    assert policy.quiet_until(now, NIGHT, kigali) is not None


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+250788000001", "Africa/Kigali"),
        ("+256700000001", "Africa/Kampala"),
        ("+233241234567", "Africa/Accra"),
        ("+243810000001", None),  # Kinshasa and Lubumbashi
        ("+12025550123", None),  # many countries
        ("+447700900123", None),  # Jersey and others share it
        ("+99999999", None),
        ("IMPUYE", None),
        ("", None),
    ],
)
def test_the_zone_of_a_number_where_nothing_is_in_doubt(number: str, zone: str | None) -> None:
    found = zone_of(number)
    assert (found.key if found else None) == zone


def test_only_what_goes_to_many_waits_for_the_morning() -> None:
    assert [policy.goes_to_many(priority) for priority in Priority] == [False, False, False, True]


def levels(channel: str, account_rate: float = 0, service_rate: float = 0) -> dict[str, Rate]:
    found = policy.levels(
        channel,
        account="at:x",
        account_rate=account_rate,
        service="s",
        service_rate=service_rate,
        pair="p",
    )
    return {level.name.partition(" ")[0]: level.rate for level in found}


def test_what_is_counted() -> None:
    assert levels("sms") == levels("ussd") == {}  # and then Redis is not asked
    assert levels("sms", account_rate=30) == {"account": Rate(30, 1.0, 30)}
    assert levels("sms", service_rate=0.5) == {"service": Rate(0.5, 1.0, 1)}
    whatsapp = {"account": Rate(80, 1.0, 80), "pair": Rate(1, 6.0, 45)}
    assert levels("whatsapp") == whatsapp
    assert levels("whatsapp", account_rate=500) == whatsapp | {"account": Rate(500, 1.0, 500)}
