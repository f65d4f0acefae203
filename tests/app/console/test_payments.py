"""Payments in the console: found by filters, explained step by step, and ended by two people."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask

from app.console.application import create_console
from core.payments import listing, outcomes, payments, wallets
from core.payments.hints import Hint, keep
from core.payments.listing import Sought
from core.payments.outcomes import Deciding, ProviderState, ProviderStatus
from core.staff.roles import Member
from tests.app.console.conftest import Clerk, settings_of, taken_on
from tests.support.momo import MomoTenant, new_momo_tenant
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS
from values.money import Money


@pytest.fixture(scope="module")
def the_tenant(module_database: DatabaseUrls) -> Iterator[MomoTenant]:
    with new_momo_tenant(module_database) as made:
        yield made


@pytest.fixture(scope="module")
def web(the_tenant: MomoTenant) -> Flask:
    return create_console(settings_of(the_tenant), the_tenant.database, KEYS)


@pytest.fixture(scope="module")
def staff(the_tenant: MomoTenant) -> dict[str, Member]:
    return taken_on(the_tenant)


@pytest.fixture
def tenant(the_tenant: MomoTenant) -> Iterator[MomoTenant]:
    yield the_tenant
    assert the_tenant.broken() == []


@pytest.fixture
def clerks(web: Flask, tenant: MomoTenant, staff: dict[str, Member]) -> dict[str, Clerk]:
    roles = ("operator", "treasurer", "auditor")
    return {role: Clerk(web, tenant).signs_in(staff[role]) for role in roles}


def in_review(tenant: MomoTenant) -> uuid.UUID:
    """A deposit of which its provider says nothing until its time is over."""
    payment = tenant.deposit(tenant.person(), 700)
    tenant.work()
    with tenant.tx() as tx:
        by = Deciding(KEYS, tenant.business, tenant.context.operations)
        outcomes.give_up_asking(tx, by, payment)
    assert tenant.state(payment) == ("review", "no_outcome")
    return payment


def test_a_payment_in_review_is_ended_by_two(tenant: MomoTenant, clerks: dict[str, Clerk]) -> None:
    maker, checker = clerks["operator"], clerks["treasurer"]
    payment = in_review(tenant)
    path = f"/console/payments/{payment}"
    assert "has not said what became of it" in maker.reads("/console")
    page = maker.reads(path)
    assert "Nothing is booked of it" in page
    assert tenant.number_of(tenant.one("SELECT subscriber_id FROM payment")[0]) not in page
    assert clerks["auditor"].offers(path) == {"/console/sign-out"}
    assert maker.post(f"{path}/settle", outcome="maybe", reason="r").status_code == 409
    assert (
        "Say by which transaction" in maker.post(f"{path}/settle", outcome="paid", reason="r").text
    )
    said = {"outcome": "paid", "txid": f"T{payment.hex[:9]}", "reason": "it is in their statement"}
    for _ in range(2):
        assert "waits for a second person" in maker.does(f"{path}/settle", **said)
    differs = maker.post(f"{path}/settle", outcome="failed", reason="r")
    assert (differs.status_code, "asked for another end" in differs.text) == (409, True)
    [request] = re.findall(r"/console/approvals/[0-9a-f-]{36}", maker.reads(path))
    checker.does(f"{request}/approve")
    page = checker.reads(path)
    for words in ("Begun here: deposit", "The money moved", "Ended: paid", said["txid"]):
        assert words in page, words
    assert ">700 RWF<" in page
    assert "provider wallet" in page
    assert maker.post(f"{path}/settle", **said).status_code == 409


def test_what_cannot_be_done_any_more_is_still_shown_and_refused(
    tenant: MomoTenant, clerks: dict[str, Clerk]
) -> None:
    maker, checker = clerks["operator"], clerks["treasurer"]
    payment, other = in_review(tenant), in_review(tenant)
    path, txid = f"/console/payments/{payment}", f"T{payment.hex[-9:]}"
    maker.does(f"{path}/settle", outcome="paid", txid=txid, reason="in their statement")
    [request] = re.findall(r"/console/approvals/[0-9a-f-]{36}", maker.reads(path))
    status = ProviderStatus(ProviderState.PAID, txid, Money(700, CURRENCY))
    with tenant.tx() as tx:  # meanwhile that transaction turns out to be another payment's
        by = Deciding(KEYS, tenant.business, tenant.context.operations)
        outcomes.decide(tx, by, other, status)
    assert request in checker.reads("/console/approvals")
    assert "another payment&#39;s" in checker.reads(request)
    assert checker.post(f"{request}/approve").status_code == 409
    assert "It is refused" in checker.does(f"{request}/refuse", reason="not this one")


def test_a_paid_one_is_paid_back_or_reversed_by_two(
    tenant: MomoTenant, clerks: dict[str, Clerk]
) -> None:
    maker, checker = clerks["operator"], clerks["treasurer"]
    for said, ends in (({}, "refunded"), ({"txid": "T-REVERSED"}, "reversed")):
        payment = tenant.deposit(tenant.person(), 600)
        tenant.work()
        tenant.later(1)
        tenant.work(2)
        path = f"/console/payments/{payment}"
        assert f"{path}/undo" in maker.offers(path)
        assert clerks["auditor"].offers(path) == {"/console/sign-out"}
        for _ in range(2):
            assert "second person" in maker.does(f"{path}/undo", reason="paid twice", **said)
        [request] = re.findall(r"/console/approvals/[0-9a-f-]{36}", maker.reads(path))
        checker.does(f"{request}/approve")
        tenant.work()
        tenant.later(1)
        tenant.work(2)
        assert tenant.state(payment)[0] == ends
        assert maker.post(f"{path}/undo", reason="r", **said).status_code == 409


def test_lists_keep_to_what_is_asked_for(tenant: MomoTenant, clerks: dict[str, Clerk]) -> None:
    waits, open_one = in_review(tenant), tenant.deposit(tenant.person(), 800)
    reader = clerks["auditor"]
    for query, is_there, is_not in (
        ("state=review", waits, open_one),
        ("state=open", open_one, waits),
        (f"state=open&wallet={tenant.momo.service_id}&kind=collection", open_one, waits),
        ("state=nonsense&kind=x&age=x&wallet=x", open_one, None),
        ("kind=disbursement", None, open_one),
        ("age=1h", None, open_one),
        (f"before={open_one}", waits, open_one),
    ):
        page = reader.reads(f"/console/payments?{query}")
        assert is_there is None or str(is_there) in page, query
        assert is_not is None or f"payments/{is_not}" not in page, query
    with tenant.tx() as tx:
        old = Sought(older_than=timedelta(seconds=-1))
        assert listing.page(tx, old).payments[0].id == open_one


def test_callbacks_and_outages_are_shown(tenant: MomoTenant, clerks: dict[str, Clerk]) -> None:
    reader, payment = clerks["operator"], in_review(tenant)
    with tenant.tx() as tx:
        found = payments.get(tx, payment)
        assert found is not None
        tx.execute(
            "UPDATE payment SET provider_id = 'req-1' WHERE tenant_id = current_tenant()"
            " AND id = %s",
            (payment,),
        )
        hint = Hint(ProviderState.PAID, "<i>99", Money(1, CURRENCY))
        keep(
            tx,
            wallet_service_id=found.wallet_service_id,
            provider_id="req-1",
            reference=None,
            hint=hint,
        )
        wallets.say_away(tx, found.wallet_service_id, "disbursement", 600)
    page = reader.reads(f"/console/payments/{payment}")
    assert "A callback said: paid" in page
    assert "&lt;i&gt;99" in page
    listed = reader.reads("/console/payments")
    assert "disbursement: away until" in listed
    assert "collection: away" not in listed
    waiting = tenant.one("SELECT count(*) FROM outbox WHERE state = 'waiting'")[0]
    assert "is asked now" in reader.does(f"/console/payments/{payment}/ask")
    assert tenant.one("SELECT count(*) FROM outbox WHERE state = 'waiting'")[0] == waiting + 1
