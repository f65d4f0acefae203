"""Pairs and what is said of them, as people write it in one line."""

import pytest

from flows.rates.line import Line, read_line
from flows.rates.rate import ConvertRate, Rate
from flows.rates.texts import DailyRate, RateAlert


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("USD NGN", Line("USD", "NGN")),
        ("usd/ngn", Line("USD", "NGN")),
        ("usd->ngn 100", Line("USD", "NGN", "100")),
        ("usd => ngn =>1600", Line("USD", "NGN", "1600", way=">")),
        ("Usd-Ngn 100.", Line("USD", "NGN", "100")),
        ("USDNGN 1,000.50", Line("USD", "NGN", "1,000.50")),
        ("USD to NGN 1000,50", Line("USD", "NGN", "1000,50")),
        ("100 USD to NGN please", Line("USD", "NGN", "100", "USD")),
        ("100usd ngn", Line("USD", "NGN", "100", "USD")),
        ("usd to 5k ngn", Line("USD", "NGN", "5k", "NGN")),
        ("USD NGN>1600", Line("USD", "NGN", "1600", way=">")),
        ("usd ngn >= 1600", Line("USD", "NGN", "1600", way=">")),
        ("usd ngn << 1,600.5", Line("USD", "NGN", "1,600.5", way="<<")),
        ("me when usd ngn goes above 1600,50", Line("USD", "NGN", "1600,50", way=">")),
        ("usd ngn less than 1500 every time", Line("USD", "NGN", "1500", way="<<")),
        ("usd ngn au-dessus de 1600", Line("USD", "NGN", "1600", way=">")),
        ("usd ngn chini ya 1600 kila mara", Line("USD", "NGN", "1600", way="<<")),
        ("usd ngn between 1500 and 1600", Line("USD", "NGN")),
        ("usd ngn above 1500 below 1600", Line("USD", "NGN")),
        # A minus is no dash, and 0 no way back: the question says what is wrong with them.
        ("usd ngn -5", Line("USD", "NGN", "-5")),
        ("usd ngn > -5", Line("USD", "NGN", "-5", way=">")),
        ("usd-ngn-5", Line("USD", "NGN", "5")),
        ("usd ngn 0", Line("USD", "NGN", "0.0")),
        ("usd ngn 000", Line("USD", "NGN", "0.0")),
        ("usd ngn <> 1600", Line("USD", "NGN", "1600")),
        ("usd ngn 100 eur", Line("USD", "NGN")),
        ("usd ngn 100 usd", Line("USD", "NGN", "100")),
        ("usd", None),
        ("usd qqq 100", None),
        ("", None),
    ],
)
def test_a_line_is_read_however_it_is_written(written: str, line: Line | None) -> None:
    assert read_line(written.split()) == line


def test_each_conversation_takes_what_it_asks_for() -> None:
    assert Rate.read_line(["100", "usd", "to", "ngn"]) == ["USD", "NGN", "100"]
    assert Rate.read_line(["usd", "to", "5000", "ngn"]) == ["USD", "NGN"]
    assert ConvertRate.read_line(["usd", "to", "5000", "ngn"]) == ["USD", "NGN", "get", "5000"]
    assert ConvertRate.read_line(["100", "usd", "ngn"]) == ["USD", "NGN", "send", "100"]
    assert ConvertRate.read_line(["usd", "ngn", "100"]) == ["USD", "NGN"]
    assert RateAlert.read_line(["usd/ngn", "1600"]) == ["USD", "NGN"]
    assert RateAlert.read_line(["usd/ngn", "over", "1600"]) == ["USD", "NGN", ">", "1600"]
    assert DailyRate.read_line(["usd", "ngn", "at", "8"]) == ["USD", "NGN", "8"]
    assert RateAlert.read_line(["usd", "qqq"]) == ["usd", "qqq"]
