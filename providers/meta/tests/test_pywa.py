"""The fake with a client that others wrote: pywa sends to it, and reads what it posts.

What pywa itself does with several updates in one body is its own: of those only the first is
handled, so that each body here has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from pywa import errors, utils
from pywa.client import WhatsApp
from pywa.types import templates
from pywa.types.callback import (
    Button,
    CallbackButton,
    CallbackSelection,
    Section,
    SectionList,
    SectionRow,
)

from providers.contracts.chat import ChatMessage, Option, Party
from providers.meta.handset import APP_SECRET
from providers.meta.send import ChatSender
from providers.meta.signature import sign
from providers.meta.tests.conftest import CODE, NUMBER_ID, Receiver
from providers.meta.tests.test_fake import post, settings, write
from providers.simulator.media import SAMPLES
from providers.simulator.process import Fakes

ALINE, ANGE = "250788000301", "RW.13491208655302741918"


class _ToTheFake(httpx.BaseTransport):
    """pywa writes Meta's address over any other: it is put right on the way out."""

    def __init__(self, url: str) -> None:
        self._url = httpx.URL(url)
        self._wire = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path = f"/meta{request.url.path}".replace("/meta/meta/", "/meta/")  # an address of its own
        target = self._url.copy_with(path=path, query=request.url.query)
        headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"host"]
        ours = httpx.Request(
            request.method, target, headers=headers, content=request.read(), extensions={}
        )
        return self._wire.handle_request(ours)

    def close(self) -> None:
        self._wire.close()


@pytest.fixture
def client(fakes: Fakes) -> Iterator[WhatsApp]:
    settings(fakes, statuses="off", window="ignored")
    with httpx.Client(transport=_ToTheFake(fakes.url)) as session:
        yield WhatsApp(phone_id=NUMBER_ID, token="a-token", session=session)


def button(id: str, title: str) -> Button:
    return Button(title=title, callback_data=id)


def sections(count: int) -> SectionList:
    rows = [
        SectionRow(title=f"Row {number}", callback_data=f"q:{number}", description="500")
        for number in range(count)
    ]
    return SectionList("Open", sections=[Section("All", rows=rows)])


SENT: dict[str, Callable[[WhatsApp], Any]] = {
    "text": lambda wa: wa.send_message(ALINE, "Muraho"),
    "to an id": lambda wa: wa.send_message(ANGE, "Muraho"),
    "an answer": lambda wa: wa.send_message(ALINE, "Muraho", reply_to_message_id="wamid.X"),
    "a reference": lambda wa: wa.send_message(ALINE, "Muraho", tracker="m-1"),
    "buttons": lambda wa: wa.send_message(
        ALINE, "Pay?", header="Savings", footer="00", buttons=[button("q:1", "Yes")]
    ),
    "list": lambda wa: wa.send_message(ALINE, "Choose", buttons=sections(10)),
    "location": lambda wa: wa.request_location(ALINE, "Where are you?"),
    "contact": lambda wa: wa.request_contact_info(ANGE, "Your number?"),
    "image by link": lambda wa: wa.send_image(ALINE, "https://example.org/a.png", caption="A"),
    "document": lambda wa: wa.send_document(
        ALINE, b"%PDF-1.4", filename="bill.pdf", mime_type="application/pdf"
    ),
    "template": lambda wa: wa.send_template(
        ALINE, "receipt", templates.TemplateLanguage.ENGLISH, []
    ),
}


@pytest.mark.parametrize("send", SENT.values(), ids=SENT)
def test_pywa_sends_to_the_fake(
    fakes: Fakes, client: WhatsApp, send: Callable[[WhatsApp], Any]
) -> None:
    assert send(client).id.startswith("wamid.")
    assert len(fakes.whatsapp.sent.find(lambda _: True)) == 1


@pytest.mark.parametrize(
    "send",
    [
        lambda wa: wa.send_message(ALINE, "x" * 4_097),
        lambda wa: wa.send_message(ALINE, ""),
        lambda wa: wa.send_message(ALINE, "x", buttons=[button(str(n), str(n)) for n in range(4)]),
        lambda wa: wa.send_message(ALINE, "x", buttons=[button("1", "x" * 21)]),
        lambda wa: wa.send_message(ALINE, "x", buttons=sections(11)),
    ],
    ids=["too long", "empty", "four buttons", "a long button", "eleven rows"],
)
def test_pywa_sends_what_the_network_refuses(
    client: WhatsApp, send: Callable[[WhatsApp], Any]
) -> None:
    """It looks at none of the limits; the error is read as one of Meta's own."""
    with pytest.raises(errors.InvalidParameter) as error:
        send(client)
    assert error.value.status_code == 400
    assert error.value.details


def test_pywa_reads_the_errors_of_the_fake(fakes: Fakes, client: WhatsApp) -> None:
    expected = {
        131056: errors.TooManyMessages,
        190: errors.ExpiredAccessToken,
        132015: errors.TemplatePaused,
        131047: errors.ReEngagementMessage,
    }
    for code, kind in expected.items():
        settings(fakes, faults=[{"mode": "error", "code": code}])
        with pytest.raises(kind):
            client.send_message(ALINE, "Muraho")


def test_pywa_uploads_and_fetches_a_file(client: WhatsApp) -> None:
    media = client.upload_media(b"%PDF-1.4", mime_type="application/pdf", filename="a.pdf")
    assert client.get_media_url(media.id).mime_type == "application/pdf"


# --- what the fake posts --------------------------------------------------------------------------


class Read:
    """What pywa makes of bodies, by its own handlers."""

    def __init__(self) -> None:
        self.wa = WhatsApp(
            phone_id=NUMBER_ID,
            token="a-token",
            server=None,
            verify_token="v-1",
            app_secret=APP_SECRET,
        )
        self.found: list[Any] = []
        for update in (
            "message",
            "callback_button",
            "callback_selection",
            "message_status",
            "user_marketing_preferences",
            "phone_number_change",
        ):
            getattr(self.wa, f"on_{update}")()(self._take)

    def _take(self, _: WhatsApp, update: Any) -> None:
        self.found.append(update)

    def body(self, body: bytes) -> Any:
        assert utils.webhook_updates_validator(APP_SECRET, body, sign(body, APP_SECRET))
        before = len(self.found)
        assert self.wa.webhook_update_handler(body) == ("ok", 200)
        assert len(self.found) == before + 1
        return self.found[-1]


@pytest.fixture
def read() -> Read:
    return Read()


def bodies(receiver: Receiver, count: int) -> list[bytes]:
    receiver.wait_for(lambda: len(receiver.bodies) == count)
    return receiver.bodies


def test_pywa_reads_texts_with_and_without_a_number(
    fakes: Fakes, receiver: Receiver, read: Read
) -> None:
    write(fakes, text="Muraho")
    write(fakes, ANGE, text="Muraho")
    with_number, without = map(read.body, bodies(receiver, 2))
    assert (with_number.text, with_number.from_user.wa_id) == ("Muraho", ALINE)
    assert (without.from_user.bsuid, without.from_user.wa_id) == (ANGE, None)


def test_pywa_reads_taps(fakes: Fakes, receiver: Receiver, read: Read, sender: ChatSender) -> None:
    settings(fakes, statuses="off", window="ignored")
    for opener in ("", "Open"):
        options = (Option(f"q:{opener}", "Yes"),)
        to = Party(phone=f"+{ALINE}")
        sender.send_chat(ChatMessage(to, "?", NUMBER_ID, options=options, button=opener))
        write(fakes, tap=options[0].id)
    tapped, chosen = map(read.body, bodies(receiver, 2))
    assert (type(tapped), tapped.data, tapped.title) == (CallbackButton, "q:", "Yes")
    assert (type(chosen), chosen.data) == (CallbackSelection, "q:Open")


def test_pywa_reads_what_is_shared(fakes: Fakes, receiver: Receiver, read: Read) -> None:
    write(fakes, location={"latitude": -1.95, "longitude": 30.06, "name": "Isoko"})
    write(fakes, contact="own")
    write(fakes, media="image", caption="receipt")
    write(fakes, reaction="👍", about="wamid.X")
    place, contact, image, reaction = map(read.body, bodies(receiver, 4))
    assert place.location.latitude == -1.95
    assert contact.contacts.origin == "contact_request"
    assert image.caption == "receipt"
    assert reaction.reaction.emoji == "👍"


def test_pywa_fetches_what_was_sent(
    fakes: Fakes, receiver: Receiver, read: Read, client: WhatsApp
) -> None:
    write(fakes, media="document")
    [told] = map(read.body, bodies(receiver, 1))
    found = client.get_media_url(told.document.id)
    assert int(found.file_size) == len(SAMPLES["document"][1])  # a text, as Meta sends it
    assert client.get_media_bytes(found.url) == SAMPLES["document"][1]


def test_pywa_reads_statuses_and_their_price(
    fakes: Fakes, receiver: Receiver, read: Read, sender: ChatSender
) -> None:
    settings(fakes, window="ignored")
    message = ChatMessage(Party(phone=f"+{ALINE}"), "Muraho", NUMBER_ID, reference="m-1")
    sender.send_chat(message)
    found = [read.body(body) for body in bodies(receiver, 3)]
    assert [one.status.value for one in found] == ["sent", "delivered", "read"]
    assert found[0].tracker == "m-1"
    assert found[0].pricing.category.value == "service"


def test_pywa_reads_a_wish_and_another_number(fakes: Fakes, receiver: Receiver, read: Read) -> None:
    person = {"from": f"+{ALINE}", "to": CODE}
    post(fakes, "whatsapp/wish", **person)
    post(fakes, "whatsapp/move", number="+250788000399", **person)
    wish, moved = map(read.body, bodies(receiver, 2))
    assert not wish
    assert (moved.old_wa_id, moved.new_wa_id) == (ALINE, "250788000399")
