"""Every route for every role; and nothing without a session, a form of ours, or a permission."""

import base64
import uuid

import pytest
from flask import Flask

from app.console.application import Console
from app.console.page import Route
from core.staff import members
from core.staff.roles import ROLES, SUPER_ADMIN, Grant, Member
from tests.app.console.conftest import HOST, Clerk
from tests.support.tenants import Tenant

# Forms that look for something, or write a file for who asks.
CHANGES_NOTHING = ("me.look", "people.look", "exports.ask")
OPEN = {"sign_in"}  # the blueprint of who is not signed in


def routes(console: Console) -> list[tuple[str, Route]]:
    """Each with an address that it answers at, of things that there are not."""
    found = []
    for page in console.pages:
        for route in page.routes:
            path = f"/console/{page.name}{route.path}".removesuffix("/home")
            parts = [
                (str(uuid.uuid4()) if "uuid:" in part else "x") if part[:1] == "<" else part
                for part in path.split("/")
            ]
            found.append(("/".join(parts), route))
    return found


def test_every_address_is_a_pages_route_or_one_of_who_signs_in(
    web: Flask, console: Console
) -> None:
    """So that none is left out of the table below."""
    rules = [rule for rule in web.url_map.iter_rules() if rule.endpoint.split(".")[0] not in OPEN]
    assert len(rules) == len(routes(console)) > 10


@pytest.mark.parametrize("role", ROLES)
def test_every_route_for_every_role(
    console: Console, clerk: Clerk, staff: dict[str, Member], role: str
) -> None:
    """403 exactly where no role of theirs has what the route asks for, within a scope that it can
    keep to; whatever else comes of it, it is no fault of ours."""
    member = staff[role]
    clerk.signs_in(member)
    kind = member.grants[0].scope.kind
    for path, route in routes(console):
        may = (role == SUPER_ADMIN or role in route.permission.roles) and kind in route.scopes
        answer = clerk.get(path) if route.method == "GET" else clerk.post(path)
        assert (answer.status_code != 403) == may, (path, route.method, role)
        assert answer.status_code < 500, (path, role, answer.text)


def test_government_and_auditors_change_nothing(console: Console) -> None:
    for _, route in routes(console):
        if {"government", "auditor"} & {*route.permission.roles}:
            assert route.method == "GET" or route.permission.name in CHANGES_NOTHING
            assert not route.permission.changes


def test_without_a_session_every_route_leads_to_the_sign_in(console: Console, clerk: Clerk) -> None:
    for path, route in routes(console):
        answer = clerk.get(path) if route.method == "GET" else clerk.post(path)
        assert answer.status_code == 303, path
        assert answer.location.startswith("/console/sign-in")


def test_nothing_is_done_for_a_form_of_another_page(
    console: Console, clerk: Clerk, staff: dict[str, Member]
) -> None:
    """Without the token, with another session's, from another site, or as a GET."""
    clerk.signs_in(staff[SUPER_ADMIN])
    for path, route in routes(console):
        if route.method == "GET":
            continue
        assert clerk.post(path, form_token="").status_code == 400, path
        assert clerk.post(path, form_token="0" * 64).status_code == 400, path
        elsewhere = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
        answer = clerk.client.post(path, data={"form_token": "x"}, headers=elsewhere, base_url=HOST)
        assert answer.status_code == 400, path


def test_a_role_taken_away_in_mid_session_is_gone_at_the_next_click(
    clerk: Clerk, tenant: Tenant
) -> None:
    with tenant.tx() as tx:
        link = members.invite(
            tx, tenant.keys, tenant.tenant_id, "zoe", [Grant("auditor")], by="test"
        )
    with tenant.tx() as tx:
        clerk_member = members.use_link(tx, tenant.keys, link)
    clerk.signs_in(clerk_member)
    clerk.reads("/console/audit")
    with tenant.tx() as tx:
        members.set_grants(tx, "zoe", [], by="test")
    assert clerk.get("/console/audit").status_code == 403
    with tenant.tx() as tx:
        members.revoke(tx, "zoe", by="test", reason="left")
    assert clerk.get("/console").status_code == 303


def test_a_session_of_another_tenant_opens_nothing_here(
    clerk: Clerk, staff: dict[str, Member], tenant: Tenant
) -> None:
    """The token names its tenant; with another's name in it, it is none."""
    clerk.signs_in(staff[SUPER_ADMIN])
    raw = base64.urlsafe_b64decode(clerk.token)
    forged = base64.urlsafe_b64encode(uuid.uuid4().bytes + raw[16:]).decode()
    clerk.client.set_cookie("__Host-piga-console", forged, domain="console.example", secure=True)
    assert clerk.get("/console").status_code == 303
