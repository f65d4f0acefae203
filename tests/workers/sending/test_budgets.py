"""A tenant's budget of a day: what goes to many stops first, codes never."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from redis import Redis

from core.analytics import costs
from core.inbox import inbox
from core.messaging import sent
from providers.contracts.cost import Cost
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS, FLOWS
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant
from tests.support.workers import QUICK, MessagingTenant, received
from tests.workers.chat.test_turn import work
from tests.workers.sending.test_in_the_way import set_up
from tests.workers.sending.test_send import send
from values.ids import uuid7
from values.messages import Priority
from workers.jobs import context
from workers.queue.worker import connect
from workers.sending import policy
from workers.sending.budgets import Budgets
from workers.sending.policy import Spending

BUDGET = '{"spending_a_day": [{"currency": "RWF", "amount": "1000"}]}'


def spend(tenant: MessagingTenant | UssdTenant, amount: int, currency: str = "RWF") -> None:
    with tenant.tx() as tx:
        costs.record(
            tx,
            kind="text",
            reference=str(uuid7()),
            service_id=uuid7(),
            amount=Decimal(amount),
            currency=currency,
            zone="Africa/Kigali",
        )


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, ["go", "go", "go", "go"]),
        (0.79, ["go", "go", "go", "go"]),
        (0.8, ["go", "go", "go", "tomorrow"]),
        (1.0, ["go", "last word", "tomorrow", "tomorrow"]),
        (9.0, ["go", "last word", "tomorrow", "tomorrow"]),
    ],
)
def test_what_stops_when(share: float, expected: list[str]) -> None:
    found = [
        policy.within_budget(priority, share, is_reply=priority is Priority.PROMPT)
        for priority in Priority
    ]
    assert [one.value for one in found] == expected


def test_what_somebody_waits_for_goes_where_it_is_no_reply() -> None:
    """Such as the request for a yes: there is no conversation that could go on elsewhere."""
    assert policy.within_budget(Priority.PROMPT, 2.0, is_reply=False) is Spending.GO


def test_the_next_day_begins_at_the_tenants_midnight() -> None:
    late = datetime(2026, 11, 29, 23, 59, 30, tzinfo=ZoneInfo("Africa/Kigali"))
    assert policy.tomorrow_s(late) == 30


@pytest.mark.parametrize(
    ("spent", "states"),
    [
        (799, {"accepted": 3}),
        (800, {"accepted": 2, "queued": 1}),
        (1_000, {"accepted": 1, "queued": 2}),
    ],
)
def test_it_counts_what_was_charged(
    tenant: MessagingTenant, fakes: Fakes, spent: int, states: dict[str, int]
) -> None:
    set_up(tenant, BUDGET)
    tenant.admin.execute("TRUNCATE gateway_cost")
    spend(tenant, spent)
    spend(tenant, 50_000, currency="KES")  # of which no budget says anything
    tenant.context()
    texts = [
        tenant.text(f"+25078800000{priority.value}", priority=priority)
        for priority in (Priority.BULK, Priority.RECEIPT, Priority.CODE)
    ]
    for message in texts:
        send(tenant, message)
    assert tenant.states() == states
    assert {tenant.row(message) for message in texts if tenant.state(message) == "queued"} <= {
        ("waiting", 0)
    }


def test_what_this_worker_sends_counts_at_once(
    tenant: MessagingTenant, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    """Not only when the sum is read again: the fake charges 12 each, for 60 in all."""
    set_up(tenant, '{"spending_a_day": [{"currency": "RWF", "amount": "60"}]}')
    tenant.admin.execute("TRUNCATE gateway_cost")
    tenant.context()
    texts = [tenant.text(f"+2507880001{n:02}", priority=Priority.BULK) for n in range(7)]
    for message in texts:
        send(tenant, message)
    assert tenant.states() == {"accepted": 4, "queued": 3}  # 48 is 80 % of it
    alarms = [record.getMessage() for record in caplog.records if "budget" in record.getMessage()]
    assert alarms == ["ALARM impuye has spent 80% of its budget for messages of today."]


@pytest.mark.parametrize("again", [False, True])
def test_it_counts_texts_where_no_price_is_named(
    tenant: MessagingTenant, fakes: Fakes, again: bool
) -> None:
    """By what this worker has sent, and as another one reads it."""
    set_up(tenant, '{"budget_texts_a_day": 5}')
    tenant.admin.execute("TRUNCATE gateway_cost")
    texts = [tenant.text(f"+2507880003{n:02}", priority=Priority.BULK) for n in range(6)]
    receipt = tenant.text("+250788000401")
    tenant.context()
    for message in (*texts, receipt):
        send(tenant, message)
        tenant.admin.execute("TRUNCATE gateway_cost")
        if again:
            tenant.context()
    assert [tenant.state(each) for each in texts] == ["accepted"] * 4 + ["queued"] * 2
    assert tenant.state(receipt) == "accepted"
    assert tenant.row(texts[-1]) == ("waiting", 0)


def test_texts_of_the_day_before_and_what_was_refused_count_nothing(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    tenant.context()
    texts = [tenant.text(f"+2507880005{n:02}") for n in range(3)]
    for message in texts:
        send(tenant, message)
    midnight = datetime.now(ZoneInfo("Africa/Kigali")).replace(hour=0, minute=0, second=0)
    with tenant.tx() as tx:
        assert sent.segments_since(tx, midnight) == 3
    tenant.admin.execute(
        "UPDATE message SET sending_at = sending_at - interval '1 day' WHERE id = %s", (texts[0],)
    )
    tenant.admin.execute(
        "UPDATE message SET state = 'failed', accepted_at = NULL WHERE id = %s", (texts[1],)
    )
    with tenant.tx() as tx:
        assert sent.segments_since(tx, midnight) == 1


def test_without_a_budget_nothing_is_read(tenant: MessagingTenant) -> None:
    budgets = Budgets(None)  # type: ignore[arg-type]
    service = tenant.context().directory.by_id(tenant.service_id)
    assert service is not None
    assert budgets.share(service.tenant) == 0
    budgets.note(tenant.tenant_id, Cost(Decimal(5), "RWF"))
    assert budgets._days == {}


# --- the last word --------------------------------------------------------------------------------


@pytest.fixture
def savings(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url)
    with made.watching():
        yield made
    made.close()


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with connect(redis_url) as connection:
        yield connection


def test_a_reply_becomes_one_last_word_that_points_to_ussd(
    savings: UssdTenant, fakes: Fakes, redis: Redis
) -> None:
    savings.admin.execute(
        "UPDATE tenant SET settings = settings || %s::jsonb WHERE id = %s",
        (BUDGET, savings.tenant_id),
    )
    spend(savings, 2_000)
    made = context.make(
        savings.database,
        KEYS,
        DOMAINS.messages,
        flows=FLOWS,
        limits=QUICK,
        fakes_url=fakes.url,
        budgets=Budgets(savings.database, redis),
    )
    context.install(made)
    texter = Texter(savings, "+250788000001")
    for text in ("menu", "1"):
        texter.post(text)
        work(savings)
    assert len(received(fakes)) == 1
    [told] = received(fakes)
    assert "*384*10#" in told
    assert len(told) <= 160
    ends = savings.admin.execute(
        "SELECT state, reason FROM message WHERE template = %s ORDER BY id", (inbox.REPLY,)
    ).fetchall()
    assert ends == [("accepted", None), ("failed", "budget_spent")]
