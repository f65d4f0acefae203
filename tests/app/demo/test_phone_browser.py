"""The phone in a real browser, over the real wire. Where there is no Chromium this is skipped."""

import re
from contextlib import closing
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.app.demo.browsing import Phone
from tests.app.demo.conftest import DemoPiga
from tests.support.browser import needs_chromium

pytestmark = [needs_chromium, pytest.mark.long]


def test_a_contribution_with_the_phones_own_keys(phone: Phone) -> None:
    phone.be("Niyonzima Jean Bosco")
    phone.key("Call")
    phone.next()
    phone.shows("1 ")
    # Two people share this number: first it asks who it is.
    assert "Ingabire" in phone.screen
    assert "Niyonzima" in phone.screen
    phone.key("2", "OK")
    phone.next()
    for key in ("1", "2"):
        phone.key(key, "OK")
        phone.next()
    phone.key("8", "0", "0", "OK")
    phone.next()
    phone.shows("Amount: 800 RWF")
    expect(phone.page.locator("#meter-text")).to_have_text(
        re.compile(rf"^{len(phone.screen)}/160 septets$")
    )
    phone.key("1", "OK")
    phone.next()
    expect(phone.page.locator("#input-label")).to_have_text("PIN")
    phone.key(*"3865", "OK")
    phone.next()
    phone.state("ended")
    phone.shows("Saved 800 RWF")


def test_pressed_twice_the_receipt_comes_once(phone: Phone) -> None:
    phone.be("Bizimana Olivier")
    phone.type("")
    for answer in ("1", "1", "1250", "1"):
        phone.type(answer)
    phone.page.get_by_role("button", name="Press twice").click()
    phone.says("Type an answer first: it is posted twice at the same time.")
    phone.page.keyboard.type("1964")
    phone.page.get_by_role("button", name="Press twice").click()
    phone.next()
    phone.says("Pressed twice: both replies were the same.")
    phone.state("ended")
    texts = phone.page.locator("#texts .text")
    expect(texts).to_have_count(1, timeout=15_000)
    expect(texts).to_contain_text("Saved 1,250 RWF")
    expect(phone.page.locator("#unread")).to_have_text("1 new")
    expect(phone.page.locator("#bar-mail")).to_have_text("1")
    texts.click()
    expect(phone.page.locator("#unread")).to_be_hidden()
    expect(phone.page.locator("#bar-mail")).to_be_hidden()
    phone.page.reload()
    expect(texts).to_have_count(1)
    expect(phone.page.locator("#unread")).to_be_hidden()


def test_a_stranger_registers_with_the_keyboard(phone: Phone) -> None:
    page = phone.page
    page.locator("#services").get_by_text("*384*10#", exact=True).click()
    page.get_by_label("or any number").fill("250 788 009 101")
    page.get_by_role("button", name="Use").click()
    phone.shows("+250 788 009 101")
    phone.type("")
    phone.type("1")
    phone.type("Keza Diane")
    phone.type("2847")
    expect(page.locator("#input")).to_have_class("secret")
    phone.type("2847")
    phone.shows("1 Save")
    expect(page.locator("#texts .text")).to_have_count(1, timeout=15_000)
    page.keyboard.press("Escape")
    phone.says("You hung up.")
    phone.state("idle")


def test_a_name_typed_on_the_keypad(phone: Phone) -> None:
    phone.be("Mukamana Josiane")
    phone.shows("+250 788 000 103")
    phone.page.get_by_role("button", name=re.compile("switch to letters")).click()
    phone.page.locator("#erase").click(click_count=8)
    phone.key("2", "3", "2", "2", "0", "8", "9")
    assert phone.page.locator("#input").input_value() == "Adb Tw"
    expect(phone.page.locator("#mode")).to_have_text("abc")
    phone.be("Juma Mwenda")  # whose next key may be a digit of a PIN
    expect(phone.page.locator("#mode")).to_have_text("123")


def test_a_sale_on_one_phone_and_its_approval_on_another(phone: Phone) -> None:
    phone.be("Tetteh Nii", "*384*40#")
    phone.type("")
    for answer in ("9", "1", "0240000401", "500", "1", "3741"):
        phone.type(answer)
    phone.shows("code")
    phone.state("open")
    phone.be("Mensah Kofi", "*384*40#")
    phone.says("Hung up: you hold another phone now.")
    expect(phone.page.locator("#texts .text").first).to_contain_text("Code: ", timeout=15_000)
    phone.type("")
    phone.shows("puts money in your wallet")
    phone.type("1")
    phone.type("5834")
    phone.state("ended")
    phone.shows("Pay cash: GHS 500.00")


def test_the_wire_is_shown_without_pins(phone: Phone) -> None:
    phone.be("Mugisha David", "*384*20#")
    phone.page.locator("#wire summary").click()
    phone.type("")
    for answer in ("3", "1", "7084"):
        phone.type(answer)
    exchanges = phone.page.locator("#exchanges")
    expect(exchanges).to_contain_text("hop 4")
    expect(exchanges).to_contain_text("3*1*••••")
    expect(exchanges).to_contain_text("POST /hooks/africastalking/ussd/...")
    assert "7084" not in exchanges.inner_text()


def test_timing_out_redialling_and_dialling_something_else(phone: Phone) -> None:
    phone.be("Kayitesi Solange")
    phone.type("")
    phone.page.get_by_role("button", name="Time out").click()
    phone.shows("The session timed out.")
    phone.state("ended")
    phone.redial()
    phone.state("open")
    phone.page.get_by_role("button", name="Hang up").click()
    phone.state("idle")
    phone.page.locator("#input").fill("")
    phone.page.keyboard.type("*999#")
    phone.page.keyboard.press("Enter")
    phone.state("failed")
    phone.says("No service answers this code.")
    phone.page.keyboard.press("Escape")
    phone.state("idle")


def test_a_server_that_is_down_is_said_and_got_over(phone: Phone, context: BrowserContext) -> None:
    phone.be("Umutoni Grace")
    phone.type("")
    screen = phone.screen
    context.set_offline(True)
    phone.page.keyboard.type("2")
    phone.page.keyboard.press("Enter")
    alert = phone.page.get_by_role("alert")
    expect(alert).to_have_text("Piga does not answer. Is piga run still running?")
    assert phone.screen == screen
    assert phone.page.locator("#input").input_value() == "2"
    context.set_offline(False)
    phone.page.keyboard.press("Enter")
    phone.next()
    expect(alert).to_be_hidden()
    phone.faults.clear()  # the browser's own words for being offline


@pytest.mark.parametrize("width", [320, 375, 768, 1024])
def test_a_narrow_window_is_wide_enough(phone: Phone, width: int) -> None:
    page = phone.page
    page.set_viewport_size({"width": width, "height": 700})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    for element in ("#lcd", "#call", "#act-redial", "#number"):
        page.locator(element).scroll_into_view_if_needed()
        expect(page.locator(element)).to_be_in_viewport()


def test_everything_has_a_name(phone: Phone) -> None:
    """Buttons and fields say what they are to who does not see them."""
    phone.be("Hakizimana Yves")
    for role in ("button", "textbox", "radio"):
        for element in phone.page.get_by_role(role).all():
            named = element.evaluate(
                "e => e.ariaLabel || e.labels?.[0]?.innerText || e.innerText || ''"
            )
            assert named.strip(), element.evaluate("e => e.outerHTML")
    assert phone.page.locator("[id]").evaluate_all(
        "all => all.length === new Set(all.map(e => e.id)).size"
    )


def test_the_front_page_leads_to_the_phone(phone: Phone, demo_piga: DemoPiga) -> None:
    phone.page.goto(f"{demo_piga.url}/")
    assert phone.page.url == f"{demo_piga.url}/phone"


def test_on_a_narrow_window_the_handset_is_first_and_shown_to_who_chooses(phone: Phone) -> None:
    page = phone.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.evaluate("scrollTo(0, 0)")
    top = "selector => document.querySelector(selector).getBoundingClientRect().top"
    assert 0 < page.evaluate(top, ".handset") < page.evaluate(top, ".who")
    for person in ("Juma Mwenda", "Juma Mwenda"):  # chosen, and chosen again
        page.locator(".people .pick", has_text=person).click()
        expect(page.locator(".handset")).to_be_in_viewport()
        page.wait_for_function("document.querySelector('.lcd').getBoundingClientRect().top > -1")
        page.evaluate("scrollTo(0, document.body.scrollHeight)")


def test_people_stand_by_role_with_what_is_special(phone: Phone) -> None:
    page = phone.page
    assert page.locator(".people h3").first.inner_text() == "Member"
    shared = page.locator(".people .pick", has_text="Ingabire Diane")
    expect(shared).to_contain_text("shared phone")
    expect(page.locator(".people .special", has_text="frozen")).to_have_count(1)


def test_a_number_that_registered_is_somebody(phone: Phone, demo_piga: DemoPiga) -> None:
    found = phone.page.evaluate(
        "fetch('/phone/api/name?service=*384*10%23&msisdn=%2B250788000104').then(r => r.json())"
    )
    assert found == {"names": ["Juma M."]}
    phone.page.locator("#number").fill("+250788000104")
    phone.page.get_by_role("button", name="Use").click()
    expect(phone.page.locator("#screen")).to_contain_text("Juma M.")


def test_there_is_one_clock_and_it_is_the_business(browser: Browser, demo_piga: DemoPiga) -> None:
    """Also where whoever looks on is elsewhere: on the handset, and beside its messages."""
    kigali = ZoneInfo("Africa/Kigali")
    with closing(browser.new_context(timezone_id="Asia/Tokyo", locale="en-GB")) as elsewhere:
        phone = Phone(elsewhere.new_page(), demo_piga.url)
        phone.be("Mutesi Chantal")
        began = datetime.now(kigali)
        phone.type("")
        phone.type("0")
        times = {f"{began + timedelta(minutes=late):%H:%M}" for late in (0, 1)}
        assert phone.page.locator("#wall-clock").inner_text() in times


def test_what_is_touched_does_not_flash(phone: Phone) -> None:
    assert set(
        phone.page.locator("button, .pick, a, input").evaluate_all(
            "all => all.map(e => getComputedStyle(e).webkitTapHighlightColor)"
        )
    ) == {"rgba(0, 0, 0, 0)"}


def test_the_envelope_opens_the_messages(phone: Phone) -> None:
    page = phone.page
    # In one go: without new messages the page hides it again at its next look.
    page.evaluate(
        "() => { const mail = document.getElementById('bar-mail');"
        " mail.hidden = false; mail.click(); }"
    )
    assert page.evaluate("document.activeElement.id") == "inbox"
