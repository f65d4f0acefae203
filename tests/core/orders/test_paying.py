"""A shop pays its own invoice: from the wallet, or with money that came by mobile money."""

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.db.database import Tx
from core.money import intents, ledger
from core.money.errors import InsufficientFunds
from core.money.operations import open_quote
from core.orders import billing, orders, paying
from core.orders.errors import MoreThanOwed, OrderError, OrderGone, OrderUnknown
from core.orders.orders import Order
from core.orders.paying import BY_SHOP, PAY_ORDER, Paid
from tests.support.orders import an_order_comes_short, goods_are_sold
from tests.support.ussd import UssdTenant
from values.ids import uuid7
from values.money import Money

CURRENCY, SHOP, OWED = "RWF", "kayitesi", 2_360


@pytest.fixture
def order(tenant: UssdTenant) -> Order:
    """2,360 are to pay, and nothing is in the wallet."""
    goods_are_sold(tenant)
    an_order_comes_short(tenant)
    with tenant.tx() as tx:
        [found] = orders.to_pay(tx, tenant.id_of(SHOP))
    assert found.owed_minor == OWED
    return found


def _wallet(tenant: UssdTenant) -> uuid.UUID:
    return ledger.account_id(tenant.id_of(SHOP), ledger.WALLET, CURRENCY)


def _ask(tenant: UssdTenant, order: Order, amount: int, who: str = SHOP) -> uuid.UUID:
    quote = paying.quote(order, Money(amount, CURRENCY))
    asked = {"session": uuid7().hex, "service_id": tenant.service().id}
    opened = tenant.change(open_quote, quote, subscriber_id=tenant.id_of(who), **asked)
    assert isinstance(opened.id, uuid.UUID)
    return opened.id


def _pay(tenant: UssdTenant, intent_id: uuid.UUID, who: str = SHOP) -> Paid:
    with tenant.tx() as tx:
        return PAY_ORDER.pay(
            tx,
            tenant=tenant.service().tenant,
            intent_id=intent_id,
            subscriber_id=tenant.id_of(who),
        )


def _order(tenant: UssdTenant, order: Order) -> Order:
    with tenant.tx() as tx:
        return orders.get(tx, order.id)


def test_a_part_and_the_rest(tenant: UssdTenant, order: Order) -> None:
    tenant.fund(_wallet(tenant), 3_000)
    first = _pay(tenant, _ask(tenant, order, 1_000))
    assert (first.order, first.owed) == (order.reference, Money(1_360, CURRENCY))
    assert _order(tenant, order).state == "invoiced"
    last = _ask(tenant, order, 1_360)
    paid = _pay(tenant, last)
    assert paid.owed == Money(0, CURRENCY)
    settled = _order(tenant, order)
    assert (settled.state, settled.owed_minor) == ("settled", 0)
    assert tenant.balance(_wallet(tenant)) == (640, 0)
    with tenant.tx() as tx:
        taken = orders.steps(tx, order.id)[-1]
        assert (taken.step, taken.actor) == ("settle", BY_SHOP)
        assert orders.to_pay(tx, tenant.id_of(SHOP)) == []
    # The confirmation's answer comes again: the receipt, and nothing is taken.
    again = _pay(tenant, last)
    assert (again.reference, again.owed) == (paid.reference, None)
    assert tenant.balance(_wallet(tenant)) == (640, 0)


def test_too_little_takes_nothing(tenant: UssdTenant, order: Order) -> None:
    tenant.fund(_wallet(tenant), OWED - 1)
    with pytest.raises(InsufficientFunds):
        _pay(tenant, _ask(tenant, order, OWED))
    assert _order(tenant, order).paid_minor == 0


def test_two_phones_pay_the_same_invoice(tenant: UssdTenant, order: Order) -> None:
    """Each saw all of it: one pays, and the other's money stays."""
    tenant.fund(_wallet(tenant), 2 * OWED)
    asked = [_ask(tenant, order, OWED), _ask(tenant, order, OWED)]
    # What the person had open is void with the next: as if both had confirmed at once.
    tenant.admin.execute("UPDATE intent SET state = 'open' WHERE id = ANY(%s)", (asked,))

    def attempt(intent_id: uuid.UUID) -> str:
        try:
            return _pay(tenant, intent_id).order
        except OrderError as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(attempt, asked))
    assert outcomes == sorted([order.reference, OrderGone.__name__])
    assert tenant.balance(_wallet(tenant)) == (OWED, 0)


def test_nobody_pays_what_is_not_theirs_or_more_than_is_owed(
    tenant: UssdTenant, order: Order
) -> None:
    other = ledger.account_id(tenant.id_of("uwera"), ledger.WALLET, CURRENCY)
    held = tenant.balance(other)
    with pytest.raises(OrderUnknown):
        _pay(tenant, _ask(tenant, order, 1_000, "uwera"), "uwera")
    assert tenant.balance(other) == held
    tenant.fund(_wallet(tenant), 9_000)
    with pytest.raises(MoreThanOwed):
        _pay(tenant, _ask(tenant, order, OWED + 1))


def test_money_that_comes_after_the_cash_stays_in_the_wallet(
    tenant: UssdTenant, order: Order
) -> None:
    """The phone was asked; meanwhile the driver took the cash."""
    intent_id = _ask(tenant, order, OWED)
    with tenant.tx() as tx:
        intents.claim(tx, intent_id, tenant.id_of(SHOP), entry_id=None)
        billing.take_cash(tx, order.id, OWED, key="a", actor="Kalisa")
    tenant.fund(_wallet(tenant), OWED)
    with pytest.raises(OrderGone), tenant.tx() as tx:
        _settle(tx, tenant, intent_id)
    assert tenant.balance(_wallet(tenant)) == (OWED, 0)


def test_money_that_came_pays_the_invoice(tenant: UssdTenant, order: Order) -> None:
    intent_id = _ask(tenant, order, OWED)
    with tenant.tx() as tx:
        intents.claim(tx, intent_id, tenant.id_of(SHOP), entry_id=None)
    tenant.fund(_wallet(tenant), OWED)
    with tenant.tx() as tx:
        _settle(tx, tenant, intent_id)
    assert _order(tenant, order).state == "settled"
    assert tenant.balance(_wallet(tenant)) == (0, 0)


def _settle(tx: Tx, tenant: UssdTenant, intent_id: uuid.UUID) -> None:
    intent = intents.get(tx, intent_id, tenant.id_of(SHOP))
    assert intent is not None
    PAY_ORDER.settle(tx, tenant=tenant.service().tenant, intent=intent)
