"""A code goes by WhatsApp where the business has a wording for it there, and by SMS where that
reaches nobody."""

from collections.abc import Callable

import pytest

from core.messaging.reports import Report, take_report
from core.sign_in import codes
from providers.contracts.messages import Account
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS
from tests.support.tenants import KEYS, PROVIDER
from tests.support.texter import Texter, sms_service
from tests.support.ussd import UssdTenant
from tests.support.workers import QUICK, received
from tests.workers.sending.test_chats import (  # noqa: F401 - fixtures
    NUMBER,
    Graph,
    Json,
    chat,
    graph,
    savings,
    send,
    taken,
)
from tests.workers.sending.test_window import settings
from workers.jobs import context
from workers.sending.accounts import Installed
from workers.sign_in.send_code import send_code

TEMPLATE = {
    "message": "sign_in_code",
    "language": "rw",
    "name": "sign_in_v1",
    "category": "authentication",
    "values": ["code"],
}


def answering(status: int, code: int = 0) -> Callable[[Json], tuple[int, Json]]:
    return lambda _: (status, {"error": {"code": code, "type": "OAuthException"}} if code else {})


def asked(tenant: UssdTenant, *, by_sms: bool = False) -> str:
    """Somebody asks for a code, and its job is done. Answers the code."""
    code = tenant.change(codes.ask, KEYS, client="shop", number=NUMBER, by_sms=by_sms)
    [row] = tenant.one("SELECT id FROM outbox WHERE subject_id = %s", code.id)
    send_code(str(tenant.tenant_id), str(row))
    return KEYS.approval_code(code.id, 0)


@pytest.fixture
def both(savings: UssdTenant, graph: Graph, chat: Texter, fakes: Fakes) -> UssdTenant:  # noqa: F811
    """A tenant with a wording for codes on WhatsApp, and a number for texts."""
    accounts = [
        Installed("meta", "meta", Account("meta", "a-token-of-the-tests", base_url=graph.url)),
        Installed("at", PROVIDER, Account("sandbox", "a-key", base_url=f"{fakes.url}/at")),
    ]
    made = context.make(savings.database, KEYS, DOMAINS.messages, limits=QUICK, accounts=accounts)
    context.install(made)
    sms_service(savings, "10384")
    settings(savings, chat, templates=[TEMPLATE])
    savings.admin.execute("UPDATE address SET used_at = now()")
    return savings


def test_by_whatsapp_with_the_wording_for_codes(both: UssdTenant, graph: Graph) -> None:  # noqa: F811
    code = asked(both)
    send(both)
    [body] = graph.bodies
    assert body["template"]["name"] == "sign_in_v1"
    assert [part["type"] for part in body["template"]["components"]] == ["body", "button"]
    assert str(body).count(code) == 2
    assert both.count("message", "template = 'sign_in_code'") == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (answering(400, 131026), "failed"),  # nobody is there on WhatsApp
        (answering(400, 132001), "failed"),  # the wording is not there
        (answering(200), "unknown"),
    ],
)
def test_by_sms_where_that_reaches_nobody(
    both: UssdTenant,
    graph: Graph,  # noqa: F811
    fakes: Fakes,
    answer: Callable[[Json], tuple[int, Json]],
    state: str,
) -> None:
    graph.answer = answer
    code = asked(both)
    send(both)
    send(both)
    assert received(fakes) == [
        f"Sign in to Ibimina. Code: {code}. Valid 5 min. Give it to nobody, not even our staff."
    ]
    rows = both.admin.execute("SELECT state FROM message WHERE template = 'sign_in_code'")
    assert sorted(one for (one,) in rows.fetchall()) == sorted([state, "accepted"])
    send(both)
    assert len(received(fakes)) == 1


def test_by_sms_where_whatsapp_says_so_later(both: UssdTenant, graph: Graph, fakes: Fakes) -> None:  # noqa: F811
    graph.answer = taken
    code = asked(both)
    send(both)
    assert received(fakes) == []
    report = Report("meta", "wamid.HBgM", "failed", "unreachable")
    for _ in range(2):
        take_report(both.database, both.tenant_id, report)
    send(both)
    [words] = received(fakes)
    assert code in words


def test_by_sms_at_once_and_not_when_it_is_too_old(
    both: UssdTenant,
    graph: Graph,  # noqa: F811
    fakes: Fakes,
) -> None:
    code = asked(both, by_sms=True)
    send(both)
    assert graph.bodies == []
    assert code in received(fakes)[-1]
    graph.answer = answering(400, 131026)
    asked(both)
    both.admin.execute(
        'UPDATE message SET params = params || \'{"$until": "2026-01-01T00:00:00+00:00"}\''
        " WHERE state = 'queued'"
    )
    send(both)
    send(both)
    assert len(received(fakes)) == 1
