"""The console's application on a tenant of its own, and clerks with browsers of theirs."""

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.console.application import Console, create_console
from app.settings import Settings
from core.staff import members, sessions
from core.staff.roles import ROLES, Grant, Member, Scope
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant

HOST = "https://console.example"


class Clerk:
    """Somebody with a browser: `client` keeps its cookies, `member` is None until one signs in."""

    def __init__(self, web: Flask, tenant: Tenant) -> None:
        self.client: FlaskClient = web.test_client()
        self.tenant = tenant
        self.token = ""

    def signs_in(self, member: Member) -> "Clerk":
        with self.tenant.tx() as tx:
            self.token = sessions.begin(tx, KEYS, member, "password")
        self.client.set_cookie(
            "__Host-piga-console", self.token, domain="console.example", secure=True
        )
        return self

    def get(self, path: str) -> TestResponse:
        return self.client.get(path, base_url=HOST)

    def post(self, path: str, **form: Any) -> TestResponse:
        """Send a form with the token that a page of ours would have."""
        form = {"form_token": sessions_form_token(self.token)} | form
        return self.client.post(path, data=form, base_url=HOST)

    def reads(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.text)
        return answer.text

    def does(self, path: str, **form: Any) -> str:
        """Send it, and read the page that it leads to."""
        answer = self.post(path, **form)
        assert answer.status_code in (200, 303), (path, answer.status_code, answer.text)
        return answer.text if answer.status_code == 200 else self.reads(answer.location)

    def offers(self, path: str) -> set[str]:
        """Where the forms of a page lead."""
        return {*re.findall(r'<form method="post" action="([^"]+)"', self.reads(path))}


def sessions_form_token(token: str) -> str:
    return KEYS.staff_token("form", token.encode()).hex()


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database, "umoja") as made:
        yield made
        assert made.broken() == []


@pytest.fixture(scope="module")
def settings(tenant: Tenant) -> Settings:
    return settings_of(tenant)


def settings_of(tenant: Tenant) -> Settings:
    return Settings(
        home=Path("/nonexistent"),
        demo=False,
        database_url=tenant.urls.database_url,
        public_url=HOST,
        key=bytes(range(32)).hex(),
    )


@pytest.fixture(scope="module")
def web(settings: Settings, tenant: Tenant) -> Flask:
    return create_console(settings, tenant.database, KEYS)


@pytest.fixture(scope="module")
def console(settings: Settings, tenant: Tenant) -> Console:
    return Console(settings, tenant.database, KEYS)


@pytest.fixture(scope="module")
def staff(tenant: Tenant) -> dict[str, Member]:
    """One member of each role, named after it, within a scope that it has; and two of the first."""
    return taken_on(tenant)


def taken_on(tenant: Tenant) -> dict[str, Member]:
    found = {}
    for name, role in (*ROLES.items(), ("second", ROLES["super_admin"])):
        kind = role.scopes[0]
        scope = Scope(kind, "" if kind == "tenant" else str(uuid.uuid4()))
        handle = name.replace("_", "-")
        with tenant.tx() as tx:
            link = members.invite(
                tx, KEYS, tenant.tenant_id, handle, [Grant(role.name, scope)], by="test"
            )
        with tenant.tx() as tx:
            members.use_link(tx, KEYS, link)
            found[name] = members.find(tx, handle)
    return found


@pytest.fixture
def clerk(web: Flask, tenant: Tenant) -> Clerk:
    return Clerk(web, tenant)
