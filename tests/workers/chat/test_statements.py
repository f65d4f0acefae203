"""Statements as documents in a chat: asked for at the phone behind the PIN, sent once, to a chat
of theirs that can be written to."""

import io
import uuid
from collections.abc import Iterator

import pytest
from pypdf import PdfReader

from core.inbox import papers
from core.messaging import messages
from core.people.people import add_address
from engine.turn.replies import Reply
from tests.support.domains import DOMAINS, FLOWS
from tests.support.phone import phone_of
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant
from tests.support.workers import QUICK
from workers.chat.statements import send_statement
from workers.jobs import context

NUMBER = "+250788000001"


@pytest.fixture
def tenant(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url)
    context.install(context.make(made.database, KEYS, DOMAINS.messages, flows=FLOWS, limits=QUICK))
    yield made
    made.close()


@pytest.fixture
def chat(tenant: UssdTenant) -> Texter:
    made = Texter(tenant, NUMBER, "whatsapp")
    made.write("hi")
    return made


def asked(tenant: UssdTenant) -> list[uuid.UUID]:
    rows = tenant.admin.execute(
        "SELECT id FROM outbox WHERE kind = %s ORDER BY id", (papers.SEND_STATEMENT,)
    ).fetchall()
    return [row[0] for row in rows]


def files(tenant: UssdTenant) -> list[Reply]:
    """The documents that were written to chats."""
    rows = tenant.admin.execute("SELECT id FROM message WHERE template = 'reply'").fetchall()
    found = []
    for (id,) in sorted(rows):
        with tenant.tx() as tx:
            content = messages.content_of(tx, KEYS, id)
        if content and content.get("attachment"):
            found.append(Reply.unpacked(content))
    return found


def ask(tenant: UssdTenant) -> str:
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*6#")
    phone.type(tenant.people["uwera"].pin)
    return phone.type("2").text


def test_the_statements_come_to_the_chat_once(tenant: UssdTenant, chat: Texter) -> None:
    assert "comes to your chat" in ask(tenant)
    (job,) = asked(tenant)
    for _ in range(2):
        send_statement(str(tenant.tenant_id), str(job))
    found = files(tenant)
    with tenant.tx() as tx:
        accounts = papers.accounts_of(tx, tenant.id_of("uwera"), 5)
    assert len(found) == len(accounts) > 1  # the wallet, and what they save
    first = found[0].attachment
    assert first is not None
    assert (first.kind, first.mime_type) == ("document", "application/pdf")
    text = PdfReader(io.BytesIO(first.content)).pages[0].extract_text()
    assert "Statement of account" in text
    assert tenant.count("audit", "action = 'take statement' AND actor LIKE 'member %%'") == len(
        found
    )


def test_without_a_chat_of_ones_own_there_is_nothing_to_choose(
    tenant: UssdTenant, chat: Texter
) -> None:
    """Another speaks in the chat of a number that is theirs, too."""
    uwera = tenant.id_of("uwera")
    with tenant.tx() as tx:
        assert papers.chat_of(tx, uwera) is not None
        assert papers.chat_of(tx, tenant.id_of("habimana")) is None
        add_address(tx, KEYS, tenant.id_of("habimana"), NUMBER)
        assert papers.chat_of(tx, tenant.id_of("habimana")) is None  # who speaks in it is another
    assert asked(tenant) == []


def test_a_chat_that_was_silent_for_a_day_is_not_offered(tenant: UssdTenant, chat: Texter) -> None:
    tenant.admin.execute("UPDATE conversation SET last_inbound_at = now() - interval '24 hours'")
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*6#")
    assert phone.type(tenant.people["uwera"].pin).ends  # the last movements, at once
    assert asked(tenant) == []


def test_a_chat_that_was_taken_out_meanwhile_gets_nothing(tenant: UssdTenant, chat: Texter) -> None:
    ask(tenant)
    tenant.admin.execute("UPDATE address SET detached_at = now()")
    (job,) = asked(tenant)
    send_statement(str(tenant.tenant_id), str(job))
    assert files(tenant) == []
    assert tenant.one("SELECT state FROM outbox WHERE id = %s", job) == ("done",)
