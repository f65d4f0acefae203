"""The orders board in a real browser: its pages fit a phone, and an order is brought by hand.

`--refresh-transcripts` takes the pictures of docs/howto/keep-stock.md anew.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from werkzeug.test import TestResponse

from app.settings import CHECKOUT
from tests.app.console.conftest import HOST, Clerk
from tests.app.console.test_orders import Trader, trader
from tests.support.browser import needs_chromium

__all__ = ["trader"]

pytestmark = [needs_chromium, pytest.mark.long]

IMAGES = CHECKOUT / "docs" / "images"
WIDTHS = ((1280, 860), (390, 844))


def answer(clerk: Clerk, route: Route) -> None:
    """What the console answers to the browser's request."""
    asked = route.request
    headers = {
        name: value for name, value in asked.headers.items() if name not in ("cookie", "host")
    }
    given: TestResponse = clerk.client.open(
        asked.url.removeprefix(HOST),
        base_url=HOST,
        method=asked.method,
        data=asked.post_data_buffer,
        headers=headers,
        follow_redirects=True,
    )
    with given:
        route.fulfill(status=given.status_code, headers=dict(given.headers), body=given.data)


def pictured(page: Page, name: str, *, refreshing: bool, folder: Path = IMAGES) -> None:
    """Nothing of the page lies beside a phone's screen."""
    for width, height in WIDTHS:
        page.set_viewport_size({"width": width, "height": height})
        widest = page.evaluate("document.documentElement.scrollWidth")
        assert widest <= width, (page.url, widest)
        if refreshing:
            page.screenshot(path=folder / f"console-{name}-{width}.png")


def test_an_order_is_brought_by_hand(browser: Browser, trader: Trader, refreshing: bool) -> None:
    clerk, order = trader.clerk(trader.first), trader.ordered()
    trader.ordered()
    page = browser.new_page()
    page.route("**/*", lambda route: answer(clerk, route))
    page.goto(f"{HOST}/console/orders")
    pictured(page, "orders", refreshing=refreshing)
    page.get_by_role("link", name=order.reference).click()
    page.get_by_label("Brought by").fill("Kalisa")
    page.get_by_role("button", name="Give it to them").click()
    page.get_by_role("button", name="The goods are picked").click()
    page.get_by_label("How many came of line 1").fill("2")
    page.get_by_label("What came in the place of line 2").select_option("OIL")
    pictured(page, "order", refreshing=refreshing)
    page.get_by_role("button", name="Handed over").click()
    expect(page.locator("#main")).to_contain_text("delivered")
    page.goto(f"{HOST}/console/orders/stock")
    pictured(page, "orders-stock", refreshing=refreshing)
    page.goto(f"{HOST}/console/orders/prices")
    pictured(page, "orders-prices", refreshing=refreshing)
    page.close()
