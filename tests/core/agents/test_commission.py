"""What sales earn agents: accrued, paid out by two, taken back; and sales that are reversed."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from core.agents import agents, commission, sale_reversal
from core.agents.commission import PAY_OUT, TAKE_BACK
from core.agents.office_errors import CannotReverse, CannotTakeBack, NothingEarned
from core.agents.sale_reversal import REVERSE
from core.agents.sales import Customer, CustomerToday
from core.agents.topups import TOPUP
from core.approvals import requests
from core.approvals.requests import officer
from core.db.database import Database
from core.money import ledger, operations
from core.tenants import directory
from core.tenants.tariffs import Tariff
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from tests.support.waiting import at_once
from values import clock
from values.ids import uuid7
from values.money import Money

FLOAT, SALE, FEE, EARNS = 100_000, 5_000, 50, 30
KINDS = {kind.name: kind for kind in (PAY_OUT, TAKE_BACK, REVERSE)}
UWERA, MUGABO = officer("m.uwera", "test"), officer("j.mugabo", "test")


@dataclass(frozen=True)
class Shop:
    """An agent with float, whose sales earn them something."""

    tenant: Tenant
    agent: uuid.UUID
    customer: uuid.UUID

    def business(self) -> directory.Tenant:
        at = clock.now().replace(year=2020)
        return self.tenant.as_turns_have_it(
            Tariff("topup", "fee", {"bands": [{"fee_minor": FEE}]}, at, None),
            Tariff("topup_commission", "fee", {"bands": [{"fee_minor": EARNS}]}, at, None),
        )

    def sell(self) -> uuid.UUID:
        """The sale's entry."""
        with self.tenant.tx() as tx:
            quote = TOPUP.quote(
                self.business(),
                agent=agents.get(tx, self.agent),
                agent_name="Agent A.",
                customer=Customer(self.customer, "Uwera C."),
                amount=Money(SALE, CURRENCY),
                customer_today=CustomerToday(0),
            )
            intent = operations.open_quote(
                tx, quote, subscriber_id=self.agent, session=uuid7().hex, service_id=uuid7()
            ).id
        with self.tenant.tx() as tx:
            TOPUP.pay(tx, tenant=self.business(), intent_id=intent, subscriber_id=self.agent)
        row = self.tenant.one("SELECT entry_id FROM intent WHERE id = %s", intent)
        return uuid.UUID(str(row[0]))

    def accrue(self, sale: uuid.UUID) -> None:
        with self.tenant.tx() as tx:
            commission.accrue(
                tx,
                tenant_id=self.tenant.tenant_id,
                agent_id=self.agent,
                sale_id=sale,
                operation="topup",
                commission=Money(EARNS, CURRENCY),
            )

    def earned(self) -> tuple[int, int]:
        """What is earned and not paid out, and what is owed."""
        with self.tenant.tx() as tx:
            found = commission.standing(tx, self.agent, CURRENCY)
        return found.earned_minor, found.owed_minor

    def decide(self, id: uuid.UUID, *, approve: bool = True) -> None:
        with self.tenant.tx() as tx:
            if approve:
                requests.approve(tx, KEYS, KINDS, id, by=MUGABO)
            else:
                requests.refuse(tx, id, by=MUGABO, reason="no")

    def pay_out(self) -> None:
        with self.tenant.tx() as tx:
            asked = commission.ask_to_pay_out(
                tx, KEYS, self.agent, CURRENCY, by=UWERA, reason="the month"
            )
        self.decide(asked.request.id)

    def take_back(self, sale: uuid.UUID) -> None:
        with self.tenant.tx() as tx:
            asked = commission.ask_to_take_back(tx, KEYS, sale, by=UWERA, reason="split")
        self.decide(asked.request.id)

    def reverse(self, sale: uuid.UUID) -> uuid.UUID:
        with self.tenant.tx() as tx:
            asked = sale_reversal.ask_to_reverse(tx, KEYS, sale, by=UWERA, reason="wrong number")
        return asked.request.id

    def shown(self, id: uuid.UUID) -> dict[str, str]:
        with self.tenant.tx() as tx:
            return dict(REVERSE.show(tx, KEYS, requests.get(tx, id)).before)

    def float(self) -> int:
        return self.tenant.balance(ledger.account_id(self.agent, ledger.FLOAT, CURRENCY))[0]

    def wallet(self) -> tuple[int, int]:
        return self.tenant.balance(ledger.account_id(self.customer, ledger.WALLET, CURRENCY))

    def drop(self) -> int:
        relay = Database(self.tenant.urls.relay_url)
        try:
            return sale_reversal.drop_ended(self.tenant.database, relay)
        finally:
            relay.close()


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
    agent = tenant.person()
    with tenant.tx() as tx:
        tx.execute(
            "INSERT INTO agent (tenant_id, subscriber_id, level, code)"
            " VALUES (current_tenant(), %s, 'agent', %s)",
            (agent, str(agent)),
        )
        float_id = ledger.account_id(agent, ledger.FLOAT, CURRENCY)
        ledger.open_account(tx, id=float_id, kind=ledger.FLOAT, currency=CURRENCY, owner_id=agent)
    tenant.fund(float_id, FLOAT)
    return Shop(tenant, agent, tenant.person())


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
