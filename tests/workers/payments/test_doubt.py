"""What is in doubt: whose record it is, who queues it, and two workers with one payment."""

import uuid
from collections.abc import Iterator

import pytest

from core.payments import exceptions, payments
from core.payments.outcomes import Deciding, ProviderState, ProviderStatus, decide
from providers.contracts.messages import Refused
from tests.support.momo import CODE, MomoTenant, new_momo_tenant
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS
from values.money import Money
from workers.payments.pursue import pursue_payment


@pytest.fixture(scope="module")
def the_tenant(module_database: DatabaseUrls) -> Iterator[MomoTenant]:
    with new_momo_tenant(module_database) as made:
        yield made


@pytest.fixture
def tenant(the_tenant: MomoTenant) -> Iterator[MomoTenant]:
    yield the_tenant
    assert the_tenant.broken() == []


def say(tenant: MomoTenant, payment: uuid.UUID, amount: int, **more: str) -> None:
    [reference] = tenant.one("SELECT reference FROM payment WHERE id = %s", payment)
    status = ProviderStatus(
        *(ProviderState.PAID, f"t{payment}", Money(amount, CURRENCY)),
        party=more.get("party"),
        known_as=uuid.UUID(str(reference)),
    )
    by = Deciding(KEYS, tenant.business, tenant.context.operations)
    with tenant.tx() as tx:
        decide(tx, by, payment, status)


@pytest.mark.parametrize(
    ("amount", "party", "reason"),
    [(1_500, "+250788999999", "other_party"), (900, None, "other_amount")],
)
def test_what_is_not_as_it_was_asked_is_in_suspense_and_queued(
    tenant: MomoTenant, amount: int, party: str | None, reason: str
) -> None:
    person = tenant.person()
    payment = tenant.deposit(person, 1_500)
    tenant.work()
    for _ in range(2):
        say(tenant, payment, amount, **({"party": party} if party else {}))
    assert tenant.state(payment) == ("review", reason)
    assert tenant.has(person) == (0, 0)
    with tenant.tx() as tx:
        waits = exceptions.listed(tx)[-1]
    assert (waits.wallet, waits.provider_txid) == (CODE, f"t{payment}")
    assert (waits.amount_minor, waits.reason) == (amount, reason)
    assert waits.movement_id is not None


def test_a_payout_that_another_worker_sent_does_not_fail_and_is_held(
    tenant: MomoTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = tenant.person()
    tenant.fund(tenant.wallet_of(person), 2_000)
    payment = tenant.withdraw(person, 1_000)
    with tenant.tx() as tx:
        payments.ask_now(tx, payment)
    rows = [
        str(id)
        for (id,) in tenant.admin.execute(
            "UPDATE outbox SET available_at = now() WHERE subject_id = %s RETURNING id", (payment,)
        ).fetchall()
    ]
    kept = tenant.context.accounts.payments

    def away(service: object) -> object:
        """The account is taken away while another worker sends the payment."""
        monkeypatch.setattr(type(tenant.context.accounts), "payments", lambda _, one: kept(one))
        pursue_payment(str(tenant.tenant_id), rows[1])
        raise Refused("bad_account", never_left=True)

    monkeypatch.setattr(type(tenant.context.accounts), "payments", lambda _, one: away(one))
    pursue_payment(str(tenant.tenant_id), rows[0])
    monkeypatch.undo()
    assert tenant.state(payment)[0] == "pending"
    assert tenant.has(person)[1] == 1_000
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(person) == (1_000, 0)


def test_a_success_after_the_intent_is_forgotten_is_booked_all_the_same(
    tenant: MomoTenant,
) -> None:
    person = tenant.person()
    tenant.fake.wallets.numbers[tenant.number_of(person)[1:]] = "EXPIRED"
    payment = tenant.deposit(person, 1_700)
    tenant.work()
    tenant.later(301)
    tenant.work()
    assert tenant.state(payment)[0] == "expired"
    tenant.admin.execute(
        "DELETE FROM intent WHERE id = (SELECT intent_id FROM payment WHERE id = %s)", (payment,)
    )
    say(tenant, payment, 1_700)
    assert tenant.state(payment) == ("review", "late_success")
    with tenant.tx() as tx:
        assert exceptions.listed(tx)[-1].provider_txid == f"t{payment}"
