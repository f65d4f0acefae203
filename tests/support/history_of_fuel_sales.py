"""Sales to a customer's phone, in a database with a history."""

from core.fuel import sale_payment, sales
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values.money import Money


def fuel_is_offered(tenant: UssdTenant, litres: int = 10) -> sales.Sale:
    """ndoli, whose shift is open, enters litres of petrol for shema."""
    attendant, customer = tenant.id_of("ndoli"), tenant.id_of("shema")
    with tenant.tx() as tx:
        what = sales.on_sale(tx, attendant)[0]
    tenant.change(
        sales.offer,
        attendant_id=attendant,
        customer_id=customer,
        product=what.product,
        volume_cl=litres * 100,
        amount=what.amount(litres * 100),
    )
    with tenant.tx() as tx:
        found = sales.waiting_for(tx, customer)
    assert found is not None
    return found


def fuel_is_paid_in_cash(
    tenant: UssdTenant, sale: sales.Sale, points: int = 0, discount: Money | None = None
) -> sale_payment.Bought:
    """shema agrees to it, and pays the attendant."""
    bought: sale_payment.Bought = tenant.change(
        sale_payment.pay_in_cash,
        KEYS,
        tenant.service().tenant,
        sale_id=sale.id,
        customer_id=sale.customer_id,
        points_used=points,
        discount_minor=discount.amount_minor if discount else 0,
    )
    return bought


def shema_bought_before(tenant: UssdTenant) -> None:
    """Enough for points that may be used."""
    fuel_is_paid_in_cash(tenant, fuel_is_offered(tenant, litres=30))
