"""A prompt whose provider waits for what nobody asks the payer for, at the fake of Paystack."""

from collections.abc import Iterator

import pytest

from providers.paystack.tests.rig import SETTING
from tests.support.momo import WalletTenant
from tests.support.payment_rig import rigged
from tests.support.servers import DatabaseUrls


class PaystackTenant(WalletTenant):
    provider = "paystack"
    currency = "GHS"


@pytest.fixture(scope="module")
def the_tenant(module_database: DatabaseUrls) -> Iterator[PaystackTenant]:
    with rigged(SETTING) as rig:
        rig.options(callback="off")
        made = PaystackTenant(module_database, rig.account())
        made.fake = rig.fake
        yield made
        made.close()


@pytest.fixture
def tenant(the_tenant: PaystackTenant) -> Iterator[PaystackTenant]:
    """Afterwards the books are right."""
    yield the_tenant
    assert the_tenant.broken() == []


def test_a_prompt_that_needs_a_code_fails_at_once_and_the_payer_is_told(
    tenant: PaystackTenant,
) -> None:
    telecel = tenant.person(address="+233204000105")
    payment = tenant.deposit(telecel, 1_500)
    tenant.work()
    assert tenant.state(payment) == ("failed", "needs_give_code")
    tenant.later(400)
    tenant.work(2)
    assert tenant.state(payment) == ("failed", "needs_give_code")
    assert tenant.texts(telecel) == ["payment_failed"]
    assert tenant.has(telecel) == (0, 0)


def test_a_prompt_that_is_approved_on_the_phone_goes_on(tenant: PaystackTenant) -> None:
    mtn = tenant.person(address=SETTING.payer)
    payment = tenant.deposit(mtn, 1_500)
    tenant.work()
    assert tenant.state(payment)[0] == "pending"
    tenant.later(1)
    tenant.work(2)
    assert tenant.state(payment) == ("paid", None)
    assert tenant.has(mtn) == (1_500, 0)
