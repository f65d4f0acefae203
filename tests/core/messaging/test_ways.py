"""How a message may go out, and what it costs: by the table, at a moment."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.messaging import prices
from core.messaging.prices import BadPrices, Category, Price, PriceTable, UnknownPrice
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


# The form of a rate card; the figures are nobody's.
CARD = """
prices:
  - {channel: whatsapp, market: "*", from: 2026-10-01, currency: USD, marketing: "3", utility: "2"}
  - {channel: whatsapp, market: [RW, KE], from: 2026-10-01, currency: USD, utility: "0.5"}
  - {channel: whatsapp, market: RW, from: 2026-11-15, currency: USD, utility: "0.25"}
"""


def carded() -> PriceTable:
    """The table of an installation that has a rate card."""
    with_rules = f"rules: []\nunknown: []\n{CARD}"
    return TABLE.with_prices(prices.read(with_rules).prices)


def cost(
    category: Category,
    day: str = "2026-11-29",
    market: str = "RW",
    replies: int = 0,
    table: PriceTable = TABLE,
) -> Price | UnknownPrice:
    at = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return table.cost_of("whatsapp", market, category, at, replies_this_month=replies)


def test_replies_cost_since_october_beyond_a_thousand_a_month() -> None:
    unknown = UnknownPrice("no_rate_card")
    assert cost(Category.SERVICE, "2026-09-30", replies=5_000) == Price(Decimal(0), "")
    assert cost(Category.SERVICE, replies=999) == Price(Decimal(0), "")
    assert cost(Category.SERVICE, replies=1_000) == unknown
    assert cost(Category.UTILITY) == unknown
    assert cost(Category.MARKETING, market="NG") == unknown


def test_a_rate_card_says_what_is_paid() -> None:
    table = carded()
    paid = Price(Decimal("0.25"), "USD")
    assert cost(Category.SERVICE, replies=999, table=table) == Price(Decimal(0), "USD")
    assert cost(Category.SERVICE, replies=1_000, table=table) == paid
    assert cost(Category.UTILITY, table=table) == paid
    assert cost(Category.UTILITY, "2026-11-14", table=table) == Price(Decimal("0.5"), "USD")
    assert cost(Category.UTILITY, market="KE", table=table) == Price(Decimal("0.5"), "USD")
    assert cost(Category.MARKETING, table=table) == Price(Decimal(3), "USD")
    assert cost(Category.AUTHENTICATION, table=table) == UnknownPrice("no_rate_card")
    assert cost(Category.UTILITY, "2026-09-30", table=table) == UnknownPrice("no_rate_card")


def test_what_no_row_says_is_not_guessed() -> None:
    assert cost(Category.UTILITY, "2024-01-01") == UnknownPrice("not_in_table")
    sms = TABLE.cost_of("sms", "RW", Category.SERVICE, NOW)
    assert sms == UnknownPrice("not_in_table")
    for reason in ("not_in_table", "no_rate_card"):
        assert prices.REASONS[reason].endswith(".")


def test_ours_names_no_price_and_says_so() -> None:
    assert TABLE.prices == ()
    assert {one.reason for one in TABLE.unknown} == {"no_rate_card"}


def priced(row: str) -> str:
    """A table of one price."""
    return f"{{rules: [], unknown: [], prices: [{{channel: x, {row}}}]}}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("rules: [", "no YAML"),
        ("rules: []", "these are needed, and nothing else: rules, prices, unknown"),
        ("{rules: {}, prices: [], unknown: []}", "rules is no list"),
        ("{rules: [{channel: x}], prices: [], unknown: []}", r"rules\[0\]: replies is missing"),
        (
            "{rules: [], prices: [],"
            " unknown: [{channel: x, market: A, from: 2026-01-01, why: perhaps}]}",
            "why is one of",
        ),
        (priced("market: [NO, NO], from: 2026-01-01, currency: E"), "needs quotes"),
        (priced('market: A, from: 2026-01-01, currency: E, utility: "-1"'), "no price"),
        (priced("market: A, from: soon, currency: E"), "no day"),
        (priced("market: A, from: 2026-01-01, currency: E, tax: 1"), "no such field: tax"),
    ],
)
def test_a_fault_in_the_file_is_named(text: str, why: str) -> None:
    with pytest.raises(BadPrices, match=why):
        prices.read(text)
