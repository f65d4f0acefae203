"""What a provider of mobile money calls back with: by two methods, and whatever it says."""

import json
import uuid

import pytest

from tests.support.web import Web

WALLET = "IBIMINA"
STRANGERS = {"externalId": str(uuid.uuid4()), "status": "SUCCESSFUL", "amount": "500"}


def hook(web: Web, provider: str = "mtn_momo", kind: str = "payment") -> str:
    secret = web.secret(provider, kind, WALLET)
    return f"/hooks/mtn_momo/payment/{secret}"


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_callback_of_a_payment_that_is_nobodys_changes_nothing(web: Web, method: str) -> None:
    before = web.books()
    for body in (json.dumps(STRANGERS).encode(), b"{}", b"<html>"):
        told = web.ask(method, hook(web), body, {"Content-Type": "application/json"})
        assert (told.status, told.body) == (200, b"")
    assert web.books() == before


def test_who_knows_another_secret_is_forbidden(web: Web) -> None:
    body = json.dumps(STRANGERS).encode()
    for path in (hook(web, kind="ussd"), hook(web, provider="twilio"), hook(web)[:-2] + "AA"):
        assert web.ask("PUT", path, body).status == 403
    assert web.ask("PUT", web.hook(), body).status == 405
    assert web.ask("GET", hook(web)).status == 405
