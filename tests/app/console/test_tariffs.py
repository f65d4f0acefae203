"""Tables of fees and limits: drafted by one, published by two, never over what is agreed to."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from core.money import tariff_publishing
from core.staff.roles import Member
from core.tenants import directory
from tests.app.console.conftest import Clerk
from tests.support.tenants import Tenant
from values import clock

FEE = {
    "what": "contribute:fee:",
    "up_to": ["5000", ""],
    "fee": ["20", "50"],
    "percent": ["", "0.5"],
}


def on(days: int) -> str:
    """As the form's field has it: a day from now on, in no zone."""
    return f"{clock.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


@pytest.fixture
def clerks(web: Flask, tenant: Tenant, staff: dict[str, Member]) -> dict[str, Clerk]:
    roles = ("company_admin", "super_admin", "government")
    return {role: Clerk(web, tenant).signs_in(staff[role]) for role in roles}


def published(tenant: Tenant) -> list[tariff_publishing.DatedTable]:
    with tenant.tx() as tx:
        return tariff_publishing.all_of_tenant(tx)


def test_a_table_is_published_by_two(tenant: Tenant, clerks: dict[str, Clerk]) -> None:
    maker, checker, reader = (clerks[one] for one in ("company_admin", "super_admin", "government"))
    assert "contribute" in maker.reads("/console/tariffs")
    assert "Up to" in maker.reads("/console/tariffs/draft?what=contribute:fee:")
    said = {**FEE, "valid_from": on(30)}
    page = maker.post("/console/tariffs/preview", **said)
    assert page.status_code == 200
    assert "50 RWF + 0.5 %" in page.text
    assert published(tenant) == []
    for _ in range(2):
        assert "waits for a second person" in maker.does(
            "/console/tariffs/ask", **said, reason="the board"
        )
    other = {**said, "fee": ["30", "50"]}
    assert maker.post("/console/tariffs/ask", **other, reason="r").status_code == 409
    [path] = {*re.findall(r"/console/approvals/[0-9a-f-]{36}", maker.reads("/console/tariffs"))}
    assert maker.post(f"{path}/approve").status_code == 409
    assert reader.post("/console/tariffs/ask", **said, reason="r").status_code == 403
    version = tenant.one("SELECT version FROM tenant")[0]
    shown = checker.reads(path)
    assert "publish contribute fee from" in shown
    checker.does(f"{path}/approve")
    assert tenant.one("SELECT version FROM tenant")[0] > version  # every process reads it again
    assert "to come" in reader.reads("/console/tariffs")
    [table] = published(tenant)
    assert table.approved_by == "company-admin and super-admin"
    with tenant.tx() as tx:
        [turns] = directory.tariffs(tx)
    at = tenant.as_turns_have_it(turns)
    assert turns.in_force(table.valid_from)
    assert at.tariffs[0].body["bands"][1] == {
        "up_to_minor": None,
        "fee_minor": 50,
        "basis_points": 50,
    }
    # Over it nothing is published: neither from that moment, nor before it.
    for days in (30, 10):
        overlaps = maker.post("/console/tariffs/preview", **FEE, valid_from=on(days))
        assert (overlaps.status_code, "It overlaps" in overlaps.text) == (409, True)
    assert maker.post("/console/tariffs/preview", **FEE, valid_from=on(60)).status_code == 200


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"valid_from": on(-1)}, "begin in the past"),
        ({"valid_from": "soon"}, "Say from when"),
        ({"up_to": ["5000", "9000"]}, "for all larger amounts"),
        ({"up_to": ["", "", ""], "fee": ["1", "2", "3"], "percent": ["", "", ""]}, "last band"),
        ({"up_to": ["9000", "5000", ""], "fee": ["1"] * 3, "percent": [""] * 3}, "further than"),
        ({"fee": ["-1", "0"]}, "is no amount in RWF"),
        ({"fee": ["1.5", "0"]}, "is no amount in RWF"),
        ({"percent": ["101", ""]}, "0 to 100 %"),
        ({"up_to": [], "fee": [], "percent": []}, "at least one band"),
        (
            {"what": "contribute:limit:", "limit_minimum": "9", "limit_maximum": "5"},
            "less than the",
        ),
        ({"what": "contribute:limit:"}, "at least one limit"),
    ],
)
def test_a_table_that_cannot_be_says_why(
    clerks: dict[str, Clerk], form: dict[str, object], told: str
) -> None:
    said = {**FEE, "what": "withdraw:fee:", "valid_from": on(5), **form}
    answer = clerks["company_admin"].post("/console/tariffs/preview", **said)
    assert (answer.status_code, told in answer.text) == (409, True), answer.text


def test_a_table_of_nothing_is_not_found(clerks: dict[str, Clerk]) -> None:
    for what in ("", "x:fee:", "contribute:x:", "contribute:fee:boss"):
        assert clerks["company_admin"].get(f"/console/tariffs/draft?what={what}").status_code == 404
