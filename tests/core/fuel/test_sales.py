"""A sale to a customer's phone: agreed to, paid once, its points earned and used; the books say so.

At Remera a litre of petrol is 1,768 RWF and earns two points; one is worth 10 RWF.
"""

import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.fuel import points, sale_payment, sales
from core.fuel.errors import (
    NoFuelPrice,
    NoShift,
    NotACustomer,
    OwnPhone,
    SaleBeingPaid,
    SaleOver,
    TooFewPoints,
    TooMuchFuel,
)
from core.fuel.points import Rule
from core.fuel.sale_payment import FUEL_SALE, Bought
from core.fuel.sales import Sale
from core.money import intents, ledger
from core.money.errors import InsufficientFunds
from core.money.operations import open_quote
from core.people import people
from tests.support.history_of_fuel import shift_is_opened
from tests.support.history_of_fuel_sales import fuel_is_offered, fuel_is_paid_in_cash
from tests.support.tenants import CURRENCY, KEYS
from tests.support.ussd import UssdTenant
from values.money import Money


def money(minor: int) -> Money:
    return Money(minor, CURRENCY)


def offered(tenant: UssdTenant, litres: int = 10) -> Sale:
    return fuel_is_offered(tenant, litres)


def waiting(tenant: UssdTenant) -> Sale:
    with tenant.tx() as tx:
        found = sales.waiting_for(tx, tenant.id_of("shema"))
    assert found is not None
    return found


def quoted(tenant: UssdTenant, sale: Sale, points_used: int = 0, discount: int = 0) -> uuid.UUID:
    """The intent of its confirmation."""
    quote = FUEL_SALE.quote(
        tenant.service().tenant,
        sale,
        customer="Shema Y.",
        points_used=points_used,
        discount=money(discount),
    )
    opened = tenant.change(
        open_quote,
        quote,
        subscriber_id=sale.customer_id,
        session=uuid.uuid4().hex,
        service_id=tenant.service().id,
    )
    opened_id: uuid.UUID = opened.id
    return opened_id


def paid(tenant: UssdTenant, intent_id: uuid.UUID) -> Bought:
    receipt: Bought = tenant.change(
        FUEL_SALE.pay,
        tenant=tenant.service().tenant,
        intent_id=intent_id,
        subscriber_id=tenant.id_of("shema"),
    )
    return receipt


def in_cash(tenant: UssdTenant, sale: Sale, points_used: int = 0, discount: int = 0) -> Bought:
    return fuel_is_paid_in_cash(tenant, sale, points_used, money(discount))


def on(tenant: UssdTenant, owner: str, kind: str) -> int:
    """What all entries come to on somebody's account."""
    owner_id = tenant.service().tenant.id if owner == "tenant" else tenant.id_of(owner)
    row = tenant.admin.execute(
        "SELECT coalesce(sum(amount_minor), 0)::bigint FROM posting WHERE account_id = %s",
        (ledger.account_id(owner_id, kind, CURRENCY),),
    ).fetchone()
    assert row is not None
    return int(row[0])


def has_points(tenant: UssdTenant) -> int:
    with tenant.tx() as tx:
        return points.balance(tx, tenant.id_of("shema"), tenant.service().tenant.today())


def test_from_the_wallet_to_the_dealer(tenant: UssdTenant) -> None:
    shift_is_opened(tenant)
    sale = offered(tenant)
    assert (sale.amount, sale.volume) == (money(17_680), "10.00 l")
    intent_id = quoted(tenant, sale)
    before = on(tenant, "mugisha", ledger.WALLET)
    receipt = paid(tenant, intent_id)
    assert (receipt.points, receipt.balance) == (20, money(60_000 - 17_680))
    assert on(tenant, "mugisha", ledger.WALLET) == before + 17_680
    assert has_points(tenant) == 20
    again = paid(tenant, intent_id)
    assert (again.reference, again.balance) == (receipt.reference, None)
    assert on(tenant, "mugisha", ledger.WALLET) == before + 17_680
    with pytest.raises(SaleOver):
        in_cash(tenant, sale)


def test_in_cash_the_books_say_what_the_station_took(tenant: UssdTenant) -> None:
    shift_is_opened(tenant)
    sale = offered(tenant)
    assert in_cash(tenant, sale).amount == money(17_680)
    assert on(tenant, "mugisha", sale_payment.CASH_TAKEN) == -17_680
    assert on(tenant, "mugisha", sale_payment.SALES) == 17_680
    assert on(tenant, "shema", ledger.WALLET) == 60_000
    with pytest.raises(SaleOver):
        in_cash(tenant, sale)


def test_points_pay_a_part_and_the_company_bears_it(tenant: UssdTenant) -> None:
    shift_is_opened(tenant)
    in_cash(tenant, offered(tenant, litres=12))
    assert has_points(tenant) == 24
    sale = offered(tenant)
    with tenant.tx() as tx:
        assert sale_payment.worth(tx, sale, tenant.service().tenant.today()) == (24, money(240))
    before = on(tenant, "mugisha", ledger.WALLET)
    receipt = paid(tenant, quoted(tenant, sale, 24, 240))
    assert receipt.amount == money(17_680 - 240)
    assert on(tenant, "mugisha", ledger.WALLET) == before + 17_680
    assert on(tenant, "tenant", sale_payment.LOYALTY) == -240
    assert has_points(tenant) == 20


def test_points_that_are_gone_pay_nothing(tenant: UssdTenant) -> None:
    shift_is_opened(tenant)
    in_cash(tenant, offered(tenant, litres=12))
    intent_id = quoted(tenant, offered(tenant), 24, 240)
    tenant.admin.execute("UPDATE fuel_points SET expires_on = '2020-01-31'")
    with pytest.raises(TooFewPoints):
        paid(tenant, intent_id)
    assert on(tenant, "shema", ledger.WALLET) == 60_000
    with tenant.tx() as tx:
        who = tenant.id_of("shema")
        lines = points.moves(tx, who, tenant.service().tenant.today(), "Africa/Kigali", 9)
    assert [(line.kind, line.points) for line in lines] == [("earned", 24), ("ended", 24)]


def test_a_discount_that_points_are_not_worth(tenant: UssdTenant) -> None:
    """The rule changed between the screen and the answer."""
    shift_is_opened(tenant)
    in_cash(tenant, offered(tenant, litres=12))
    with pytest.raises(TooFewPoints):
        in_cash(tenant, offered(tenant), 24, 2_400)


def test_the_customer_does_not_agree(tenant: UssdTenant) -> None:
    shift_is_opened(tenant)
    sale = offered(tenant)
    tenant.change(sales.refuse, KEYS, sale_id=sale.id, customer_id=sale.customer_id)
    with tenant.tx() as tx:
        assert sales.waiting_for(tx, sale.customer_id) is None
    with pytest.raises(SaleOver):
        paid(tenant, quoted(tenant, sale))
    assert on(tenant, "shema", ledger.WALLET) == 60_000


def test_nobody_answers_in_time(tenant: UssdTenant) -> None:
    shift_is_opened(tenant)
    offered(tenant)
    tenant.admin.execute("UPDATE fuel_sale SET until = now()")
    with tenant.tx() as tx:
        assert sales.waiting_for(tx, tenant.id_of("shema")) is None


def test_mobile_money_that_is_being_asked_for(tenant: UssdTenant) -> None:
    """Cash is not taken for it as well; settled later, it is a sale although its time is over."""
    shift_is_opened(tenant)
    sale = offered(tenant)
    intent_id = quoted(tenant, sale)
    tenant.change(intents.claim, intent_id, sale.customer_id, entry_id=None)
    for act in (lambda: in_cash(tenant, sale), lambda: waiting(tenant)):
        with pytest.raises(SaleBeingPaid):
            act()
    with pytest.raises(SaleBeingPaid):
        tenant.change(sales.refuse, KEYS, sale_id=sale.id, customer_id=sale.customer_id)
    tenant.admin.execute("UPDATE fuel_sale SET until = now()")
    with tenant.tx() as tx:
        intent = intents.get(tx, intent_id, sale.customer_id)
    assert intent is not None
    tenant.change(FUEL_SALE.settle, tenant=tenant.service().tenant, intent=intent)
    assert has_points(tenant) == 20
    assert on(tenant, "shema", ledger.WALLET) == 60_000 - 17_680


def test_more_than_the_wallet_has(tenant: UssdTenant) -> None:
    shift_is_opened(tenant)
    intent_id = quoted(tenant, offered(tenant, litres=40))
    with pytest.raises(InsufficientFunds):
        paid(tenant, intent_id)
    assert waiting(tenant).state == "offered"


def test_what_cannot_be_sold(tenant: UssdTenant) -> None:
    with pytest.raises(NoShift):
        offered(tenant)
    shift_is_opened(tenant)
    with pytest.raises(TooMuchFuel):
        offered(tenant, litres=1_501)
    with pytest.raises(NoFuelPrice):
        tenant.change(
            sales.offer,
            attendant_id=tenant.id_of("ndoli"),
            customer_id=tenant.id_of("shema"),
            product="lpg",
            volume_cl=100,
            amount=money(100),
        )


def test_at_a_station_of_the_companys_own(tenant: UssdTenant) -> None:
    tenant.admin.execute("UPDATE fuel_station SET dealer_id = NULL")
    shift_is_opened(tenant)
    before = on(tenant, "tenant", sale_payment.SALES)
    paid(tenant, quoted(tenant, offered(tenant)))
    assert on(tenant, "tenant", sale_payment.SALES) == before + 17_680


def test_who_may_buy(tenant: UssdTenant) -> None:
    with tenant.tx() as tx:
        shema = people.get(tx, KEYS, tenant.id_of("shema"))
    assert shema is not None
    with pytest.raises(NotACustomer):
        sales.buyers_among([], tenant.id_of("ndoli"))
    with pytest.raises(OwnPhone):
        sales.buyers_among([shema], shema.id)
    assert sales.buyers_among([shema], tenant.id_of("ndoli"))[0].id == shema.id


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 12, 1), 12, date(2027, 12, 1)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
    ],
)
def test_when_points_end(day: date, months: int, last: date) -> None:
    assert points.ends(day, months) == last


def test_rules_of_points() -> None:
    rule = Rule({"premium": Decimal("1.5")}, 10, 20, 12)
    assert [rule.earned("premium", cl) for cl in (66, 67, 1_000)] == [0, 1, 15]
    assert rule.earned("gasoil", 1_000) == 0
    assert [rule.usable(19, 5_000), rule.usable(20, 5_000), rule.usable(900, 500)] == [0, 20, 49]
    assert points.NO_POINTS.usable(900, 500) == 0
    assert Rule.from_data(rule.to_data()) == rule


def test_those_that_end_first_are_used_first(tenant: UssdTenant) -> None:
    shift_is_opened(tenant)
    for days, litres in ((3, 10), (2, 20)):
        in_cash(tenant, offered(tenant, litres=litres))
        tenant.admin.execute(
            "UPDATE fuel_points SET expires_on = %s WHERE earned_points = %s",
            (tenant.service().tenant.today() + timedelta(days=days), litres * 2),
        )
    tenant.change(points.use, tenant.id_of("shema"), 45, tenant.service().tenant.today())
    left = tenant.admin.execute("SELECT earned_points, unused_points FROM fuel_points ORDER BY 1")
    assert left.fetchall() == [(20, 15), (40, 0)]
