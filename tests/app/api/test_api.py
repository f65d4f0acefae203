"""The API: what it gives, to whom, and what it does once."""

import base64
import re
import uuid
from datetime import timedelta

import pytest
from flask_openapi3.openapi import OpenAPI

from app.api import call
from app.api.application import load_endpoints
from app.api.call import Auth
from app.domains import load
from core.clients import keys as api_keys
from tests.app.api.conftest import SCOPES, Program, Programs, said
from tests.support.phone import phone_of
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant

FREEZING = {"frozen": True, "reason": "asked for it by phone"}
_SOME = str(uuid.uuid4())
_ITEMS: list[object] = [{"product": "OIL", "quantity": 1}]
BODIES: dict[str, dict[str, object]] = {
    "/people/<person_id>/freeze": FREEZING,
    "/exports": {"list": "nothing", "format": "csv"},
    "/messages": {"to": {"number": "+250788999999"}, "words": {"en": "Hello"}},
    "/broadcasts": {"where": [], "words": {"en": "Hello"}, "reason": "a test"},
    "/otp/send": {"number": "+250788999999"},
    "/prices/calculate": {"items": _ITEMS},
    "/prices/bulk-calculate": {"baskets": [{"items": _ITEMS}]},
    "/prices/quotes": {"items": _ITEMS},
    "/prices/quotes/<quote_id>/confirm": {},
    "/promotions/validate": {"code": "KARIBU"},
    "/orders": {"quote_id": _SOME, "person_id": _SOME, "payment": "cash"},
    "/orders/<order_id>/cancel": {"reason": "a test"},
    "/rides/positions": {
        "positions": [
            {
                **{"driver_id": _SOME, "at": "2026-11-30T08:00:00Z", "accuracy_m": 5},
                **{"latitude": -1.95, "longitude": 30.06},
            }
        ]
    },
    "/exceptions/<exception_id>/allocate": {
        "parts": [
            {
                **{"person_id": _SOME, "purpose": "contribution", "subject_id": _SOME},
                "amount_minor": 100,
            }
        ],
        "reason": "a test",
    },
    "/exceptions/<exception_id>/refund": {"reason": "a test"},
    "/exceptions/requests/<request_id>/decide": {"decision": "approve"},
    "/otp/verify": {"id": _SOME, "code": "000000"},
}


def test_people_are_found_by_number_and_their_money_is_read(
    program: Programs, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    tenant.speak("en")
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial("*384*10*1*1*500#")
    phone.type("1")
    assert phone.type("2748").text.startswith("Saved 500 RWF")
    shop = program()
    number = tenant.people["uwera"].phones[0]
    found = said(shop.get(f"/people?number=%2B{number[1:]}"))["items"]
    assert [one["id"] for one in found] == [str(uwera)]
    assert found[0]["numbers"][0] == number
    accounts = said(shop.get(f"/people/{uwera}/accounts"))["items"]
    wallet = next(one for one in accounts if one["kind"] == "wallet")
    assert wallet["balance_minor"] >= 0
    moved = said(shop.get(f"/accounts/{wallet['id']}/movements?limit=1"))
    assert moved["items"][0]["amount_minor"] < 0
    assert moved["items"][0]["kind"] == "contribution"
    path = f"/accounts/{wallet['id']}/movements?limit=1&cursor={moved['next_cursor']}"
    assert said(shop.get(path))["items"][0]["entry_id"] < moved["items"][0]["entry_id"]
    assert said(shop.get(f"/accounts/{wallet['id']}"))["balance_minor"] == wallet["balance_minor"]
    looks = tenant.number("SELECT count(*) FROM audit WHERE actor = 'api shop'")
    assert looks == 5  # each look at personal data


def test_a_list_is_read_to_its_end_by_its_cursors(program: Programs, tenant: UssdTenant) -> None:
    shop, seen, path = program(), list[str](), "/people?limit=2"
    cursor: str | None = ""
    while cursor is not None:
        page = said(shop.get(path + (f"&cursor={cursor}" if cursor else "")))
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == tenant.count("subscriber")
    groups = said(shop.get("/groups"))["items"]
    members = said(shop.get(f"/groups/{groups[0]['id']}/members"))["items"]
    assert len(members) == groups[0]["members"]
    wrong = shop.get("/people?cursor=%00")
    assert (wrong.status_code, said(wrong)["errors"][0]["field"]) == (422, "cursor")


def test_what_has_not_changed_is_not_sent_again(program: Programs, uwera: uuid.UUID) -> None:
    shop = program()
    first = shop.get(f"/people/{uwera}")
    again = shop.get(f"/people/{uwera}", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("scope", [None, *SCOPES])
def test_each_endpoint_asks_for_its_scope(
    program: Programs, uwera: uuid.UUID, scope: str | None
) -> None:
    shop = program(*([scope] if scope else ["none:at-all"]))
    for endpoint in load_endpoints(load().endpoints):
        if endpoint.auth is not Auth.KEY:
            continue
        path = re.sub("<session>", uwera.hex, endpoint.path)
        path = re.sub("<[a-z_]+>", str(uwera), path)
        if endpoint.method == "GET":
            answer = shop.get(path)
        else:
            answer = shop.post(path, BODIES[endpoint.path], str(uuid.uuid4()))
        is_forbidden = answer.status_code == 403 and said(answer)["code"] == "forbidden"
        assert is_forbidden == (endpoint.scope != scope), endpoint.path


def test_without_a_valid_key_nothing_is_told(
    api: OpenAPI, program: Programs, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    shop = program()
    other = base64.urlsafe_b64encode(tenant.tenant_id.bytes + bytes(32)).decode()
    for key in ("", "x", "piga_", f"piga_{other}", shop.key[:-4] + "AAA=", other):
        answer = Program(api, key).get(f"/people/{uwera}")
        assert answer.status_code == 401, key
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert said(answer) == {
            "type": "about:blank",
            "code": "unauthenticated",
            "status": 401,
            "title": "The request carries no valid key or token.",
        }


def test_a_key_is_changed_without_an_interruption(
    api: OpenAPI, program: Programs, tenant: UssdTenant
) -> None:
    old = program()
    with tenant.tx() as tx:
        new = Program(api, api_keys.rotate(tx, KEYS, tenant.tenant_id, "shop", by="operator test"))
    assert old.get("/groups").status_code == new.get("/groups").status_code == 200
    tenant.admin.execute(
        "UPDATE api_key SET expires_at = now() WHERE expires_at < now() + %s", (timedelta(days=30),)
    )
    assert (old.get("/groups").status_code, new.get("/groups").status_code) == (401, 200)
    with tenant.tx() as tx:
        api_keys.revoke(tx, "shop", by="operator test")
    assert new.get("/groups").status_code == 401
    kept = tenant.one("SELECT key_hash FROM api_key LIMIT 1")[0]
    assert new.key.encode() not in bytes(kept)


def test_a_change_is_made_once_and_answered_as_it_was(
    program: Programs, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    shop = program()
    first = shop.post(f"/people/{uwera}/freeze", FREEZING, "one")
    # Who may freeze may not read: the state, and nothing else of the person.
    assert (first.status_code, said(first)) == (200, {"id": str(uwera), "status": "frozen"})
    letting = shop.post(f"/people/{uwera}/freeze", FREEZING | {"frozen": False}, "two")
    assert said(letting)["status"] == "active"
    again = shop.post(f"/people/{uwera}/freeze", FREEZING, "one")
    assert again.data == first.data  # as it was answered, though it is otherwise by now
    assert tenant.one("SELECT status FROM subscriber WHERE id = %s", uwera) == ("active",)
    assert tenant.count("audit", "actor = 'api shop'") == 2
    other = shop.post(f"/people/{uwera}/freeze", FREEZING | {"reason": "another"}, "one")
    assert (other.status_code, said(other)["code"]) == (422, "other_content")
    assert said(other)["detail"] == "It differs in body.reason."
    elsewhere = program(name="till").post(f"/people/{uwera}/freeze", FREEZING, "one")
    assert said(elsewhere)["status"] == "frozen"  # another program's key of the same words


def test_a_change_needs_a_key_and_one_in_flight_is_told(
    program: Programs, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    shop = program()
    for key in (None, "", "x" * 256, "a\tb"):
        answer = shop.post(f"/people/{uwera}/freeze", FREEZING, key)
        assert (answer.status_code, said(answer)["code"]) == (400, "idempotency_key_missing")
    with tenant.tx() as tx:
        tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
            (f"api {tenant.tenant_id} shop one",),
        )
        busy = shop.post(f"/people/{uwera}/freeze", FREEZING, "one")
    assert (busy.status_code, said(busy)["code"]) == (409, "in_flight")
    assert shop.post(f"/people/{uwera}/freeze", FREEZING, "one").status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "frozen"),
        ({"frozen": True, "reason": "x"}, "reason"),
        ({"frozen": "perhaps", "reason": "long enough"}, "frozen"),
        ({"frozen": True, "reason": "long enough", "status": "active"}, "status"),
    ],
)
def test_what_is_wrong_is_told_by_its_field(
    program: Programs, uwera: uuid.UUID, body: object, field: str
) -> None:
    answer = program().post(f"/people/{uwera}/freeze", body, "one")
    assert (answer.status_code, said(answer)["code"]) == (422, "invalid")
    assert field in [one["field"] for one in said(answer)["errors"]]


def test_calls_are_counted(program: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call, "CALLS_A_MINUTE", 2)
    monkeypatch.setattr(call, "now_s", lambda: 1_000_000)
    shop = program()
    left = [shop.get("/groups").headers["RateLimit-Remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    full = shop.get("/groups")
    assert (full.status_code, said(full)["code"]) == (429, "rate_limited")
    assert full.headers["Retry-After"] == "20"
    assert program(name="till").get("/groups").status_code == 200


def test_another_tenants_ids_are_nobodys(program: Programs) -> None:
    shop = program()
    for path in ("people", "accounts", "groups"):
        assert said(shop.get(f"/{path}/{uuid.uuid4()}"))["code"] == "not_found"
    assert said(shop.get("/nothing"))["code"] == "not_found"
    assert said(shop.post("/groups", {}, "x"))["code"] == "method_not_allowed"
    torn = shop.client.post(
        f"/api/v1/people/{uuid.uuid4()}/freeze",
        data=b"{",
        content_type="application/json",
        headers={"Authorization": f"Bearer {shop.key}", "Idempotency-Key": "x"},
    )
    assert torn.status_code in (400, 422)
    assert torn.mimetype == "application/problem+json"
