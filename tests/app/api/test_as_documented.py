"""Whatever is asked, the API answers as its own description says, and never with a 500."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from flask_openapi3.openapi import OpenAPI
from hypothesis import HealthCheck, given, settings

from app.api.application import load_endpoints
from app.domains import load
from core.sign_in.tokens import Issued
from tests.app.api.conftest import Programs, said
from tests.support.orders import open_warehouse
from tests.support.prices import publish_prices
from tests.support.texts import Till
from tests.support.ussd import UssdTenant

EXAMPLES = 25


@pytest.mark.long
def test_every_answer_is_as_documented(
    api: OpenAPI,
    program: Programs,
    tenant: UssdTenant,
    uwera: uuid.UUID,
    signed_in: Callable[[str], Issued],
) -> None:
    shop, person = program(), signed_in("uwera").access_token
    publish_prices(tenant)
    open_warehouse(tenant, oil=100, soap=100)
    basket = {"items": [{"product": "OIL", "quantity": 1}]}
    known = {
        "person_id": str(uwera),
        "group_id": said(shop.get("/groups"))["items"][0]["id"],
        "quote_id": said(shop.post("/prices/quotes", basket, "quote"))["id"],
        "price_list_id": "current",
        "account_id": said(shop.get(f"/people/{uwera}/accounts"))["items"][0]["id"],
    }
    asked_for = {"list": "people", "format": "csv"}
    known["export_id"] = said(shop.post("/exports", asked_for, "one"))["id"]
    number = {"to": {"number": "+250788999999"}, "words": {"en": "Hello"}}
    known["message_id"] = said(shop.post("/messages", number, "first"))["id"]
    everyone = {"where": [], "words": {"en": "Hello"}, "reason": "a test"}
    known["broadcast_id"] = said(shop.post("/broadcasts", everyone, "second"))["id"]
    known["session"] = uwera.hex
    promised = said(shop.post("/prices/quotes", basket | {"person_id": str(uwera)}, "promise"))
    order = {"quote_id": promised["id"], "person_id": str(uwera), "payment": "cash"}
    known["order_id"] = said(shop.post("/orders", order, "order"))["id"]
    till = Till(tenant, name="k1", wallet="K1")
    till.take(till.received(9_000, "Divine UWASE (250788111222)"))
    known["exception_id"] = said(shop.get("/exceptions"))["items"][0]["id"]
    refund = f"/exceptions/{known['exception_id']}/refund"
    known["request_id"] = said(shop.post(refund, {"reason": "not ours"}, "refund"))["id"]
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", api)
    assert described.raw_schema["openapi"].startswith("3.1")
    asked: list[str] = []
    for made in described.get_all_operations():
        operation: Any = made.ok()  # type: ignore[union-attr]

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            asked.append(case.operation.label)
            if len(asked) % 2:  # of things that are there, too
                case.path_parameters = {name: known[name] for name in case.path_parameters or ()}
            of_person = case.path.startswith("/api/v1/me")
            bearer = person if of_person else shop.key
            headers = {"Authorization": f"Bearer {bearer}", "Idempotency-Key": str(len(asked))}
            case.call_and_validate(headers=headers)

        ask()
    assert len(set(asked)) == len(load_endpoints(load().endpoints))
