"""Menus as staff see them are what phones show."""

import html
import re
from collections.abc import Iterator

import pytest

from app.console.application import create_console
from tests.app.console.conftest import settings_of, taken_on
from tests.app.console.test_pages import Office
from tests.support.phone import phone_of
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant


@pytest.fixture
def office(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[Office]:
    tenant = UssdTenant(ussd_database, redis_url)
    yield Office(
        tenant, create_console(settings_of(tenant), tenant.database, KEYS), taken_on(tenant)
    )
    tenant.close()


def test_a_menu_is_previewed_as_the_phone_shows_it_in_each_language(office: Office) -> None:
    phone = phone_of(office.tenant, "uwera")
    first = phone.dial().text
    clerk = office.clerk("operator")
    page = clerk.reads("/console/menus?role=member")
    screens = [html.unescape(one) for one in re.findall(r'<p class="screen">(.*?)</p>', page, re.S)]
    assert any(first.endswith(one) or one in first for one in screens), (first, screens)
    languages = office.tenant.service().tenant.languages
    assert re.findall(r"<h2>(\w\w)</h2>", page) == list(languages)
    for septets in re.findall(r"(\d+) septets", page):
        assert int(septets) <= 160
    # The tree leads on to each place of it; one of no place is not found.
    paths = {html.unescape(one) for one in re.findall(r'&amp;at=([^"]+)"', page)}
    assert len(paths) > 5
    for path in sorted(paths)[:3]:
        assert 'aria-current="true"' in clerk.reads(f"/console/menus?at={path}")
    assert clerk.get("/console/menus?at=no.where").status_code == 404
    assert office.clerk("government").get("/console/menus").status_code == 403


def test_a_provider_is_seen_by_what_it_answered_and_in_what_time(office: Office) -> None:
    tenant = office.tenant
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1", "1", "500", "1", "2748")
    words = tenant.texts("uwera")[-1]
    tenant.admin.execute(
        "UPDATE message SET state = 'accepted', segments = 1, sending_at = now() - interval '5 s',"
        " accepted_at = now() - interval '3 s' WHERE subscriber_id = %s",
        (tenant.id_of("uwera"),),
    )
    clerk, provider = office.clerk("auditor"), tenant.service().provider
    assert f"/console/providers/{provider}" in clerk.reads("/console/providers")
    page = clerk.reads(f"/console/providers/{provider}")
    assert "2000 ms" in page
    assert ">accepted<" in page
    assert phone.number not in page
    assert html.escape(words) not in page
    assert clerk.get("/console/providers/nobody").status_code == 404
    assert office.clerk("government").get("/console/providers").status_code == 403
