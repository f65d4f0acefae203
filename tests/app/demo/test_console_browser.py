"""Two clerks at the console in a real browser: one with a passkey, one with an authenticator.

`--refresh-transcripts` takes the pictures of docs/howto/console.md anew.
"""

import contextlib
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pyotp
import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.cli import main
from app.local.ports import listens
from app.settings import CHECKOUT, Settings
from core.alarms import alarms
from core.db.database import Database
from core.rates import pairs
from core.rates.judging import Verdict
from core.rates.quotes import Pair, Poll
from core.tenants.business import find
from providers.simulator.rate_market import Market
from tests.app.demo.conftest import DemoPiga
from tests.support.browser import needs_chromium
from tests.support.waiting import until
from values import clock
from values.ids import uuid7

pytestmark = [needs_chromium, pytest.mark.long]

IMAGES = CHECKOUT / "docs" / "images"
NUMBER, PIN = "+250788000102", "5091"
PASSWORD = "four words nobody joins"
DRAINED_WITHIN_MS = 30_000


class Desk:
    """A clerk's browser: wide, or as wide as a phone for a picture."""

    def __init__(self, context: BrowserContext, piga: DemoPiga, *, pictures: bool) -> None:
        self.piga = piga
        self.pictures = pictures
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console",
            lambda said: self.faults.append(said.text) if said.type == "error" else None,
        )

    @property
    def url(self) -> str:
        """By a name: a passkey is for a host's name, and for no address."""
        return self.piga.url.replace("127.0.0.1", "localhost")

    def opens(self, path: str) -> None:
        self.page.goto(self.url + path)

    def presses(self, words: str) -> None:
        self.page.get_by_role("button", name=words, exact=True).click()

    def shows(self, words: str) -> None:
        expect(self.page.locator("#main")).to_contain_text(words)

    def said(self, words: str) -> None:
        expect(self.page.locator(".said")).to_contain_text(words)

    def goes_to(self, page: str) -> None:
        self.page.get_by_role("navigation").get_by_role("link", name=page, exact=True).click()

    def fits(self) -> None:
        """Nothing of a page lies beside a phone's screen."""
        self.page.set_viewport_size({"width": 390, "height": 844})
        widest = self.page.evaluate("document.documentElement.scrollWidth")
        assert widest <= 390, (self.page.url, widest)
        self.page.set_viewport_size({"width": 1280, "height": 860})

    def picture(self, name: str, *, whole: bool = False) -> None:
        """Of what a screen shows of the page; `whole`: of all of it."""
        self.fits()
        if not self.pictures:
            return
        for width, height in ((1280, 860), (390, 844)):
            self.page.set_viewport_size({"width": width, "height": height})
            path = IMAGES / f"console-{name}-{width}.png"
            self.page.screenshot(path=path, full_page=whole)
        self.page.set_viewport_size({"width": 1280, "height": 860})


@pytest.fixture
def desks(browser: Browser, demo_piga: DemoPiga, refreshing: bool) -> Iterator[list[Desk]]:
    contexts = [
        browser.new_context(viewport={"width": 1280, "height": 860}, locale="en-GB")
        for _ in range(2)
    ]
    found = [Desk(context, demo_piga, pictures=refreshing) for context in contexts]
    yield found
    for context in contexts:
        context.close()


def invited(piga: DemoPiga, handle: str) -> str:
    """The path of a new clerk's link."""
    command = ["staff", "invite", handle, "--tenant", "ibimina", "--role", "company_admin"]
    told = CliRunner().invoke(main, command, env=piga.configured)
    assert told.exit_code == 0, told.output
    return "/console/welcome/" + told.output.split("/console/welcome/")[1].split()[0]


def saves(piga: DemoPiga) -> None:
    """Somebody saves by phone."""
    command = ["phone", "--from", NUMBER, "--dial", "*384*10#", "--answers", f"1,1,500,1,{PIN}"]
    told = CliRunner().invoke(main, command, env=piga.env)
    assert told.exit_code == 0, told.output


def loses_a_report(piga: DemoPiga) -> None:
    """A text left, and nobody said what became of it."""
    with contextlib.closing(Database(piga.configured["DATABASE_URL"])) as database:
        tenant_id = find(database, "ibimina")
        assert tenant_id is not None
        with database.transaction(tenant_id) as tx:
            tx.execute(
                "UPDATE message SET state = 'unknown', ended_at = NULL WHERE id ="
                " (SELECT id FROM message WHERE subscriber_id IS NOT NULL"
                " AND state = 'delivered' ORDER BY id DESC LIMIT 1)"
            )


def gets_a_passkey(desk: Desk) -> None:
    """An authenticator in the browser, as a laptop with a fingerprint reader has one."""
    session = desk.page.context.new_cdp_session(desk.page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_two_clerks_sign_in_find_somebody_replay_and_decide(
    desks: list[Desk], demo_piga: DemoPiga
) -> None:
    first, second = desks
    saves(demo_piga)

    # A passkey: kept by the link, and then signed in by.
    gets_a_passkey(first)
    first.opens(invited(demo_piga, "m.uwera"))
    first.presses("Keep a passkey on this device")
    first.shows("What waits")
    first.presses("Sign out")
    expect(first.page).to_have_url(re.compile("/console/sign-in$"))
    first.picture("sign-in")
    first.presses("Sign in with a passkey")
    first.shows("What waits")

    # A password and an authenticator.
    second.opens(invited(demo_piga, "j.mugabo"))
    secret = second.page.locator(".secret code").inner_text().replace(" ", "")
    totp = pyotp.TOTP(secret)
    second.page.get_by_label("Password").fill(PASSWORD)
    second.page.get_by_label("six digits").fill(totp.now())
    second.presses("Choose them")
    second.shows("Your backup codes")
    backup = second.page.locator(".codes code").first.inner_text()
    second.page.get_by_role("link", name="I have them").click()
    second.presses("Sign out")
    for label, value in (("Business", "ibimina"), ("Name", "j.mugabo"), ("Password", PASSWORD)):
        second.page.get_by_label(label, exact=True).fill(value)
    second.page.get_by_label("Code").fill(backup)
    second.page.get_by_role("button", name="Sign in", exact=True).click()
    second.shows("What waits")

    # Somebody is found, and their session replayed.
    first.goes_to("People")
    first.page.get_by_label("Number, name or reference").fill(NUMBER)
    first.presses("Find")
    first.page.locator("table a").first.click()
    expect(first.page.locator("#main")).not_to_contain_text(NUMBER)
    for _ in range(30):
        if first.page.get_by_text("None.").count() == 0:
            break
        first.page.wait_for_timeout(DRAINED_WITHIN_MS / 30)
        first.page.reload()
    first.picture("person")
    person = first.page.url
    first.page.locator("a[href*='/console/sessions/']").first.click()
    expect(first.page.locator(".turns li")).to_have_count(6)
    expect(first.page.locator(".screen").last).to_contain_text("500")
    first.shows("answered ••••")
    first.picture("session")

    # Two persons decide: who asked does not.
    first.page.goto(person)
    reset = first.page.locator("form[action$='/new-pin']")
    reset.get_by_label("Reason").fill("forgot it, came to the office")
    reset.get_by_role("button").click()
    first.said("It waits for a second person")
    first.goes_to("Approvals")
    first.page.locator("table a").first.click()
    first.shows("somebody else decides")
    second.goes_to("Work")
    second.presses("Take")
    second.said("It is yours for ten minutes")
    second.picture("work")
    second.page.locator("table a").first.click()
    second.shows("chosen at the next dial")
    second.picture("approval")
    second.presses("Approve, and do it now")
    expect(second.page.locator(".secret")).to_have_text(re.compile(r"\d{4} \d{4}"))

    # A text that nobody knows the end of is settled by hand.
    loses_a_report(demo_piga)
    first.goes_to("Messages")
    first.page.get_by_role("link", name="unknown", exact=True).click()
    first.picture("messages")
    first.page.get_by_label("How it is known").fill("they showed it to us")
    first.presses("It arrived")
    first.said("It is settled.")
    expect(first.page.get_by_label("How it is known")).to_have_count(0)

    # A table of fees is published by two.
    first.opens("/console/tariffs/draft?what=contribute:fee:")
    first.page.get_by_label("It holds from").fill(
        f"{clock.now() + timedelta(days=30):%Y-%m-%d}T00:00"
    )
    first.page.get_by_label("Fee").first.fill("25")
    first.presses("Look at it beside the old one")
    first.picture("tariff")
    first.page.get_by_label("Who agreed to it").fill("agreed by the board")
    first.presses("Ask a second person to publish it")
    first.said("It waits for a second person.")
    second.goes_to("Approvals")
    second.page.locator("table a").first.click()
    second.shows("agreed by the board")
    second.presses("Approve, and do it now")
    second.said("It is approved.")
    first.opens("/console/tariffs")
    first.shows("to come")

    # Each reads the language that they chose.
    first.opens("/console/me")
    first.page.get_by_label("Language").select_option("rw")
    first.page.locator("form[action$='/me/language'] button").click()
    first.opens("/console")
    first.shows("Ibitegereje")
    first.picture("work-rw")

    # And all of it is in the trail, which is whole.
    second.goes_to("Audit")
    done = ("approve new_pin", "replay session", "look at person", "keep passkey")
    for words in (*done, "settle message", "approve tariff"):
        second.shows(words)
    second.picture("audit")
    second.page.get_by_role("link", name="Look whether the chain is whole").click()
    second.shows("It is whole")
    assert first.faults == second.faults == []


def test_the_demos_staff_are_a_click_away(desks: list[Desk]) -> None:
    desk = desks[0]
    desk.opens("/console/audit")
    row = desk.page.get_by_role("row").filter(has_text="moto").filter(has_text="eve.auditor")
    row.get_by_role("button").click()
    desk.shows("What waits")
    expect(desk.page.get_by_role("navigation")).not_to_contain_text("Approve")
    desk.goes_to("Audit")
    desk.shows("sign in")
    for name in ("People", "Messages", "Jobs", "Services", "Staff"):
        desk.goes_to(name)
        desk.fits()


def has_polled(piga: DemoPiga) -> None:
    """A week of a rate; each pair has one by now, and of one another is held."""
    market, now = Market(), clock.now()
    with contextlib.closing(Database(piga.configured["DATABASE_URL"])) as database:
        tenant_id = find(database, "rates")
        assert tenant_id is not None
        with database.transaction(tenant_id) as tx:
            for hours in range(7 * 24, 0, -5):
                at, rate = now - timedelta(hours=hours), 1_440 + hours % 37 - hours // 9
                tx.execute(
                    "INSERT INTO rate (tenant_id, id, source, destination, rate, source_amount,"
                    " destination_amount, provider, fetched_at, reason) VALUES (current_tenant(),"
                    " %s, 'USD', 'NGN', %s, 1, %s, 'flutterwave_rates', %s, 'change')",
                    (uuid7(int(at.timestamp() * 1_000)), rate, rate, at),
                )
            for pair in pairs.listed(tx):
                now_is = round(market.rate(pair.source, pair.destination, now), 6)
                pairs.keep(tx, Poll(pair, Decimal(1), now_is, clock.now(), "flutterwave_rates"))
            twice = Poll(Pair("USD", "NGN"), Decimal(1), Decimal(2100), clock.now(), "frankfurter")
            assert pairs.keep(tx, twice).verdict is Verdict.HELD


def test_rates_are_looked_at_and_one_that_is_held_is_dropped(desks: list[Desk]) -> None:
    desk = desks[0]
    has_polled(desk.piga)
    desk.opens("/console/rates")
    row = desk.page.get_by_role("row").filter(has_text="cleo.manager")
    row.filter(has_text=re.compile(r"^\s*rates")).get_by_role("button").click()
    desk.goes_to("Rates")
    desk.shows("jump")
    desk.picture("rates")
    desk.page.get_by_role("link", name="USD-NGN").click()
    expect(desk.page.locator("svg polyline.line")).to_be_visible()
    desk.picture("rate", whole=True)
    desk.page.locator("form[action$=refuse] input[name=reason]").fill("not so at the bank")
    desk.presses("Drop it")
    desk.said("It is dropped.")
    desk.page.get_by_label("Percent").fill("1.25")
    desk.page.locator("form[action$=margin] input[name=reason]").fill("costs of December")
    desk.presses("Ask; another officer decides")
    desk.shows("You asked for it yourself")
    desk.opens("/console/rates")
    with desk.page.expect_download() as loaded:
        desk.presses("Load the month")
    assert loaded.value.suggested_filename.startswith("rates-rates-")
    assert desk.faults == []


def rings(piga: DemoPiga, subject: str, sentence: str) -> None:
    with contextlib.closing(Database(piga.configured["DATABASE_URL"])) as database:
        tenant_id = find(database, "ibimina")
        assert tenant_id is not None
        with database.transaction(tenant_id) as tx:
            alarms.record(tx, kind="float_low", subject=subject, sentence=sentence, count=1)


def is_of_the_demos_staff(desk: Desk, tenant: str, handle: str) -> None:
    """Once changes are told: a browser notes a connection that is refused as an error."""
    until(lambda: listens(Settings.load(desk.piga.configured).live_url))
    desk.opens("/console")
    row = desk.page.get_by_role("row").filter(has_text=handle)
    row.filter(has_text=re.compile(rf"^\s*{tenant}")).get_by_role("button").click()
    desk.shows("What waits")


def test_what_changes_comes_into_the_page_that_somebody_looks_at(desks: list[Desk]) -> None:
    desk = desks[0]
    is_of_the_demos_staff(desk, "ibimina", "cleo.manager")
    expect(desk.page.locator("#main")).not_to_contain_text("Kagugu")
    # The page asks for itself after 30 s: what is there within three was told.
    desk.page.wait_for_timeout(500)
    rings(desk.piga, "Kagugu", "The float of the agent at Kagugu is low.")
    expect(desk.page.locator("#main")).to_contain_text("Kagugu", timeout=3_000)
    # Who writes is not disturbed until they have left the field.
    desk.goes_to("Alarms")
    field = desk.page.locator("input[name=reason], input[name=done]").first
    field.fill("called")
    rings(desk.piga, "Nyabugogo", "The float of the agent at Nyabugogo is low.")
    desk.page.wait_for_timeout(1_000)
    expect(desk.page.locator("#main")).not_to_contain_text("Nyabugogo")
    expect(field).to_have_value("called")
    field.fill("")
    desk.page.locator("h1").click()
    expect(desk.page.locator("#main")).to_contain_text("Nyabugogo", timeout=3_000)
    assert desk.faults == []


def test_alarms_providers_menus_and_lists_are_looked_through(desks: list[Desk]) -> None:
    desk = desks[0]
    saves(desk.piga)
    rings(desk.piga, "Kagugu", "The float of the agent at Kagugu is low.")
    is_of_the_demos_staff(desk, "ibimina", "cleo.manager")
    desk.goes_to("Alarms")
    desk.shows("Kagugu")
    desk.picture("alarms")
    desk.goes_to("Providers")
    desk.page.locator("#main").get_by_role("link", name="africastalking", exact=True).click()
    desk.presses("Ask what is left")
    desk.said("It is asked now.")
    desk.page.get_by_label("Number").fill("0788000999")
    desk.presses("Send")
    desk.said("The test is on its way.")
    path = desk.page.url
    until(lambda: desk.page.goto(path) and "RWF 100000" in desk.page.content())
    until(lambda: desk.page.goto(path) and desk.page.get_by_text("messaging").count() > 0)
    desk.page.locator("summary").first.click()
    desk.picture("provider", whole=True)
    desk.goes_to("Menus")
    desk.picture("menus")
    desk.goes_to("Lists")
    desk.picture("lists")
    desk.page.locator("#main").get_by_role("link", name="Messages").click()
    desk.picture("list")
    assert desk.faults == []


def test_every_page_is_worked_by_the_keyboard(desks: list[Desk]) -> None:
    """The first stop is the way past the menu; a field has its label, and what has the focus shows
    it."""
    desk = desks[0]
    desk.opens("/console/sign-in")
    desk.page.keyboard.press("Tab")
    focused = "document.activeElement.textContent"
    assert desk.page.evaluate(focused) == "Skip to the page"
    desk.page.keyboard.press("Enter")
    assert desk.page.evaluate("document.activeElement.id") == "main"
    labels = desk.page.evaluate(
        "[...document.querySelectorAll('input:not([type=hidden]),textarea,select')]"
        ".filter((one) => !one.labels.length).map((one) => one.name)"
    )
    assert labels == []
