"""What a person who signed in sees: their own, and by no id anything of others'."""

import re
import uuid
from collections.abc import Callable

from flask_openapi3.openapi import OpenAPI

from app.api.application import load_endpoints
from app.api.call import Auth
from app.domains import load
from core.payments import tokens as payment_tokens
from core.sign_in.tokens import Issued
from tests.app.api.conftest import Program, Programs, said
from tests.support.phone import phone_of
from tests.support.stages import STAGES
from tests.support.ussd import UssdTenant

SignedIn = Callable[[str], Issued]


def test_their_own_as_the_phone_shows_it(
    api: OpenAPI, tenant: UssdTenant, signed_in: SignedIn, uwera: uuid.UUID
) -> None:
    tenant.speak("en")
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial("*384*10*1*1*500#")
    phone.type("1")
    assert phone.type("2748").text.startswith("Saved 500 RWF")
    me = Program(api, signed_in("uwera").access_token)
    assert said(me.get("/me"))["roles"] == list(tenant.people["uwera"].roles)
    [group, *_] = said(me.get("/me/groups"))["items"]
    balances = {one["id"]: one for one in said(me.get("/me/balances"))["items"]}
    assert balances[group["account_id"]]["balance_minor"] == group["saved_minor"]
    wallet = next(one for one in balances.values() if one["kind"] == "wallet")
    moved = said(me.get(f"/me/statements?account_id={wallet['id']}&limit=1"))
    [receipt] = said(me.get("/me/receipts?limit=1"))["items"]
    assert receipt["entry_id"] == moved["items"][0]["entry_id"]
    assert receipt["fee_minor"] == -500 - receipt["amount_minor"]
    # The opening balance is a movement, and no receipt.
    after = moved["next_cursor"]
    assert said(me.get(f"/me/statements?account_id={wallet['id']}&cursor={after}"))["items"]
    assert said(me.get(f"/me/receipts?cursor={after}"))["items"] == []
    with tenant.tx() as tx:
        payee = load().purposes["contribution"].payee(tx, uwera, uuid.UUID(group["id"]))
        assert payee is not None
        token = payment_tokens.token_of(tx, payee)
    assert [one["token"] for one in said(me.get("/me/tokens"))["items"]] == [token]
    assert tenant.count("audit", "starts_with(action, 'looked at')") == 0


def test_their_loans_as_the_phone_shows_them(
    api: OpenAPI, tenant: UssdTenant, signed_in: SignedIn
) -> None:
    STAGES["habimana has a loan"](tenant)
    theirs = Program(api, signed_in("habimana").access_token)
    [loan] = said(theirs.get("/me/loans"))["items"]
    assert loan["state"] == "disbursed"
    assert loan["owed_minor"] == sum(one["open_minor"] for one in loan["instalments"])
    assert loan["owed_minor"] > loan["principal_minor"] > 0 == loan["days_late"]
    assert said(Program(api, signed_in("uwera").access_token).get("/me/loans"))["items"] == []


def test_nothing_of_others_by_any_id(
    api: OpenAPI, program: Programs, tenant: UssdTenant, signed_in: SignedIn
) -> None:
    me = Program(api, signed_in("uwera").access_token)
    other = Program(api, signed_in("habimana").access_token)
    theirs = {one["id"] for one in said(other.get("/me/balances"))["items"]}
    mine = {one["id"] for one in said(me.get("/me/balances"))["items"]}
    assert theirs
    assert not theirs & mine
    for account in theirs:
        refused = me.get(f"/me/statements?account_id={account}")
        assert (refused.status_code, said(refused)["code"]) == (404, "not_found")
    assert me.get("/me/statements").status_code == 422
    # A person's token opens no program's endpoint, nor a program's key a person's.
    shop, person = program(), str(tenant.id_of("uwera"))
    for endpoint in load_endpoints(load().endpoints):
        if endpoint.method == "GET":
            path = re.sub("<session>", uuid.UUID(person).hex, endpoint.path)
            path = re.sub("<[a-z_]+>", person, path)
            path += f"?account_id={person}" if path == "/me/statements" else ""
            wrong = shop if endpoint.auth is Auth.PERSON else me
            assert wrong.get(path).status_code == 401, endpoint.path
