"""An agent who earns by sales: what is paid out, taken back and reversed."""

import uuid
from dataclasses import dataclass

from core.agents import agents, commission, sale_reversal
from core.agents.commission import PAY_OUT, TAKE_BACK
from core.agents.sale_reversal import REVERSE
from core.agents.sales import Customer, CustomerToday
from core.agents.topups import TOPUP
from core.approvals import requests
from core.approvals.requests import officer
from core.db.database import Database
from core.money import ledger, operations
from core.tenants import directory
from core.tenants.tariffs import Tariff
from tests.support.tenants import CURRENCY, KEYS, Tenant
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


def new_shop(tenant: Tenant) -> Shop:
    """An agent of their own, and a customer."""
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


def commission_of_each_kind(tenant: Tenant) -> None:
    """Earned, paid out, taken back after that, paid off; a sale reversed, and one about to be."""
    shop = new_shop(tenant)
    first = shop.sell()
    shop.pay_out()
    shop.take_back(first)
    shop.decide(shop.reverse(shop.sell()))
    shop.reverse(shop.sell())
