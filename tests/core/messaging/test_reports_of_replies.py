"""Reports of replies: on a fast wire they come before the worker has written down the id, and who
wrote may be nobody that we know."""

import uuid
from collections.abc import Callable

import pytest

from core.db.connection import Connection
from core.db.database import Database
from core.inbox import inbox
from core.inbox.content import Content
from core.inbox.inbox import Incoming
from core.messaging import messages
from core.messaging.delivery import SEND_TEXT
from core.messaging.messages import Outgoing
from core.messaging.reports import Report, take_report
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.workers import MessagingTenant, lookup

PROVIDER = "africastalking"
STRANGER = "+250788555001"


@pytest.fixture
def tenant(database: DatabaseUrls) -> MessagingTenant:
    return MessagingTenant(database)


def reply_under_way(tenant: MessagingTenant) -> Outgoing:
    """A stranger wrote, was answered, and the answer's request is under way."""
    with tenant.tx() as tx:
        message = Incoming(PROVIDER, uuid.uuid4().hex, STRANGER, Content("hello"))
        assert inbox.receive(tx, KEYS, tenant.service_id, message)
    (conversation,) = tenant.one("SELECT id FROM conversation")
    with tenant.tx() as tx:
        held = inbox.hold(tx, KEYS, conversation, lease_s=60)
        assert held is not None
        waiting = inbox.next_message(tx, KEYS, held)
        assert waiting is not None
        inbox.answer(
            *(tx, KEYS, held, waiting),
            reply={"text": "Hello."},
            session=None,
            lasts_s=60,
            is_new=True,
            expects_pin=False,
            send_kind=SEND_TEXT,
        )
        inbox.release(tx, held)
    (outbox_id,) = tenant.one(
        "SELECT id FROM outbox WHERE kind = %s ORDER BY id DESC LIMIT 1", SEND_TEXT
    )
    with tenant.tx() as tx:
        text = messages.claim(tx, outbox_id, lease_s=60)
        assert text is not None
    with tenant.tx() as tx:
        assert messages.sending(tx, text)
    return text


class Interleaved(Database):
    """In which something else happens, on another connection, after the first transaction."""

    def __init__(self, url: str, then: Callable[[], None]) -> None:
        super().__init__(url)
        self._then: Callable[[], None] | None = then

    def give_back(self, connection: Connection) -> None:
        super().give_back(connection)
        then, self._then = self._then, None
        if then is not None:
            then()


def report(tenant: MessagingTenant, number: str) -> str:
    told = Report(PROVIDER, "R1", "delivered", None, lookup(number))
    return take_report(tenant.database, tenant.tenant_id, told)


def test_a_report_before_the_replys_id_is_known_is_kept_and_applied(
    tenant: MessagingTenant,
) -> None:
    text = reply_under_way(tenant)
    assert report(tenant, STRANGER) == "kept"
    with tenant.tx() as tx:
        messages.accepted(tx, text, provider=PROVIDER, provider_message_id="R1")
    assert tenant.state(text.id) == "delivered"
    tenant.close()


def test_an_unknown_reply_is_resolved_by_the_one_report(tenant: MessagingTenant) -> None:
    text = reply_under_way(tenant)
    with tenant.tx() as tx:
        messages.unknown(tx, text, reason="answer_timeout")
    assert report(tenant, STRANGER) == "advanced"
    assert tenant.state(text.id) == "delivered"
    tenant.close()


def test_a_report_to_another_number_is_not_its(tenant: MessagingTenant) -> None:
    text = reply_under_way(tenant)
    assert report(tenant, "+250788555002") == "foreign"
    assert tenant.state(text.id) == "sending"
    tenant.close()


def test_an_answer_that_is_recorded_while_its_report_looks_for_it(tenant: MessagingTenant) -> None:
    """Between two statements of the report: at the first the id is not known yet, and at the second
    no text waits for a report any more."""
    text = reply_under_way(tenant)

    def answer() -> None:
        with tenant.tx() as tx:
            messages.accepted(tx, text, provider=PROVIDER, provider_message_id="R1")

    told = Report(PROVIDER, "R1", "delivered", None, lookup(STRANGER))
    interleaved = Interleaved(tenant.urls.database_url, answer)
    assert take_report(interleaved, tenant.tenant_id, told) == "advanced"
    interleaved.close()
    assert tenant.state(text.id) == "delivered"
    tenant.close()


def test_a_report_of_an_unknown_reply_is_left_over_once_the_next_one_is_known(
    tenant: MessagingTenant,
) -> None:
    """Its report comes while the next reply is on its way, and may be either's until then."""
    lost = reply_under_way(tenant)
    with tenant.tx() as tx:
        messages.unknown(tx, lost, reason="worker_lost")
    following = reply_under_way(tenant)
    assert report(tenant, STRANGER) == "kept"
    with tenant.tx() as tx:
        messages.accepted(tx, following, provider=PROVIDER, provider_message_id="R2")
    assert (tenant.state(lost.id), tenant.state(following.id)) == ("delivered", "accepted")
    assert tenant.count("early_report") == 0
    tenant.close()
