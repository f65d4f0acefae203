"""Paying by the network's own menu: what is dialled, and what is expected once."""

import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.money.errors import IntentVoid
from core.money.operations import open_quote
from core.money.purposes import Payee
from core.payments import wallets
from core.payments.messages import DialToPay
from core.payments.own_payment import expect_own_payment
from core.payments.wallets import Wallet
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from core.savings.contributions import CONTRIBUTE
from core.savings.groups import Membership
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from tests.support.texts import group, join
from values.ids import uuid7
from values.money import Money

DIAL = {"merchant_code": "012345", "dial": "*182*8*1*CODE*AMOUNT#"}
MTN = {"provider": "mtn_momo", "code": "MTN", "name": "MTN MoMo"}


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


def wallet_of(tenant: Tenant, **said: str) -> Wallet:
    business = replace(tenant.as_turns_have_it(), settings={"wallets": [{**MTN, **said}]})
    [wallet] = wallets.of_tenant(business)
    return wallet


@pytest.mark.parametrize(
    ("said", "amount", "dialled"),
    [
        (DIAL, Money(400, "RWF"), "*182*8*1*012345*400#"),
        (DIAL, Money(40_000, "GHS"), "*182*8*1*012345*400#"),
        (DIAL, Money(40_050, "GHS"), ""),  # a menu has no key for it
        ({}, Money(400, "RWF"), ""),
    ],
)
def test_what_is_dialled(tenant: Tenant, said: dict[str, str], amount: Money, dialled: str) -> None:
    assert wallet_of(tenant, **said).dialled(amount) == dialled


class Saver:
    """A member who has confirmed a contribution of 400."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant, self.person = tenant, tenant.person()
        self.group_id = group(tenant, f"K{uuid7().hex[-6:].upper()}")
        join(tenant, self.group_id, self.person)
        service_id = uuid7()
        with tenant.tx() as tx:
            tx.execute(
                "INSERT INTO service (tenant_id, id, provider, channel, code, tree) VALUES"
                " (current_tenant(), %s, 'africastalking', 'ussd', %s, '{}')",
                (service_id, f"*384*{service_id.int % 10**9}#"),
            )
        self.service_id = service_id

    def confirm(self) -> uuid.UUID:
        membership = Membership(self.group_id, "K", "Koop", frozen=False)
        quote = CONTRIBUTE.quote(self.tenant.as_turns_have_it(), membership, Money(400, CURRENCY))
        with self.tenant.tx() as tx:
            return open_quote(
                tx,
                quote,
                subscriber_id=self.person,
                session=uuid7().hex,
                service_id=self.service_id,
            ).id

    def says_so(self, intent_id: uuid.UUID) -> DialToPay:
        with self.tenant.tx() as tx:
            return expect_own_payment(
                tx,
                wallet=wallet_of(self.tenant, **DIAL),
                payee=Payee(ARRIVED_CONTRIBUTION.name, self.person, self.group_id),
                what="Koop",
                intent_id=intent_id,
            )

    def rows(self, state: str) -> int:
        where = "subscriber_id = %s AND state = %s"
        return self.tenant.count("expected_payment", where, self.person, state)

    def texts(self) -> int:
        return self.tenant.count("message", "subscriber_id = %s", self.person)


def test_the_same_confirmation_is_expected_and_texted_once(tenant: Tenant) -> None:
    saver = Saver(tenant)
    first = saver.confirm()
    told = saver.says_so(first)
    assert told.dial == "*182*8*1*012345*400#"
    assert saver.says_so(first) == told
    assert (saver.rows("open"), saver.texts()) == (1, 1)

    # Another session for the same takes the place of it; what is posted again of the first does
    # not come back.
    assert saver.says_so(saver.confirm()).reference == told.reference
    saver.says_so(first)
    assert (saver.rows("open"), saver.rows("withdrawn"), saver.texts()) == (1, 1, 2)


def test_what_was_paid_otherwise_is_not_expected(tenant: Tenant) -> None:
    saver = Saver(tenant)
    intent_id = saver.confirm()
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE intent SET state = 'pending' WHERE tenant_id = current_tenant() AND id = %s",
            (intent_id,),
        )
    with pytest.raises(IntentVoid):
        saver.says_so(intent_id)
    assert (saver.rows("open"), saver.texts()) == (0, 0)
