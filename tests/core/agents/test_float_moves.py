"""Float between agents: once, within limits, down to one's own agents and back up."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest

from core.agents import agents, float_asks, float_moves, float_offers
from core.agents.errors import (
    AgentOnHold,
    AskedBefore,
    AskGone,
    FloatNotGiven,
    FloatTooLow,
    NobodyAbove,
    NotYourAgent,
    OfferGone,
)
from core.agents.float_asks import FloatAsk
from core.agents.float_moves import (
    FLOAT_GRANT,
    FLOAT_RETURN,
    FLOAT_SALE,
    FloatMove,
    FloatMoved,
    Peer,
)
from core.agents.float_offers import FloatTaken, Offer
from core.db.database import Database
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

    def send(self, move: FloatMove, giver: uuid.UUID, taker: uuid.UUID, amount: int) -> FloatMoved:
        return self.pay(move, giver, self.ask(move, giver, taker, amount))

    def move(self, move: FloatMove, giver: uuid.UUID, taker: uuid.UUID, amount: int) -> FloatTaken:
        """Sent, and taken."""
        self.send(move, giver, taker, amount)
        return self.take(taker, self.waiting(taker)[0].id)

    def waiting(self, who: uuid.UUID) -> list[Offer]:
        with self.tenant.tx() as tx:
            return float_offers.waiting_of(tx, who)

    def take(self, who: uuid.UUID, offer: uuid.UUID) -> FloatTaken:
        with self.tenant.tx() as tx:
            return float_offers.take(tx, tenant=self.business(), offer_id=offer, taker_id=who)

    def ask_above(self, who: uuid.UUID, amount: int) -> None:
        with self.tenant.tx() as tx:
            float_asks.ask(
                tx, agent=agents.get(tx, who), agent_name="A", amount=Money(amount, CURRENCY)
            )

    def asked_of(self, who: uuid.UUID) -> list[FloatAsk]:
        with self.tenant.tx() as tx:
            return float_asks.asked_of(tx, KEYS, who)

    def give(self, who: uuid.UUID, ask: FloatAsk) -> FloatMoved:
        with self.tenant.tx() as tx:
            quote = FLOAT_GRANT.quote_asked(
                self.business(), agent=agents.get(tx, who), agent_name="G", ask=ask
            )
            opened = operations.open_quote(
                tx, quote, subscriber_id=who, session=uuid7().hex, service_id=uuid7()
            )
        return self.pay(FLOAT_GRANT, who, opened.id)

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
    sent = shop.send(FLOAT_SALE, shop.top, shop.agent, 3_000)
    assert sent.float == Money(FLOAT - 3_000 - FEE, CURRENCY)
    assert sent.reference == ""  # it waits
    assert (shop.float(shop.top), shop.float(shop.agent)) == (FLOAT, 0)
    taken = shop.take(shop.agent, shop.waiting(shop.agent)[0].id)
    assert taken.float == Money(3_000, CURRENCY)
    assert (shop.float(shop.top), shop.float(shop.agent)) == (FLOAT - 3_000 - FEE, 3_000)
    assert (
        shop.tenant.number(
            "SELECT sum(amount_minor) FROM posting WHERE account_id = %s",
            shop.tenant.collecting(ledger.FEES),
        )
        == fees + FEE
    )
    assert shop.texts(shop.top) == ["float_sent"]
    assert shop.texts(shop.agent) == ["float_offered", "float_received"]


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
    [offer] = shop.waiting(shop.agent)
    taken = at_once([lambda: shop.take(shop.agent, offer.id)] * 4)
    assert len({one.reference for one in taken if isinstance(one, FloatTaken)}) == 1
    assert shop.float(shop.agent) == 1_000
    assert shop.texts(shop.agent) == ["float_offered", "float_received"]


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
    shop.take(shop.agent, shop.waiting(shop.agent)[0].id)
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


def test_what_was_sent_can_be_recalled_once(shop: Shop) -> None:
    shop.send(FLOAT_SALE, shop.top, shop.agent, 4_000)
    [offer] = shop.waiting(shop.top)
    assert offer.is_mine
    with shop.tenant.tx() as tx:
        float_offers.recall(tx, offer.id, shop.top)
    assert shop.tenant.balance(_float(shop.top)) == (FLOAT, 0)
    for ends in (float_offers.recall, float_offers.decline):
        for who in (shop.top, shop.agent):
            with pytest.raises(OfferGone), shop.tenant.tx() as tx:
                ends(tx, offer.id, who)
    with pytest.raises(OfferGone):
        shop.take(shop.agent, offer.id)
    assert shop.texts(shop.agent) == ["float_offered", "float_recalled"]
    shop.send(FLOAT_SALE, shop.top, shop.agent, 6_000)  # the day has room for all of it again


def test_what_was_sent_can_be_declined_by_its_taker_alone(shop: Shop) -> None:
    shop.send(FLOAT_SALE, shop.top, shop.agent, 4_000)
    [offer] = shop.waiting(shop.agent)
    for who in (shop.top, shop.other):
        with pytest.raises(OfferGone), shop.tenant.tx() as tx:
            float_offers.decline(tx, offer.id, who)
        with pytest.raises(OfferGone):
            shop.take(who, offer.id)
    with shop.tenant.tx() as tx:
        float_offers.decline(tx, offer.id, shop.agent)
    assert shop.tenant.balance(_float(shop.top)) == (FLOAT, 0)
    assert shop.texts(shop.top) == ["float_declined"]


def test_taken_recalled_and_declined_at_once_one_wins(shop: Shop) -> None:
    for _ in range(3):
        shop.send(FLOAT_SALE, shop.top, shop.agent, 500)
        [offer] = shop.waiting(shop.agent)

        def end(how: Callable[..., None], who: uuid.UUID, offer: Offer = offer) -> None:
            with shop.tenant.tx() as tx:
                how(tx, offer.id, who)

        calls: list[Callable[[], object]] = [
            partial(shop.take, shop.agent, offer.id),
            partial(end, float_offers.recall, shop.top),
            partial(end, float_offers.decline, shop.agent),
        ]
        answers = at_once(calls)
        assert [isinstance(one, OfferGone) for one in answers].count(True) == 2
    total = shop.float(shop.top) + shop.float(shop.agent)
    assert total in {FLOAT - FEE * taken for taken in range(4)}
    assert shop.tenant.balance(_float(shop.top))[1] == 0


def test_what_nobody_takes_is_its_givers_again_in_a_day(shop: Shop) -> None:
    shop.send(FLOAT_SALE, shop.top, shop.agent, 4_000)
    assert shop.tenant.balance(_float(shop.top)) == (FLOAT, 4_000 + FEE)
    relay = Database(shop.tenant.urls.relay_url)
    assert float_offers.expire_due(shop.tenant.database, relay) == 0
    shop.tenant.as_superuser(
        "UPDATE float_offer SET expires_at = now() WHERE giver_id = %s", shop.top
    )
    [offer] = shop.tenant.one("SELECT id FROM float_offer WHERE giver_id = %s", shop.top)
    with pytest.raises(OfferGone):
        shop.take(shop.agent, uuid.UUID(str(offer)))
    assert float_offers.expire_due(shop.tenant.database, relay) == 1
    assert float_offers.expire_due(shop.tenant.database, relay) == 0
    relay.close()
    assert shop.tenant.balance(_float(shop.top)) == (FLOAT, 0)
    assert shop.texts(shop.top) == ["float_not_taken"]
    assert shop.texts(shop.agent) == ["float_offered", "float_too_late"]


def test_what_was_sent_waits_while_one_side_is_frozen(shop: Shop) -> None:
    shop.send(FLOAT_SALE, shop.top, shop.agent, 500)
    [offer] = shop.waiting(shop.agent)
    shop.freeze(shop.top)
    with pytest.raises(FloatNotGiven):
        shop.take(shop.agent, offer.id)
    assert shop.waiting(shop.agent) == [offer]


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


def test_float_is_asked_of_the_one_above_and_given_there(shop: Shop) -> None:
    shop.move(FLOAT_SALE, shop.top, shop.agent, 500)  # they have been texted by a service
    shop.ask_above(shop.agent, 2_000)
    with pytest.raises(AskedBefore) as refused:
        shop.ask_above(shop.agent, 500)
    assert refused.value.params["amount_minor"] == 2_000
    [ask] = shop.asked_of(shop.top)
    assert shop.asked_of(shop.agent) == []
    given = shop.give(shop.top, ask)
    assert given.reference
    assert shop.float(shop.top) == FLOAT - 2_500 - 2 * FEE
    assert shop.float(shop.agent) == 2_500
    assert shop.texts(shop.agent) == ["float_offered", "float_received", "float_received"]
    assert [text for text in shop.texts(shop.top) if text != "float_low"] == [
        *("float_sent", "float_asked_for", "float_sent")
    ]
    with pytest.raises(AskGone):
        shop.give(shop.top, ask)  # another confirmation of the same request
    shop.ask_above(shop.agent, 500)  # the next one


def test_what_is_asked_can_be_refused_withdrawn_and_too_late(shop: Shop) -> None:
    shop.move(FLOAT_SALE, shop.top, shop.agent, 500)
    relay = Database(shop.tenant.urls.relay_url)
    for how, texts in (
        ("refuse", ["float_ask_refused"]),
        ("withdraw", []),
        ("expire", ["float_ask_late"]),
    ):
        before = shop.texts(shop.agent)
        shop.ask_above(shop.agent, 500)
        [ask] = shop.asked_of(shop.top)
        with shop.tenant.tx() as tx:
            if how == "refuse":
                with pytest.raises(AskGone):
                    float_asks.refuse(tx, ask.id, shop.agent)
                float_asks.refuse(tx, ask.id, shop.top)
            elif how == "withdraw":
                float_asks.withdraw(tx, ask.id, shop.agent)
        if how == "expire":
            shop.tenant.as_superuser(
                "UPDATE float_ask SET expires_at = now() WHERE id = %s", ask.id
            )
            assert float_asks.expire_due(shop.tenant.database, relay) == 1
        assert shop.texts(shop.agent)[len(before) :] == texts
        with pytest.raises(AskGone):
            shop.give(shop.top, ask)
    relay.close()
    assert shop.float(shop.agent) == 500


def test_nobody_is_asked_by_who_works_for_nobody(shop: Shop) -> None:
    with pytest.raises(NobodyAbove):
        shop.ask_above(shop.top, 500)


def test_asked_at_once_one_waits(shop: Shop) -> None:
    answers = at_once([partial(shop.ask_above, shop.agent, 500)] * 4)
    assert [isinstance(one, AskedBefore) for one in answers].count(True) == 3
    assert len(shop.asked_of(shop.top)) == 1
