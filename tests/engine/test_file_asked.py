"""A flow that asks for a picture: sent in a chat, left out elsewhere, and gone on without."""

import pytest

from engine.flow import Flow
from engine.turn.chat import ChatTurns
from menus.files import File
from menus.screens import Ask, Confirm, End
from menus.words import Words
from tests.support.domains import FLOWS
from tests.support.phone import phone_of
from tests.support.tenants import KEYS
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant
from values.attached import AttachedFile


class Report(Flow):
    """What is broken? -> a picture -> yes -> done. It stands where Balances is in the menu."""

    name = "balances"
    initial = "what"
    transitions = [
        {"trigger": "answer", "source": "what", "dest": "picture", "conditions": "can_send_files"},
        ["answer", "what", "confirm"],
        ["answer", "picture", "confirm"],
        {"trigger": "answer", "source": "confirm", "dest": "done", "conditions": "yes"},
        ["answer", "confirm", "what"],
    ]  # fmt: skip

    class Answers:
        what: str
        picture: AttachedFile | None = None

    answers: Answers

    def what(self) -> Ask:
        return Ask("What is broken?", Words())

    def picture(self) -> Ask:
        return Ask("Send a picture of it.", File())

    def confirm(self) -> Confirm:
        shown = "with a picture" if self.answers.picture else "without a picture"
        return Confirm(f"Report {self.answers.what} {shown}?")

    def done(self) -> End:
        return End(f"Reported, {self.answers.picture.id if self.answers.picture else '-'}")


SAMPLE = FLOWS.replaced(Report)
ASKED = "Send a picture of it.\n1 Go on without it"


@pytest.fixture
def chat(tenant: UssdTenant) -> Texter:
    texter = Texter(tenant, tenant.people["uwera"].phones[0], "whatsapp")
    texter.turns = ChatTurns(
        database=tenant.database, keys=KEYS, directory=tenant.directory, flows=SAMPLE
    )
    return texter


def send(chat: Texter, kind: str = "image", caption: str = "") -> str:
    """Send a file, and read the reply."""
    return chat.send_picture(kind, caption=caption).text


def test_a_picture_is_the_answer_whatever_is_written_below_it(chat: Texter) -> None:
    for text in ("menu", "2"):
        chat.text(text)
    asked = chat.write("the pump")
    assert asked.plain.startswith(ASKED)
    assert asked.taps[0].title == "Go on without it"
    assert send(chat, caption="menu").startswith("Report the pump with a picture?")
    (id,) = chat.tenant.one("SELECT id FROM inbound_file")
    assert chat.text("yes") == f"Reported, {id}"


@pytest.mark.parametrize("written", ["1", "Go on without it", "no"])
def test_whoever_has_none_goes_on_without(chat: Texter, written: str) -> None:
    for text in ("menu", "2", "the pump"):
        chat.text(text)
    assert send(chat, "audio").startswith("We cannot listen to voice notes.")
    assert chat.text("what?").startswith("Choose a number shown.")
    assert chat.text(written).startswith("Report the pump without a picture?")


def test_a_picture_answers_nothing_else(chat: Texter) -> None:
    for text in ("menu", "2"):
        chat.text(text)
    said = "We got your picture. Now please write your answer.\nWhat is broken?"
    assert send(chat).startswith(said)
    assert send(chat, "document").startswith("We got your document.")
    assert chat.text("the pump").startswith("Send a picture of it.")


def test_where_no_file_can_be_sent_it_is_not_asked_for(tenant: UssdTenant, chat: Texter) -> None:
    """But a chat's question may go on at a phone: there it can be gone on without."""
    tenant.turns = tenant.deployed(SAMPLE)
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("2")
    assert phone.type("the pump").text.startswith("Report the pump without a picture?")
