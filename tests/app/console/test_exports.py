"""Exports on the console: by the rights of each list, within organisations, taken by who asked."""

import csv
import io
import re
import uuid
from collections.abc import Iterator

import pytest
from flask import Flask

from app.console.application import Console
from core.savings import groups
from core.staff import members
from core.staff.roles import Grant, Member, Scope
from tests.app.console.conftest import Clerk
from tests.support.domains import DOMAINS
from tests.support.tenants import KEYS, Tenant
from workers.exports.write import write_export
from workers.jobs import context


@pytest.fixture(autouse=True)
def worker(tenant: Tenant) -> Iterator[None]:
    made = context.make(tenant.database, KEYS, DOMAINS.messages, listings=DOMAINS.listings)
    context.install(made)
    yield
    made.directory.stop()


def work(tenant: Tenant) -> None:
    due = tenant.admin.execute("SELECT id FROM outbox WHERE kind = 'export' AND state = 'waiting'")
    for (id,) in due.fetchall():
        write_export(str(tenant.tenant_id), str(id))


def path_of(clerk: Clerk) -> str:
    """Where the latest file on their page is."""
    shown = clerk.reads("/console/exports")
    return str(re.findall(r'href="(/console/exports/[^"]+/file)"', shown)[0])


def taken(clerk: Clerk) -> list[list[str]]:
    """The latest file on their page."""
    answer = clerk.get(path_of(clerk))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_an_export_is_asked_for_watched_and_taken(
    clerk: Clerk, web: Flask, staff: dict[str, Member], tenant: Tenant
) -> None:
    who = tenant.person("Uwera Claudine", address="+250788123456")
    clerk.signs_in(staff["operator"])
    form = {"list": "people", "format": "csv", "since": "2026-01-01", "until": "9999-12-31"}
    assert "<progress" in clerk.does("/console/exports", **form)
    assert clerk.get("/console/exports").headers["Refresh"].startswith("3; ")
    work(tenant)
    assert "Refresh" not in clerk.get("/console/exports").headers
    [found] = [row for row in taken(clerk) if row[0] == str(who)]
    assert found[1:3] == ["Uwera C.", "+250 ••• 456"]
    path = path_of(clerk)
    other = Clerk(web, tenant).signs_in(staff["company_admin"])
    assert other.get(path).status_code == 409
    with tenant.tx() as tx:
        members.set_grants(tx, "operator", [Grant("auditor")], by="test")
    assert clerk.get(path).status_code == 200  # an auditor may see people
    with tenant.tx() as tx:
        elsewhere = Grant("regional_manager", Scope("region", "north"))
        members.set_grants(tx, "operator", [elsewhere], by="test")
    assert clerk.get(path).status_code == 403


def test_a_list_takes_its_own_permission_and_whole_names_another(
    clerk: Clerk, staff: dict[str, Member]
) -> None:
    clerk.signs_in(staff["treasurer"])
    offered = clerk.reads("/console/exports")
    assert 'value="payments"' in offered
    assert 'value="audit"' not in offered
    assert "Whole names" not in offered
    assert clerk.post("/console/exports", list="audit", format="csv").status_code == 403
    whole = {"list": "people", "format": "csv", "whole": "1", "reason": "x"}
    assert clerk.post("/console/exports", **whole).status_code == 403
    clerk.signs_in(staff["company_admin"])
    refused = clerk.post("/console/exports", **{**whole, "reason": " "})
    assert (refused.status_code, "Say why" in refused.text) == (409, True)
    for wrong in ({"format": "exe"}, {"list": "x"}, {"subject": "x"}, {"since": "y"}):
        form = {"list": "people", "format": "csv"} | wrong
        assert clerk.post("/console/exports", **form).status_code == 409


def test_an_organisations_clerk_gets_its_members_alone(
    clerk: Clerk, staff: dict[str, Member], tenant: Tenant
) -> None:
    clerk.signs_in(staff["organisation_staff"])
    offered = re.findall(r'<option value="([a-z]+)">', clerk.reads("/console/exports"))
    assert [one for one in offered if one not in ("csv", "xlsx", "pdf")] == ["members"]
    own = uuid.UUID(staff["organisation_staff"].grants[0].scope.value)
    for organisation, code in ((own, "A1"), (uuid.uuid4(), "B1")):
        group = uuid.uuid4()
        tenant.admin.execute(
            "INSERT INTO organisation (tenant_id, id, name) VALUES (%s, %s, %s)",
            (tenant.tenant_id, organisation, code),
        )
        tenant.admin.execute(
            "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
            " VALUES (%s, %s, %s, %s, %s)",
            (tenant.tenant_id, group, organisation, code, code),
        )
        with tenant.tx() as tx:
            groups.join(tx, group_id=group, subscriber_id=tenant.person(), currency=tenant.currency)
    clerk.does("/console/exports", list="members", format="csv")
    work(tenant)
    assert [row[1] for row in taken(clerk)[2:]] == ["A1"]


def test_every_list_takes_a_permission_that_there_is(console: Console) -> None:
    """Or nobody would ever see it here."""
    for listing in DOMAINS.listings.values():
        assert listing.permission in console.rights.permissions, listing.name


def test_a_statement_is_of_an_account_of_that_person(
    clerk: Clerk, staff: dict[str, Member], tenant: Tenant
) -> None:
    clerk.signs_in(staff["company_admin"])
    who = tenant.person("Keza Aline")
    shown = clerk.reads(f"/console/people/{who}")
    [path] = re.findall(r'href="(/console/people/[^"]+/statement/[^"]+)"', shown)
    answer = clerk.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.data.startswith(b"%PDF-")
    elsewhere = path.replace(str(who), str(tenant.person()))
    assert clerk.get(elsewhere).status_code == 409


def test_all_that_is_held_of_somebody_is_taken_for_a_reason(
    clerk: Clerk, staff: dict[str, Member], tenant: Tenant
) -> None:
    who = tenant.person("Ineza Marie")
    clerk.signs_in(staff["company_admin"])
    path = f"/console/people/{who}/data"
    assert path in clerk.offers(f"/console/people/{who}")
    assert clerk.post(path, reason=" ").status_code == 409
    answer = clerk.post(path, reason="She asked for it", format="json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json is not None
    assert answer.json["held"]["subscriber"][0]["name"] == "Ineza Marie"
    clerk.signs_in(staff["treasurer"])
    assert clerk.post(path, reason="x").status_code == 403
