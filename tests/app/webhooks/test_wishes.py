"""Opt-outs and subscriptions that a provider tells of: kept for the tenant that they are about."""

import pytest

from app.webhooks.callbacks import Callbacks
from core.messaging import optouts
from core.messaging.optouts import Source
from core.people.people import USSD
from core.tenants.directory import Directory, Service
from providers.africastalking.sms import parse_opt_out, parse_subscription
from providers.contracts.messages import Account, SmsOptOut, SmsSubscription
from tests.support.tenants import KEYS, PROVIDER
from tests.support.texter import SHORT_CODE, sms_service
from tests.support.ussd import UssdTenant
from workers.sending.accounts import Accounts, Installed

NUMBER = "+250788000101"
OTHER_CODE = "20384"
ACCOUNTS = Accounts(
    installation=(
        Installed("main", PROVIDER, Account("impuye", "k3y")),
        Installed("second", PROVIDER, Account("kiyovu", "k3y")),
    )
)


def opt_out(sender: str) -> SmsOptOut:
    return parse_opt_out(f"senderId={sender}&phoneNumber=%2B250788000101".encode())


def subscription(update: str, keyword: str = "RATES") -> SmsSubscription:
    return parse_subscription(
        f"phoneNumber=%2B250788000101&shortCode={SHORT_CODE}&keyword={keyword}&updateType={update}".encode()
    )


def store(tenant: UssdTenant, event: SmsOptOut | SmsSubscription, hook: Service) -> None:
    Callbacks(tenant.database, KEYS, Directory(tenant.database), ACCOUNTS).store(event, hook)


def is_out(tenant: UssdTenant, sender: str | None) -> bool:
    with tenant.tx() as tx:
        return optouts.is_opted_out(tx, KEYS.lookup(USSD, NUMBER), sender=sender)


@pytest.mark.parametrize("sender", ["IBIMINA", "ibimina", SHORT_CODE])
def test_an_opt_out_is_from_its_sender_and_no_other(tenant: UssdTenant, sender: str) -> None:
    hook = sms_service(tenant)
    store(tenant, opt_out(sender), hook)
    store(tenant, opt_out(sender), hook)
    assert is_out(tenant, sender)
    assert not is_out(tenant, None)
    assert not is_out(tenant, "99999")
    with tenant.tx() as tx:
        [wish] = optouts.history(tx, KEYS.lookup(USSD, NUMBER))
    assert (wish.source, wish.sender, wish.actor) == (Source.PROVIDER, sender.lower(), None)


@pytest.mark.parametrize(("account", "kept"), [("main", True), ("second", False)])
def test_an_opt_out_from_another_number_of_the_same_account(
    tenant: UssdTenant, account: str, *, kept: bool
) -> None:
    hook = sms_service(tenant)
    sms_service(tenant, OTHER_CODE, account=account)
    store(tenant, opt_out(OTHER_CODE), hook)
    assert is_out(tenant, OTHER_CODE) is kept


def test_an_opt_out_from_a_sender_that_is_nobodys(
    tenant: UssdTenant, caplog: pytest.LogCaptureFixture
) -> None:
    store(tenant, opt_out("NOBODY"), sms_service(tenant))
    assert tenant.number("SELECT count(*) FROM opt_out") == 0
    assert "nobody's" in caplog.text
    assert NUMBER[1:] not in caplog.text


def test_who_leaves_a_keyword_goes_on_with_the_others(tenant: UssdTenant) -> None:
    hook = sms_service(tenant)
    store(tenant, subscription("Deletion"), hook)
    assert is_out(tenant, f"{SHORT_CODE} RATES")
    assert not is_out(tenant, f"{SHORT_CODE} NEWS")
    assert not is_out(tenant, SHORT_CODE)
    store(tenant, subscription("addition"), hook)
    assert not is_out(tenant, f"{SHORT_CODE} RATES")
    assert tenant.number("SELECT count(*) FROM opt_out") == 2
