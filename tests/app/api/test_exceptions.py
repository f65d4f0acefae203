"""Money in question, by two programs: one asks whose it is, and another decides."""

import uuid

import pytest

from core.money import ledger
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from tests.app.api.conftest import Program, Programs, said
from tests.support.tenants import CURRENCY
from tests.support.texts import Till
from tests.support.ussd import UssdTenant

MINE = ("exceptions:read", "exceptions:work")


@pytest.fixture
def till(tenant: UssdTenant) -> Till:
    """A device whose wallet got 9,000 from nobody knows whom."""
    till = Till(tenant, name="k1", wallet="K1")
    till.take(till.received(9_000, "Divine UWASE (250788111222)"))
    return till


@pytest.fixture
def maker(program: Programs) -> Program:
    return program(*MINE, name="maker")


@pytest.fixture
def checker(program: Programs) -> Program:
    return program("exceptions:read", "exceptions:decide", name="checker")


def _one(maker: Program) -> dict[str, object]:
    [found] = said(maker.get("/exceptions"))["items"]
    return dict(found)


def _saved(tenant: UssdTenant, group: uuid.UUID, who: uuid.UUID) -> int:
    return tenant.balance(ledger.savings_account_id(group, who, CURRENCY))[0]


@pytest.mark.usefixtures("till")
def test_one_key_asks_whose_it_is_and_another_approves(
    maker: Program, checker: Program, tenant: UssdTenant, uwera: uuid.UUID
) -> None:
    found = _one(maker)
    assert (found["amount_minor"], found["currency"], found["state"]) == (9_000, "RWF", "open")
    group = tenant.one("SELECT group_id FROM membership WHERE subscriber_id = %s LIMIT 1", uwera)[0]
    before = _saved(tenant, group, uwera)
    part = {"person_id": str(uwera), "purpose": ARRIVED_CONTRIBUTION.name, "subject_id": str(group)}
    path = f"/exceptions/{found['id']}/allocate"
    short = {"parts": [part | {"amount_minor": 8_999}], "reason": "her slip"}
    assert maker.post(path, short, "short").status_code == 409
    whole = {"parts": [part | {"amount_minor": 9_000}], "reason": "her slip"}
    asked = said(maker.post(path, whole, "whole"))
    assert (asked["state"], asked["requested_by"]) == ("pending", "api.maker")
    assert said(maker.post(path, whole, "again"))["id"] == asked["id"]
    decide = f"/exceptions/requests/{asked['id']}/decide"
    yes = {"decision": "approve"}
    assert maker.post(decide, yes, "self").status_code == 403  # it may not
    assert _saved(tenant, group, uwera) == before
    done = said(checker.post(decide, yes, "yes"))
    assert (done["state"], done["decided_by"]) == ("approved", "api.checker")
    assert _saved(tenant, group, uwera) == before + 9_000
    assert said(checker.post(decide, yes, "yes"))["state"] == "approved"  # answered as it was
    assert _saved(tenant, group, uwera) == before + 9_000
    assert said(maker.get("/exceptions"))["items"] == []
    [settled] = said(maker.get("/exceptions?settled=true"))["items"]
    assert settled["state"] == "allocated"


@pytest.mark.usefixtures("till")
def test_nobody_decides_what_they_asked_for_and_a_refusal_has_a_reason(
    program: Programs, checker: Program
) -> None:
    both = program("exceptions:read", "exceptions:work", "exceptions:decide", name="both")
    id = _one(both)["id"]
    asked = said(both.post(f"/exceptions/{id}/refund", {"reason": "not ours"}, "one"))
    decide = f"/exceptions/requests/{asked['id']}/decide"
    assert both.post(decide, {"decision": "approve"}, "two").status_code == 409
    assert checker.post(decide, {"decision": "refuse"}, "three").status_code == 409
    no = {"decision": "refuse", "reason": "it is ours"}
    assert said(checker.post(decide, no, "four"))["state"] == "refused"
    again = said(both.post(f"/exceptions/{id}/refund", {"reason": "not ours"}, "five"))
    decide = f"/exceptions/requests/{again['id']}/decide"
    assert said(checker.post(decide, {"decision": "approve"}, "six"))["state"] == "approved"
    assert said(both.get(f"/exceptions/{id}"))["state"] == "to_pay_back"


def test_what_is_not_there_is_not_found(maker: Program, checker: Program) -> None:
    some = uuid.uuid4()
    assert maker.get(f"/exceptions/{some}").status_code == 404
    assert maker.post(f"/exceptions/{some}/refund", {"reason": "a test"}, "a").status_code == 404
    decide = f"/exceptions/requests/{some}/decide"
    assert checker.post(decide, {"decision": "approve"}, "b").status_code == 404
