"""A day's limit counts what is asked for, from the asking on, and not what came to nothing."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.money.errors import LimitReached
from core.money.operations import Quote, open_quote
from core.payments import beginning
from core.payments.errors import PayoutNumberIsNew
from core.payments.wallet_operations import DEPOSIT, WITHDRAW
from core.people import numbers
from core.savings import groups
from core.savings.contributions import CONTRIBUTE
from core.savings.groups import Membership
from core.tenants.tariffs import Tariff
from tests.support.momo import MomoTenant, new_momo_tenant
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS
from tests.support.texts import group, join
from tests.support.waiting import at_once
from values import clock
from values.ids import uuid7
from values.money import Money

LIMIT_MINOR = 1_000


@pytest.fixture(scope="module")
def the_tenant(module_database: DatabaseUrls) -> Iterator[MomoTenant]:
    with new_momo_tenant(module_database) as made:
        at = clock.now().replace(year=2020)
        limits = {"day_maximum_minor": LIMIT_MINOR}
        named = (DEPOSIT.name, WITHDRAW.name, CONTRIBUTE.name)
        tables = tuple(Tariff(name, "limit", limits, at, None) for name in named)
        made.business = replace(made.business, tariffs=tables)
        yield made


@pytest.fixture
def tenant(the_tenant: MomoTenant) -> Iterator[MomoTenant]:
    yield the_tenant
    assert the_tenant.broken() == []


def counted(tenant: MomoTenant, person: uuid.UUID) -> int:
    return tenant.number(
        "SELECT coalesce(sum(amount_minor), 0) FROM usage_day WHERE subscriber_id = %s", person
    )


def quoted(tenant: MomoTenant, person: uuid.UUID, quote: Quote, copies: int = 1) -> list[uuid.UUID]:
    """Confirmations of one person, as of several sessions: one at a time is a person's."""
    with tenant.tx() as tx:
        asked = [
            open_quote(
                tx,
                quote,
                subscriber_id=person,
                session=uuid7().hex,
                service_id=tenant.service_id,
            ).id
        ]
        for _ in range(copies - 1):
            asked.append(uuid7())
            tx.execute(
                "INSERT INTO intent SELECT tenant_id, %s, subscriber_id, session, operation,"
                " payee_id, amount_minor, fee_minor, currency, quote, state, entry_id, created_at,"
                " expires_at FROM intent WHERE id = %s",
                (asked[-1], asked[0]),
            )
    return asked


def prompt(tenant: MomoTenant, person: uuid.UUID, intent_id: uuid.UUID) -> bool:
    with tenant.tx() as tx:
        beginning.begin_collection(
            *(tx, KEYS),
            tenant=tenant.business,
            wallet=tenant.momo,
            intent_id=intent_id,
            subscriber_id=person,
            address=tenant.number_of(person),
        )
    return True


def test_prompts_at_once_do_not_pass_a_limit_together(tenant: MomoTenant) -> None:
    person = tenant.person()
    quote = DEPOSIT.quote(tenant.business, tenant.momo, Money(400, CURRENCY))
    asked = quoted(tenant, person, quote, copies=5)
    answers = at_once([lambda one=one: prompt(tenant, person, one) for one in asked])  # type: ignore[misc]
    assert sum(answer is True for answer in answers) == 2
    assert sum(isinstance(answer, LimitReached) for answer in answers) == 3
    assert counted(tenant, person) == 800
    tenant.work()
    tenant.later(1)
    tenant.work()
    assert tenant.has(person) == (800, 0)
    with pytest.raises(LimitReached):  # what was paid counts, too
        tenant.deposit(person, 201)
    assert counted(tenant, person) == 800


def test_what_comes_to_nothing_counts_no_more(tenant: MomoTenant) -> None:
    person = tenant.person()
    tenant.fund(tenant.wallet_of(person), 2_000)
    tenant.fake.books.numbers[tenant.number_of(person)[1:]] = "NOT_ALLOWED"
    payment = tenant.withdraw(person, 900)
    assert counted(tenant, person) == 900
    with pytest.raises(LimitReached):
        tenant.withdraw(person, 101)
    tenant.work()
    tenant.later(1)
    tenant.work()
    assert tenant.state(payment)[0] == "failed"
    assert counted(tenant, person) == 0
    tenant.withdraw(person, 1_000)


def test_a_prompt_takes_the_room_that_the_wallet_would_use(tenant: MomoTenant) -> None:
    """A contribution that is asked for on the phone, and another from the wallet."""
    person, group_id = tenant.person(), group(tenant, "L1")
    join(tenant, group_id, person)
    to = Membership(group_id, "L1", "Group L1", frozen=False)
    [asked] = quoted(tenant, person, CONTRIBUTE.quote(tenant.business, to, Money(700, CURRENCY)))
    prompt(tenant, person, asked)
    [more] = quoted(tenant, person, CONTRIBUTE.quote(tenant.business, to, Money(301, CURRENCY)))
    with pytest.raises(LimitReached), tenant.tx() as tx:
        CONTRIBUTE.pay(tx, tenant=tenant.business, intent_id=more, subscriber_id=person)
    with tenant.tx() as tx:
        groups.freeze(tx, group_id, frozen=True, actor="officer ann", reason="audit")
    tenant.work()
    tenant.later(1)
    tenant.work()
    # It was refused: the money is in the wallet, and nothing was contributed.
    assert tenant.texts(person) == ["paid_into_wallet"]
    assert tenant.has(person) == (700, 0)
    assert counted(tenant, person) == 0


def test_nothing_is_paid_to_a_number_with_another_sim(tenant: MomoTenant) -> None:
    """Whoever took it over may have learnt the PIN, too: the number waits, the money stays."""
    person = tenant.person()
    tenant.fund(tenant.wallet_of(person), 900)
    with tenant.tx() as tx:
        numbers.sim_changed(
            tx, KEYS, tenant.number_of(person), at=clock.now(), actor="network", reason="swapped"
        )
    with pytest.raises(PayoutNumberIsNew):
        tenant.withdraw(person, 300)
    assert tenant.has(person) == (900, 0)
    tenant.admin.execute("UPDATE address SET sim_changed_at = sim_changed_at - interval '73 hours'")
    tenant.withdraw(person, 300)
    assert tenant.has(person) == (900, 300)


def test_a_payout_that_was_begun_is_shown_again(tenant: MomoTenant) -> None:
    """Also where the number is new since: nobody is told that nothing was taken."""
    person = tenant.person()
    tenant.fund(tenant.wallet_of(person), 900)
    quote = WITHDRAW.quote(tenant.business, tenant.momo, Money(300, CURRENCY))
    (intent_id,) = quoted(tenant, person, quote)

    def begun() -> beginning.Asked:
        with tenant.tx() as tx:
            return beginning.begin_payout(
                *(tx, KEYS),
                tenant=tenant.business,
                wallet=tenant.momo,
                intent_id=intent_id,
                subscriber_id=person,
                address=tenant.number_of(person),
            )

    first = begun()
    with tenant.tx() as tx:
        number = tenant.number_of(person)
        numbers.sim_changed(tx, KEYS, number, at=clock.now(), actor="network", reason="swapped")
    assert begun() == first
    assert tenant.has(person) == (900, 300)
