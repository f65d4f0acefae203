"""What staff put right of a person's record: receipts, numbers, two records of one person."""

import re
import uuid
from collections.abc import Iterator

import pytest

from app.console.application import create_console
from core.people import numbers, people
from tests.app.console.conftest import Clerk, settings_of, taken_on
from tests.app.console.test_pages import Office
from tests.support.phone import phone_of
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values.ids import uuid7

NEW = "+250788700700"


@pytest.fixture
def office(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[Office]:
    tenant = UssdTenant(ussd_database, redis_url)
    web = create_console(settings_of(tenant), tenant.database, KEYS)
    yield Office(tenant, web, taken_on(tenant))
    assert tenant.broken() == []
    tenant.close()


def live(office: Office, who: uuid.UUID) -> set[str]:
    with office.tenant.tx() as tx:
        known = numbers.numbers_of(tx, KEYS, who)
    return {one.address for one in known if one.detached_at is None}


def approved(office: Office, clerk: Clerk) -> str:
    waiting = office.tenant.one("SELECT id FROM approval_request WHERE state = 'pending'")[0]
    return clerk.does(f"/console/approvals/{waiting}/approve")


def test_a_receipt_is_sent_again_once_a_while_and_nothing_else_is(office: Office) -> None:
    tenant = office.tenant
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1", "1", "500", "1", "2748")
    who, before = tenant.id_of("uwera"), tenant.texts("uwera")
    clerk = office.clerk("operator")
    page = clerk.reads(f"/console/people/{who}")
    [path] = re.findall(rf'"(/console/people/{who}/receipt/[0-9a-f-]+)"', page)
    assert "It is sent again" in clerk.does(path)
    assert "It was sent a moment ago" in clerk.post(path).text
    assert tenant.texts("uwera") == [*before, before[-1]]
    assert "officer operator: send receipt again" in office.trail()
    other = tenant.id_of("mugabo")
    assert clerk.post(path.replace(str(who), str(other))).status_code == 409
    assert clerk.post(f"/console/people/{who}/receipt/{uuid7()}").status_code == 409
    assert office.clerk("auditor").post(path).status_code == 403


def test_a_number_is_given_and_taken_out_with_a_text_to_both(office: Office) -> None:
    who = office.tenant.id_of("uwera")
    path, before = f"/console/people/{who}/number", live(office, who)
    admin = office.clerk("company_admin")
    said = admin.does(path, number=NEW, reason="came with the SIM", do="give")
    assert "It is theirs from now on." in said
    assert live(office, who) == {*before, NEW}
    texts = office.tenant.one(
        "SELECT count(*) FROM message WHERE template = 'number_attached' AND subscriber_id = %s",
        who,
    )
    assert texts == (2,)
    assert "They have that number already." in admin.post(path, number=NEW, reason="again").text
    assert "no number of a telephone" in admin.post(path, number="12", reason="typo").text
    assert admin.post(path, number=NEW, reason=" ").status_code == 409
    assert "It is taken out." in admin.does(path, number=NEW, reason="sold it", do="take")
    assert live(office, who) == before
    operator = office.clerk("operator").post(path, number=NEW, reason="x")
    assert operator.status_code == 403


def test_two_records_become_one_when_two_agree_and_no_money_is_left(office: Office) -> None:
    tenant = office.tenant
    stays, goes = tenant.id_of("uwera"), tenant.person("Uwera Twice", address=NEW)
    with tenant.tx() as tx:
        tx.execute("UPDATE message SET state = 'failed' WHERE subscriber_id = %s", (goes,))
    admin, other = office.clerk("company_admin"), office.clerk("super_admin")
    path, number = f"/console/people/{goes}/merge", next(iter(live(office, stays)))
    for nobody in ("nobody of that name", NEW):
        assert "finds nobody else" in admin.post(path, into=nobody, reason="twice").text
    held = admin.post(f"/console/people/{stays}/merge", into=NEW, reason="twice")
    assert (held.status_code, "There is money on an account" in held.text) == (409, True)
    assert "It waits for a second person" in admin.does(path, into=number, reason="twice")
    assert "somebody else decides" in admin.reads(_request(office))
    # Who names another record that stays learns that the first one waits.
    mugabo = next(iter(live(office, tenant.id_of("mugabo"))))
    assert "asked for it before" in other.post(path, into=mugabo, reason="twice").text
    assert "It is approved." in approved(office, other)
    assert NEW in live(office, stays)
    with tenant.tx() as tx:
        assert people.is_erased(tx, goes)
        assert [one.id for one in people.identify(tx, KEYS, NEW)] == [stays]
    # No number brings back who was merged.
    given = {"number": "+250788700701", "reason": "by mistake", "do": "give"}
    assert "erased before" in admin.post(f"/console/people/{goes}/number", **given).text
    assert live(office, goes) == set()
    assert "officer company-admin: merge people" in office.trail()


def _request(office: Office) -> str:
    waiting = office.tenant.one("SELECT id FROM approval_request WHERE state = 'pending'")[0]
    return f"/console/approvals/{waiting}"
