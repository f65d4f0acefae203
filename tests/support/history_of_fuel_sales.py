"""Sales to a customer's phone, in a database with a history."""

from contextlib import closing

from core.db.database import Database
from core.fuel import complaints, sale_payment, sales
from core.fuel.sale_payment import FUEL_SALE
from core.money.operations import open_quote
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


def shema_complains(tenant: UssdTenant) -> None:
    """Of two litres that were missing from the last sale."""
    shema_bought_before(tenant)
    customer_id = tenant.id_of("shema")
    with tenant.tx() as tx:
        last = complaints.bought_lately(tx, customer_id, "Africa/Kigali")[0]
    said = {"sale_id": last.sale_id, "customer_id": customer_id}
    tenant.change(complaints.file, KEYS, **said, got_cl=last.volume_cl - 200)


def complaints_go_on(tenant: UssdTenant) -> None:
    """One is given back, another goes up; the dealer has money for it by then."""
    shema_complains(tenant)
    dealer = tenant.id_of("mugisha")
    with tenant.tx() as tx:
        first = complaints.waiting_for(tx, dealer)
    assert first is not None
    sale = fuel_is_offered(tenant)
    intent = tenant.change(
        open_quote,
        FUEL_SALE.quote(
            tenant.service().tenant,
            sale,
            customer="Shema Y.",
            points_used=0,
            discount=Money(0, sale.amount.currency),
        ),
        subscriber_id=sale.customer_id,
        session="fuel",
        service_id=tenant.service().id,
    )
    tenant.change(
        FUEL_SALE.pay,
        tenant=tenant.service().tenant,
        intent_id=intent.id,
        subscriber_id=sale.customer_id,
    )
    tenant.change(complaints.give_back, complaint_id=first.id, dealer_id=dealer)
    shema_complains(tenant)
    tenant.admin.execute("UPDATE fuel_complaint SET due_at = now() WHERE state = 'open'")
    with closing(Database(tenant.urls.relay_url)) as relay:
        complaints.go_up_due(tenant.database, relay)
