"""A gateway whose screens are requests of ours: the real application, and a fake of Integrat."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from werkzeug.test import Client

from app.webhooks import pushes
from providers.contracts.messages import Account
from providers.integrat.fake import Integrat, event
from tests.support.gateways import Gateways, Time
from tests.support.ibimina import FOLDER
from tests.support.tenants import write_folders
from tests.support.ussd import CODE, UssdTenant
from tests.support.waiting import until
from workers.sending.accounts import Accounts, Installed

PIN = "2748"
TO_PIN = ("1", "1", "500", "1")


@dataclass
class World:
    gateways: Gateways
    integrat: Integrat
    number: str

    def ask(self, kind: str, text: str = "", session: str = "s-1") -> tuple[str, bool]:
        self.gateways.time.pass_by(5)
        shown = self.integrat.ask(session, kind, self.number, CODE, text)
        return shown.text, shown.ends


@pytest.fixture
def world(tenant: UssdTenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    folder = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, folder)
    service = f'- {{provider: integrat, channel: ussd, code: "{CODE}", menu: menu.yaml'
    with open(folder / "services.yaml", "a", encoding="utf-8") as file:
        file.write(f"{service}, settings: {{account: higate}}}}\n")
    write_folders(tenant.urls.database_url, [folder])
    tenant.directory.refresh()
    time = Time()
    monkeypatch.setattr("values.clock.epoch_s", time.now)
    made: list[Callable[[bytes], tuple[int, bytes]]] = []
    with Integrat("piga", "word", lambda body: made[0](body)) as integrat:
        account = Installed("higate", "integrat", Account("piga", "word", integrat.url))
        gateways = Gateways(tenant, time, Accounts(installation=[account]))

        def post(body: bytes) -> tuple[int, bytes]:
            answer = Client(gateways.web).post(gateways.path("integrat"), data=body)
            return answer.status_code, answer.get_data()

        made.append(post)
        number = tenant.people["uwera"].phones[0]
        yield World(gateways, integrat, number)


def test_a_payment(world: World) -> None:
    tenant = world.gateways.tenant
    menu = world.integrat.dial("s-1", world.number, CODE)
    assert menu.text.startswith("Ibimina\n1 Save\n2 Balances")
    for answer in TO_PIN:
        text, ends = world.ask("Request", answer)
    assert ("Enter your PIN" in text, ends) == (True, False)
    text, ends = world.ask("Request", PIN)
    assert (text.startswith("Saved 500 RWF"), ends) == (True, True)
    assert tenant.entries() == 1
    assert all(PIN.encode() not in request for request in world.integrat.requests)


def test_the_caller_leaves_and_goes_on(world: World) -> None:
    world.integrat.dial("s-1", world.number, CODE)
    for answer in TO_PIN[:3]:
        world.ask("Request", answer)
    world.integrat.send("s-1", "Close", world.number, CODE)
    world.gateways.time.pass_by(5)
    assert "500 RWF" in world.integrat.dial("s-2", world.number, CODE).text


def test_a_screen_that_cannot_be_shown_is_told_and_never_again(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.integrat.status = 502
    world.integrat.send("s-1", "Open", world.number, CODE)
    until(lambda: "was not shown: http_502" in caplog.text, 5)
    assert "ALARM" not in caplog.text
    world.integrat.status = 401
    world.integrat.send("s-2", "Open", world.number, CODE)
    until(lambda: "ALARM integrat takes no screens" in caplog.text, 5)
    assert len(world.integrat.requests) == 2
    assert world.number not in caplog.text


def test_what_cannot_be_read_is_acknowledged(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for body in (b"<Message>", b'<Message><Response Type="OnReceiveSMS"/></Message>'):
        answer = Client(world.gateways.web).post(world.gateways.path("integrat"), data=body)
        assert (answer.status_code, answer.get_data()) == (200, b"")
    assert "unreadable callback" in caplog.text
    assert "ALARM integrat sends what nobody described to us: OnReceiveSMS" in caplog.text
    assert world.integrat.requests == []


def test_a_gateway_that_answers_nothing_holds_nobody_up(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(pushes, "WAITING_MAXIMUM", 0)
    again = Gateways(world.gateways.tenant, world.gateways.time)
    answer = Client(again.web).post(
        again.path("integrat"), data=event("s-9", "Open", world.number, CODE)
    )
    assert (answer.status_code, answer.get_data()) == (200, b"")
    assert "was not shown: too_many_wait" in caplog.text
