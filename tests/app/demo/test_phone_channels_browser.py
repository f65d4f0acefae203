"""Three channels of one person in a real browser: a conversation from one to the next, and what a
bad network makes of it. Where there is no Chromium this is skipped."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, expect

from tests.app.demo.browsing import Phone
from tests.support.browser import needs_chromium

pytestmark = [needs_chromium, pytest.mark.long]


@pytest.fixture(autouse=True)
def good_network(phone: Phone) -> Iterator[None]:
    yield
    phone.page.evaluate(
        "fetch('/phone/api/network', {method: 'POST', body: '{\"network\": []}',"
        " headers: {'Content-Type': 'application/json'}}).then(r => r.json())"
    )


def test_begun_on_whatsapp_finished_by_ussd_receipt_by_sms(phone: Phone) -> None:
    page = phone.page
    phone.be("Habimana Eric")
    phone.write("menu")
    phone.tap("Save")
    phone.write("725")
    expect(phone.replies.last).to_contain_text("Total: 735 RWF")
    expect(phone.replies.last.locator("code")).to_have_text("*384*10#")
    # What we said is read, as the fake has it, and what the person wrote has arrived.
    expect(phone.replies.last.locator(".told")).to_have_text("read", timeout=15_000)
    mine = page.locator("#chat [data-by=them] .ticks").last
    expect(mine).to_have_attribute("data-status", re.compile("delivered|read"))
    # The same person dials: the payment waits for the PIN.
    page.locator("#input").click()
    phone.type("")
    phone.shows("725 RWF")
    phone.type("1")
    phone.type("5091")
    phone.state("ended")
    phone.shows("Saved 725 RWF")
    receipt = page.locator("#texts .text").last
    expect(receipt).to_contain_text("Saved 725 RWF", timeout=15_000)
    expect(receipt).to_contain_text("1 SMS")
    expect(receipt.locator(".told")).to_have_text("delivered", timeout=15_000)
    expect(page.locator("#unread")).to_have_text("1 new")


def test_late_and_twice_it_ends_well(phone: Phone) -> None:
    """Each message is two seconds late and comes twice: one reply to each, and one payment."""
    page = phone.page
    phone.be("Ndayisaba Alice", "*384*10#")
    phone.be("Mukamana Josiane")
    phone.trouble("Delay", "Duplicate")
    phone.write("menu")
    phone.tap("Épargner")
    phone.tap("Kopera Twisungane")
    phone.write("830")
    expect(phone.replies).to_have_count(4)
    expect(phone.replies.last).to_contain_text("830 RWF")
    page.locator("#input").click()
    phone.type("")
    phone.shows("830 RWF")
    phone.type("1")
    phone.type("8316")
    phone.state("ended")
    phone.shows("830 RWF")
    page.get_by_role("button", name="All good again").click()
    expect(page.locator("#network-state")).to_have_text("good")
    texts = page.locator("#texts .text")
    expect(texts).to_have_count(1, timeout=20_000)
    expect(texts).to_contain_text("830 RWF")
    expect(phone.replies).to_have_count(4)


def test_a_text_is_written_and_answered(phone: Phone) -> None:
    page = phone.page
    phone.be("Niyonzima Jean Bosco")
    page.locator("#sms-input").fill("help")
    page.keyboard.press("Enter")
    expect(page.locator("#texts [data-by=them]").last).to_contain_text("help")
    reply = page.locator("#texts .text").last
    expect(reply).to_contain_text("10384", timeout=15_000)
    expect(reply.locator(".told")).to_have_text("delivered", timeout=15_000)


def test_who_has_no_number_there_cannot_be_written_to(phone: Phone) -> None:
    phone.be("Wanjiru Kamau", "*384*30#")
    expect(phone.page.locator("#whatsapp")).to_contain_text("not on WhatsApp")
    expect(phone.page.locator("#chat-input")).to_be_hidden()
    expect(phone.page.locator("#inbox")).to_contain_text("takes no texts")


def test_on_a_narrow_window_channels_are_tabs(phone: Phone) -> None:
    page = phone.page
    page.set_viewport_size({"width": 390, "height": 844})
    phone.be("Bizimana Olivier")
    tab = page.get_by_role("tab")
    expect(tab).to_have_count(3)
    expect(page.locator("#lcd")).to_be_visible()
    expect(page.locator("#whatsapp")).to_be_hidden()
    tab.first.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("tab", selected=True)).to_contain_text("WhatsApp")
    expect(page.locator("#lcd")).to_be_hidden()
    phone.write("menu")
    box = page.locator("#chat-input").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844
    page.get_by_label("Share something").click()
    page.get_by_role("button", name="Photo").click()
    expect(page.locator("#chat [data-by=them]").last).to_contain_text("Image")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    # What is read on the tab before one's eyes is not new.
    expect(page.locator("#tab-whatsapp .badge")).to_be_hidden()


def test_a_file_of_ones_own_is_chosen_and_sent(phone: Phone) -> None:
    page = phone.page
    phone.be("Mukamana Josiane", "*384*10#")
    page.get_by_label("Share something").click()
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Choose a file").click()
    empty = FilePayload(name="none.png", mimeType="image/png", buffer=b"")
    chosen.value.set_files([empty])
    expect(page.locator("#whatsapp [data-part=said]")).to_contain_text("nothing in it")
    bill = FilePayload(name="bill.pdf", mimeType="application/pdf", buffer=b"%PDF-1.4\n%%EOF\n")
    page.locator("#whatsapp [data-part=file]").set_input_files([bill])
    expect(page.locator("#chat [data-by=them]").last).to_contain_text("bill.pdf")
    expect(phone.replies.last).to_be_visible(timeout=20_000)


def test_escape_in_a_list_closes_it_and_nothing_else(phone: Phone) -> None:
    page = phone.page
    phone.be("Kayitesi Solange")
    phone.write("menu")
    phone.replies.last.locator("[aria-haspopup=dialog]").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert page.locator("#input").input_value() == "*384*10#"


def test_after_a_provider_was_down_who_writes_again_is_answered(phone: Phone) -> None:
    """A reply whose connection was cut may have left: it is not sent a second time."""
    page = phone.page
    phone.be("Umutoni Grace")
    phone.trouble("Provider down")
    page.locator("#chat-input").fill("menu")
    page.keyboard.press("Enter")
    mine = page.locator("#chat [data-by=them] .ticks").last
    expect(mine).to_have_attribute("data-status", re.compile("delivered|read"), timeout=15_000)
    expect(phone.replies).to_have_count(0)
    page.get_by_role("button", name="All good again").click()
    expect(page.locator("#network-state")).to_have_text("good")
    page.locator("#chat-input").fill("menu")
    page.keyboard.press("Enter")
    expect(phone.replies.last).to_be_visible(timeout=60_000)
