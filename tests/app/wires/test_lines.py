"""USSD on a connection of ours: the process `piga wire`, and fakes of two companies."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from providers.mtn_nigeria.fake import MtnNigeria
from providers.truteq.fake import Truteq
from tests.support.ibimina import FOLDER
from tests.support.tenants import write_folders
from tests.support.ussd import CODE, UssdTenant
from tests.support.wires import Wire

pytestmark = pytest.mark.long

PIN = "2748"
TO_PIN = ("1", "1", "500", "1")
PROVIDERS = ("truteq", "mtn_nigeria")


class Phone:
    """A phone behind one of the fakes."""

    def __init__(self, fake: Truteq | MtnNigeria, number: str, session: str = "s-1") -> None:
        self.fake, self.number, self.session = fake, number.lstrip("+"), session
        self.ends = True

    def dial(self, code: str = CODE) -> str:
        return self._ask(1, code)

    def type(self, *answers: str) -> str:
        shown = ""
        for answer in answers:
            kind = 2 if isinstance(self.fake, Truteq) else 4
            shown = self._ask(kind, answer)
        return shown

    def leave(self) -> None:
        if isinstance(self.fake, Truteq):
            self.fake.send(self.number, 3, "")
        else:
            self.fake.ask(self.session, self.number, 4, "", EndofSession="1")

    def _ask(self, kind: int, text: str) -> str:
        if isinstance(self.fake, Truteq):
            shown: Any = self.fake.ask(self.number, kind, text, extended=kind == 1)
        else:
            shown = self.fake.ask(self.session, self.number, kind, text)
        self.ends = shown.ends
        return str(shown.text)


@pytest.fixture(params=PROVIDERS)
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def reached(tenant: UssdTenant, provider: str, tmp_path: Path) -> UssdTenant:
    """The tenant, whose code is dialled there, too."""
    folder = tmp_path / FOLDER.name
    shutil.copytree(FOLDER, folder)
    with open(folder / "services.yaml", "a", encoding="utf-8") as file:
        file.write(f'- {{provider: {provider}, channel: ussd, code: "{CODE}", menu: menu.yaml}}\n')
    write_folders(tenant.urls.database_url, [folder])
    tenant.directory.refresh()
    return tenant


@pytest.fixture
def fake(provider: str) -> Iterator[Truteq | MtnNigeria]:
    made = Truteq("piga", "word") if provider == "truteq" else MtnNigeria("piga", "word", "app-7")
    with made:
        yield made


@pytest.fixture
def wire(
    reached: UssdTenant, provider: str, fake: Truteq | MtnNigeria, redis_url: str, tmp_path: Path
) -> Iterator[Wire]:
    lines = f"""
[accounts.line]
provider = "{provider}"
username = "piga"
secret = "word"
base_url = "{fake.url}"
application_id = "app-7"
"""
    made = Wire(tmp_path, "line", lines).at(reached, redis_url)
    made.start()
    made.until_said(f"connected to {provider}")
    yield made
    made.close()
    assert "Traceback" not in made.said(), made.said()


@pytest.fixture
def phone(reached: UssdTenant, wire: Wire, fake: Truteq | MtnNigeria) -> Callable[[str], Phone]:
    def made(who: str) -> Phone:
        return Phone(fake, reached.people[who].phones[0], session=f"session-{who}")

    return made


def test_a_payment(reached: UssdTenant, wire: Wire, phone: Callable[[str], Phone]) -> None:
    uwera = phone("uwera")
    assert uwera.dial().startswith("Ibimina\n1 Save\n2 Balances")
    assert "Enter your PIN" in uwera.type(*TO_PIN)
    assert uwera.type(PIN).startswith("Saved 500 RWF in Kopera Twisungane, fee 10 RWF. Ref ")
    assert uwera.ends
    assert reached.entries() == 1
    assert uwera.type("1") == "This session has ended. Please dial again."
    assert PIN not in wire.said()
    assert uwera.number not in wire.said()


def test_digits_behind_the_code_and_another_code(phone: Callable[[str], Phone]) -> None:
    uwera = phone("uwera")
    assert "500 RWF" in uwera.dial(f"{CODE.rstrip('#')}*1*1*500#")
    assert uwera.dial("*999#") == "This code is not in service."
    assert uwera.ends


def test_two_people_at_once_and_one_who_leaves(
    reached: UssdTenant, phone: Callable[[str], Phone]
) -> None:
    uwera, habimana = phone("uwera"), phone("habimana")
    uwera.dial()
    habimana.dial()
    uwera.type("1", "1", "500")
    habimana.leave()
    assert "500 RWF" in uwera.dial(), "a session that begins again goes on where it was"
    assert reached.entries() == 0


def test_a_kill_between_two_hops_and_a_lost_connection(
    reached: UssdTenant, wire: Wire, fake: Truteq | MtnNigeria, phone: Callable[[str], Phone]
) -> None:
    uwera = phone("uwera")
    uwera.dial()
    uwera.type(*TO_PIN)
    wire.kill()
    wire.start()
    fake.until_logins(2)
    fake.hang_up()
    fake.until_logins(3)
    assert uwera.type(PIN).startswith("Saved 500 RWF")
    assert reached.entries() == 1
    assert wire.stop() == 0


def test_an_account_that_is_not_let_in_calls_somebody(
    reached: UssdTenant, provider: str, fake: Truteq | MtnNigeria, redis_url: str, tmp_path: Path
) -> None:
    lines = f'[accounts.line]\nprovider = "{provider}"\nusername = "piga"\nsecret = "wrong"\n'
    wire = Wire(tmp_path, "line", lines + f'base_url = "{fake.url}"\n').at(reached, redis_url)
    wire.start()
    wire.until_said(f"ALARM {provider} does not let the account line in")
    assert wire.stop() == 0
    assert "wrong" not in wire.said().replace("wrong_password", "")
