"""Orders on the console: the board, each step, a short delivery, stock, and prices by two."""

import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from msgspec import structs

from app.console.application import create_console
from core.orders import billing, orders, placing, prices, quotes
from core.orders.credit import applying
from core.orders.orders import Order
from core.orders.prices import Purchase
from core.pricing.basket import Wanted
from core.staff.roles import Member
from tests.app.console.conftest import Clerk, settings_of, taken_on
from tests.support.credit import TERMS, bought, offer_credit, paid_for
from tests.support.orders import WAREHOUSE, open_warehouse
from tests.support.prices import PUBLISHED, publish_prices
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant

KIGALI = ZoneInfo("Africa/Kigali")


@dataclass
class Trader:
    """The console of a trader that sells oil and soap; `first` and `second` may publish."""

    tenant: Tenant
    web: Flask
    shop: uuid.UUID
    first: Member
    second: Member

    def clerk(self, member: Member) -> Clerk:
        return Clerk(self.web, self.tenant).signs_in(member)

    def ordered(self, *basket: Wanted) -> Order:
        with self.tenant.tx() as tx:
            wanted = basket or [Wanted("OIL", 3), Wanted("SOAP", 2)]
            quote = quotes.promise(tx, Purchase(self.shop), wanted, zone=KIGALI)
            order = placing.place(tx, quote.id, self.shop, payment=placing.CASH, channel="ussd")
            return placing.confirm(tx, order.id)

    def order(self, order: Order) -> Order:
        with self.tenant.tx() as tx:
            return orders.get(tx, order.id)


@pytest.fixture
def trader(database: DatabaseUrls) -> Iterator[Trader]:
    with new_tenant(database, "trade") as tenant:
        publish_prices(tenant)
        open_warehouse(tenant, oil=40, soap=40)
        staff = taken_on(tenant)
        web = create_console(settings_of(tenant), tenant.database, KEYS)
        yield Trader(tenant, web, tenant.person(), staff["super_admin"], staff["second"])
        assert tenant.broken() == []


def test_an_order_goes_over_the_board_and_comes_short(trader: Trader) -> None:
    clerk, order = trader.clerk(trader.first), trader.ordered()
    path = f"/console/orders/{order.id}"
    assert order.reference in clerk.reads("/console/orders?state=confirmed")
    assert order.reference not in clerk.reads("/console/orders?state=picked")
    assert clerk.get(f"/console/orders?reference={order.reference.lower()}").location == path
    assert "no order of that name" in clerk.reads("/console/orders?reference=ZZZZ")
    assert clerk.post(f"{path}/pick").status_code == 409, "nobody has it yet"
    assert clerk.post(f"{path}/assign", deliverer=" ").status_code == 409
    assert "Kalisa brings it." in clerk.does(f"{path}/assign", deliverer="Kalisa")
    assert "somebody else" in clerk.does(f"{path}/take-back")
    clerk.does(f"{path}/assign", deliverer="Mutesi")
    assert f"{path}/deliver" in (clerk.does(f"{path}/pick") and clerk.offers(path))
    assert clerk.post(f"{path}/cancel", reason="late").status_code == 409
    # Two of the line's three oils, and one soap whose place oil took.
    came = {"came_1": "2", "came_2": "1", "other_2": "OIL"}
    for wrong in ({"came_1": "4"}, {"came_1": "two"}, {"came_1": "2.5"}, {"other_2": "WINE"}):
        assert clerk.post(f"{path}/deliver", **(came | wrong)).status_code == 409
    clerk.does(f"{path}/deliver", **came)
    with trader.tenant.tx() as tx:
        billing.invoice(tx, order.id)
    owed = trader.order(order).owed_minor
    assert 0 < owed < order.total_minor
    assert clerk.post(f"{path}/cash", amount=str(owed + 1), key="R1").status_code == 409
    clerk.does(f"{path}/cash", amount=str(owed), key="R1")
    assert trader.order(order).state == "settled"
    page = clerk.reads(path)
    assert ("OIL" in page, "settle" in page) == (True, True)


def test_what_nobody_takes_and_what_is_cancelled_give_all_back(trader: Trader) -> None:
    clerk = trader.clerk(trader.first)
    refused, cancelled = trader.ordered(), trader.ordered()
    path = f"/console/orders/{refused.id}"
    clerk.does(f"{path}/assign", deliverer="Kalisa")
    clerk.does(f"{path}/pick")
    assert "given back" in clerk.does(f"{path}/deliver", came_1="0", came_2="0")
    clerk.does(f"/console/orders/{cancelled.id}/cancel", reason="no lorry")
    assert trader.tenant.admin.execute(
        "SELECT sum(reserved) FROM stock WHERE tenant_id = %s", (trader.tenant.tenant_id,)
    ).fetchone() == (0,)
    assert clerk.get(f"/console/orders/{uuid.uuid4()}").status_code == 404


def test_stock_is_received_and_counted_once(trader: Trader) -> None:
    clerk = trader.clerk(trader.first)
    oil = {"warehouse": WAREHOUSE, "product": "OIL"}
    clerk.does("/console/orders/stock", do="receive", quantity="10", **oil)
    page = clerk.reads("/console/orders/stock")
    version = re.findall(r'value="OIL">\s*<input type="hidden" name="version" value="(\d+)"', page)
    count = {"do": "count", "quantity": "45", "version": version[0]}
    clerk.does("/console/orders/stock", **count, **oil)
    assert clerk.post("/console/orders/stock", **count, **oil).status_code == 409, "counted before"
    for wrong in ("0", "-1", "2.5", "two", str(10**13)):
        answer = clerk.post("/console/orders/stock", do="receive", quantity=wrong, **oil)
        assert answer.status_code == 409


def test_prices_of_a_file_hold_once_a_second_person_agrees(trader: Trader) -> None:
    clerk, other = trader.clerk(trader.first), trader.clerk(trader.second)
    file = b"Code,Product,Price\nOIL,Cooking oil,1250\nSOAP,Bar soap,500\nWINE,Wine,9000\nX,,12\n"
    page = clerk.post("/console/orders/prices/preview", file=(io.BytesIO(file), "prices.csv")).text
    assert "1 prices change, 1 stay" in page
    assert "left out: WINE" in page
    assert "1,000 RWF" in page
    assert "1,250 RWF" in page
    content = '{"prices":{"OIL":1250}}'
    assert clerk.post("/console/orders/prices/ask", content=content).status_code == 409, "no reason"
    clerk.does("/console/orders/prices/ask", content=content, reason="The mill asks for more")
    assert "1 list prices" in clerk.reads("/console/orders/prices")
    with trader.tenant.tx() as tx:
        [request] = [row[0] for row in tx.all("SELECT id FROM approval_request")]
    path = f"/console/approvals/{request}/approve"
    assert clerk.post(path).status_code == 409, "who asked does not decide"
    other.does(path)
    assert "1,250 RWF" in clerk.reads("/console/orders/prices")
    with trader.tenant.tx() as tx:
        before = tx.one("SELECT version FROM price_book WHERE is_folders")
        assert before is not None
        assert prices.folder_version(tx) == before[0], "the folder does not publish its own again"
        priced = quotes.promise(tx, Purchase(), [Wanted("OIL", 1)], zone=KIGALI).priced
    assert priced.list_minor == 1_250
    assert len(PUBLISHED.rules) > 2


@pytest.mark.parametrize("content", ["", "[]", '{"prices":{"OIL":0}}', '{"prices":{"OIL":"x"}}'])
def test_prices_that_are_none_are_not_asked_for(trader: Trader, content: str) -> None:
    clerk = trader.clerk(trader.first)
    answer = clerk.post("/console/orders/prices/ask", content=content, reason="a test")
    assert answer.status_code == 409


def test_credit_is_given_refused_and_stopped(trader: Trader) -> None:
    clerk, terms = trader.clerk(trader.first), structs.replace(TERMS, approve_at=90)
    assert "terms come from the folder" in clerk.reads("/console/orders/credit")
    offer_credit(trader.tenant, terms)
    with trader.tenant.tx() as tx:
        paid_for(tx, bought(tx, trader.shop, "cash"))
        asked = applying.apply(tx, trader.shop).id
    assert "40 points of 100" in clerk.reads("/console/orders/credit")
    assert "A shop asks for credit" in clerk.reads("/console")
    path = f"/console/orders/credit/{asked}"
    for limit in ("", "0", "-5", "100001", "much"):
        assert clerk.post(f"{path}/approve", limit=limit, reason="known").status_code == 409
    assert clerk.post(f"{path}/approve", limit="4000").status_code == 409, "no reason"
    assert "4,000 RWF" in clerk.does(f"{path}/approve", limit="4000", reason="known")
    assert clerk.post(f"{path}/refuse", reason="late").status_code == 409, "it is decided"
    turn = f"/console/orders/credit/{trader.shop}/turn"
    assert "stopped" in clerk.does(turn, do="stop", reason="the shop moved")
    assert clerk.post(turn, do="stop", reason="again").status_code == 409
    assert "Stop it" in clerk.does(turn, do="on", reason="it is back")
