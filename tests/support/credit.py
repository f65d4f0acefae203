"""Trade credit for tests: terms, a shop that has paid before, and one that owes."""

import uuid
from collections.abc import Callable
from typing import Final

import msgspec
from msgspec import structs

from core.db.database import Tx
from core.money import intents
from core.money.operations import open_quote
from core.orders import billing, delivering, orders, placing, quotes
from core.orders.credit import accounts, applying, dues, repaying
from core.orders.credit.terms import Band, CreditTerms, Measure
from core.orders.delivering import Handed
from core.orders.orders import Order
from core.orders.prices import Purchase
from core.pricing.basket import Wanted
from tests.support.tenants import CURRENCY, KIGALI, Tenant
from tests.support.ussd import UssdTenant
from values.ids import uuid7
from values.money import Money

# Who has paid for one order reaches 40, and nobody 100 before a quarter is over.
TERMS: Final = CreditTerms(
    measures=(
        Measure("orders_paid", (Band(0, 0), Band(1, 40))),
        Measure("months_known", (Band(0, 0), Band(3, 60))),
    ),
    approve_at=40,
    refer_at=40,
    limit_percent=1_000,
    limit_minimum_minor=500,
    limit_maximum_minor=100_000,
    coin_minor=10,
    days=14,
    grace_days=3,
    late_fee_basis_points=1_000,
    window_days=180,
    again_days=30,
    reminders=(-2, 0, 3),
)


def offer_credit(tenant: Tenant | UssdTenant, terms: CreditTerms = TERMS) -> None:
    """These terms hold from now on."""
    tenant.admin.execute(
        "INSERT INTO credit_policy (tenant_id, id, terms, approved_by, created_at)"
        " VALUES (%s, %s, %s, 'the tests', clock_timestamp())",
        (tenant.tenant_id, uuid7(), msgspec.json.encode(terms).decode()),
    )


def bring(tx: Tx, order: Order, *handed: Handed) -> None:
    """An order that is confirmed comes, whole or as it is said, and is invoiced."""
    delivering.assign(tx, order.id, deliverer="Kalisa", actor="staff")
    delivering.pick(tx, order.id, actor="staff")
    delivering.deliver(tx, order.id, handed, actor="staff")
    billing.invoice(tx, order.id)


def bought(tx: Tx, shop_id: uuid.UUID, payment: str, oil: int = 3) -> Order:
    """An order for oil, confirmed. Raises CreditError."""
    quote = quotes.promise(tx, Purchase(shop_id), [Wanted("OIL", oil)], zone=KIGALI)
    order = placing.place(tx, quote.id, shop_id, payment=payment, channel="ussd")
    return placing.confirm(tx, order.id)


def paid_for(tx: Tx, order: Order) -> None:
    """It comes, and is paid in cash."""
    bring(tx, order)
    owed = orders.get(tx, order.id).owed_minor
    billing.take_cash(tx, order.id, owed, key="R", actor="staff")


def credit_of_a_shop(tenant: Tenant, shop_id: uuid.UUID, service_id: uuid.UUID) -> None:
    """An order that is paid for, credit asked for and given, an order on it that comes short, is
    late, is reminded of and is paid back in part; then the credit is stopped."""
    offer_credit(tenant)
    with tenant.tx() as tx:
        paid_for(tx, bought(tx, shop_id, placing.CASH))
        applying.apply(tx, shop_id)
        order = bought(tx, shop_id, accounts.CREDIT)
        bring(tx, order, Handed(1, 2))
        tx.execute("UPDATE shop_order SET due_on = due_on - 60 WHERE id = %s", (order.id,))
    for _fee_then_reminder in range(2):
        with tenant.tx() as tx:
            assert dues.look(tx, order.id)
    intent_id = _asked(tenant, shop_id, service_id)
    with tenant.tx() as tx:
        intent, _ = intents.claim(tx, intent_id, shop_id, entry_id=None)
        repaying.REPAY_CREDIT.settle(tx, tenant=tenant.as_turns_have_it(), intent=intent)
        accounts.block(tx, shop_id, actor="staff", reason="the shop moved")
    _asked(tenant, shop_id, service_id)  # and is not answered


def _asked(tenant: Tenant, shop_id: uuid.UUID, service_id: uuid.UUID) -> uuid.UUID:
    """What a shop is asked when it pays back; what it had open before is void."""
    with tenant.tx() as tx:
        opened = open_quote(
            tx,
            repaying.quote(shop_id, Money(400, CURRENCY)),
            subscriber_id=shop_id,
            session=uuid7().hex,
            service_id=service_id,
        )
    return opened.id


def _paid_before(tenant: UssdTenant) -> None:
    with tenant.tx() as tx:
        [order] = orders.latest(tx, tenant.id_of("kayitesi"), 1)
        paid_for(tx, order)


def _on_credit(tenant: UssdTenant) -> None:
    offer_credit(tenant)


def _by_staff(tenant: UssdTenant) -> None:
    offer_credit(tenant, structs.replace(TERMS, approve_at=90))


def _to_few(tenant: UssdTenant) -> None:
    offer_credit(tenant, structs.replace(TERMS, approve_at=90, refer_at=90))


def _owes(tenant: UssdTenant) -> None:
    offer_credit(tenant)
    kayitesi = tenant.id_of("kayitesi")
    with tenant.tx() as tx:
        applying.apply(tx, kayitesi)
        order = bought(tx, kayitesi, accounts.CREDIT)
        bring(tx, order)


CREDIT_STAGES: Final[dict[str, Callable[[UssdTenant], None]]] = {
    "kayitesi has paid for goods": _paid_before,
    "goods are sold on credit": _on_credit,
    "staff look at who asks for credit": _by_staff,
    "few get credit": _to_few,
    "kayitesi owes on credit": _owes,
}
