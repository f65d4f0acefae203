"""To whom a message came: one hook may bring those of several numbers of one account."""

import uuid

import pytest

from app.webhooks.callbacks import Callbacks
from core.tenants.directory import Directory, Service
from providers.africastalking.sms import parse_sms_in
from providers.africastalking.ussd import parse_ussd_end
from providers.contracts.messages import Account, SmsInbound
from providers.contracts.ussd import UssdEnded
from tests.support.tenants import KEYS, PROVIDER
from tests.support.texter import sms_service
from tests.support.ussd import UssdTenant
from workers.sending.accounts import Accounts, Installed

OTHER_CODE = "20384"
ACCOUNTS = Accounts(
    installation=(
        Installed("main", PROVIDER, Account("impuye", "k3y")),
        Installed("second", PROVIDER, Account("kiyovu", "k3y")),
        # As at two gateways of one kind that each have a user of that name.
        Installed("namesake", PROVIDER, Account("impuye", "k4y")),
    )
)


@pytest.mark.parametrize(
    ("account", "reached"), [("main", True), ("second", False), ("namesake", False)]
)
def test_a_message_goes_to_the_number_it_was_sent_to(
    tenant: UssdTenant, account: str, *, reached: bool
) -> None:
    """Within an account: whose secret is known speaks for no other one."""
    hook = sms_service(tenant)
    other = sms_service(tenant, OTHER_CODE, account=account)
    callbacks = Callbacks(tenant.database, KEYS, Directory(tenant.database), ACCOUNTS)
    callbacks.store(message_to(other.code), hook)
    assert written_to(tenant, other) == int(reached)
    assert written_to(tenant, hook) == 0
    callbacks.store(message_to(hook.code), hook)
    assert written_to(tenant, hook) == 1


def test_a_message_to_nobodys_number_is_left(tenant: UssdTenant) -> None:
    hook = sms_service(tenant)
    Callbacks(tenant.database, KEYS, Directory(tenant.database), ACCOUNTS).store(
        message_to("99999"), hook
    )
    assert written_to(tenant, hook) == 0


def test_a_number_is_found_by_the_id_that_its_provider_gives_it(tenant: UssdTenant) -> None:
    hook = sms_service(tenant)
    other = sms_service(tenant, OTHER_CODE, number_id="106540352242922", account="main")
    tenant.admin.execute(
        "INSERT INTO service_address VALUES (%s, 'sms', '106540352242922', %s, %s)",
        (PROVIDER, tenant.tenant_id, other.id),
    )
    callbacks = Callbacks(tenant.database, KEYS, Directory(tenant.database), ACCOUNTS)
    callbacks.store(message_to("106540352242922"), hook)
    assert written_to(tenant, other) == 1
    assert other.wire_address == "106540352242922"


@pytest.mark.parametrize(("account", "reached"), [("main", True), ("second", False)])
def test_the_end_of_a_session_is_charged_to_the_service_that_was_dialled(
    tenant: UssdTenant, account: str, *, reached: bool
) -> None:
    hook, other = (
        sms_service(tenant, code, channel="ussd", account=of)
        for code, of in (("*384*91#", "main"), ("*384*92#", account))
    )
    callbacks = Callbacks(tenant.database, KEYS, Directory(tenant.database), ACCOUNTS)
    callbacks.store(end_of("s1", other.code), hook)
    callbacks.store(end_of("s2", "*384*93#"), hook)  # nobody's
    assert charged(tenant) == ({other.id: 1} if reached else {})
    callbacks.store(end_of("s3", hook.code), hook)
    callbacks.store(end_of("s4", "*384#"), hook)  # a code that several services are behind
    assert charged(tenant)[hook.id] == 2


def end_of(session: str, code: str) -> UssdEnded:
    dialled = f"sessionId={session}&serviceCode={code}&phoneNumber=%2B250788000101"
    return parse_ussd_end(f"{dialled}&cost=RWF 2.0".replace("#", "%23").encode())


def charged(tenant: UssdTenant) -> dict[uuid.UUID, int]:
    """How many sessions each service was charged for."""
    query = "SELECT service_id, count(*) FROM gateway_cost GROUP BY 1"
    return dict(tenant.admin.execute(query).fetchall())


def message_to(code: str) -> SmsInbound:
    return parse_sms_in(f"from=%2B250788000101&to={code}&id={code}-1&text=hi&date=".encode())


def written_to(tenant: UssdTenant, service: Service) -> int:
    (count,) = tenant.admin.execute(
        "SELECT count(*) FROM inbound_message m JOIN conversation c ON c.id = m.conversation_id"
        " WHERE c.service_id = %s",
        (service.id,),
    ).fetchone() or (0,)
    return int(count)
