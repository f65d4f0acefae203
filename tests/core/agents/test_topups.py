"""Held sales and the agent's limit of a day: counted when they are posted, by the day they are."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import pytest

from core.agents import approvals, held_sales, sale_posting
from core.money import day_limits, intents, ledger
from core.money.errors import HoldGone, LimitReached
from core.money.intents import Intent
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7

DAY = date(2026, 1, 31)
LIMIT_MINOR = 1_000


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


@dataclass(frozen=True)
class Agent:
    tenant: Tenant
    id: uuid.UUID

    @property
    def float(self) -> uuid.UUID:
        return ledger.account_id(self.id, ledger.FLOAT, CURRENCY)

    def asked(self, amount_minor: int, limit_minor: int) -> uuid.UUID:
        id = uuid7()
        with self.tenant.tx() as tx:
            intents.open_intent(
                tx,
                id=id,
                subscriber_id=self.id,
                session=uuid7().hex,
                operation=sale_posting.OPERATION,
                payee_id=self.tenant.person(),
                amount_minor=amount_minor,
                fee_minor=10,
                currency=CURRENCY,
                quote={
                    "service": str(uuid7()),
                    "customer": "Uwera C.",
                    "agent": "Bizimana O.",
                    "day_limit_minor": limit_minor,
                },
            )
        return id

    def hold(self, amount_minor: int, limit_minor: int = LIMIT_MINOR, day: date = DAY) -> uuid.UUID:
        """Ask, claim and hold; the approval's id."""
        return self.hold_asked(self.asked(amount_minor, limit_minor), day)

    def hold_asked(self, intent_id: uuid.UUID, day: date = DAY) -> uuid.UUID:
        with self.tenant.tx() as tx:
            intent, _ = intents.claim(tx, intent_id, self.id, entry_id=None)
            return held_sales.hold(tx, intent=intent, day=day)

    def approve(self, approval: uuid.UUID, day: date = DAY) -> tuple[Intent, ledger.Posted]:
        with self.tenant.tx() as tx:
            return held_sales.approve(
                tx,
                tenant_id=self.tenant.tenant_id,
                approval_id=approval,
                entry_id=uuid7(),
                day=day,
                session="",
            )

    def sell_at_once(self, amount_minor: int, day: date = DAY) -> None:
        """Only counted: as much as a sale that nobody need approve counts."""
        usage = day_limits.Usage(self.id, sale_posting.OPERATION, day, amount_minor, LIMIT_MINOR)
        with self.tenant.tx() as tx:
            day_limits.count(tx, usage, currency=CURRENCY)

    def sold(self, day: date = DAY) -> int:
        with self.tenant.tx() as tx:
            row = tx.one(
                "SELECT amount_minor FROM usage_day WHERE subscriber_id = %s AND day = %s",
                (self.id, day),
            )
        return int(row[0]) if row else 0

    def state(self, approval: uuid.UUID) -> tuple[object, ...]:
        """Of the approval, its hold and its intent."""
        with self.tenant.tx() as tx:
            row = tx.one(
                "SELECT a.state, h.state, i.state FROM approval a JOIN hold h ON h.id = a.hold_id"
                " JOIN intent i ON i.id = a.intent_id WHERE a.id = %s",
                (approval,),
            )
        assert row is not None
        return row


@pytest.fixture
def agent(tenant: Tenant) -> Agent:
    made = Agent(tenant, tenant.person())
    with tenant.tx() as tx:
        ledger.open_account(
            tx, id=made.float, kind=ledger.FLOAT, currency=CURRENCY, owner_id=made.id
        )
    tenant.fund(made.float, 50_000)
    return made


def test_a_held_sale_counts_once_when_it_is_posted(agent: Agent) -> None:
    approval = agent.hold(400)
    assert agent.sold() == 0
    first = agent.approve(approval)[1]
    assert agent.sold() == 400
    again = agent.approve(approval)[1]
    assert (again.entry_id, again.was_new) == (first.entry_id, False)
    assert agent.sold() == 400


@pytest.mark.parametrize("trigger", ["refuse", "expire"])
def test_what_is_never_posted_is_never_counted(
    agent: Agent, trigger: Literal["refuse", "expire"]
) -> None:
    approval = agent.hold(400)
    with agent.tenant.tx() as tx:
        assert approvals.refuse(tx, approval, trigger)
    assert agent.sold() == 0
    assert agent.tenant.balance(agent.float) == (50_000, 0)
    agent.hold(LIMIT_MINOR)


def test_it_counts_on_the_day_on_which_it_is_posted(agent: Agent) -> None:
    approval = agent.hold(LIMIT_MINOR)
    tomorrow = DAY + timedelta(days=1)
    agent.approve(approval, tomorrow)
    assert (agent.sold(), agent.sold(tomorrow)) == (0, LIMIT_MINOR)


def test_what_the_day_has_no_room_for_is_not_held(agent: Agent) -> None:
    agent.sell_at_once(600)
    waiting = agent.hold(300)
    with pytest.raises(LimitReached) as told:
        agent.hold(101)
    assert told.value.params == {"limit_minor": LIMIT_MINOR, "currency": CURRENCY}
    assert agent.tenant.balance(agent.float) == (50_000, 300)
    agent.hold(100)
    with agent.tenant.tx() as tx:
        approvals.withdraw(tx, waiting, who=agent.id, session="")
    agent.hold(300)


def test_holds_at_once_do_not_share_the_same_room(agent: Agent) -> None:
    asked = [agent.asked(300, LIMIT_MINOR)]
    with agent.tenant.tx() as tx:  # one confirmation at a time is a person's; here of five sessions
        for _ in range(4):
            asked.append(uuid7())
            tx.execute(
                "INSERT INTO intent SELECT tenant_id, %s, subscriber_id, session, operation,"
                " payee_id, amount_minor, fee_minor, currency, quote, state, entry_id, created_at,"
                " expires_at FROM intent WHERE id = %s",
                (asked[-1], asked[0]),
            )
    answers = at_once([lambda one=one: agent.hold_asked(one) for one in asked])  # type: ignore[misc]
    assert sum(isinstance(answer, uuid.UUID) for answer in answers) == 3
    assert sum(isinstance(answer, LimitReached) for answer in answers) == 2
    assert agent.tenant.balance(agent.float) == (50_000, 900)


def test_approvals_at_once_keep_the_limit(agent: Agent) -> None:
    """What is sold at once in between takes the room that the held ones had."""
    approvals = [agent.hold(300) for _ in range(3)]
    agent.sell_at_once(500)
    answers = at_once([lambda one=one: agent.approve(one) for one in approvals * 2])  # type: ignore[misc]
    assert not any(isinstance(answer, HoldGone) for answer in answers)
    assert agent.sold() == 800
    assert agent.tenant.balance(agent.float) == (49_700, 600)
    assert sorted(agent.state(one) for one in approvals) == [
        ("approved", "posted", "done"),
        ("pending", "pending", "pending"),
        ("pending", "pending", "pending"),
    ]


def test_without_a_limit_nothing_is_counted(agent: Agent) -> None:
    agent.approve(agent.hold(5 * LIMIT_MINOR, limit_minor=0))
    assert agent.sold() == 0
