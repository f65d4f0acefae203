"""Fuel stations in a real browser: the pages fit a phone.

`--refresh-transcripts` takes the pictures of docs/howto/run-fuel-stations.md anew.
"""

import pytest
from playwright.sync_api import Browser, expect

from tests.app.console.conftest import HOST
from tests.app.console.test_fuel import clerk_of, month_begins_badly, tenant
from tests.app.console.test_orders_browser import answer, pictured
from tests.support.browser import needs_chromium
from tests.support.ussd import UssdTenant

__all__ = ["tenant"]

pytestmark = [needs_chromium, pytest.mark.long]


def test_from_the_stations_to_one_that_lost_fuel(
    browser: Browser, tenant: UssdTenant, refreshing: bool
) -> None:
    month_begins_badly(tenant)
    clerk = clerk_of(tenant)
    page = browser.new_page()
    page.route("**/*", lambda route: answer(clerk, route))
    page.goto(f"{HOST}/console/fuel")
    pictured(page, "fuel", refreshing=refreshing)
    page.get_by_role("link", name="101 Remera").click()
    expect(page.locator("#main")).to_contain_text("458 l are missing at once")
    pictured(page, "fuel-station", refreshing=refreshing)
    page.close()
