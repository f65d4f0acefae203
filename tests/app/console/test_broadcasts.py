"""Broadcasts in the console: drafted, counted, tried, agreed to by two, stopped."""

import re

import pytest
from flask import Flask

from core.staff.roles import Member
from tests.app.console.conftest import Clerk
from tests.support.tenants import Tenant
from values.ids import uuid7

WORDS = "Meeting on <b>Friday</b>."


@pytest.fixture(scope="module")
def service(tenant: Tenant) -> str:
    id = uuid7()
    tenant.admin.execute(
        "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
        " VALUES (%s, %s, 'africastalking', 'sms', '10384', '{}')",
        (tenant.tenant_id, id),
    )
    tenant.admin.execute(
        "INSERT INTO service_address VALUES ('africastalking', 'sms', '10384', %s, %s)",
        (tenant.tenant_id, id),
    )
    tenant.admin.execute("UPDATE tenant SET settings = '{\"broadcast_alone\": 1}'")
    return str(id)


def drafted(clerk: Clerk, service: str, **more: str) -> str:
    form = {"service": service, "words_en": WORDS, **more}
    answer = clerk.post("/console/broadcasts", **form)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def test_a_broadcast_to_many_is_agreed_to_by_two_and_stopped(
    web: Flask, tenant: Tenant, staff: dict[str, Member], service: str
) -> None:
    maker, checker, reader = (
        Clerk(web, tenant).signs_in(staff[one])
        for one in ("company_admin", "super_admin", "auditor")
    )
    people = [tenant.person(), tenant.person()]
    path = drafted(maker, service)
    page = maker.reads(path)
    assert f"Send it to {len(people)} people" in page
    assert "&lt;b&gt;Friday" in page
    again = maker.post("/console/broadcasts", service=service, words_en=WORDS)
    assert (again.status_code, "was made within a day" in again.text) == (409, True)
    number = tenant.number_of(people[0])
    assert "The test is on its way" in maker.does(f"{path}/test", number=number)
    assert maker.post(f"{path}/test", number="nonsense").status_code == 409
    tried = "SELECT count(*) FROM broadcast WHERE state = 'running' AND people = 1"
    assert tenant.one(tried) == (1,)
    assert maker.post(f"{path}/send", reason=" ").status_code == 409
    for _ in range(2):
        assert "waits for a second person" in maker.does(f"{path}/send", reason="the meeting")
    [request] = {*re.findall(r"/console/approvals/[0-9a-f-]{36}", maker.reads(path))}
    assert maker.post(f"{request}/approve").status_code == 409
    checker.does(f"{request}/approve")
    assert "0 of 2 are written" in reader.reads(path)
    assert reader.offers(path) == {"/console/sign-out"}
    assert "It is paused" in maker.does(f"{path}/pause")
    assert "It goes on" in maker.does(f"{path}/resume")
    assert "ended for good" in maker.does(f"{path}/cancel")
    assert maker.post(f"{path}/resume").status_code == 409
    assert "cancelled" in reader.reads("/console/broadcasts")


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"service": "x"}, "Choose the service"),
        ({"words_en": "Hi {nobody}"}, "no such value"),
        ({"words_en": ""}, "no words"),
        ({"group": "NONE"}, "There is no group NONE"),
        ({"role": "boss"}, "there are"),
    ],
)
def test_a_draft_that_is_wrong_says_how(
    web: Flask,
    tenant: Tenant,
    staff: dict[str, Member],
    service: str,
    form: dict[str, str],
    told: str,
) -> None:
    clerk = Clerk(web, tenant).signs_in(staff["company_admin"])
    answer = clerk.post("/console/broadcasts", **{"service": service, "words_en": "Hello", **form})
    assert (answer.status_code, told in answer.text) == (409, True), answer.text
