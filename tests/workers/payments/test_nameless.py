"""A payment whose provider names no id of the network's, and the network's text: one movement."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from core.money import ledger, statements
from core.payments import arrivals, beginning, exceptions, tokens
from core.payments.arrivals import Arrived as ByHand
from core.payments.arrivals import Taken
from core.payments.outcomes import Deciding, ProviderState, ProviderStatus, decide
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from core.savings.contributions import CONTRIBUTE
from core.savings.groups import Membership
from tests.support.momo import CODE, MomoTenant, new_momo_tenant
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS
from tests.support.texts import PURPOSES, Till, group, join
from values import clock
from values.money import Money


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[MomoTenant]:
    with new_momo_tenant(module_database) as made:
        yield made


class Payer:
    """Somebody who was asked for money by their provider, and whose network writes a text of it."""

    def __init__(self, tenant: MomoTenant, amount: int) -> None:
        self.tenant, self.amount = tenant, amount
        self.person = tenant.person()
        group_id = group(tenant, f"N{amount}")
        join(tenant, group_id, self.person)
        with tenant.tx() as tx:
            payee = ARRIVED_CONTRIBUTION.payee(tx, self.person, group_id)
            assert payee
            self.token = tokens.token_of(tx, payee)
        self.till = Till(tenant, name=f"till {amount}", wallet=CODE)
        self.till.began = clock.now() - timedelta(minutes=1)
        self.payment = tenant.deposit(self.person, amount)
        tenant.work()

    def told_paid(self) -> None:
        """The provider's word, without an id of the movement."""
        [reference] = self.tenant.one("SELECT reference FROM payment WHERE id = %s", self.payment)
        status = ProviderStatus(
            ProviderState.PAID, None, Money(self.amount, CURRENCY), None, uuid.UUID(str(reference))
        )
        by = Deciding(KEYS, self.tenant.business, self.tenant.context.operations)
        with self.tenant.tx() as tx:
            decide(tx, by, self.payment, status)

    def text(self, payer: str) -> tuple[str, tuple[str, ...]]:
        [worked] = self.till.take(
            self.till.received(self.amount, payer=payer, note=self.token, txid=f"88{self.amount}")
        )
        return worked.state, worked.flags

    @property
    def shown(self) -> str:
        return f"Keza ({self.tenant.number_of(self.person)[1:]})"

    @property
    def arrived(self) -> int:
        return self.tenant.number(
            "SELECT coalesce(sum(amount_minor), 0) FROM provider_movement WHERE amount_minor = %s",
            self.amount,
        )


def test_the_text_after_the_providers_word_is_of_the_same_money(tenant: MomoTenant) -> None:
    payer = Payer(tenant, 1_301)
    payer.told_paid()
    assert payer.text(payer.shown) == ("credited", ("known",))
    assert (payer.arrived, tenant.has(payer.person)) == (1_301, (1_301, 0))
    # The same amount by hand is other money.
    again = payer.till.received(1_301, payer=payer.shown, note=payer.token, txid="889")
    assert [one.state for one in payer.till.take(again)] == ["credited"]
    assert payer.arrived == 2_602
    assert tenant.broken() == []


def test_the_text_before_the_providers_word_is_of_the_same_money(tenant: MomoTenant) -> None:
    payer = Payer(tenant, 1_302)
    assert payer.text(payer.shown) == ("in_question", ("asked_for",))
    payer.told_paid()
    payer.told_paid()
    assert tenant.state(payer.payment) == ("paid", None)
    assert (payer.arrived, tenant.has(payer.person)) == (1_302, (1_302, 0))
    assert tenant.broken() == []


def arrival(payer: Payer, shown: str) -> Taken:
    """The provider's own word of an arrival, as of money that is sent by hand."""
    told = ByHand(
        *(CODE, f"99{payer.amount}", Money(payer.amount, CURRENCY), clock.now()), payer=shown
    )
    with payer.tenant.tx() as tx:
        return arrivals.take(tx, KEYS, PURPOSES, payer.tenant.tenant_id, told)


def test_an_arrival_and_the_providers_word_are_of_the_same_money(tenant: MomoTenant) -> None:
    after, before, hidden = (Payer(tenant, amount) for amount in (1_305, 1_306, 1_307))
    after.told_paid()
    assert arrival(after, tenant.number_of(after.person)) == Taken("known", "booked")
    assert arrival(before, tenant.number_of(before.person)) == Taken("in_question", "asked_for")
    before.told_paid()
    assert tenant.state(before.payment) == ("paid", None)
    hidden.told_paid()
    assert arrival(hidden, "25078****21") == Taken("in_question", "asked_for")
    for payer in (after, before, hidden):
        assert (payer.arrived, tenant.has(payer.person)) == (payer.amount, (payer.amount, 0))
    assert tenant.broken() == []


@pytest.mark.parametrize("amount", [1_303, 1_304])
def test_a_text_that_hides_its_payer_is_for_a_person_to_judge(
    tenant: MomoTenant, amount: int
) -> None:
    payer, hidden = Payer(tenant, amount), "Divine UWASE (*********321)"
    if amount % 2:
        payer.told_paid()
        assert payer.text(hidden) == ("in_question", ("asked_for",))
    else:
        assert payer.text(hidden) == ("in_question", ("asked_for",))
        payer.told_paid()
        assert tenant.state(payer.payment) == ("review", "already_credited")
    assert payer.arrived == amount
    with tenant.tx() as tx:
        assert [one.amount_minor for one in exceptions.listed(tx)][-1] == amount
    assert tenant.broken() == []


def test_by_prompt_and_by_text_it_is_one_statement(tenant: MomoTenant) -> None:
    """A member approves one contribution on their phone, and sends another by themselves."""
    person, group_id = tenant.person(), group(tenant, "BOTH")
    join(tenant, group_id, person)
    to = Membership(group_id, "BOTH", "Group BOTH", frozen=False)
    quote = CONTRIBUTE.quote(tenant.business, to, Money(1_410, CURRENCY))
    payment = tenant.begin(beginning.begin_collection, quote, person)
    tenant.work()
    tenant.later(10)
    tenant.work()
    assert tenant.state(payment) == ("paid", None)
    with tenant.tx() as tx:
        payee = ARRIVED_CONTRIBUTION.payee(tx, person, group_id)
        assert payee
        token = tokens.token_of(tx, payee)
    till = Till(tenant, name="till both", wallet=CODE)
    till.began = clock.now() - timedelta(minutes=1)
    [worked] = till.take(till.received(1_411, note=token, txid="881411"))
    assert worked.state == "credited"
    with tenant.tx() as tx:
        statement = statements.of_account(
            tx,
            ledger.savings_account_id(group_id, person, CURRENCY),
            clock.now() - timedelta(hours=1),
            clock.now() + timedelta(hours=1),
        )
    assert statement is not None
    assert [(line.kind, line.amount_minor) for line in statement.lines] == [
        ("contribution", 1_410),
        ("contribution", 1_411),
    ]
    assert statement.closing_minor == 2_821
    assert tenant.texts(person) == ["contribution_receipt", "contribution_receipt"]
    assert tenant.has(person) == (0, 0)
    assert tenant.broken() == []
