"""Trade credit in the books: applied for, used, due, late, paid back, stopped."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec import structs

from core.db.database import Database
from core.money import ledger
from core.money.operations import open_quote
from core.orders import delivering, orders, placing
from core.orders.credit import accounts, applying, dues, repaying
from core.orders.credit.errors import (
    ApplicationGone,
    AppliedBefore,
    CreditOverdue,
    CreditTooSmall,
    NoCredit,
    NoCreditHere,
    TooSoonToApply,
)
from core.orders.credit.repaying import REPAY_CREDIT
from core.orders.delivering import Handed
from core.orders.errors import MoreThanOwed
from core.orders.orders import Order
from tests.support.credit import TERMS, bought, bring, offer_credit, paid_for
from tests.support.orders import open_warehouse
from tests.support.prices import publish_prices
from tests.support.ussd import UssdTenant
from values.ids import uuid7
from values.money import Money

SHOP = "kayitesi"


@pytest.fixture
def shop(tenant: UssdTenant) -> Iterator[uuid.UUID]:
    """Kayitesi's: it has paid 3,540 for one order. Whatever follows, the books are right."""
    publish_prices(tenant)
    open_warehouse(tenant, oil=100, soap=100)
    kayitesi = tenant.id_of(SHOP)
    with tenant.tx() as tx:
        paid_for(tx, bought(tx, kayitesi, "cash"))
    yield kayitesi
    assert tenant.broken() == []


def account(tenant: UssdTenant, shop: uuid.UUID) -> accounts.Account:
    with tenant.tx() as tx:
        found = accounts.find(tx, shop)
    assert found is not None
    return found


def given(tenant: UssdTenant, shop: uuid.UUID) -> None:
    offer_credit(tenant)
    with tenant.tx() as tx:
        applying.apply(tx, shop)


def owing(tenant: UssdTenant, shop: uuid.UUID) -> Order:
    """An invoice of 3,540 on credit."""
    with tenant.tx() as tx:
        order = bought(tx, shop, accounts.CREDIT)
        bring(tx, order)
        return orders.get(tx, order.id)


def days_pass(tenant: UssdTenant, days: int) -> int:
    """The invoices are so much older; what the clock then did."""
    tenant.admin.execute(
        "UPDATE shop_order SET due_on = due_on - %s WHERE due_on IS NOT NULL", (days,)
    )
    relay = Database(tenant.urls.relay_url)
    try:
        return dues.go_on(tenant.database, relay)
    finally:
        relay.close()


def repay(tenant: UssdTenant, shop: uuid.UUID, amount: int) -> repaying.Repaid:
    quote = repaying.quote(shop, Money(amount, "RWF"))
    asked = {"session": uuid7().hex, "service_id": tenant.service().id}
    opened = tenant.change(open_quote, quote, subscriber_id=shop, **asked)
    with tenant.tx() as tx:
        return REPAY_CREDIT.pay(
            tx, tenant=tenant.service().tenant, intent_id=opened.id, subscriber_id=shop
        )


def test_without_terms_there_is_no_credit(tenant: UssdTenant, shop: uuid.UUID) -> None:
    with tenant.tx() as tx, pytest.raises(NoCreditHere):
        applying.apply(tx, shop)
    with tenant.tx() as tx, pytest.raises(NoCredit):
        bought(tx, shop, accounts.CREDIT)


def test_a_good_shop_is_approved_and_asks_once(tenant: UssdTenant, shop: uuid.UUID) -> None:
    offer_credit(tenant)
    with tenant.tx() as tx:
        made = applying.apply(tx, shop)
    # 3,540 in 180 days are 590 in 30, and ten times that is the limit.
    assert (made.state, made.score, made.limit_minor) == ("approved", 40, 5_900)
    assert made.decided_by == "scorecard"
    assert account(tenant, shop).free_minor == 5_900
    with tenant.tx() as tx, pytest.raises(AppliedBefore):
        applying.apply(tx, shop)


def test_staff_decide_what_the_scorecard_refers(tenant: UssdTenant, shop: uuid.UUID) -> None:
    offer_credit(tenant, structs.replace(TERMS, approve_at=90))
    with tenant.tx() as tx:
        made = applying.apply(tx, shop)
        assert made.state == "referred"
    with tenant.tx() as tx, pytest.raises(AppliedBefore):
        applying.apply(tx, shop)
    with tenant.tx() as tx:
        done = applying.approve(tx, made.id, 4_000, actor="staff amina", reason="known well")
    assert (done.state, done.decided_by) == ("approved", "staff amina")
    assert account(tenant, shop).limit_minor == 4_000
    with tenant.tx() as tx, pytest.raises(ApplicationGone):
        applying.refuse(tx, made.id, actor="staff amina", reason="changed my mind")


def test_who_was_refused_asks_again_later(tenant: UssdTenant, shop: uuid.UUID) -> None:
    offer_credit(tenant, structs.replace(TERMS, approve_at=90, refer_at=90))
    with tenant.tx() as tx:
        made = applying.apply(tx, shop)
    assert (made.state, [one.measure for one in made.against]) == ("refused", ["months_known"])
    with tenant.tx() as tx, pytest.raises(TooSoonToApply):
        applying.apply(tx, shop)
    tenant.admin.execute("UPDATE credit_application SET created_at = now() - interval '31 days'")
    offer_credit(tenant)
    with tenant.tx() as tx:
        assert applying.apply(tx, shop).state == "approved"


def test_an_order_uses_the_limit_until_it_is_paid(tenant: UssdTenant, shop: uuid.UUID) -> None:
    given(tenant, shop)
    with tenant.tx() as tx:
        order = bought(tx, shop, accounts.CREDIT)
    assert account(tenant, shop).free_minor == 5_900 - 3_540
    with tenant.tx() as tx, pytest.raises(CreditTooSmall):
        bought(tx, shop, accounts.CREDIT)
    with tenant.tx() as tx:  # a third of it comes: the limit is free again at once
        delivering.assign(tx, order.id, deliverer="Kalisa", actor="staff")
        delivering.pick(tx, order.id, actor="staff")
        delivering.deliver(tx, order.id, [Handed(1, 1)], actor="staff")
    assert account(tenant, shop).used_minor == 1_180
    with tenant.tx() as tx:
        bought(tx, shop, accounts.CREDIT)


def test_two_orders_at_once_do_not_use_one_limit_twice(tenant: UssdTenant, shop: uuid.UUID) -> None:
    given(tenant, shop)

    def buy(_number: int) -> str:
        try:
            with tenant.tx() as tx:
                return bought(tx, shop, accounts.CREDIT).state
        except CreditTooSmall as refused:
            return refused.code

    with ThreadPoolExecutor(4) as pool:
        came = sorted(pool.map(buy, range(4)))
    assert came == ["confirmed"] + ["credit_too_small"] * 3


def test_reminders_then_a_late_fee_then_no_more_credit(tenant: UssdTenant, shop: uuid.UUID) -> None:
    given(tenant, shop)
    order = owing(tenant, shop)
    assert days_pass(tenant, 11) == 0, "three days before"
    assert days_pass(tenant, 1) == 1, "two days before"
    assert days_pass(tenant, 0) == 0, "once"
    assert days_pass(tenant, 2) == 1, "on the day"
    with tenant.tx() as tx:
        bought(tx, shop, accounts.CREDIT, oil=1)  # in the days of grace
    assert days_pass(tenant, 4) == 1, "beyond them"
    with tenant.tx() as tx:
        [due] = accounts.dues(tx, shop)
    assert (due.order_id, due.owed_minor, due.late_fee_minor) == (order.id, 3_540, 350)
    assert days_pass(tenant, 0) == 1, "the reminder of three days after"
    assert days_pass(tenant, 30) == 0, "no fee twice"
    with tenant.tx() as tx, pytest.raises(CreditOverdue):
        bought(tx, shop, accounts.CREDIT, oil=1)
    with tenant.tx() as tx:
        bought(tx, shop, "cash", oil=1)  # cash is never stopped
    assert tenant.broken() == []


def test_it_is_paid_back_in_the_order_of_the_terms(tenant: UssdTenant, shop: uuid.UUID) -> None:
    given(tenant, shop)
    order = owing(tenant, shop)
    days_pass(tenant, 18)
    tenant.fund(ledger.account_id(shop, ledger.WALLET, "RWF"), 10_000)
    with pytest.raises(MoreThanOwed):
        repay(tenant, shop, 3_891)
    done = repay(tenant, shop, 1_000)
    assert done.owed == Money(2_890, "RWF")
    with tenant.tx() as tx:
        [due] = accounts.dues(tx, shop)
    assert (due.owed_minor, due.late_fee_minor) == (2_890, 0), "the fee first"
    assert repay(tenant, shop, 2_890).owed == Money(0, "RWF")
    with tenant.tx() as tx:
        assert orders.get(tx, order.id).state == "settled"
        assert accounts.dues(tx, shop) == []
    assert account(tenant, shop).free_minor == 5_900


def test_credit_that_is_stopped_sells_nothing_and_is_paid_back(
    tenant: UssdTenant, shop: uuid.UUID
) -> None:
    given(tenant, shop)
    owing(tenant, shop)
    with tenant.tx() as tx:
        assert accounts.block(tx, shop, actor="staff", reason="the shop moved")
        assert not accounts.block(tx, shop, actor="staff", reason="again")
    with tenant.tx() as tx, pytest.raises(NoCredit):
        bought(tx, shop, accounts.CREDIT, oil=1)
    tenant.fund(ledger.account_id(shop, ledger.WALLET, "RWF"), 5_000)
    repay(tenant, shop, 3_540)
    with tenant.tx() as tx:
        assert accounts.unblock(tx, shop, actor="staff", reason="it is back")
    with tenant.tx() as tx:
        bought(tx, shop, accounts.CREDIT, oil=1)


def test_what_is_cancelled_gives_the_limit_back(tenant: UssdTenant, shop: uuid.UUID) -> None:
    given(tenant, shop)
    with tenant.tx() as tx:
        order = bought(tx, shop, accounts.CREDIT)
        placing.cancel_by_shop(tx, order.id, shop)
    assert account(tenant, shop).free_minor == 5_900
