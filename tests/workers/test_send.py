"""The job in this process, against the fake over HTTP: what each answer leaves behind."""

import pytest

from providers.africastalking.fake import Mode, Rule
from providers.fakes import Fakes
from tests.workers.house import House, received
from workers.send import send_text

NUMBER = "+250788000001"


def send(house: House, message) -> None:  # type: ignore[no-untyped-def]
    send_text(str(house.tenant), str(house.outbox_of(message)))


def test_a_text_is_sent_once_and_its_id_is_known(house: House, fakes: Fakes) -> None:
    house.context()
    message = house.text(template="welcome", params={"tenant": "Impuye"})
    send(house, message)
    send(house, message)
    [text] = fakes.texts.find(lambda _: True)
    assert (text.to, text.sender) == (NUMBER, "IMPUYE")
    assert text.text == "Welcome to Impuye! Never tell anyone your PIN, not even our staff."
    assert house.state(message) == "accepted"
    assert house.row(message) == ("done", 1)
    assert house.one("SELECT provider_message_id FROM message_receipt") == (text.id,)
