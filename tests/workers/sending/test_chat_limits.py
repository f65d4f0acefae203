"""Any screen as a message: a sender's own limits let it through, and so does what the provider's
fake knows of Meta's, which is written down apart from them."""

from collections.abc import Iterator

import pytest
from hypothesis import assume, example, given, settings

from engine.turn.replies import Reply, Tap
from menus.chat_layout import ChatPage, chat_page
from menus.layout import Nav
from menus.screens import Menu, Option, Screen
from menus.texts import Text
from providers.meta.callbacks import KIND
from providers.meta.judge import judge
from providers.meta.wire import request_of
from providers.simulator.hooks import Hook
from providers.simulator.process import Fakes
from tests.menus.test_layout import BOTH, NAVS, NOTICES, SCREENS, TONGUES
from tests.support.domains import DOMAINS, FLOWS
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.texter import Texter, sms_service
from tests.support.ussd import UssdTenant
from tests.support.workers import QUICK
from workers.jobs import context
from workers.sending.chats import message_of
from workers.sending.send import send_text

NUMBER = "+250788000001"
OURS = "250788000200"


def reply_of(chat: ChatPage) -> Reply:
    taps = (Tap(f"{'0' * 16}.{one.typed}", one.title, one.description) for one in chat.choices)
    return Reply(chat.text, tuple(taps), chat.button, chat.header, chat.footer, chat.plain.text)


@settings(deadline=None)
@given(SCREENS, TONGUES, NAVS, NOTICES)
@example(Menu("🎉" * 500, tuple(Option(n, "🎉" * 13) for n in range(1, 11))), "fr", BOTH, "")
@example(Menu("Which?", tuple(Option(n, "ẹ\u0301" * 40) for n in range(1, 4))), "rw", BOTH, "")
@example(Menu("شركة", (Option(1, "\u2067شركة التوفير والادخار الوطنية\u2069"),)), "en", BOTH, "")
@example(Menu("Which?", (Option(1, "Save"), Option(2, "SAVE"), Option(3, "save"))), "en", BOTH, "")
@example(Menu("Which?", (Option(1, "Back"), Option(2, "Home"))), "en", BOTH, "")
def test_meta_takes_any_screen(screen: Screen, language: str, nav: Nav, notice: Text) -> None:
    chat = chat_page(screen, language, nav, notice=notice)
    assume(chat.text.strip())  # a screen that says nothing is found by `piga check`
    for reply in (reply_of(chat), reply_of(chat).in_words()):
        assert judge(request_of(message_of(NUMBER, reply, own=OURS, id="1"))) is None


@pytest.fixture
def savings(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url)
    yield made
    made.close()


def test_a_whole_conversation_is_on_the_handset(savings: UssdTenant) -> None:
    hook = Hook(
        provider="meta", kind=KIND, tenant="ibimina", service=OURS, url="http://127.0.0.1:9"
    )
    with Fakes("127.0.0.1", 0, lambda: [hook]) as fakes:
        context.install(
            context.make(
                savings.database, KEYS, DOMAINS.messages, flows=FLOWS, limits=QUICK,
                fakes_url=fakes.url,
            )
        )  # fmt: skip
        uwera = Texter(savings, NUMBER, "whatsapp")
        uwera.service = sms_service(savings, OURS, "meta", "whatsapp")
        somebody = fakes.whatsapp.people.find(NUMBER)
        fakes.whatsapp.graph.wrote(OURS, somebody)
        for written in ("hi", "1", "1", "500"):
            uwera.text(written)
            _send(savings)
        states = savings.admin.execute("SELECT state, reason FROM message ORDER BY id").fetchall()
        assert states == [("accepted", None)] * 4
        assert len(fakes.whatsapp.sent.find(lambda _: True)) == 4


def _send(tenant: UssdTenant) -> None:
    for (id,) in tenant.admin.execute(
        "SELECT id FROM outbox WHERE kind = 'send_text' AND state <> 'done' ORDER BY id"
    ).fetchall():
        send_text(str(tenant.tenant_id), str(id))
