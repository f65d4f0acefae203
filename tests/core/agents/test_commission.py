"""What sales earn agents: accrued, paid out by two, taken back; and sales that are reversed."""

import uuid
from collections.abc import Iterator
from functools import partial

import pytest

from core.agents import commission, sale_reversal
from core.agents.office_errors import CannotReverse, CannotTakeBack, NothingEarned
from core.money import ledger
from tests.support.commission import EARNS, FEE, FLOAT, SALE, UWERA, Shop, new_shop
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7


def texts(shop: Shop, who: uuid.UUID, template: str) -> int:
    return shop.tenant.number(
        "SELECT count(*) FROM message WHERE subscriber_id = %s AND template = %s", who, template
    )


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    return new_shop(tenant)


def test_a_sale_earns_what_its_table_says(shop: Shop) -> None:
    shop.sell()
    assert shop.earned() == (EARNS, 0)
    shop.sell()
    assert shop.earned() == (2 * EARNS, 0)


def test_what_was_earned_is_paid_into_the_float_by_two(shop: Shop) -> None:
    shop.sell()
    before = shop.float()
    shop.pay_out()
    assert shop.earned() == (0, 0)
    assert shop.float() == before + EARNS
    assert texts(shop, shop.agent, "commission_paid") == 1
    with pytest.raises(NothingEarned), shop.tenant.tx() as tx:
        commission.ask_to_pay_out(tx, KEYS, shop.agent, CURRENCY, by=UWERA, reason="again")


def test_what_was_not_paid_out_is_simply_taken_back(shop: Shop) -> None:
    sale = shop.sell()
    shop.take_back(sale)
    assert shop.earned() == (0, 0)
    with pytest.raises(CannotTakeBack), shop.tenant.tx() as tx:
        commission.ask_to_take_back(tx, KEYS, sale, by=UWERA, reason="again")


def test_what_was_paid_out_becomes_a_receivable_that_later_sales_pay_off(shop: Shop) -> None:
    sale = shop.sell()
    shop.pay_out()
    before = shop.float()
    shop.take_back(sale)
    assert shop.earned() == (0, EARNS)
    assert shop.float() == before  # what they had stays theirs, and is owed
    shop.sell()
    assert shop.earned() == (0, 0)
    shop.sell()
    assert shop.earned() == (EARNS, 0)


def test_sales_at_once_pay_off_what_is_owed_once(shop: Shop) -> None:
    sale = shop.sell()
    shop.pay_out()
    shop.take_back(sale)
    at_once([partial(shop.accrue, uuid7()) for _ in range(4)])
    assert shop.earned() == (3 * EARNS, 0)


def test_a_reversal_holds_what_is_not_spent_until_two_agree(shop: Shop) -> None:
    sale = shop.sell()
    id = shop.reverse(sale)
    assert shop.wallet() == (SALE - FEE, SALE - FEE)
    assert shop.reverse(sale) == id  # one open request an entry
    for who in (shop.agent, shop.customer):
        assert texts(shop, who, "reversal_asked") == 1
    shop.decide(id)
    assert shop.wallet() == (0, 0)
    assert shop.float() == FLOAT
    assert shop.earned() == (0, 0)  # its commission is taken back with it
    assert texts(shop, shop.customer, "sale_taken_back") == 1
    assert texts(shop, shop.agent, "sale_reversed") == 1
    with pytest.raises(CannotReverse):
        shop.reverse(sale)


def test_the_recipient_contests_and_the_second_officer_reads_it(shop: Shop) -> None:
    id = shop.reverse(shop.sell())
    with shop.tenant.tx() as tx:
        assert sale_reversal.contest(tx, id, "I paid  for it in cash", actor="officer m.uwera")
        assert not sale_reversal.contest(tx, id, "again", actor="officer m.uwera")
    assert shop.shown(id)["the recipient contests"] == "I paid for it in cash"
    shop.decide(id, approve=False)
    assert shop.drop() == 1
    assert shop.drop() == 0
    assert shop.wallet() == (SALE - FEE, 0)  # theirs again
    for who in (shop.agent, shop.customer):
        assert texts(shop, who, "reversal_dropped") == 1


def test_what_was_spent_is_not_held_and_cannot_be_reversed(shop: Shop) -> None:
    sale = shop.sell()
    wallet = ledger.account_id(shop.customer, ledger.WALLET, CURRENCY)
    shop.tenant.move(wallet, shop.tenant.collecting(ledger.SETTLEMENT), 1)
    id = shop.reverse(sale)
    assert shop.wallet() == (SALE - FEE - 1, 0)
    assert shop.shown(id)["the recipient has"] == "spent some of it"
    with pytest.raises(CannotReverse, match="has spent it"):
        shop.decide(id)
    assert shop.float() == FLOAT - SALE
    shop.decide(id, approve=False)
    assert shop.drop() == 1
