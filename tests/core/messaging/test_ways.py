"""How a message may go out, and what it costs: by the table, at a moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.messaging import prices
from core.messaging.prices import BadPrices, Category, Price
from core.messaging.ways import (
    REASONS,
    Asked,
    BySms,
    ByTemplate,
    Freely,
    Later,
    NoWay,
    Template,
    Way,
    way_of,
)
from values.messages import Priority

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
TABLE = prices.table()
ENGLISH = Template("float_low_v2", "en", Category.UTILITY)
ASKED = Asked(
    channel="whatsapp",
    kind="float_low",
    priority=Priority.RECEIPT,
    language="en",
    at=NOW,
    last_inbound_at=None,
    templates={},
)


def asked(
    *, hours: float | None = None, state: str = "", priority: Priority = Priority.RECEIPT,
    sms: bool = False, has_number: bool = True, language: str = "en",
) -> Way:  # fmt: skip
    return way_of(
        replace(
            ASKED,
            last_inbound_at=None if hours is None else NOW - timedelta(hours=hours),
            templates={"en": replace(ENGLISH, state=state)} if state else {},
            priority=priority,
            sms=sms,
            has_number=has_number,
            language=language,
        ),
        TABLE,
    )


@pytest.mark.parametrize("hours", [0, 1, 23.9])
def test_within_a_day_of_their_message_people_are_written_to_freely(hours: float) -> None:
    assert asked(hours=hours) == Freely(Category.SERVICE)


@pytest.mark.parametrize("hours", [23.99, 24, 100, None])
def test_after_that_only_an_approved_template_goes(hours: float | None) -> None:
    assert asked(hours=hours, state="approved") == ByTemplate(ENGLISH)
    assert asked(hours=hours) == NoWay("window_closed")
    assert asked(hours=hours, sms=True) == BySms("window_closed")


@pytest.mark.parametrize(
    ("state", "priority", "sms", "way"),
    [
        ("paused", Priority.RECEIPT, True, BySms("template_paused")),
        ("paused", Priority.BULK, True, Later("template_paused")),
        ("paused", Priority.RECEIPT, False, Later("template_paused")),
        ("disabled", Priority.CODE, True, BySms("template_disabled")),
        ("disabled", Priority.BULK, True, NoWay("template_disabled")),
        ("rejected", Priority.RECEIPT, False, NoWay("template_rejected")),
        ("pending", Priority.RECEIPT, True, BySms("template_pending")),
        ("a new word", Priority.RECEIPT, False, NoWay("template_disabled")),
    ],
)
def test_a_template_that_may_not_be_used(
    state: str, priority: Priority, sms: bool, way: Way
) -> None:
    assert asked(state=state, priority=priority, sms=sms) == way


def test_the_only_template_goes_in_whatever_language() -> None:
    assert asked(state="approved", language="rw") == ByTemplate(ENGLISH)


def test_a_code_needs_a_number() -> None:
    for hours in (1, 48):
        found = asked(hours=hours, priority=Priority.CODE, has_number=False, state="approved")
        assert found == NoWay("code_needs_number")
    assert asked(hours=48, priority=Priority.RECEIPT, has_number=False, sms=True) == NoWay(
        "window_closed"
    )


@pytest.mark.parametrize("channel", ["sms", "ussd"])
def test_by_sms_there_is_no_window(channel: str) -> None:
    assert isinstance(way_of(replace(ASKED, channel=channel), TABLE), Freely)


def test_every_reason_has_its_sentence() -> None:
    for state in ("", "pending", "paused", "disabled", "rejected"):
        found = asked(state=state)
        assert isinstance(found, NoWay | Later)
        assert REASONS[found.reason].endswith(".")


# --- what it costs --------------------------------------------------------------------------------


def cost(
    category: Category, day: str = "2026-11-29", market: str = "RW", replies: int = 0
) -> Price | None:
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return TABLE.cost_of("whatsapp", market, category, at, replies_this_month=replies)


def test_replies_cost_since_october_beyond_a_thousand_a_month() -> None:
    free, paid = Price(Decimal(0), "USD"), Price(Decimal("0.0040"), "USD")
    assert cost(Category.SERVICE, "2026-09-30", replies=5_000) == free
    assert cost(Category.SERVICE, replies=999) == free
    assert cost(Category.SERVICE, replies=1_000) == paid
    assert cost(Category.UTILITY) == paid
    assert cost(Category.UTILITY, market="NG") == Price(Decimal("0.0067"), "USD")
    assert cost(Category.MARKETING, market="XX") == Price(Decimal("0.0604"), "USD")


def test_what_no_row_says_is_not_guessed() -> None:
    assert cost(Category.UTILITY, "2024-01-01") is None
    assert TABLE.cost_of("sms", "RW", Category.SERVICE, NOW) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rules: [", "no YAML"),
        ("rules: []", "rules and prices are needed"),
        ("{rules: [{channel: x}], prices: []}", r"rules\[0\]: replies is missing"),
        (
            "{rules: [], prices: [{channel: x, market: [NO, NO], from: 2026-01-01, currency: E}]}",
            "needs quotes",
        ),
        (
            '{rules: [], prices: [{channel: x, market: A, from: 2026-01-01, currency: E,'
            ' utility: "-1"}]}',
            "no price",
        ),
        (
            "{rules: [], prices: [{channel: x, market: A, from: soon, currency: E}]}",
            "no day",
        ),
        (
            "{rules: [], prices: [{channel: x, market: A, from: 2026-01-01, currency: E, tax: 1}]}",
            "no such field: tax",
        ),
    ],
)  # fmt: skip
def test_a_fault_in_the_file_is_named(text: str, why: str) -> None:
    with pytest.raises(BadPrices, match=why):
        prices.read(text)
