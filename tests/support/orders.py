"""Goods, a warehouse and orders for a tenant of the tests."""

import uuid
from zoneinfo import ZoneInfo

from core.db.database import Tx
from core.orders import billing, delivering, orders, placing, quotes, stock
from core.orders.delivering import Handed
from core.orders.prices import Purchase
from core.pricing.basket import Wanted
from tests.support.prices import publish_prices
from tests.support.tenants import Tenant
from tests.support.ussd import UssdTenant

WAREHOUSE = "KGL"
PRODUCTS = (
    (
        *("OIL", "food"),
        '{"en": "Cooking oil 1 l", "rw": "Amavuta yo guteka 1 l", "fr": "Huile 1 l",'
        ' "sw": "Mafuta ya kupikia lita 1"}',
        '{"en": "bottle", "rw": "icupa", "fr": "bouteille", "sw": "chupa"}',
    ),
    (
        *("SOAP", "home"),
        '{"en": "Bar soap", "rw": "Isabune", "fr": "Savon", "sw": "Sabuni ya mche"}',
        '{"en": "bar", "rw": "umuti", "fr": "barre", "sw": "mche"}',
    ),
)


def open_warehouse(tenant: Tenant, *, oil: int, soap: int, reorder_at: int = 4) -> None:
    """A warehouse with the products of `tests.support.prices`."""
    for position, (code, category, names, units) in enumerate(PRODUCTS):
        tenant.admin.execute(
            "INSERT INTO product (tenant_id, code, category, position, names, units)"
            " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (tenant.tenant_id, code, category, position, names, units),
        )
    tenant.admin.execute(
        "INSERT INTO warehouse (tenant_id, code, position, name, regions)"
        " VALUES (%s, %s, 1, 'Kigali', '{Coast}') ON CONFLICT DO NOTHING",
        (tenant.tenant_id, WAREHOUSE),
    )
    with tenant.tx() as tx:
        stock.open_row(tx, WAREHOUSE, "OIL", opening=oil, reorder_at=reorder_at)
        stock.open_row(tx, WAREHOUSE, "SOAP", opening=soap, reorder_at=0)


def orders_of_each_kind(tenant: Tenant, shop_id: uuid.UUID) -> None:
    """An order that is confirmed and waits with its money held, one that was cancelled, and one
    that came short, with another product in the place of a line, and is paid in part."""
    open_warehouse(tenant, oil=100, soap=100, reorder_at=10)
    with tenant.tx() as tx:
        _confirmed(tx, shop_id, placing.WALLET)
        cancelled = _confirmed(tx, shop_id, placing.CASH)
        placing.cancel_by_shop(tx, cancelled, shop_id)
        short = _confirmed(tx, shop_id, placing.CASH)
        delivering.assign(tx, short, deliverer="Kalisa", actor="staff")
        delivering.pick(tx, short, actor="staff")
        delivering.deliver(tx, short, [Handed(1, 1), Handed(2, 1, "OIL")], actor="staff")
        billing.invoice(tx, short)
        billing.take_cash(tx, short, 500, key="1", actor="staff")


def _confirmed(tx: Tx, shop_id: uuid.UUID, payment: str) -> uuid.UUID:
    basket = [Wanted("OIL", 2), Wanted("SOAP", 1)]
    quote = quotes.promise(tx, Purchase(shop_id), basket, zone=ZoneInfo("Africa/Kigali"))
    order = placing.place(tx, quote.id, shop_id, payment=payment, channel="ussd")
    return placing.confirm(tx, order.id).id


def goods_are_sold(tenant: UssdTenant) -> None:
    """Two products, of which kayitesi has ordered one, to be paid at her door."""
    publish_prices(tenant)
    open_warehouse(tenant, oil=100, soap=100)
    kayitesi = tenant.id_of("kayitesi")
    with tenant.tx() as tx:
        wanted = [Wanted("OIL", 3)]
        quote = quotes.promise(tx, Purchase(kayitesi), wanted, zone=ZoneInfo("Africa/Kigali"))
        order = placing.place(tx, quote.id, kayitesi, payment=placing.CASH, channel="ussd")
        placing.confirm(tx, order.id)


def an_order_comes_short(tenant: UssdTenant) -> None:
    """Two of the three units came, and are to be paid."""
    with tenant.tx() as tx:
        [order] = orders.latest(tx, tenant.id_of("kayitesi"), 1)
        delivering.assign(tx, order.id, deliverer="Kalisa", actor="staff")
        delivering.pick(tx, order.id, actor="staff")
        delivering.deliver(tx, order.id, [Handed(1, 2)], actor="staff")
        billing.invoice(tx, order.id)
