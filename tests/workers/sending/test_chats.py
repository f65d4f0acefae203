"""Replies into a chat: what leaves, in which form, what it is counted and charged as. The other
side is a server on loopback that answers as the Graph API does."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest

from app.cli.tenant_show import print_costs
from app.operations.servers import Core
from app.settings import Settings
from core.analytics import meter
from core.messaging import bills, prices
from core.messaging.bills import Billed
from core.messaging.reports import Report, take_report
from engine.turn.replies import Reply, Tap
from menus.screens import Attachment
from providers.contracts.messages import Account
from tests.support.domains import DOMAINS, FLOWS
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.texter import Texter, sms_service
from tests.support.ussd import UssdTenant
from tests.support.workers import QUICK
from workers.jobs import context
from workers.sending.accounts import Installed
from workers.sending.chats import message_of
from workers.sending.send import send_text

NUMBER_ID = "106540352242922"
NUMBER = "+250788000001"
Json = dict[str, Any]


def taken(_body: Json) -> tuple[int, Json]:
    return 200, {"messaging_product": "whatsapp", "messages": [{"id": "wamid.HBgM"}]}


def refusing(code: int) -> Callable[[Json], tuple[int, Json]]:
    """Refuses what can be tapped, with that code, and takes text."""

    def answer(body: Json) -> tuple[int, Json]:
        if body["type"] == "text":
            return taken(body)
        return 400, {"error": {"code": code, "type": "OAuthException", "message": "no"}}

    return answer


class Graph:
    """The provider's side: what came in, and how it is answered."""

    def __init__(self) -> None:
        self.bodies: list[Json] = []
        self.answer: Callable[[Json], tuple[int, Json]] = taken
        graph = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
                graph.bodies.append(body)
                status, said = graph.answer(body)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(orjson.dumps(said))

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def graph() -> Iterator[Graph]:
    made = Graph()
    yield made
    made.close()


@pytest.fixture
def savings(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url)
    yield made
    made.close()


@pytest.fixture
def chat(savings: UssdTenant, graph: Graph) -> Texter:
    account = Account("meta", "a-token-of-the-tests", base_url=graph.url)
    context.install(
        context.make(
            savings.database,
            KEYS,
            DOMAINS.messages,
            flows=FLOWS,
            limits=QUICK,
            accounts=[Installed("meta", "meta", account)],
        )
    )
    made = Texter(savings, NUMBER, "whatsapp")
    made.service = sms_service(savings, NUMBER_ID, "meta", "whatsapp")
    return made


def send(tenant: UssdTenant) -> None:
    for (id,) in tenant.admin.execute(
        "SELECT id FROM outbox WHERE kind = 'send_text' AND state <> 'done' ORDER BY id"
    ).fetchall():
        send_text(str(tenant.tenant_id), str(id))


def test_a_list_leaves_as_the_provider_has_it(
    savings: UssdTenant, graph: Graph, chat: Texter
) -> None:
    reply = chat.write("hi")
    send(savings)
    [body] = graph.bodies
    assert (body["to"], body["type"]) == (NUMBER[1:], "interactive")
    interactive = body["interactive"]
    assert interactive["body"]["text"] == "Ibimina"
    [section] = interactive["action"]["sections"]
    assert [(row["id"], row["title"]) for row in section["rows"]] == [
        (tap.id, tap.title) for tap in reply.taps
    ]
    assert savings.one("SELECT state, reason, segments FROM message") == ("accepted", None, 1)
    assert body["biz_opaque_callback_data"] == str(savings.one("SELECT id FROM message")[0])


@pytest.mark.parametrize("code", [100, 131009, 131051])
def test_what_is_refused_for_its_form_goes_as_text_once(
    savings: UssdTenant, graph: Graph, chat: Texter, code: int
) -> None:
    graph.answer = refusing(code)
    chat.write("hi")
    send(savings)
    assert [body["type"] for body in graph.bodies] == ["interactive", "text"]
    assert graph.bodies[1]["text"]["body"].startswith("Ibimina\n1 Save\n2 Balances")
    assert savings.one("SELECT state, reason FROM message") == ("accepted", "as_text")


@pytest.mark.parametrize(
    ("code", "state", "reason"),
    [
        (131026, "failed", "unreachable"),
        (131047, "failed", "window_closed"),
        (131050, "failed", "blacklisted"),
        (130429, "queued", "throttled"),
        (190, "queued", "unauthorized"),
    ],
)
def test_what_is_refused_for_another_reason_is_not_sent_again_as_text(
    savings: UssdTenant, graph: Graph, chat: Texter, code: int, state: str, reason: str
) -> None:
    graph.answer = refusing(code)
    chat.write("hi")
    send(savings)
    assert [body["type"] for body in graph.bodies] == ["interactive"]
    assert savings.one("SELECT state, reason FROM message") == (state, reason)


def test_a_text_that_is_refused_is_not_sent_twice(
    savings: UssdTenant, graph: Graph, chat: Texter
) -> None:
    graph.answer = lambda _body: (400, {"error": {"code": 100, "type": "OAuthException"}})
    chat.write("hi")
    send(savings)
    assert [body["type"] for body in graph.bodies] == ["interactive", "text"]
    assert savings.one("SELECT state, reason FROM message") == ("failed", "bad_request")


def test_a_quote_that_is_not_taken_is_left_out(
    savings: UssdTenant, graph: Graph, chat: Texter
) -> None:
    """Such as of a message that its writer has deleted since."""
    graph.answer = lambda body: (
        (400, {"error": {"code": 131009, "type": "OAuthException"}})
        if "context" in body
        else taken(body)
    )
    chat.post("HELP", id="wamid.one")
    chat.post("STOP", id="wamid.two")
    chat.work()
    send(savings)
    quotes = [body.get("context") for body in graph.bodies]
    assert quotes == [{"message_id": "wamid.one"}, None, None]
    assert {body["type"] for body in graph.bodies} == {"text"}
    assert graph.bodies[0]["text"] == graph.bodies[1]["text"]


def test_a_reply_is_mapped_whole() -> None:
    file = Attachment("document", "application/pdf", "statement.pdf", content=b"%PDF-1.7")
    reply = Reply("Which?", (Tap("a.1", "Save", "Save money"),), "Choose", "Ibimina", "0 Back",
                  "Which?\n1 Save", file)  # fmt: skip
    message = message_of(NUMBER, Reply.unpacked(reply.packed()), own=NUMBER_ID, id="7")
    assert message.to.phone == NUMBER
    assert [(one.id, one.title, one.description) for one in message.options] == [
        ("a.1", "Save", "Save money")
    ]
    assert (message.button, message.header, message.footer) == ("Choose", "Ibimina", "0 Back")
    assert message.media is not None
    assert (message.media.content, message.media.name) == (b"%PDF-1.7", "statement.pdf")
    other = message_of("PORTFOLIO:RW.1A2b", Reply("Hi"), own=NUMBER_ID, id="8")
    assert (other.to.phone, other.to.portfolio, other.to.user_id) == ("", "PORTFOLIO", "RW.1A2b")


# --- what it costs --------------------------------------------------------------------------------


def test_messages_are_counted_and_four_fifths_of_the_free_ones_raise_an_alarm(
    savings: UssdTenant, graph: Graph, chat: Texter, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        chat.write("hi")
        send(savings)
    assert savings.one("SELECT messages FROM message_meter") == (2,)
    savings.admin.execute("UPDATE message_meter SET messages = 798")
    for left in (799, 800, 801):
        caplog.clear()
        chat.write("hi")
        send(savings)
        told = [one for one in caplog.messages if "free messages of this month" in one]
        assert len(told) == (1 if left == 800 else 0)
        with savings.tx() as tx:
            zone = "Africa/Kigali"
            counted = meter.sent_this_month(tx, service_id=chat.service.id, zone=zone)
            [month] = meter.by_month(tx, months=1)
        assert (counted, month.messages, month.code) == (left, left, NUMBER_ID)
    assert len(graph.bodies) == 5


def test_an_operator_sees_the_count_and_what_it_comes_to(
    savings: UssdTenant, chat: Texter, capsys: pytest.CaptureFixture[str]
) -> None:
    chat.write("hi")
    send(savings)
    print_costs(Core(Settings.load(), savings.database, KEYS), savings.tenant_id, days=30)
    assert f"whatsapp {NUMBER_ID}: 1 messages of 1000 free" in capsys.readouterr().out


def test_a_text_that_was_not_taken_is_not_counted(
    savings: UssdTenant, graph: Graph, chat: Texter
) -> None:
    graph.answer = refusing(131026)
    chat.write("hi")
    send(savings)
    assert savings.number("SELECT count(*) FROM message_meter") == 0


# The form of a rate card; the figures are nobody's.
CARD = """
prices:
  - {channel: whatsapp, market: RW, from: 2025-07-01, currency: USD, utility: "2", marketing: "3"}
"""


def report(tenant: UssdTenant, billed: Billed) -> list[tuple[int, str, str]]:
    """The costs that are kept once a message's reports have said so, each of them twice."""
    for state in ("accepted", "delivered", "delivered"):
        said = Report("meta", "wamid.HBgM", state, billed=billed)
        take_report(tenant.database, tenant.tenant_id, said)
    query = "SELECT amount_micro, currency, network FROM gateway_cost"
    return tenant.admin.execute(query).fetchall()


@pytest.mark.parametrize(
    ("billed", "cost"),
    [
        (Billed(True, "service", "RW"), (2_000_000, "USD", "service")),
        (Billed(True, "utility", "NG"), None),  # the card does not say
        (Billed(True, "marketing"), (3_000_000, "USD", "marketing")),  # of the tenant's country
        (Billed(False, "service", "RW"), (0, "USD", "service")),
        (Billed(True, "referral_conversion", "RW"), None),
    ],
)
def test_a_bill_is_what_the_report_says(
    savings: UssdTenant,
    chat: Texter,
    monkeypatch: pytest.MonkeyPatch,
    billed: Billed,
    cost: tuple[int, str, str] | None,
) -> None:
    monkeypatch.setattr(prices, "_installed", [])
    prices.add_rate_card(CARD)
    chat.write("hi")
    send(savings)
    assert report(savings, billed) == ([cost] if cost else [])


def test_without_a_rate_card_no_price_is_invented(
    savings: UssdTenant,
    chat: Texter,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bills._say_unknown.cache_clear()
    chat.write("hi")
    send(savings)
    assert report(savings, Billed(True, "service", "RW")) == []
    told = [one for one in caplog.messages if "charged, and not counted" in one]
    assert len(told) == 1
    assert "PIGA_PRICES" in told[0]
    assert report(savings, Billed(False, "service", "RW")) == [(0, "", "service")]
    print_costs(Core(Settings.load(), savings.database, KEYS), savings.tenant_id, days=30)
    said = "whatsapp RW: The provider's price for this country is not known here"
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("day", "hour", "sent", "ahead"),
    [(1, 23, 500, None), (2, 0, 40, 1200), (16, 0, 450, 900), (30, 23, 899, 900), (16, 0, 0, 0)],
)
def test_a_forecast_goes_by_the_pace_so_far(
    day: int, hour: int, sent: int, ahead: int | None
) -> None:
    found = meter.forecast(sent, datetime(2026, 11, day, hour, 0 if hour == 0 else 59, tzinfo=UTC))
    assert found == ahead or (ahead and found and abs(found - ahead) <= 1)
