"""The window of a channel, up to what leaves for the provider."""

import uuid
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from core.messaging import templates
from core.messaging.messages import write_text
from providers.contracts.messages import Account
from providers.simulator.process import Fakes
from tests.support.tenants import KEYS
from tests.support.texter import Texter, sms_service
from tests.support.ussd import UssdTenant
from tests.support.workers import QUICK, _stored
from tests.workers.sending.test_chats import (  # noqa: F401 - fixtures
    NUMBER,
    Graph,
    chat,
    graph,
    savings,
    send,
)
from values.messages import Priority
from workers.jobs import context
from workers.queue.worker import connect
from workers.sending.accounts import Accounts, Installed
from workers.sending.rates import Rates

AMOUNT = {"float": {"$money": [5_000, "RWF"]}}
TEMPLATE = {
    "message": "float_low",
    "language": "en",
    "name": "float_low_v2",
    "category": "utility",
    "values": ["float"],
}


def write(
    tenant: UssdTenant, texter: Texter, priority: Priority = Priority.RECEIPT, template: str = ""
) -> uuid.UUID:
    """A message that nobody has asked for just now."""
    with tenant.tx() as tx:
        return write_text(
            tx,
            subscriber_id=texter_person(tenant),
            service_id=texter.service.id,
            message=_stored(template or "float_low", AMOUNT),
            priority=priority,
        )


def texter_person(tenant: UssdTenant) -> uuid.UUID:
    found = tenant.one(
        "SELECT subscriber_id FROM address WHERE lookup = %s LIMIT 1",
        KEYS.lookup("msisdn", NUMBER),
    )
    assert isinstance(found[0], uuid.UUID)
    return found[0]


def wrote(tenant: UssdTenant, texter: Texter, ago: timedelta) -> None:
    """They last wrote so long ago, and have had their reply."""
    texter.write("hi")
    send(tenant)
    tenant.admin.execute("UPDATE conversation SET last_inbound_at = now() - %s::interval", (ago,))


def settings(tenant: UssdTenant, texter: Texter, **said: object) -> None:
    tenant.admin.execute(
        "UPDATE service SET settings = settings || %s::jsonb WHERE id = %s",
        (orjson.dumps(said).decode(), texter.service.id),
    )
    context.current().directory._by_id.clear()


def test_within_a_day_it_goes_as_it_is(
    savings: UssdTenant,  # noqa: F811
    graph: Graph,  # noqa: F811
    chat: Texter,  # noqa: F811
) -> None:
    wrote(savings, chat, timedelta(hours=23))
    write(savings, chat)
    send(savings)
    assert graph.bodies[-1]["type"] == "text"
    assert "5,000 RWF" in graph.bodies[-1]["text"]["body"]


def test_after_that_the_template_of_its_kind_says_it(
    savings: UssdTenant,  # noqa: F811
    graph: Graph,  # noqa: F811
    chat: Texter,  # noqa: F811
) -> None:
    settings(savings, chat, templates=[TEMPLATE])
    wrote(savings, chat, timedelta(hours=25))
    write(savings, chat)
    send(savings)
    body = graph.bodies[-1]
    assert body["type"] == "template"
    assert body["template"]["name"] == "float_low_v2"
    assert body["template"]["language"]["code"] == "en"
    [component] = body["template"]["components"]
    assert [one["text"] for one in component["parameters"]] == ["5,000 RWF"]


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ({}, ("failed", "window_closed")),
        ({"templates": [TEMPLATE | {"message": "another"}]}, ("failed", "window_closed")),
        ({"templates": [TEMPLATE | {"state": "disabled"}]}, ("failed", "template_disabled")),
        ({"templates": [TEMPLATE | {"state": "paused"}]}, ("queued", None)),
        ({"templates": [TEMPLATE | {"values": ["nothing"]}]}, ("failed", "no_such_text")),
    ],
)
def test_else_it_ends_with_the_reason_or_waits(
    savings: UssdTenant,  # noqa: F811
    graph: Graph,  # noqa: F811
    chat: Texter,  # noqa: F811
    said: dict[str, object],
    end: tuple[str, str | None],
) -> None:
    settings(savings, chat, **said)
    message = write(savings, chat)  # they have never written at all
    send(savings)
    assert graph.bodies == []
    assert savings.one("SELECT state, reason FROM message WHERE id = %s", message) == end


def test_where_the_tenant_wants_it_sms_stands_in(
    savings: UssdTenant,  # noqa: F811
    graph: Graph,  # noqa: F811
    chat: Texter,  # noqa: F811
    fakes: Fakes,
) -> None:
    """From its number for texts, in a text's form; not for what goes to many."""
    sms_service(savings, "10384")
    settings(savings, chat, sms_instead=True)
    both = context.current().accounts
    account = type(both.installation[0].account)("at", "key", base_url=fakes.url + "/at")
    installed = type(both.installation[0])("at", "africastalking", account)
    made = context.make(
        savings.database,
        KEYS,
        context.current().messages,
        limits=QUICK,
        accounts=[*both.installation, installed],
    )
    assert isinstance(made.accounts, Accounts)
    context.install(made)
    message = write(savings, chat)
    bulk = write(savings, chat, Priority.BULK)
    send(savings)
    assert graph.bodies == []
    [text] = fakes.texts.find(lambda _: True)
    assert (text.to, text.sender) == (NUMBER, "10384")
    assert "5,000 RWF" in text.text
    assert savings.one("SELECT state FROM message WHERE id = %s", message) == ("accepted",)
    assert savings.one("SELECT state, reason FROM message WHERE id = %s", bulk) == (
        *("failed", "window_closed"),
    )


@pytest.mark.parametrize(
    ("word", "end"),
    [
        ("paused", ("queued", None)),
        ("disabled", ("failed", "template_disabled")),
        ("rejected", ("failed", "template_rejected")),
        ("approved", ("accepted", None)),
    ],
)
def test_what_the_provider_says_of_a_template_goes_before_the_settings(
    savings: UssdTenant,  # noqa: F811
    graph: Graph,  # noqa: F811
    chat: Texter,  # noqa: F811
    word: str,
    end: tuple[str, str | None],
) -> None:
    settings(savings, chat, templates=[TEMPLATE])
    told = templates.Told("meta", str(TEMPLATE["name"]), str(TEMPLATE["language"]), word)
    savings.change(templates.note, told)
    message = write(savings, chat)
    send(savings)
    assert savings.one("SELECT state, reason FROM message WHERE id = %s", message) == end
    assert len(graph.bodies) == int(word == "approved")


def test_a_portfolio_has_places_for_so_many_whom_nobody_wrote_to_first(
    savings: UssdTenant,  # noqa: F811
    graph: Graph,  # noqa: F811
    chat: Texter,  # noqa: F811
    redis_url: str,
) -> None:
    """Two numbers of one portfolio share them. Within the window nothing is counted."""
    first, second = (
        Installed(
            name,
            "meta",
            Account(
                name,
                "a-token-of-the-tests",
                base_url=graph.url,
                options=(("people_a_day", "1"), ("portfolio", "1029")),
            ),
        )
        for name in ("one", "two")
    )
    with connect(redis_url) as redis:
        made = context.make(
            savings.database,
            KEYS,
            context.current().messages,
            flows=context.current().flows,
            limits=QUICK,
            accounts=[first, second],
            rates=Rates(redis),
        )
        context.install(made)
        service = made.directory.by_id(chat.service.id)
        assert service is not None
        ways = [
            made.accounts.way(replace(service, settings=service.settings | {"account": name}))
            for name in ("one", "two")
        ]
        assert {way.portfolio for way in ways} == {"meta:1029"}
        settings(savings, chat, templates=[TEMPLATE])
        assert made.rates.reach(ways[1].portfolio, "somebody else", 1) == 0
        wrote(savings, chat, timedelta(hours=25))
        message = write(savings, chat)
        send(savings)
        assert savings.one("SELECT state FROM message WHERE id = %s", message) == ("queued",)
        waits = savings.one(
            "SELECT state, attempts, available_at > now() + interval '25 minutes' FROM outbox"
            " WHERE id = %s",
            message,
        )
        assert waits == ("waiting", 0, True)
        wrote(savings, chat, timedelta(hours=1))
        savings.admin.execute("UPDATE outbox SET available_at = now() WHERE id = %s", (message,))
        send(savings)
        assert savings.one("SELECT state FROM message WHERE id = %s", message) == ("accepted",)
