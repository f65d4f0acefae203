"""Savings groups on the console: within one's organisation, with members that a file brings."""

import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from app.console.application import create_console
from core.loans import portfolio
from core.savings import areas, overview
from core.staff import members
from core.staff.roles import Grant, Scope
from tests.app.console.conftest import Clerk, settings_of, taken_on
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant


@dataclass
class Union:
    """The console of a union of two organisations."""

    tenant: UssdTenant
    web: Flask

    def clerk_of(self, code: str) -> Clerk:
        """Who serves the organisation of a group, and no other."""
        organisation = self.tenant.one(
            "SELECT organisation_id FROM savings_group WHERE code = %s", code
        )[0]
        grant = Grant("organisation_staff", Scope("organisation", str(organisation)))
        return self.clerk_as(f"clerk-{code.lower()}", [grant])

    def clerk_as(self, handle: str, grants: list[Grant]) -> Clerk:
        """Who has these roles."""
        with self.tenant.tx() as tx:
            link = members.invite(tx, KEYS, self.tenant.tenant_id, handle, grants, by="test")
        with self.tenant.tx() as tx:
            members.use_link(tx, KEYS, link)
            member = members.find(tx, handle)
        assert member is not None
        return Clerk(self.web, self.tenant).signs_in(member)

    def group(self, code: str) -> uuid.UUID:
        id: uuid.UUID = self.tenant.one("SELECT id FROM savings_group WHERE code = %s", code)[0]
        return id


@pytest.fixture
def union(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[Union]:
    tenant = UssdTenant(ussd_database, redis_url)
    yield Union(tenant, create_console(settings_of(tenant), tenant.database, KEYS))
    tenant.close()


def test_an_organisation_sees_its_groups_and_brings_members_in(union: Union) -> None:
    clerk, group = union.clerk_of("KOP1"), union.group("KOP1")
    page = clerk.reads("/console/savings")
    assert ("KOP1" in page, "KOP5" in page) == (True, False)
    assert "KOP2" in clerk.reads("/console/savings?asked=abishy")  # by the name
    assert clerk.get(f"/console/savings/{union.group('KOP5')}").status_code == 409
    figures = clerk.reads("/console/savings/figures")
    assert ("Umurenge" in figures, "Twese" in figures) == (True, False)
    assert "treasurer" in clerk.reads(f"/console/savings/{group}")
    file = b"Amazina;Telefone\nMukamana Solange;788400001\nNobody;12\n"
    preview = clerk.post(f"/console/savings/{group}/preview", file=(io.BytesIO(file), "m.csv"))
    assert "B3: No plan has such a phone number." in preview.text
    content = re.findall(r'name="content" value="([^"]+)"', preview.text)[0]
    path = f"/console/savings/{group}/members"
    assert "leave the row out" in clerk.post(path, content=content).text  # nobody came in
    before = union.tenant.count("membership", "group_id = %s", group)
    done = clerk.does(path, content=content, row_3="skip")
    assert "Members: 1 new." in done
    assert "Mukamana S." in done
    assert union.tenant.count("membership", "group_id = %s", group) == before + 1
    assert clerk.post(f"/console/savings/{group}/preview").status_code == 409


def test_every_role_that_looks_reads_the_figures_of_all(union: Union) -> None:
    tenant = union.tenant
    auditor = Clerk(union.web, tenant).signs_in(taken_on(tenant)["auditor"])
    assert "Twese" in auditor.reads("/console/savings/figures")
    with tenant.tx() as tx:
        rows = overview.organisations(tx)
        listed = overview.groups(tx, limit=3)
        later = overview.groups(tx, after=listed[-1].code, limit=3)
        assert portfolio.by_organisation(tx, tenant.service().tenant.today()) == {}
        codes = [row[0] for row in tx.all("SELECT code FROM savings_group ORDER BY code")]
    assert [one.code for one in (*listed, *later)] == codes[:6]
    assert sum(one.groups for one in rows) == tenant.count("savings_group")


def test_the_district_dashboard_keeps_to_the_organisation(union: Union) -> None:
    rows = (("district", "group"), ("Gasabo", "KOP1"), ("Kicukiro", "KOP5"))
    with union.tenant.tx() as tx:
        areas.load(tx, rows, by="test")
    page = union.clerk_of("KOP1").reads("/console/savings/figures?level=district")
    assert ("Gasabo" in page, "Kicukiro" in page, "PAR90" in page) == (True, False, True)
