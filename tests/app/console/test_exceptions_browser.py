"""Money in question, resolved in a real browser by two people.

`--refresh-transcripts` takes the pictures of docs/howto/console.md anew.
"""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.app.console.conftest import HOST, Clerk
from tests.app.console.test_exceptions import Case, _has_a_service, case, clerks
from tests.app.console.test_savings_browser import answer, pictured
from tests.support.browser import needs_chromium

__all__ = ["_has_a_service", "case", "clerks"]

pytestmark = [needs_chromium, pytest.mark.long]


def page_of(browser: Browser, clerk: Clerk) -> Page:
    page = browser.new_page()
    page.route("**/*", lambda route: answer(clerk, route))
    return page


def test_two_people_say_whose_money_it_is(
    browser: Browser, case: Case, clerks: dict[str, Clerk], refreshing: bool
) -> None:
    first, second = (page_of(browser, clerks[role]) for role in ("operator", "treasurer"))
    first.goto(f"{HOST}/console/exceptions")
    pictured(first, "exceptions", refreshing=False)
    first.locator(f'a[href="{case.path}"]').click()
    first.get_by_role("button", name="Take it on").click()
    first.get_by_label("Number").first.fill(case.tenant.number_of(case.member))
    first.get_by_label("Code").first.fill(case.code.lower())
    first.get_by_label("How it is known").last.fill("she showed the network's text")
    pictured(first, "exception", refreshing=refreshing)
    first.get_by_role("button", name="Ask a second person").click()
    expect(first.locator("#main")).to_contain_text("Waits for a second person")
    assert case.saved(case.member) == 0

    second.goto(f"{HOST}{case.path}")
    second.get_by_role("link", name="operator asked at").click()
    expect(second.locator("#main")).to_contain_text("9,000 RWF")
    pictured(second, "exception-approval", refreshing=False)
    second.get_by_role("button", name="Approve").click()
    expect(second.locator("body")).to_contain_text("It is approved")
    assert case.saved(case.member) == 9_000
    assert case.now().state == "allocated"
    first.goto(f"{HOST}/console/exceptions?show=settled")
    expect(first.locator(f'a[href="{case.path}"]')).to_be_visible()
    for page in (first, second):
        page.close()
