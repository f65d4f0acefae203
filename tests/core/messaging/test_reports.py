"""Reports of an account that several tenants share: each finds its text, and none a neighbour's."""

import uuid
from collections.abc import Iterator

import pytest

from core.messaging import messages
from core.messaging.messages import Outgoing
from core.messaging.reports import Report, take_report
from tests.support.servers import DatabaseUrls
from tests.support.workers import MessagingTenant, lookup

PROVIDER = "africastalking"
NUMBER = "+250788000001"


@pytest.fixture(scope="module")
def both(module_database: DatabaseUrls) -> Iterator[tuple[MessagingTenant, MessagingTenant]]:
    made = MessagingTenant(module_database), MessagingTenant(module_database, slug="inshuti")
    yield made
    for tenant in made:
        tenant.close()


@pytest.fixture
def here(both: tuple[MessagingTenant, MessagingTenant]) -> MessagingTenant:
    """Whose hook the account's reports come to."""
    both[0].admin.execute("TRUNCATE outbox, message, message_receipt, early_report")
    return both[0]


@pytest.fixture
def there(here: MessagingTenant, both: tuple[MessagingTenant, MessagingTenant]) -> MessagingTenant:
    return both[1]


def sending(tenant: MessagingTenant) -> Outgoing:
    """A text whose request is under way."""
    message = tenant.text(NUMBER)
    with tenant.tx() as tx:
        text = messages.claim(tx, tenant.outbox_of(message), lease_s=60)
    assert text is not None
    with tenant.tx() as tx:
        assert messages.sending(tx, text)
    return text


def accepted(tenant: MessagingTenant, id: str) -> Outgoing:
    text = sending(tenant)
    answered(tenant, text, id)
    return text


def answered(tenant: MessagingTenant, text: Outgoing, id: str) -> None:
    with tenant.tx() as tx:
        messages.accepted(tx, text, provider=PROVIDER, provider_message_id=id)


def unknown(tenant: MessagingTenant) -> Outgoing:
    """A text whose request was not answered."""
    text = sending(tenant)
    with tenant.tx() as tx:
        messages.unknown(
            tx, text, reason="answer_timeout", provider=PROVIDER, provider_message_id=None
        )
    return text


def report(hook: MessagingTenant, id: str, state: str = "delivered", number: str = NUMBER) -> str:
    told = Report(PROVIDER, id, state, address_lookup=lookup(number) if number else None)
    return take_report(hook.database, hook.tenant_id, told)


def early(tenant: MessagingTenant) -> list[tuple[uuid.UUID, bytes | None]]:
    rows = tenant.admin.execute("SELECT tenant_id, address_lookup FROM early_report").fetchall()
    return [(row[0], row[1]) for row in rows]


@pytest.mark.parametrize("number", [NUMBER, ""])
def test_a_report_finds_its_text_at_another_tenant_than_the_hooks(
    here: MessagingTenant, there: MessagingTenant, number: str
) -> None:
    ours, theirs = accepted(here, "AT1"), accepted(there, "AT2")
    assert report(here, "AT2", number=number) == "advanced"
    assert (here.state(ours.id), there.state(theirs.id)) == ("accepted", "delivered")
    assert report(here, "AT2", number=number) == "old"
    assert report(there, "AT1", number=number) == "advanced"
    assert here.state(ours.id) == "delivered"
    assert early(here) == []


def test_a_neighbours_report_resolves_no_text_of_the_hooks_tenant(
    here: MessagingTenant, there: MessagingTenant
) -> None:
    """Both texted the same number, and the outcome of ours is unknown."""
    ours, theirs = unknown(here), accepted(there, "AT2")
    assert report(here, "AT2") == "advanced"
    assert (here.state(ours.id), there.state(theirs.id)) == ("unknown", "delivered")
    # The next one can only be ours.
    assert report(here, "AT1") == "advanced"
    assert here.state(ours.id) == "delivered"


def test_an_early_report_waits_where_it_can_belong(
    here: MessagingTenant, there: MessagingTenant
) -> None:
    here.person_at(NUMBER)
    theirs = sending(there)
    assert report(here, "AT2") == "kept"
    assert [tenant for tenant, _ in early(here)] == [there.tenant_id]
    answered(there, theirs, "AT2")
    assert there.state(theirs.id) == "delivered"
    assert early(here) == []


def test_of_two_tenants_that_wait_none_is_guessed(
    here: MessagingTenant, there: MessagingTenant
) -> None:
    ours, theirs = unknown(here), sending(there)
    assert report(here, "AT2") == "kept"
    assert {lookup_ for _, lookup_ in early(here)} == {None}
    assert here.state(ours.id) == "unknown"
    answered(there, theirs, "AT2")
    assert there.state(theirs.id) == "delivered"
    # What was kept for us by its id alone is no obstacle to the report that is ours.
    assert report(here, "AT1") == "advanced"
    assert here.state(ours.id) == "delivered"


def test_what_nobody_waits_for_is_not_kept(here: MessagingTenant, there: MessagingTenant) -> None:
    here.person_at(NUMBER)
    there.person_at(NUMBER)
    assert report(here, "AT9") == "foreign"
    assert report(here, "AT9", number="") == "foreign"
    assert early(here) == []


def test_who_asks_sees_no_row_of_a_neighbour(here: MessagingTenant, there: MessagingTenant) -> None:
    """The look-up names tenants; their texts stay theirs."""
    accepted(there, "AT2")
    with here.tx() as tx:
        assert tx.all("SELECT * FROM message_receipt") == []
        found = tx.all("SELECT * FROM tenants_of_report(%s, 'AT2', 'ussd', NULL)", (PROVIDER,))
    assert found == [(there.tenant_id, True)]
