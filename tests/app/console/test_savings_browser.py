"""Savings groups in a real browser: pages fit a phone, and a file is brought in by hand.

`--refresh-transcripts` takes the pictures of docs/howto/bring-members.md anew.
"""

import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.test import TestResponse

from app.settings import CHECKOUT
from tests.app.console.conftest import HOST, Clerk
from tests.app.console.test_savings import Union, union
from tests.support.browser import needs_chromium

__all__ = ["union"]

pytestmark = [needs_chromium, pytest.mark.long]

IMAGES = CHECKOUT / "docs" / "images"
WIDTHS = ((1280, 860), (390, 844))
# A name in two spellings, a phone that a husband has, a number that was cut, a row again.
FILE = (
    "N°;Amazina;Nimero ya telefone;Itariki yinjiyemo\n"
    "1;UWERA Claudine;788000001;05/01/2026\n"
    "2;Mukeshimana Béatrice;0788500001;05/01/2026\n"
    "3;Béatrice MUKESHIMANA;250788500001;\n"
    "4;Nsengiyumva Théogène;0788 500 0;12/01/2026\n"
)


def answer(clerk: Clerk, route: Route) -> None:
    """What the console answers to the browser's request. What lies in a chosen file is not shown
    to a route: it is attached here."""
    asked = route.request
    path = asked.url.removeprefix(HOST)
    if path.endswith("/preview"):
        file = (io.BytesIO(FILE.encode("cp1252")), "members.csv")
        fulfil(route, clerk.post(path, file=file))
        return
    headers = {
        name: value for name, value in asked.headers.items() if name not in ("cookie", "host")
    }
    given = clerk.client.open(
        path,
        base_url=HOST,
        method=asked.method,
        data=asked.post_data_buffer,
        headers=headers,
        follow_redirects=True,
    )
    fulfil(route, given)


def fulfil(route: Route, given: TestResponse) -> None:
    with given:
        route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.data)


def pictured(page: Page, name: str, *, refreshing: bool) -> None:
    """Nothing of the page lies beside a phone's screen."""
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        widest = page.evaluate("document.documentElement.scrollWidth")
        assert widest <= width, (page.url, widest)
        if refreshing:
            page.screenshot(path=IMAGES / f"console-{name}-{width}.png")


def look(page: Page, folder: Path, *, refreshing: bool) -> None:
    page.goto(f"{HOST}/console/savings")
    pictured(page, "savings", refreshing=refreshing)
    page.get_by_role("link", name="Organisations: coverage").click()
    expect(page.locator("#main")).to_contain_text("PAR90")
    pictured(page, "savings-figures", refreshing=refreshing)
    page.goto(f"{HOST}/console/savings?asked=KOP1")
    page.get_by_role("link", name="KOP1", exact=True).click()
    pictured(page, "savings-group", refreshing=refreshing)
    file = folder / "members.csv"
    file.write_text(FILE, encoding="cp1252")
    page.get_by_label("File").set_input_files(file)
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator("#main")).to_contain_text("repeated")
    pictured(page, "savings-preview", refreshing=refreshing)
    page.get_by_label("leave the row out").check()
    page.get_by_role("button", name="Bring all of them in").click()
    expect(page.locator("#main")).to_contain_text("Mukeshimana B.")


def write_down(page: Page, *, refreshing: bool) -> None:
    """A meeting as far as its savings."""
    page.goto(f"{HOST}/console/savings?asked=KOP1")
    page.get_by_role("link", name="KOP1", exact=True).click()
    page.get_by_role("link", name="Today's meeting").click()
    page.get_by_role("button", name="Open the meeting").click()
    page.get_by_role("button", name="It is in the box").click()
    page.get_by_role("textbox", name="Saves").nth(1).fill("2")
    page.get_by_role("button", name="Write the savings down").click()
    expect(page.get_by_role("status")).to_contain_text("The savings are written down.")
    expect(page.get_by_role("textbox", name="Saves").nth(1)).to_have_value("2")
    pictured(page, "savings-meeting", refreshing=refreshing)


def test_a_meeting_is_written_down_by_hand(
    browser: Browser, union: Union, refreshing: bool
) -> None:
    clerk = union.clerk_of("KOP1")
    page = browser.new_page()
    page.route("**/*", lambda route: answer(clerk, route))
    write_down(page, refreshing=refreshing)
    page.close()


def test_a_file_is_brought_in_by_hand(
    browser: Browser, union: Union, tmp_path: Path, refreshing: bool
) -> None:
    clerk = union.clerk_of("KOP1")
    page = browser.new_page()
    page.route("**/*", lambda route: answer(clerk, route))
    look(page, tmp_path, refreshing=refreshing)
    page.close()
