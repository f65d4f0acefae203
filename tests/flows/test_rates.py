"""Rates in one line of a text message."""

import io
from decimal import Decimal

import pytest
from PIL import Image

from core.rates.converting import needed, received
from tests.support.history_of_rates import rates_are_polled
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant
from values.money import Money


@pytest.mark.usefixtures("fixed_time")
def test_one_line_asks_and_arms(tenant: UssdTenant) -> None:
    rates_are_polled(tenant)
    phone = Texter(tenant, tenant.people["kayitesi"].phones[0])
    told = "1 USD = 1,612.35 NGN as at 13:58, indicative."
    assert phone.text("RATE USD NGN 100") == f"100.00 USD = NGN 161,234.50\n{told}"
    # The pair is the first of the list by now, and is known by its name, too.
    assert phone.text("rate usd-ngn 33.33") == (f"33.33 USD = NGN 53,739.45, rounded down\n{told}")
    assert phone.text("ALERT USD NGN > 1650") == (
        f"We text you when 1 USD is above 1,650.00 NGN.\nNow: {told}"
    )
    assert phone.text("ALERT USD NGN << 1600.5").startswith("We text you when 1 USD is below")
    rows = tenant.admin.execute(
        "SELECT direction, level, every_time FROM rate_alert ORDER BY id"
    ).fetchall()
    assert rows == [("above", Decimal(1650), False), ("below", Decimal("1600.5"), True)]
    # The same, as people write it.
    assert phone.text("Rate 100 usd to ngn") == f"100.00 USD = NGN 161,234.50\n{told}"
    assert phone.text("alert usd/ngn above 1700,50") == (
        f"We text you when 1 USD is above 1,700.50 NGN.\nNow: {told}"
    )
    assert phone.text("alert usdngn 1700").startswith(f"{told}\n1 Above, once")
    assert "From USD to which?" in phone.text("RATE USD QQQ")
    # The other direction is another pair, whatever pairs are one's own.
    assert phone.text("RATE NGN USD 100").startswith("Choose a number shown.\nFrom which currency?")
    # What is refused is said, and no word behind it is an answer to something else.
    assert phone.text("RATE USD KES 100").startswith("There is no rate for that pair now.")
    assert phone.text("RATE USD NGN 0").startswith("Between 0.01 USD and")
    assert "How many USD?" in phone.text("RATE USD NGN -5")


def test_it_is_rounded_against_the_customer_by_less_than_a_minor_unit() -> None:
    rate = Decimal("1612.34567891")
    for minor in (1, 3_333, 10_000, 99_999_999):
        for destination, digits in (("NGN", 2), ("UGX", 0), ("TND", 3)):
            exact = Decimal(minor) * rate * Decimal(10) ** (digits - 2)
            got = received(Money(minor, "USD"), destination, rate)
            assert 0 <= exact - got.money.amount_minor < 1
            assert got.is_rounded == (exact != got.money.amount_minor)
            wanted = Money(minor, destination)
            cost = needed(wanted, "USD", rate).money.amount_minor
            arrives = received(Money(cost, "USD"), destination, rate).money.amount_minor
            assert arrives >= minor
            assert received(Money(cost - 1, "USD"), destination, rate).money.amount_minor < minor


@pytest.mark.usefixtures("fixed_time")
def test_the_week_comes_with_its_chart_where_pictures_are_shown(tenant: UssdTenant) -> None:
    rates_are_polled(tenant)
    found = {}
    for channel in ("sms", "whatsapp"):
        phone = Texter(tenant, tenant.people["kayitesi"].phones[0], channel)
        phone.text("RATE USD NGN 1")  # the pair is the first of the list from now on
        for typed in ("menu", "4", "5"):
            phone.text(typed)
        found[channel] = phone.write("1")
    assert found["sms"].text == found["whatsapp"].plain
    assert found["sms"].attachment is None
    file = found["whatsapp"].attachment
    assert file is not None
    assert (file.kind, file.mime_type, file.name) == ("image", "image/png", "USD-NGN.png")
    with Image.open(io.BytesIO(file.content)) as picture:
        assert picture.format == "PNG"
        assert picture.size == (768, 430)
        assert len(picture.getcolors() or []) > 5, "something is drawn"
    assert len(file.content) < 40_000
