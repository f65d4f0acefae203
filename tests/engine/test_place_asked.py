"""A flow that asks where somebody is: shared with a button in a chat, in words elsewhere."""

import pytest

from core.inbox import inbox
from core.inbox.content import Content
from core.inbox.inbox import Incoming
from engine.flow import Flow
from engine.turn.chat import ChatTurns
from menus.location import Place
from menus.screens import Ask, Confirm, End
from tests.support.domains import FLOWS
from tests.support.phone import phone_of
from tests.support.tenants import KEYS, PROVIDER
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant
from values.location import Location
from workers.sending.chats import message_of


class PickUp(Flow):
    """Where to? -> yes -> done. It stands where Balances is in the tests' menu."""

    name = "balances"
    initial = "where"
    transitions = [
        ["answer", "where", "confirm"],
        {"trigger": "answer", "source": "confirm", "dest": "done", "conditions": "yes"},
        ["answer", "confirm", "where"],
    ]  # fmt: skip

    class Answers:
        where: Location

    answers: Answers

    def where(self) -> Ask:
        return Ask("Where are you?", Place())

    def confirm(self) -> Confirm:
        return Confirm(f"Fetch you at {self.answers.where.words or 'the place you shared'}?")

    def done(self) -> End:
        where = self.answers.where
        return End(f"Coming to {where.latitude}" if where.is_shared else "Coming.")


SAMPLE = FLOWS.replaced(PickUp)


@pytest.fixture
def chat(tenant: UssdTenant) -> Texter:
    texter = Texter(tenant, tenant.people["uwera"].phones[0], "whatsapp")
    texter.turns = ChatTurns(
        database=tenant.database, keys=KEYS, directory=tenant.directory, flows=SAMPLE
    )
    return texter


def share(chat: Texter, *place: float, name: str = "", text: str = "") -> str:
    """Share a position, and read the reply."""
    chat.count += 1
    latitude, longitude = place
    content = Content(text, kind="location", place=(latitude, longitude, name))
    message = Incoming(PROVIDER, f"{chat.number}-place-{chat.count}", chat.number, content)
    with chat.tenant.tx() as tx:
        inbox.receive(tx, KEYS, chat.service.id, message)
    chat.work()
    return chat.replies()[-1]


def test_a_chat_shares_the_place_with_a_button(chat: Texter) -> None:
    chat.text("menu")
    asked = chat.write("2")
    assert (asked.asks_location, asked.taps) == (True, ())
    assert asked.text.startswith("Where are you?")
    sent = message_of("+250788000001", asked, own="+250788000200", id="1")
    assert sent.asks_location
    assert not message_of("+250788000001", asked.in_words(), own="+1", id="1").asks_location
    said = share(chat, -1.95011, 30.05885, name="Kimironko Market", text="Kimironko Market")
    assert said.startswith("Fetch you at Kimironko Market?")
    assert chat.text("yes") == "Coming to -1.95011"


def test_a_place_without_a_name_and_one_in_words(chat: Texter) -> None:
    chat.text("menu")
    chat.text("2")
    assert share(chat, -1.95, 30.05).startswith("Fetch you at the place you shared?")
    chat.text("no")
    assert chat.text("behind the stadium").startswith("Fetch you at behind the stadium?")


def test_a_place_answers_nothing_else(chat: Texter) -> None:
    chat.text("menu")
    assert share(chat, -1.95, 30.05).startswith("We cannot read that here.")
    chat.text("2")
    assert share(chat, 95.0, 30.05).startswith("We cannot read that here.")  # nowhere
    share(chat, -1.95, 30.05)
    assert share(chat, -1.95, 30.05).startswith("We cannot read that here.")  # at the Yes


def test_by_ussd_and_sms_it_is_asked_in_words(tenant: UssdTenant) -> None:
    tenant.turns = tenant.deployed(SAMPLE)
    phone = phone_of(tenant, "uwera")
    phone.dial()
    assert phone.type("2").text.startswith("Where are you?\n0 Back")
    assert phone.type("12").text.startswith("Type at least 2 letters.\nWhere are you?")
    assert phone.type("Gare, quai 2").text.startswith("Fetch you at Gare, quai 2?")
    assert phone.type("1").text == "Coming."
