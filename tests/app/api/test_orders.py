"""Orders by a program: placed once, refused in whole, cancelled while they can be."""

import uuid

import pytest

from core.orders import delivering, quotes
from tests.app.api.conftest import Program, Programs, said
from tests.support.orders import open_warehouse
from tests.support.prices import publish_prices
from tests.support.ussd import UssdTenant

OIL = {"product": "OIL", "quantity": 3}


@pytest.fixture
def shop(program: Programs, tenant: UssdTenant) -> Program:
    publish_prices(tenant)
    open_warehouse(tenant, oil=10, soap=10)
    return program("orders:read", "orders:write", "prices:quote", "people:read")


def _quote(shop: Program, person: uuid.UUID, quantity: int = 3) -> str:
    body = {"items": [OIL | {"quantity": quantity}], "person_id": str(person)}
    made = shop.post("/prices/quotes", body, uuid.uuid4().hex)
    assert made.status_code == 201
    return str(said(made)["id"])


def _asked(quote_id: str, person: uuid.UUID, payment: str = "cash") -> dict[str, str]:
    return {"quote_id": quote_id, "person_id": str(person), "payment": payment}


def test_a_promised_price_becomes_one_order(
    shop: Program, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    body = _asked(_quote(shop, uwera), uwera)
    first, again = (shop.post("/orders", body, "one") for _ in range(2))
    assert (first.status_code, said(first)) == (201, said(again))
    order = said(shop.post("/orders", body, "two"))
    assert order["id"] == said(first)["id"], "a price is one order, whoever says it again"
    assert (order["state"], order["channel"], order["total_minor"]) == ("confirmed", "api", 3_540)
    assert [line["product"] for line in order["lines"]] == ["OIL"]
    assert [step["step"] for step in order["steps"]] == ["create", "reserve", "confirm"]
    assert tenant.one("SELECT reserved FROM stock WHERE product = 'OIL'") == (3,)
    listed = said(shop.get("/orders?state=confirmed&limit=1"))
    assert [one["id"] for one in listed["items"]] == [order["id"]]
    assert said(shop.get(f"/orders?cursor={listed['next_cursor']}"))["items"] == []
    assert said(shop.get(f"/orders/{order['id']}"))["reference"] == order["reference"]


def test_what_cannot_be_ordered_reserves_nothing(
    shop: Program, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    poor = shop.post("/orders", _asked(_quote(shop, uwera), uwera, "credit"), "a")
    many = shop.post("/orders", _asked(_quote(shop, uwera, 11), uwera), "b")
    assert [(one.status_code, said(one)["code"]) for one in (poor, many)] == [(409, "refused")] * 2
    assert [said(one)["detail"] for one in (poor, many)] == ["no_credit", "out_of_stock"]
    other = tenant.id_of("kayitesi")
    theirs = shop.post("/orders", _asked(_quote(shop, uwera), other), "c")
    assert theirs.status_code == 404, "it was promised to somebody else"
    assert tenant.one("SELECT reserved FROM stock WHERE product = 'OIL'") == (0,)
    unknown = shop.get(f"/orders/{uuid.uuid4()}")
    assert unknown.status_code == 404


def test_an_order_is_cancelled_until_it_is_picked(
    shop: Program, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    first, second = (
        said(shop.post("/orders", _asked(_quote(shop, uwera), uwera), key))["id"] for key in "ab"
    )
    gone = shop.post(f"/orders/{first}/cancel", {"reason": "no lorry"}, "c")
    assert said(gone)["state"] == "cancelled"
    with tenant.tx() as tx:
        delivering.assign(tx, uuid.UUID(second), deliverer="Kalisa", actor="staff")
        delivering.pick(tx, uuid.UUID(second), actor="staff")
    late = shop.post(f"/orders/{second}/cancel", {"reason": "no lorry"}, "d")
    assert (late.status_code, said(late)["code"]) == (409, "refused")
    assert tenant.one("SELECT reserved FROM stock WHERE product = 'OIL'") == (3,)
    assert shop.post("/orders/x/cancel", {"reason": "no lorry"}, "e").status_code == 422


def test_an_expired_price_is_refused(shop: Program, tenant: UssdTenant, uwera: uuid.UUID) -> None:
    quote_id = _quote(shop, uwera)
    tenant.admin.execute(
        "UPDATE price_quote SET created_at = now() - interval '1 hour',"
        " expires_at = now() - interval '1 minute' WHERE id = %s",
        (quote_id,),
    )
    assert shop.post("/orders", _asked(quote_id, uwera), "a").status_code == 409
    with tenant.tx() as tx:
        assert quotes.find(tx, uuid.UUID(quote_id)).confirmed_at is None
