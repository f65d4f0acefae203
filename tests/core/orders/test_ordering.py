"""An order from its price to its payment, and what gives everything back on the way."""

import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from core.db.database import Database, Tx
from core.db.errors import Unavailable
from core.money import ledger
from core.money.errors import InsufficientFunds
from core.orders import billing, delivering, orders, placing, quotes, stock
from core.orders.delivering import Handed
from core.orders.errors import (
    MoreThanOrdered,
    MoreThanOwed,
    OrderGone,
    OutOfStock,
    QuoteExpired,
    QuoteUnknown,
    StockChanged,
    TooLateToCancel,
    UnknownProduct,
)
from core.orders.orders import Order
from core.orders.prices import Purchase
from core.pricing.basket import Wanted
from tests.support.orders import WAREHOUSE, open_warehouse
from tests.support.prices import publish_prices
from tests.support.servers import DatabaseUrls
from tests.support.tenants import Tenant, new_tenant

KIGALI = ZoneInfo("Africa/Kigali")


class Shop:
    """A shop of a tenant that sells oil and soap, with 10 and 30 in its warehouse."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.id = tenant.person()
        self.wallet = ledger.account_id(self.id, ledger.WALLET, tenant.currency)

    def quote(self, *basket: Wanted, coupon: str = "") -> uuid.UUID:
        with self.tenant.tx() as tx:
            asked = Purchase(self.id, coupon=coupon)
            return quotes.promise(tx, asked, basket or [Wanted("OIL", 3)], zone=KIGALI).id

    def place(self, *basket: Wanted, payment: str = placing.CASH, coupon: str = "") -> Order:
        quote_id = self.quote(*basket, coupon=coupon)
        with self.tenant.tx() as tx:
            return placing.place(tx, quote_id, self.id, payment=payment, channel="ussd")

    def buy(self, quote_id: uuid.UUID, payment: str = placing.CASH) -> Order:
        """Place and confirm in one transaction, as a phone does."""
        with self.tenant.tx() as tx:
            order = placing.place(tx, quote_id, self.id, payment=payment, channel="ussd")
            return placing.confirm(tx, order.id)

    def confirmed(self, *basket: Wanted, payment: str = placing.CASH, coupon: str = "") -> Order:
        order = self.place(*basket, payment=payment, coupon=coupon)
        with self.tenant.tx() as tx:
            return placing.confirm(tx, order.id)

    def picked(self, *basket: Wanted, payment: str = placing.CASH) -> Order:
        order = self.confirmed(*basket, payment=payment)
        with self.tenant.tx() as tx:
            delivering.assign(tx, order.id, deliverer="Kalisa", actor="staff")
            return delivering.pick(tx, order.id, actor="staff")

    def deliver(self, order: Order, *handed: Handed) -> Order:
        with self.tenant.tx() as tx:
            return delivering.deliver(tx, order.id, handed, actor="staff")

    def order(self, order: Order) -> Order:
        with self.tenant.tx() as tx:
            return orders.get(tx, order.id)

    def balance(self) -> tuple[int, int]:
        return self.tenant.balance(self.wallet)

    def stocked(self, product: str = "OIL") -> tuple[int, int]:
        with self.tenant.tx() as tx:
            return next(
                (row.on_hand, row.reserved) for row in stock.listed(tx) if row.product == product
            )

    def go_on(self) -> int:
        relay = Database(self.tenant.urls.relay_url)
        try:
            return billing.go_on(self.tenant.database, relay)
        finally:
            relay.close()


@pytest.fixture(scope="module")
def books(module_database: DatabaseUrls) -> Iterator[DatabaseUrls]:
    """Of all these shops; whatever happened to them, they are right."""
    yield module_database
    with new_tenant(module_database, "auditor") as tenant:
        assert tenant.broken() == []


@pytest.fixture
def shop(books: DatabaseUrls) -> Iterator[Shop]:
    with new_tenant(books, f"trade-{uuid.uuid4().hex[:8]}") as tenant:
        publish_prices(tenant)
        open_warehouse(tenant, oil=10, soap=30)
        yield Shop(tenant)


def test_from_the_price_to_the_last_coin(shop: Shop) -> None:
    shop.tenant.fund(shop.wallet, 10_000)
    order = shop.confirmed(payment=placing.WALLET)
    assert (order.state, order.total_minor) == ("confirmed", 3_540)
    assert (shop.balance(), shop.stocked()) == ((10_000, 3_540), (10, 3))
    with shop.tenant.tx() as tx:
        delivering.assign(tx, order.id, deliverer="Kalisa", actor="staff")
        delivering.take_back(tx, order.id, actor="staff")
        delivering.assign(tx, order.id, deliverer="Mutesi", actor="staff")
        delivering.pick(tx, order.id, actor="staff")
    assert shop.deliver(order).delivered_minor == 3_540
    assert (shop.go_on(), shop.go_on(), shop.go_on()) == (1, 1, 0)
    assert shop.order(order).state == "settled"
    assert (shop.balance(), shop.stocked()) == ((6_460, 0), (7, 0))
    with shop.tenant.tx() as tx:
        assert [one.step for one in orders.steps(tx, order.id)] == [
            *("create", "reserve", "confirm", "assign", "take_back", "assign", "pick"),
            *("deliver", "invoice", "settle"),
        ]
        assert orders.owed(tx, shop.id) == 0


def test_an_order_is_placed_and_confirmed_once(shop: Shop) -> None:
    quote_id = shop.quote()
    for _again in range(2):
        with shop.tenant.tx() as tx:
            order = placing.place(tx, quote_id, shop.id, payment=placing.CASH, channel="ussd")
            placing.confirm(tx, order.id)
    assert shop.stocked() == (10, 3)
    with shop.tenant.tx() as tx, pytest.raises(QuoteUnknown):
        placing.place(tx, quote_id, shop.tenant.person(), payment="cash", channel="ussd")


def test_an_expired_price_is_no_order(shop: Shop) -> None:
    with shop.tenant.tx() as tx:
        quote = quotes.promise(
            *(tx, Purchase(shop.id), [Wanted("OIL", 1)]),
            zone=KIGALI,
            lives=timedelta(milliseconds=1),
        )
    with shop.tenant.tx() as tx, pytest.raises(QuoteExpired):
        placing.place(tx, quote.id, shop.id, payment=placing.CASH, channel="ussd")
    assert shop.stocked() == (10, 0)


def test_short_substituted_and_refused_deliveries(shop: Shop) -> None:
    short = shop.picked(Wanted("OIL", 3), Wanted("SOAP", 2))
    with pytest.raises(MoreThanOrdered):
        shop.deliver(short, Handed(1, 4))
    with pytest.raises(MoreThanOrdered):
        shop.deliver(short, Handed(9, 0))
    # 3 × 1,000 and 2 × 500 with 18 %: two thirds of the first, none of the second.
    assert shop.deliver(short, Handed(1, 2), Handed(2, 0)).delivered_minor == 2_360
    assert (shop.stocked(), shop.stocked("SOAP")) == ((8, 0), (30, 0))

    other = shop.picked(Wanted("OIL", 3))
    assert shop.deliver(other, Handed(1, 3, "SOAP")).delivered_minor == 3_540
    assert (shop.stocked(), shop.stocked("SOAP")) == ((8, 0), (27, 0))

    shop.tenant.fund(shop.wallet, 5_000)
    refused = shop.picked(Wanted("OIL", 3), payment=placing.WALLET)
    assert shop.deliver(refused, Handed(1, 0)).state == "refused"
    assert (shop.balance(), shop.stocked()) == ((5_000, 0), (8, 0))
    shop.go_on()


def test_cash_is_counted_once_and_settles(shop: Shop) -> None:
    order = shop.picked()
    shop.deliver(order)
    shop.go_on()
    with shop.tenant.tx() as tx:
        assert orders.owed(tx, shop.id) == 3_540
        for _again in range(2):
            billing.take_cash(tx, order.id, 3_000, key="a", actor="Kalisa")
    with shop.tenant.tx() as tx, pytest.raises(MoreThanOwed):
        billing.take_cash(tx, order.id, 541, key="b", actor="Kalisa")
    with shop.tenant.tx() as tx:
        assert billing.take_cash(tx, order.id, 540, key="b", actor="Kalisa").state == "settled"
    assert shop.go_on() == 0


def test_what_is_cancelled_gives_everything_back(shop: Shop) -> None:
    shop.tenant.fund(shop.wallet, 5_000)
    order = shop.confirmed(payment=placing.WALLET, coupon="karibu")
    for _again in range(2):
        with shop.tenant.tx() as tx:
            assert placing.cancel_by_shop(tx, order.id, shop.id).state == "cancelled"
    assert (shop.balance(), shop.stocked()) == ((5_000, 0), (10, 0))
    with shop.tenant.tx() as tx, pytest.raises(OrderGone):
        placing.confirm(tx, order.id)

    again = shop.confirmed(coupon="karibu")  # once each: the use was given back
    assert again.total_minor == order.total_minor
    with shop.tenant.tx() as tx:
        delivering.assign(tx, again.id, deliverer="Kalisa", actor="staff")
    with shop.tenant.tx() as tx, pytest.raises(TooLateToCancel):
        placing.cancel_by_shop(tx, again.id, shop.id)
    with shop.tenant.tx() as tx:
        placing.cancel_by_staff(tx, again.id, reason="no lorry", actor="staff")
    assert shop.stocked() == (10, 0)
    picked = shop.picked()
    with shop.tenant.tx() as tx, pytest.raises(OrderGone):
        placing.cancel_by_staff(tx, picked.id, reason="no lorry", actor="staff")


def test_too_little_money_reserves_nothing(shop: Shop) -> None:
    with pytest.raises(InsufficientFunds):
        shop.buy(shop.quote(), payment=placing.WALLET)
    assert shop.stocked() == (10, 0)


def test_a_reservation_ends_by_the_clock(shop: Shop) -> None:
    order = shop.place()
    assert (shop.stocked(), shop.go_on()) == ((10, 3), 0)
    shop.tenant.admin.execute(
        "UPDATE shop_order SET reserved_until = now() - interval '1 second' WHERE id = %s",
        (order.id,),
    )
    with shop.tenant.tx() as tx, pytest.raises(OrderGone):
        placing.confirm(tx, order.id)
    assert (shop.go_on(), shop.order(order).state, shop.stocked()) == (1, "expired", (10, 0))


def test_the_last_cartons_are_sold_once(shop: Shop) -> None:
    shops = [Shop(shop.tenant) for _ in range(16)]
    quoted = [one.quote(Wanted("SOAP", 2), Wanted("OIL", 1)) for one in shops]

    def buy(number: int) -> str:
        try:
            shops[number].buy(quoted[number])
        except OutOfStock as refused:
            return f"{refused.params['product']} {refused.params['left']}"
        return "bought"

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(buy, range(16))) == {"bought": 10, "OIL 0": 6}
    assert (shop.stocked(), shop.stocked("SOAP")) == ((10, 10), (30, 20))


def test_low_stock_raises_one_alarm(shop: Shop) -> None:
    shop.place(Wanted("OIL", 5))
    assert alarms_of(shop) == []
    shop.place(Wanted("OIL", 1))
    shop.place(Wanted("OIL", 1))
    assert alarms_of(shop) == [("low_stock", f"{WAREHOUSE} OIL", 1)]


def alarms_of(shop: Shop) -> list[tuple[str, str, int]]:
    rows = shop.tenant.admin.execute(
        "SELECT kind, subject, count FROM alarm WHERE tenant_id = %s", (shop.tenant.tenant_id,)
    )
    return list(rows.fetchall())


def test_a_count_of_an_older_stock_is_refused(shop: Shop) -> None:
    with shop.tenant.tx() as tx:
        version = next(row.version for row in stock.listed(tx) if row.product == "OIL")
        stock.receive(tx, WAREHOUSE, "OIL", 5, actor="staff")
    with shop.tenant.tx() as tx, pytest.raises(StockChanged):
        stock.count(tx, WAREHOUSE, "OIL", 9, version=version, actor="staff")
    with shop.tenant.tx() as tx:
        stock.count(tx, WAREHOUSE, "OIL", 9, version=version + 1, actor="staff")
    assert shop.stocked() == (9, 0)
    with shop.tenant.tx() as tx, pytest.raises(UnknownProduct):
        stock.receive(tx, WAREHOUSE, "RICE", 5, actor="staff")


STEPS: list[tuple[str, Callable[[Tx, uuid.UUID], object]]] = [
    ("reserved", placing.confirm),
    ("confirmed", lambda tx, id: delivering.assign(tx, id, deliverer="Kalisa", actor="staff")),
    ("assigned", lambda tx, id: delivering.pick(tx, id, actor="staff")),
    ("picked", lambda tx, id: delivering.deliver(tx, id, [Handed(1, 2)], actor="staff")),
    ("delivered", billing.invoice),
    ("invoiced", billing.settle_from_wallet),
]


def take_and_be_killed(shop: Shop, order: Order, step: Callable[[Tx, uuid.UUID], object]) -> None:
    killed = Database(shop.tenant.urls.database_url)
    try:
        with killed.transaction(shop.tenant.tenant_id) as tx:
            step(tx, order.id)
            row = tx.one("SELECT pg_backend_pid()")
            assert row is not None
            shop.tenant.admin.execute("SELECT pg_terminate_backend(%s, 5000)", (row[0],))
            tx.one("SELECT 1")
    finally:
        killed.close()


def test_killed_at_each_step_it_ends_right(shop: Shop) -> None:
    """The connection of each step is ended before its COMMIT, and the step is taken again."""
    shop.tenant.fund(shop.wallet, 5_000)
    order = shop.place(payment=placing.WALLET)
    for state, step in STEPS:
        with pytest.raises(Unavailable):
            take_and_be_killed(shop, order, step)
        assert shop.order(order).state == state
        with shop.tenant.tx() as tx:
            step(tx, order.id)
    assert (shop.order(order).state, shop.balance(), shop.stocked()) == (
        *("settled", (2_640, 0)),
        (8, 0),
    )
