"""Menus as staff see them are what phones show."""

import html
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.console.application import create_console
from providers.exchange import Exchange
from tests.app.console.conftest import settings_of, taken_on
from tests.app.console.test_pages import Office
from tests.support.phone import phone_of
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values import clock
from workers.wire_log import Balance, WireLog


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


@pytest.fixture
def wire(office: Office, redis_url: str) -> WireLog:
    """A console that reads what workers keep."""
    settings = replace(settings_of(office.tenant), redis_url=redis_url)
    office.web = create_console(settings, office.tenant.database, KEYS)
    return WireLog.at(redis_url)


def test_what_crossed_the_wire_is_read_and_says_how_the_provider_does(
    office: Office, wire: WireLog
) -> None:
    tenant, provider = office.tenant, office.tenant.service().provider
    found = Exchange("POST", "api.x.org/send", "to=<13>", 1_250, 200, "<b>no & no</b>")
    wire.keep(tenant.tenant_id, provider, "send", "refused", [found])
    kept = Balance("umoja", "RWF 1200.50", "", clock.now())
    wire.keep_balance(tenant.tenant_id, provider, kept)
    clerk = office.clerk("auditor")
    assert "100.0 %" in clerk.reads("/console/providers")
    page = clerk.reads(f"/console/providers/{provider}")
    assert "1250 ms" in page
    assert "RWF 1200.50" in page
    assert html.escape("<b>no & no</b>") in page
    assert "<b>no" not in page
    # An auditor changes nothing.
    assert clerk.offers(f"/console/providers/{provider}") == {"/console/sign-out"}
    assert clerk.post(f"/console/providers/{provider}/balance").status_code == 403


def test_a_test_is_sent_to_one_number_by_that_provider(office: Office) -> None:
    tenant, provider = office.tenant, office.tenant.service().provider
    clerk, path = office.clerk("operator"), f"/console/providers/{provider}"
    said = clerk.does(f"{path}/test", number="+250788000999", words="A test of {tenant}.")
    assert "The test is on its way." in said
    row = tenant.one(
        "SELECT m.template, o.kind, s.provider FROM message m JOIN outbox o ON o.subject_id = m.id"
        " JOIN service s ON s.id = m.service_id ORDER BY m.id DESC LIMIT 1"
    )
    assert row == ("program", "send_text", provider)
    before = tenant.one("SELECT count(*) FROM message")
    for number, words in (("12", "A test."), ("", "A test."), ("+250788000999", " ")):
        assert clerk.post(f"{path}/test", number=number, words=words).status_code == 409
    assert clerk.post("/console/providers/nobody/test", number="1").status_code == 404
    assert tenant.one("SELECT count(*) FROM message") == before
    assert "It is asked now." in clerk.does(f"{path}/balance")
    services = tenant.one("SELECT count(*) FROM service WHERE provider = %s", provider)
    assert tenant.one("SELECT count(*) FROM outbox WHERE kind = 'ask_balance'") == services


def test_without_redis_the_page_says_what_it_cannot_read(office: Office) -> None:
    settings = replace(settings_of(office.tenant), redis_url="redis://127.0.0.1:1")
    office.web = create_console(settings, office.tenant.database, KEYS)
    page = office.clerk("operator").reads(f"/console/providers/{office.tenant.service().provider}")
    assert "Redis does not answer" in page
