"""Signing in by a one-time code: who is, who is not, and that nobody learns which numbers are
known."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask_openapi3.openapi import OpenAPI
from werkzeug.test import TestResponse

from core.clients import keys as api_keys
from core.db.database import Tx
from core.sign_in import codes, tokens
from core.sign_in.tokens import Issued
from tests.app.api.conftest import Program, Programs, said
from tests.support.domains import DOMAINS
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from workers.jobs import context
from workers.sign_in.send_code import send_code

NOBODYS = "+250788999999"


@pytest.fixture
def number(tenant: UssdTenant) -> str:
    """Of somebody who typed their PIN a while ago."""
    tenant.admin.execute("UPDATE address SET used_at = now() - interval '179 days'")
    return tenant.people["uwera"].phones[0]


def ask(shop: Program, number: str, **more: str) -> str:
    answer = shop.post("/otp/send", {"number": number, **more}, str(uuid.uuid4()))
    assert answer.status_code == 202
    return str(said(answer)["id"])


def texted(tenant: UssdTenant) -> int:
    """The jobs of codes are done. Answers how many texts there are by then."""
    context.install(context.make(tenant.database, KEYS, DOMAINS.messages))
    for (row,) in tenant.admin.execute(
        "SELECT id FROM outbox WHERE kind = %s AND state = 'waiting'", (codes.SEND_CODE,)
    ).fetchall():
        send_code(str(tenant.tenant_id), str(row))
    return tenant.count("message", "template = 'sign_in_code'")


def verify(shop: Program, id: str, code: str = "", key: str = "") -> TestResponse:
    right = KEYS.approval_code(uuid.UUID(id), 0)
    return shop.post("/otp/verify", {"id": id, "code": code or right}, key or str(uuid.uuid4()))


def wrong(id: str) -> str:
    return f"{(int(KEYS.approval_code(uuid.UUID(id), 0)) + 1) % 1_000_000:06d}"


def test_a_code_signs_its_person_in_once_and_stands_nowhere(
    api: OpenAPI, program: Programs, tenant: UssdTenant, number: str, uwera: uuid.UUID
) -> None:
    shop = program()
    id = ask(shop, number)
    assert texted(tenant) == 1
    assert texted(tenant) == 1  # the job again
    to = tenant.one("SELECT params->>'$to' FROM message WHERE template = 'sign_in_code'")[0]
    assert to == KEYS.lookup("msisdn", number).hex()
    tokens = said(verify(shop, id, key="one"))
    assert (tokens["person_id"], tokens["expires_in_s"]) == (str(uwera), 900)
    assert said(Program(api, tokens["access_token"]).get("/me"))["id"] == str(uwera)
    assert said(verify(shop, id, key="one")) == tokens  # a copy of the request
    assert said(verify(shop, id))["code"] == "wrong_code"  # the code again
    code, token = KEYS.approval_code(uuid.UUID(id), 0), tokens["refresh_token"]
    for table in ("message", "outbox", "audit", "api_result", "sign_in_code", "refresh_token"):
        rows = tenant.admin.execute(f"SELECT t::text FROM {table} t").fetchall()
        assert not [row for (row,) in rows if f'"{code}"' in row or token in row], table


def test_who_signed_in_shows_that_the_number_is_still_theirs(
    program: Programs, tenant: UssdTenant, number: str
) -> None:
    shop = program()
    first = ask(shop, number)
    texted(tenant)
    assert verify(shop, first).status_code == 200
    tenant.admin.execute("UPDATE address SET used_at = NULL")
    ask(shop, number)
    assert texted(tenant) == 2


@pytest.mark.parametrize("who", ["nobody", "shared", "new SIM", "silent", "taken out"])
def test_who_cannot_sign_in_looks_like_who_can(
    program: Programs, tenant: UssdTenant, number: str, uwera: uuid.UUID, who: str
) -> None:
    shop = program()
    if who == "shared":
        tenant.admin.execute(
            "INSERT INTO address (tenant_id, channel, lookup, subscriber_id, identifier_sealed,"
            " given_by, used_at)"
            " SELECT tenant_id, channel, lookup, %s, identifier_sealed, 'staff', now()"
            " FROM address WHERE subscriber_id = %s",
            (tenant.id_of("habimana"), uwera),
        )
    elif who == "new SIM":
        tenant.admin.execute("UPDATE address SET sim_changed_at = now()")
    elif who == "silent":
        tenant.admin.execute("UPDATE address SET used_at = now() - interval '181 days'")
    elif who == "taken out":
        tenant.admin.execute("UPDATE address SET detached_at = now()")
    answer = shop.post("/otp/send", {"number": NOBODYS if who == "nobody" else number}, "one")
    assert answer.status_code == 202
    assert sorted(said(answer)) == ["expires_at", "id"]
    assert texted(tenant) == 0
    refused = verify(shop, said(answer)["id"])
    assert (refused.status_code, said(refused)["code"]) == (403, "wrong_code")
    assert tenant.count("sign_in") == 0


def test_asking_and_guessing_are_the_same_statements_for_every_number(
    program: Programs, tenant: UssdTenant, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, asked = program(), list[str]()
    execute, defer = Tx.execute, Tx.defer

    def noted(self: Tx, query: Any, params: Any = None) -> Any:
        asked.append(str(query))
        return execute(self, query, params)

    def deferred(self: Tx, query: Any, params: Any = None) -> None:
        asked.append(str(query))
        defer(self, query, params)

    monkeypatch.setattr(Tx, "execute", noted)
    monkeypatch.setattr(Tx, "defer", deferred)
    seen = list[list[str]]()
    for one in (NOBODYS, number):
        id = ask(shop, one)
        sent = list(asked)
        texted(tenant)
        asked.clear()
        assert verify(shop, id, wrong(id)).status_code == 403
        seen.append(sent + list(asked))
        asked.clear()
    assert "UPDATE api_key" not in "".join(seen[1])
    assert [query for query in seen[0] if "api_key SET" not in query] == seen[1]
    assert (
        "address" not in "".join(seen[1]).replace("address_lookup", "").split("UPDATE sign_in")[0]
    )


def test_a_code_has_five_tries_also_at_once(
    api: OpenAPI, program: Programs, tenant: UssdTenant, number: str
) -> None:
    shop = program()
    id = ask(shop, number)
    texted(tenant)
    with ThreadPoolExecutor(4) as pool:
        tried = list(pool.map(lambda _: verify(Program(api, shop.key), id, wrong(id)), range(8)))
    assert {said(one)["code"] for one in tried} == {"wrong_code"}
    assert tenant.one("SELECT tries FROM sign_in_code") == (5,)
    assert verify(shop, id).status_code == 403


@pytest.mark.parametrize("why", ["another program's", "replaced", "too old"])
def test_a_right_code_that_is_not_good(
    program: Programs, tenant: UssdTenant, number: str, why: str
) -> None:
    shop = program()
    id = ask(shop, number)
    texted(tenant)
    if why == "replaced":
        newer = ask(shop, number, channel="sms")
        texted(tenant)
        assert verify(shop, id).status_code == 403
        assert verify(shop, newer).status_code == 200
        return
    if why == "too old":
        tenant.admin.execute("UPDATE sign_in_code SET expires_at = now()")
    assert (
        verify(program(name="till") if why == "another program's" else shop, id).status_code == 403
    )


def test_codes_are_counted_by_number_and_by_program(
    api: OpenAPI,
    program: Programs,
    tenant: UssdTenant,
    number: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shop, till = program(), program(name="till")
    for one in (NOBODYS, number):
        for program_of in (shop, till, shop):
            ask(program_of, one)
        full = till.post("/otp/send", {"number": one}, str(uuid.uuid4()))
        assert (full.status_code, said(full)["code"]) == (429, "rate_limited")
        assert 890 <= int(full.headers["Retry-After"]) <= 900
        assert "RateLimit-Remaining" in full.headers
    tenant.admin.execute("UPDATE sign_in_code SET created_at = now() - interval '899 seconds'")
    assert till.post("/otp/send", {"number": number}, "x").headers["Retry-After"] == "1"
    monkeypatch.setattr(codes, "OF_A_CLIENT_AN_HOUR", 2)
    assert till.post("/otp/send", {"number": "+250788999998"}, "y").status_code == 429
    # A program may have a number of its own, also its next key.
    with tenant.tx() as tx:
        tenant_id, by = tenant.tenant_id, "operator test"
        api_keys.issue(tx, KEYS, tenant_id, "desk", ["otp:send"], by=by, codes_an_hour=1)
    with tenant.tx() as tx:
        desk = Program(api, api_keys.rotate(tx, KEYS, tenant_id, "desk", by=by))
    assert ask(desk, "+250788999991")
    assert desk.post("/otp/send", {"number": "+250788999992"}, "z").status_code == 429


def test_a_refresh_token_is_good_once_and_a_copy_ends_the_sign_in(
    api: OpenAPI, tenant: UssdTenant, signed_in: Callable[[str], Issued]
) -> None:
    issued, app = signed_in("uwera"), Program(api, "")
    first = {"refresh_token": issued.refresh_token}
    second = said(app.post("/token/refresh", first, "one"))
    assert said(app.post("/token/refresh", first, "one")) == second  # its answer was lost
    third = said(app.post("/token/refresh", {"refresh_token": second["refresh_token"]}, "two"))
    person = Program(api, third["access_token"])
    assert person.get("/me").status_code == 200
    assert third["refresh_expires_at"] == second["refresh_expires_at"]  # it gets no longer
    copied = app.post("/token/refresh", first, "three")
    assert (copied.status_code, said(copied)["code"]) == (401, "unauthenticated")
    assert tenant.one("SELECT reason FROM sign_in") == ("token_reused",)
    assert person.get("/me").status_code == 401
    last = {"refresh_token": third["refresh_token"]}
    assert app.post("/token/refresh", last, "four").status_code == 401
    assert tenant.count("audit", "action = 'end sign-in'") == 1


def test_who_signs_out_or_loses_the_number_is_out_at_once(
    api: OpenAPI, tenant: UssdTenant, signed_in: Callable[[str], Issued]
) -> None:
    first, second, app = signed_in("uwera"), signed_in("uwera"), Program(api, "")
    body = {"refresh_token": first.refresh_token}
    assert said(app.post("/token/revoke", body, "one")) == {"signed_out": True}
    assert said(app.post("/token/revoke", body, "two")) == {"signed_out": True}
    assert Program(api, first.access_token).get("/me").status_code == 401
    assert Program(api, second.access_token).get("/me").status_code == 200
    tenant.admin.execute("UPDATE address SET detached_at = now()")
    assert Program(api, second.access_token).get("/me").status_code == 401
    body = {"refresh_token": second.refresh_token}
    assert app.post("/token/refresh", body, "three").status_code == 401
    for bad in ("", "x", second.refresh_token[:-4] + "AAA=", second.access_token[:200]):
        assert app.post("/token/refresh", {"refresh_token": bad}, "four").status_code == 401


def test_staff_end_all_sign_ins_of_a_person_and_of_nobody_else(
    api: OpenAPI, tenant: UssdTenant, signed_in: Callable[[str], Issued], uwera: uuid.UUID
) -> None:
    issued, other = signed_in("uwera"), signed_in("habimana")
    with tenant.tx() as tx:
        assert [one.client for one in tokens.open_of(tx, uwera)] == ["shop"]
        assert tokens.end_all(tx, uwera, actor="officer ann", reason="stolen phone") == 1
        assert tokens.open_of(tx, uwera) == []
    assert Program(api, issued.access_token).get("/me").status_code == 401
    body = {"refresh_token": issued.refresh_token}
    assert Program(api, "").post("/token/refresh", body, "one").status_code == 401
    assert Program(api, other.access_token).get("/me").status_code == 200
    assert tenant.count("audit", "action = 'end sign-ins'") == 1
