"""The API on a tenant with people, groups and money, and programs with keys of theirs."""

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask_openapi3.openapi import OpenAPI
from werkzeug.test import Client, TestResponse

from app.api.application import create_api
from app.settings import Settings
from core.clients import keys as api_keys
from core.sign_in import tokens
from core.sign_in.codes import Right
from core.sign_in.tokens import Issued, Signer
from tests.support.servers import DatabaseUrls, emptied
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from tests.support.warm import Warm

SCOPES = (
    "people:read",
    "people:freeze",
    "accounts:read",
    "groups:read",
    "otp:send",
    "otp:verify",
    "exports:read",
    "exports:write",
    "messages:send",
    "messages:read",
    "broadcasts:send",
    "broadcasts:read",
    "sessions:read",
    "events:read",
    "exceptions:read",
    "exceptions:work",
    "exceptions:decide",
    "prices:read",
    "prices:quote",
    "rides:drive",
    "orders:read",
    "orders:write",
)


class Program:
    """A program with a key, or a person's with an access token."""

    def __init__(self, api: OpenAPI, key: str) -> None:
        self.client: Client = api.test_client()
        self.key = key

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self._with(headers))

    def post(self, path: str, body: object, key: str | None = None) -> TestResponse:
        headers = {"Idempotency-Key": key} if key is not None else {}
        return self.client.post(f"/api/v1{path}", json=body, headers=self._with(headers))

    def _with(self, headers: dict[str, str]) -> dict[str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return {"Authorization": f"Bearer {self.key}"} | named


Programs = Callable[..., Program]


def said(answer: TestResponse) -> Any:
    """What an answer's JSON says."""
    return json.loads(answer.data)


@pytest.fixture(scope="session")
def shared_api(servers: Settings, ussd_copy: DatabaseUrls, ussd_warm: Warm) -> OpenAPI:
    """One for all tests of this process: to describe all that it has takes it half a second."""
    settings = Settings(
        home=Path("/nonexistent"),
        demo=False,
        database_url=ussd_copy.database_url,
        redis_url=emptied(servers, 0),
        public_url="https://api.example",
        key=bytes(range(32)).hex(),
    )
    return create_api(settings, ussd_warm.database, KEYS)


@pytest.fixture
def api(shared_api: OpenAPI, tenant: UssdTenant) -> OpenAPI:
    """The API on this test's tenant."""
    return shared_api


@pytest.fixture
def program(api: OpenAPI, tenant: UssdTenant) -> Programs:
    """A program with a key that has these scopes; all of them where none is said."""

    def made(*scopes: str, name: str = "shop") -> Program:
        with tenant.tx() as tx:
            key = api_keys.issue(
                *(tx, KEYS, tenant.tenant_id, name, scopes or SCOPES), by="operator test"
            )
        return Program(api, key)

    return made


@pytest.fixture
def signer() -> Signer:
    """Signs access tokens as the API does."""
    return Signer(KEYS, "https://api.example")


@pytest.fixture
def signed_in(api: OpenAPI, tenant: UssdTenant, signer: Signer) -> Callable[[str], Issued]:
    """Signs somebody in who is named so in the folder."""

    def made(who: str) -> Issued:
        shop = api_keys.Client(uuid.uuid4(), tenant.tenant_id, "shop", frozenset())
        lookup = KEYS.lookup("msisdn", tenant.people[who].phones[0])
        with tenant.tx() as tx:
            return tokens.begin(tx, signer, shop, Right(tenant.id_of(who), lookup))

    return made


@pytest.fixture
def uwera(tenant: UssdTenant) -> uuid.UUID:
    return tenant.id_of("uwera")
