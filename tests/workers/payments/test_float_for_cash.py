"""An agent buys float by mobile money, and a customer takes it as cash."""

import threading
import uuid
from collections.abc import Iterator

import pytest

from core.agents import agents
from core.agents.cash_out import CASH_OUT, CashGiven, agents_at
from core.agents.errors import AgentGivesNoCash, CashNumberIsNew, NoSuchAgent
from core.agents.float_buying import FLOAT_PURCHASE
from core.agents.float_moves import Peer
from core.money import freezing, ledger, operations
from core.money.errors import InsufficientFunds, LimitReached
from core.payments import beginning
from core.people import numbers
from core.tenants import directory
from core.tenants.tariffs import Tariff
from providers.airtel_money.fake import AirtelFake
from providers.airtel_money.tests.rig import SETTING
from providers.simulator.loopback import HttpPost, listen
from providers.simulator.timers import Later
from tests.support.momo import WalletTenant
from tests.support.payment_rig import Clock
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.waiting import at_once
from values import clock
from values.ids import uuid7
from values.money import Money

PURCHASE_FEE, CASH_FEE = 100, 50
AGENTS_DAY = 50_000


class AirtelTenant(WalletTenant):
    """One with a wallet at Airtel, an agent, and fees for float and for cash."""

    provider = "airtel_money"
    fake: AirtelFake

    @property
    def priced(self) -> directory.Tenant:
        at = clock.now().replace(year=2020)
        fees = ((FLOAT_PURCHASE.name, PURCHASE_FEE), (CASH_OUT.name, CASH_FEE))
        return self.as_turns_have_it(
            *(Tariff(name, "fee", {"bands": [{"fee_minor": fee}]}, at, None) for name, fee in fees),
            Tariff(CASH_OUT.name, "limit", {"day_maximum_minor": 9_000}, at, None),
            Tariff(
                FLOAT_PURCHASE.name,
                "limit",
                {"day_maximum_minor": AGENTS_DAY, "level": "agent"},
                at,
                None,
            ),
        )

    def agent(self) -> uuid.UUID:
        who = self.person("Bizimana Olivier", address=f"+25073{uuid7().int % 10**7:07}")
        with self.tx() as tx:
            tx.execute(
                "INSERT INTO agent (tenant_id, subscriber_id, level, code)"
                " VALUES (current_tenant(), %s, 'agent', %s)",
                (who, str(who)),
            )
            ledger.open_account(
                tx, id=self.float_of(who), kind=ledger.FLOAT, currency="RWF", owner_id=who
            )
        return who

    def float_of(self, who: uuid.UUID) -> uuid.UUID:
        return ledger.account_id(who, ledger.FLOAT, "RWF")

    def buy(self, who: uuid.UUID, amount: int) -> uuid.UUID:
        """The agent is asked on their phone. The payment's id."""
        with self.tx() as tx:
            quote = FLOAT_PURCHASE.quote(
                self.priced,
                agent=agents.get(tx, who),
                provider=self.momo.name,
                amount=Money(amount, "RWF"),
            )
        return self.begin(beginning.begin_collection, quote, who)

    def ask(self, customer: uuid.UUID, agent: uuid.UUID, amount: int) -> uuid.UUID:
        quote = CASH_OUT.quote(
            self.priced,
            agent=Peer(agent, "Bizimana O. A1"),
            customer="Uwera C.",
            amount=Money(amount, "RWF"),
        )
        with self.tx() as tx:
            return operations.open_quote(
                tx,
                quote,
                subscriber_id=customer,
                session=uuid7().hex,
                service_id=self.service_id,
            ).id

    def pay(self, customer: uuid.UUID, intent: uuid.UUID) -> CashGiven:
        with self.tx() as tx:
            return CASH_OUT.pay(
                tx,
                keys=KEYS,
                tenant=self.priced,
                intent_id=intent,
                subscriber_id=customer,
                address=self.number_of(customer),
            )

    def customer(self, amount: int) -> uuid.UUID:
        who = self.person()
        self.fund(self.wallet_of(who), amount)
        return who


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[AirtelTenant]:
    later, post = Later(), HttpPost()
    fake = SETTING.fake(later, post.send, Clock())
    server = listen("127.0.0.1", 0, fake)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    made = AirtelTenant(module_database, SETTING.account(f"http://127.0.0.1:{server.port}"))
    assert isinstance(fake, AirtelFake)
    made.fake = fake
    fake.books.options = fake.books.options.changed({"callback": "off"})
    try:
        yield made
        assert made.broken() == []
    finally:
        made.close()
        server.shutdown()
        server.server_close()
        thread.join()


def test_float_bought_by_airtel_is_taken_as_cash(tenant: AirtelTenant) -> None:
    agent, customer = tenant.agent(), tenant.customer(6_000)
    payment = tenant.buy(agent, 20_000)
    tenant.work()
    assert tenant.balance(tenant.float_of(agent)) == (0, 0), "asked for is not paid"
    tenant.later(10)
    tenant.work()
    assert tenant.state(payment) == ("paid", None)
    assert tenant.balance(tenant.float_of(agent)) == (20_000, 0)
    assert tenant.has(agent) == (0, 0)
    assert tenant.at_the_provider() == 20_000 + PURCHASE_FEE
    given = tenant.pay(customer, tenant.ask(customer, agent, 5_000))
    assert given.balance == Money(6_000 - 5_000 - CASH_FEE, "RWF")
    assert tenant.balance(tenant.float_of(agent)) == (25_000, 0)
    assert tenant.texts(agent) == ["float_bought", "cash_out_agent"]
    assert tenant.texts(customer) == ["cash_out_customer"]


def test_cash_is_given_once_however_often_it_is_confirmed(tenant: AirtelTenant) -> None:
    agent, customer = tenant.agent(), tenant.customer(6_000)
    intent = tenant.ask(customer, agent, 2_000)
    given = at_once([lambda: tenant.pay(customer, intent)] * 5)
    assert all(isinstance(one, CashGiven) for one in given)
    assert len({one.reference for one in given if isinstance(one, CashGiven)}) == 1
    assert tenant.balance(tenant.float_of(agent)) == (2_000, 0)
    assert tenant.texts(agent) == ["cash_out_agent"]


def test_no_cash_for_a_number_with_another_sim(tenant: AirtelTenant) -> None:
    """Whoever took it over may have learnt the PIN, too; what was given before is shown again."""
    agent, customer = tenant.agent(), tenant.customer(6_000)
    before = tenant.ask(customer, agent, 500)
    given = tenant.pay(customer, before)
    number = tenant.number_of(customer)
    with tenant.tx() as tx:
        numbers.sim_changed(tx, KEYS, number, at=clock.now(), actor="network", reason="swapped")
    with pytest.raises(CashNumberIsNew):
        tenant.pay(customer, tenant.ask(customer, agent, 600))
    assert tenant.pay(customer, before).reference == given.reference
    assert tenant.has(customer) == (6_000 - 500 - CASH_FEE, 0)


def test_a_level_has_a_limit_of_float_a_day(tenant: AirtelTenant) -> None:
    agent = tenant.agent()
    tenant.buy(agent, AGENTS_DAY - 1_000)
    with pytest.raises(LimitReached):
        tenant.buy(agent, 1_001)


def test_nothing_is_taken_where_it_cannot_be_given(tenant: AirtelTenant) -> None:
    agent, customer = tenant.agent(), tenant.customer(20_000)
    poor = tenant.customer(1_000)
    with pytest.raises(InsufficientFunds):
        tenant.pay(poor, tenant.ask(poor, agent, 1_000))  # the fee comes on top
    with pytest.raises(LimitReached):
        tenant.pay(customer, tenant.ask(customer, agent, 9_001))
    intent = tenant.ask(customer, agent, 500)
    with tenant.tx() as tx:
        agents.freeze(tx, agent, frozen=True, actor="test", reason="test")
    with pytest.raises(AgentGivesNoCash):
        tenant.pay(customer, intent)
    number = tenant.number_of(agent)
    with tenant.tx() as tx, pytest.raises(AgentGivesNoCash):
        agents_at(tx, KEYS, number, customer_id=customer)
    with tenant.tx() as tx, pytest.raises(NoSuchAgent):
        agents_at(tx, KEYS, number, customer_id=agent)
    assert tenant.has(customer) == (20_000, 0)
    assert tenant.texts(agent) == tenant.texts(customer) == []


def test_money_for_a_frozen_float_stays_in_the_wallet(tenant: AirtelTenant) -> None:
    agent = tenant.agent()
    payment = tenant.buy(agent, 3_000)
    tenant.work()
    with tenant.tx() as tx:
        agents.freeze(tx, agent, frozen=True, actor="test", reason="test")
    tenant.later(10)
    tenant.work()
    assert tenant.state(payment) == ("paid", None)
    assert tenant.texts(agent) == ["paid_into_wallet"]
    assert tenant.balance(tenant.float_of(agent)) == (0, 0)
    assert tenant.has(agent) == (3_000 + PURCHASE_FEE, 0)


def test_of_a_frozen_person_it_waits_for_staff(tenant: AirtelTenant) -> None:
    agent = tenant.agent()
    tenant.buy(agent, 3_000)
    tenant.work()
    before = tenant.suspense()
    with tenant.tx() as tx:
        freezing.mark_of_person(tx, agent)
        tx.execute(
            "UPDATE subscriber SET status = 'frozen'"
            " WHERE tenant_id = current_tenant() AND id = %s",
            (agent,),
        )
        freezing.mark_of_person(tx, agent)
    tenant.later(10)
    tenant.work()
    assert tenant.suspense() - before == 3_000 + PURCHASE_FEE
