"""Float between agents: once, within limits, down to one's own agents and back up."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from core.agents import agents, float_moves
from core.agents.errors import AgentOnHold, FloatTooLow, NobodyAbove, NotYourAgent
from core.agents.float_moves import FLOAT_RETURN, FLOAT_SALE, FloatMove, FloatMoved, Peer
from core.money import intents, ledger, operations
from core.money.errors import FrozenAccount, LimitReached
from core.tenants import directory
from core.tenants.tariffs import Tariff
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from tests.support.waiting import at_once
from values import clock
from values.ids import uuid7
from values.money import Money

FLOAT = 10_000
FEE = 10


@dataclass(frozen=True)
class Shop:
    """A super-agent with two agents, of whom one has an assistant."""

    tenant: Tenant
    top: uuid.UUID
    agent: uuid.UUID
    other: uuid.UUID
    assistant: uuid.UUID

    def float(self, who: uuid.UUID) -> int:
        return self.tenant.balance(_float(who))[0]

    def business(self) -> directory.Tenant:
        at = clock.now().replace(year=2020)
        limits = {"maximum_minor": 100_000, "day_maximum_minor": 6_000, "float_low_minor": 5_000}
        return self.tenant.as_turns_have_it(
            Tariff("float_sale", "limit", limits, at, None),
            Tariff("float_sale", "fee", {"bands": [{"fee_minor": FEE}]}, at, None),
        )

    def ask(self, move: FloatMove, giver: uuid.UUID, taker: uuid.UUID, amount: int) -> uuid.UUID:
        with self.tenant.tx() as tx:
            quote = move.quote(
                self.business(),
                agent=agents.get(tx, giver),
                agent_name="Giver G.",
                other=Peer(taker, "Taker T. A9"),
                amount=Money(amount, CURRENCY),
            )
            return operations.open_quote(
                tx, quote, subscriber_id=giver, session=uuid7().hex, service_id=uuid7()
            ).id

    def pay(self, move: FloatMove, giver: uuid.UUID, intent: uuid.UUID) -> FloatMoved:
        with self.tenant.tx() as tx:
            return move.pay(tx, tenant=self.business(), intent_id=intent, subscriber_id=giver)

    def move(self, move: FloatMove, giver: uuid.UUID, taker: uuid.UUID, amount: int) -> FloatMoved:
        return self.pay(move, giver, self.ask(move, giver, taker, amount))

    def freeze(self, who: uuid.UUID) -> None:
        with self.tenant.tx() as tx:
            agents.freeze(tx, who, frozen=True, actor="test", reason="test")

    def texts(self, who: uuid.UUID) -> list[str]:
        rows = self.tenant.admin.execute(
            "SELECT template FROM message WHERE subscriber_id = %s ORDER BY id", (who,)
        ).fetchall()
        return [str(row[0]) for row in rows]


def _float(who: uuid.UUID) -> uuid.UUID:
    return ledger.account_id(who, ledger.FLOAT, CURRENCY)


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


@pytest.fixture
def shop(tenant: Tenant) -> Shop:
    def agent(level: str, parent: uuid.UUID | None) -> uuid.UUID:
        who = tenant.person()
        with tenant.tx() as tx:
            tx.execute(
                "INSERT INTO agent (tenant_id, subscriber_id, level, code, parent_id)"
                " VALUES (current_tenant(), %s, %s, %s, %s)",
                (who, level, str(who), parent),
            )
            ledger.open_account(
                tx, id=_float(who), kind=ledger.FLOAT, currency=CURRENCY, owner_id=who
            )
        return who

    top = agent("super_agent", None)
    first, other = agent("agent", top), agent("agent", top)
    tenant.fund(_float(top), FLOAT)
    return Shop(tenant, top, first, other, agent("assistant", first))


def test_what_is_sold_arrives_and_the_fee_is_the_sellers(shop: Shop) -> None:
    fees = shop.tenant.number(
        "SELECT coalesce(sum(amount_minor), 0) FROM posting WHERE account_id = %s",
        shop.tenant.collecting(ledger.FEES),
    )
    sold = shop.move(FLOAT_SALE, shop.top, shop.agent, 3_000)
    assert (shop.float(shop.top), shop.float(shop.agent)) == (FLOAT - 3_000 - FEE, 3_000)
    assert sold.float == Money(FLOAT - 3_000 - FEE, CURRENCY)
    assert (
        shop.tenant.number(
            "SELECT sum(amount_minor) FROM posting WHERE account_id = %s",
            shop.tenant.collecting(ledger.FEES),
        )
        == fees + FEE
    )
    assert (shop.texts(shop.top), shop.texts(shop.agent)) == (["float_sent"], ["float_received"])


def test_it_goes_down_two_levels_and_back_up(shop: Shop) -> None:
    shop.move(FLOAT_SALE, shop.top, shop.agent, 3_000)
    shop.move(FLOAT_SALE, shop.agent, shop.assistant, 1_000)
    shop.move(FLOAT_RETURN, shop.assistant, shop.agent, 1_000)
    shop.move(FLOAT_RETURN, shop.agent, shop.top, 2_990)
    assert [shop.float(who) for who in (shop.top, shop.agent, shop.assistant)] == [9_980, 0, 0]


def test_paid_again_it_moves_once(shop: Shop) -> None:
    intent = shop.ask(FLOAT_SALE, shop.top, shop.agent, 1_000)
    answers = at_once([lambda: shop.pay(FLOAT_SALE, shop.top, intent)] * 4)
    receipts = [one for one in answers if isinstance(one, FloatMoved)]
    assert len(receipts) == 4
    assert len({one.reference for one in receipts}) == 1
    assert [one.float is None for one in receipts].count(False) == 1
    assert shop.float(shop.agent) == 1_000
    assert shop.texts(shop.agent) == ["float_received"]


def test_the_same_again_is_told(shop: Shop) -> None:
    shop.move(FLOAT_SALE, shop.top, shop.agent, 1_000)
    with shop.tenant.tx() as tx:
        quote = FLOAT_SALE.quote(
            shop.business(),
            agent=agents.get(tx, shop.top),
            agent_name="G",
            other=Peer(shop.agent, "T"),
            amount=Money(1_000, CURRENCY),
        )
        opened = operations.open_quote(
            tx, quote, subscriber_id=shop.top, session=uuid7().hex, service_id=uuid7()
        )
    assert opened.duplicate_age_s is not None


def test_the_limit_of_a_day_is_kept_at_once_too(shop: Shop) -> None:
    first = shop.ask(FLOAT_SALE, shop.top, shop.agent, 4_000)
    shop.pay(FLOAT_SALE, shop.top, first)
    with pytest.raises(LimitReached):
        shop.move(FLOAT_SALE, shop.top, shop.other, 2_001)
    shop.move(FLOAT_SALE, shop.top, shop.other, 2_000)
    assert shop.texts(shop.top) == ["float_sent", "float_sent", "float_low"]


def test_more_than_there_is_moves_nothing(shop: Shop) -> None:
    shop.move(FLOAT_SALE, shop.top, shop.agent, 500)
    with pytest.raises(FloatTooLow) as refused:
        shop.move(FLOAT_SALE, shop.agent, shop.assistant, 500)  # and the fee
    assert refused.value.params == {"available_minor": 500, "currency": CURRENCY}
    with pytest.raises(FloatTooLow):
        shop.move(FLOAT_RETURN, shop.agent, shop.top, 501)
    assert shop.float(shop.agent) == 500


def test_a_frozen_side_is_told_apart(shop: Shop) -> None:
    intent = shop.ask(FLOAT_SALE, shop.top, shop.agent, 500)
    shop.freeze(shop.agent)
    with pytest.raises(AgentOnHold):
        shop.pay(FLOAT_SALE, shop.top, intent)
    with shop.tenant.tx() as tx:
        found = intents.get(tx, intent, shop.top)
    assert found is not None
    assert found.state == "open"  # what is refused is rolled back
    other = shop.ask(FLOAT_SALE, shop.top, shop.other, 500)
    shop.freeze(shop.top)
    with pytest.raises(FrozenAccount) as refused:
        shop.pay(FLOAT_SALE, shop.top, other)
    assert not isinstance(refused.value, AgentOnHold)
    assert shop.float(shop.top) == FLOAT


def test_only_ones_own_agents_are_found(shop: Shop) -> None:
    numbers = {
        who: KEYS.open(
            shop.tenant.one("SELECT identifier_sealed FROM address WHERE subscriber_id = %s", who)[
                0
            ],
            who.bytes,
        )
        for who in (shop.top, shop.agent, shop.assistant)
    }
    with shop.tenant.tx() as tx:
        [found] = float_moves.agents_at(tx, KEYS, numbers[shop.agent], seller_id=shop.top)
        assert found == Peer(shop.agent, f"Uwera C. {shop.agent}")
        for seller, number in (
            (shop.top, numbers[shop.assistant]),  # an agent's agent
            (shop.top, numbers[shop.top]),
            (shop.agent, numbers[shop.top]),
            (shop.top, "+250788777666"),
        ):
            with pytest.raises(NotYourAgent):
                float_moves.agents_at(tx, KEYS, number, seller_id=seller)


def test_up_there_is_one_or_nobody(shop: Shop) -> None:
    with shop.tenant.tx() as tx:
        above = float_moves.agent_above(tx, KEYS, agents.get(tx, shop.assistant))
        assert above.id == shop.agent
        with pytest.raises(NobodyAbove):
            float_moves.agent_above(tx, KEYS, agents.get(tx, shop.top))
