"""Products, prices and quotes, in a database with a history."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from core.orders import quotes
from core.orders.prices import Purchase
from core.pricing.basket import Wanted
from tests.support.credit import credit_of_a_shop
from tests.support.orders import orders_of_each_kind
from tests.support.prices import publish_prices
from tests.support.ussd import UssdTenant


def what_is_sold(tenant: UssdTenant) -> None:
    """Two products, a shop, prices, and two promised ones: one was taken."""
    uwera = tenant.id_of("uwera")
    for position, code in enumerate(("OIL", "SOAP")):
        tenant.admin.execute(
            "INSERT INTO product (tenant_id, code, category, position, names, units)"
            """ VALUES (%s, %s, 'food', %s, '{"en": "Oil"}', '{"en": "bottle"}')""",
            (tenant.tenant_id, code, position),
        )
    tenant.admin.execute(
        "INSERT INTO shop (tenant_id, subscriber_id, region, price_groups)"
        " VALUES (%s, %s, 'Coast', '{wholesale}')",
        (tenant.tenant_id, uwera),
    )
    publish_prices(tenant)
    for lives in (timedelta(minutes=15), timedelta(days=1)):
        quote = tenant.change(
            *(quotes.promise, Purchase(uwera, coupon="karibu"), [Wanted("OIL", 3)]),
            zone=ZoneInfo("Africa/Kigali"),
            lives=lives,
        )
    tenant.change(quotes.confirm, quote.id)
    orders_of_each_kind(tenant, uwera)
    credit_of_a_shop(tenant, uwera, tenant.service().id)
