"""Prices by a program: calculated, explained, promised, and refused with the field."""

import uuid
from datetime import timedelta

import pytest

from tests.app.api.conftest import Program, Programs, said
from tests.support.prices import PUBLISHED, publish_prices
from tests.support.ussd import UssdTenant

OIL = {"product": "OIL", "quantity": 3}


@pytest.fixture
def shop(program: Programs, tenant: UssdTenant) -> Program:
    publish_prices(tenant)
    return program("prices:read", "prices:quote")


def test_a_basket_is_priced_and_explained(
    shop: Program, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    tenant.admin.execute(
        "INSERT INTO shop (tenant_id, subscriber_id, price_groups) VALUES (%s, %s, '{wholesale}')",
        (tenant.tenant_id, uwera),
    )
    items = [OIL, {"product": "SOAP", "quantity": 12}]
    got = said(shop.post("/prices/calculate", {"items": items, "person_id": str(uwera)}))
    assert (got["currency"], got["list_minor"], got["amount_minor"]) == ("RWF", 9_000, 8_100)
    assert got["total_minor"] == sum(line["total_minor"] for line in got["lines"])
    oil, _, free = got["lines"]
    assert oil["steps"][1] == {
        "rule": "wholesale",
        "stage": "customer",
        "before_minor": 3_000,
        "after_minor": 2_700,
        "floor": "",
    }
    assert (free["product"], free["quantity"], free["free_by"]) == ("SOAP", 1, "12+1")


def test_many_baskets_are_priced_and_one_that_cannot_be_says_why(shop: Program) -> None:
    baskets = [{"items": [OIL]}, {"items": [{"product": "WINE", "quantity": 1}]}, {"items": [OIL]}]
    got = said(shop.post("/prices/bulk-calculate", {"baskets": baskets, "explain": False}))
    first, second, third = got["answers"]
    assert first == third
    assert (first["price"]["total_minor"], first["price"]["lines"][0]["steps"]) == (3_540, [])
    assert second["error"]["reason"] == "unknown_product"
    assert second["error"]["product"] == "WINE"


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_at_an_end_of_the_calendar_is_answered(shop: Program, at: str) -> None:
    answer = shop.post("/prices/calculate", {"items": [OIL], "at": at})
    assert answer.status_code in (200, 409), said(answer)


@pytest.mark.parametrize(
    ("items", "status", "field"),
    [
        ([{"product": "WINE", "quantity": 1}], 409, "body.items.0.product"),
        ([OIL, {"product": "OIL", "quantity": 0}], 422, "items.1.quantity"),
        ([{"product": "OIL", "quantity": 2.5}], 422, "items.0.quantity"),
        ([{"product": "OIL", "quantity": "two"}], 422, "items.0.quantity"),
        ([{"product": "OIL", "quantity": 10**9}], 422, "items.0.quantity"),
        ([{"product": "oil!", "quantity": 1}], 422, "items.0.product"),
        ([], 422, "items"),
    ],
)
def test_what_cannot_be_priced_names_the_field(
    shop: Program, items: list[object], status: int, field: str
) -> None:
    answer = shop.post("/prices/calculate", {"items": items})
    assert (answer.status_code, said(answer)["errors"][0]["field"]) == (status, field)


def test_a_promised_price_is_taken_once(shop: Program, tenant: UssdTenant) -> None:
    made = shop.post("/prices/quotes", {"items": [OIL], "expires_in_s": 60}, "key-1")
    assert made.status_code == 201
    quote = said(made)
    assert said(shop.post("/prices/quotes", {"items": [OIL], "expires_in_s": 60}, "key-1")) == quote
    assert tenant.count("price_quote") == 1
    taken = said(shop.post(f"/prices/quotes/{quote['id']}/confirm", {}, "key-2"))
    assert (taken["state"], taken["price"]) == ("confirmed", quote["price"])
    again = said(shop.post(f"/prices/quotes/{quote['id']}/confirm", {}, "key-3"))
    assert again["confirmed_at"] == taken["confirmed_at"]
    assert shop.post("/prices/quotes", {"items": [OIL]}).status_code == 400


def test_a_price_that_expired_is_not_taken(shop: Program, tenant: UssdTenant) -> None:
    quote = said(shop.post("/prices/quotes", {"items": [OIL]}, "key-1"))
    tenant.admin.execute(
        "UPDATE price_quote SET created_at = now() - %s, expires_at = now() - %s",
        (timedelta(days=2), timedelta(days=1)),
    )
    refused = shop.post(f"/prices/quotes/{quote['id']}/confirm", {}, "key-2")
    assert (refused.status_code, said(refused)["detail"]) == (409, "quote_expired")
    assert said(shop.get(f"/prices/quotes/{quote['id']}"))["state"] == "expired"


@pytest.mark.parametrize(
    ("code", "items", "valid", "reason", "discount_minor"),
    [
        ("karibu", [OIL], True, "", 300),
        ("karibu", [], True, "", 0),
        ("karibu", [{"product": "OIL", "quantity": 1}], False, "order_too_small", 0),
        ("old", [], False, "not_now", 0),
        ("nope", [OIL], False, "unknown", 0),
    ],
)
def test_a_coupon_is_looked_at(
    shop: Program, code: str, items: list[object], valid: bool, reason: str, discount_minor: int
) -> None:
    got = said(shop.post("/promotions/validate", {"code": code, "items": items}))
    assert (got["valid"], got["reason"], got["discount_minor"]) == (valid, reason, discount_minor)


def test_list_prices_are_read_by_their_id(shop: Program) -> None:
    current = said(shop.get("/price-lists/current"))
    assert current["products"][0] == {"product": "OIL", "category": "food", "unit_minor": 1_000}
    assert said(shop.get(f"/price-lists/{current['id']}")) == current
    for unknown in (uuid.uuid4(), "yesterday"):
        assert shop.get(f"/price-lists/{unknown}").status_code == 404
    assert len(current["products"]) == len(PUBLISHED.products)


def test_without_prices_the_business_refuses(program: Programs) -> None:
    answer = program("prices:read").post("/prices/calculate", {"items": [OIL]})
    assert (answer.status_code, said(answer)["detail"]) == (409, "no_prices")
