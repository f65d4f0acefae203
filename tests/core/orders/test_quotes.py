"""A price that was promised holds to the minor unit, and a coupon is not used too often."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from core.orders import prices, quotes
from core.orders.errors import NoPrices, QuoteExpired, QuoteUnknown
from core.orders.prices import Books, Purchase
from core.pricing.basket import Wanted
from core.pricing.rules import Rule, Stage, UnitPrice
from tests.support.prices import OIL, PUBLISHED, publish_prices
from tests.support.ussd import UssdTenant

KIGALI = ZoneInfo("Africa/Kigali")
BASKET = [Wanted("OIL", 3)]


def promise(
    tenant: UssdTenant, purchase: Purchase, lives: timedelta = quotes.QUOTE_LIVES
) -> quotes.Quote:
    with tenant.tx() as tx:
        return quotes.promise(tx, purchase, BASKET, zone=KIGALI, lives=lives)


def test_without_prices_nothing_is_promised(tenant: UssdTenant) -> None:
    with pytest.raises(NoPrices):
        promise(tenant, Purchase())


def test_a_promised_price_holds_when_others_are_published(tenant: UssdTenant) -> None:
    publish_prices(tenant)
    quote = promise(tenant, Purchase())
    dearer = Rule("list.OIL", Stage.LIST, UnitPrice(9_000), OIL)
    others = [rule for rule in PUBLISHED.rules if rule.id != dearer.id]
    with tenant.tx() as tx:
        prices.publish(tx, msgspec.structs.replace(PUBLISHED, rules=(dearer, *others)), "somebody")
    with tenant.tx() as tx:
        kept = quotes.confirm(tx, quote.id)
    assert kept.priced == quote.priced
    assert (kept.priced.total_minor, promise(tenant, Purchase()).priced.total_minor) == (
        3_540,
        31_860,
    )
    with tenant.tx() as tx:
        assert quotes.confirm(tx, quote.id) == kept


def test_a_price_that_expired_is_gone(tenant: UssdTenant) -> None:
    publish_prices(tenant)
    quote = promise(tenant, Purchase(), timedelta(milliseconds=1))
    with tenant.tx() as tx, pytest.raises(QuoteExpired):
        quotes.confirm(tx, quote.id)
    with tenant.tx() as tx, pytest.raises(QuoteUnknown):
        quotes.confirm(tx, uuid.uuid4())


def test_a_coupons_last_use_is_had_once(tenant: UssdTenant) -> None:
    publish_prices(tenant)
    people = [tenant.id_of(name) for name in ("uwera", "bizimana", "kayitesi")]
    with ThreadPoolExecutor(3) as pool:
        got = list(
            pool.map(lambda id: promise(tenant, Purchase(id, coupon="karibu")).priced, people)
        )
    assert sorted(one.coupon_refused for one in got) == ["", "", "used_up"]
    mine = next(id for id, one in zip(people, got, strict=True) if not one.coupon_refused)
    again = promise(tenant, Purchase(mine, coupon="karibu"))
    assert again.priced.coupon_refused == "used_up"
    tenant.admin.execute(
        "UPDATE price_quote SET created_at = now() - interval '2 days',"
        " expires_at = now() - interval '1 day' WHERE coupon_rule <> ''"
    )
    assert promise(tenant, Purchase(mine, coupon="karibu")).priced.coupon_refused == ""


def test_a_shops_groups_make_its_price(tenant: UssdTenant) -> None:
    publish_prices(tenant)
    uwera = tenant.id_of("uwera")
    tenant.admin.execute(
        "INSERT INTO shop (tenant_id, subscriber_id, price_groups) VALUES (%s, %s, '{wholesale}')",
        (tenant.tenant_id, uwera),
    )
    assert promise(tenant, Purchase(uwera)).priced.amount_minor == 2_700
    assert promise(tenant, Purchase()).priced.amount_minor == 3_000


def test_books_are_compiled_once_and_the_oldest_is_let_go(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_prices(tenant)
    books = Books()
    with tenant.tx() as tx:
        first_id, first = books.newest(tx)
        assert books.of(tx, first_id) is first
    monkeypatch.setattr(prices, "BOOKS_MAXIMUM", 1)
    publish_prices(tenant)
    with tenant.tx() as tx:
        assert books.newest(tx)[0] != first_id
        again = books.of(tx, first_id)
    assert again is not first
    assert again.version == first.version
