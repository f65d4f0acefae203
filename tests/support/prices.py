"""Prices for a tenant of the tests."""

from datetime import UTC, datetime

from core.orders.prices import publish
from core.pricing.rules import (
    CouponTerms,
    FreeGoods,
    OffTotal,
    Percent,
    Product,
    Published,
    Rule,
    Scope,
    Stage,
    TaxRate,
    Terms,
    UnitPrice,
    Window,
)
from tests.support.tenants import Tenant

OIL = Scope(products=frozenset(["OIL"]))
PUBLISHED = Published(
    Terms("RWF"),
    (Product("OIL", "food"), Product("SOAP", "home")),
    (
        Rule("list.OIL", Stage.LIST, UnitPrice(1_000), OIL),
        Rule("list.SOAP", Stage.LIST, UnitPrice(500), Scope(products=frozenset(["SOAP"]))),
        Rule("vat", Stage.TAX, TaxRate(1_800)),
        Rule("wholesale", Stage.CUSTOMER, Percent(-1_000), Scope(groups=frozenset(["wholesale"]))),
        Rule("12+1", Stage.PROMOTION, FreeGoods(12, 1), Scope(products=frozenset(["SOAP"]))),
        Rule(
            "karibu",
            Stage.COUPON,
            OffTotal(300),
            coupon=CouponTerms("KARIBU", 2_000, uses_maximum=2, uses_each_maximum=1),
        ),
        Rule(
            "old",
            Stage.COUPON,
            OffTotal(300),
            window=Window(ends_at=datetime(2026, 1, 1, tzinfo=UTC)),
            coupon=CouponTerms("OLD"),
        ),
    ),
)


def publish_prices(tenant: Tenant) -> None:
    """Publish these prices."""
    with tenant.tx() as tx:
        publish(tx, PUBLISHED, "the tests' committee")
