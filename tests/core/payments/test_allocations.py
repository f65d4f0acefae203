"""Exceptions: taken on by one, decided by two, also in parts, and back to the payer."""

import uuid
from collections.abc import Iterator

import pytest

from core.approvals import requests
from core.approvals.errors import SameOfficer
from core.approvals.requests import Approved, Asked, officer
from core.payments import allocations, exceptions, movements
from core.payments.allocations import PAY_BACK, Allocate, Part
from core.payments.exceptions import PaymentException
from core.payments.text_errors import (
    CannotPost,
    ExceptionEnded,
    NoSuchException,
    NoSuchPayee,
    OwnedByAnother,
    WrongParts,
)
from core.savings.arrivals import ARRIVED_CONTRIBUTION
from tests.core.payments.test_crediting import Koop, late, tenant
from tests.support.tenants import KEYS, Tenant
from tests.support.texts import PURPOSES, Till, join
from values.ids import uuid7

__all__ = ["tenant"]

ANN, BEN = officer("ann", "test"), officer("ben", "test")
ALLOCATE = Allocate(lambda: PURPOSES)
KINDS = {ALLOCATE.name: ALLOCATE, PAY_BACK.name: PAY_BACK}


class Case(Koop):
    """A group with two members, and money that came and nobody knows whose it is."""

    def __init__(self, tenant: Tenant, amount: int = 9_000) -> None:
        super().__init__(tenant)
        self.other = tenant.person()
        join(tenant, self.group, self.other)
        self.till.take(self.till.received(amount))
        [self.found] = self.exceptions()

    def part(self, amount: int, member: uuid.UUID | None = None) -> Part:
        return Part(ARRIVED_CONTRIBUTION.name, member or self.member, self.group, amount)

    def ask(self, *parts: Part, by: requests.Officer = ANN) -> Asked:
        with self.tenant.tx() as tx:
            return allocations.ask_to_allocate(
                tx, KEYS, ALLOCATE, self.found.id, parts, by=by, reason="phoned"
            )

    def approve(self, asked: Asked, by: requests.Officer = BEN) -> Approved:
        with self.tenant.tx() as tx:
            return requests.approve(tx, KEYS, KINDS, asked.request.id, by=by)

    def now(self) -> PaymentException:
        with self.tenant.tx() as tx:
            return exceptions.get(tx, self.found.id)


@pytest.fixture
def case(tenant: Tenant) -> Iterator[Case]:
    yield Case(tenant)
    assert tenant.broken() == []


def test_two_officers_say_whose_it_is_and_it_is_posted_once(case: Case) -> None:
    asked = case.ask(case.part(9_000))
    with pytest.raises(SameOfficer):
        case.approve(asked, ANN)
    assert case.saved() == 0
    assert case.approve(asked).was_new
    assert not case.approve(asked).was_new
    assert (case.saved(), case.now().state) == (9_000, "allocated")
    assert case.tenant.count("payment_text", "state = 'in_question' AND device_id = %s",
                             case.till.added.id) == 0  # fmt: skip
    with pytest.raises(ExceptionEnded):
        case.ask(case.part(9_000))


def test_it_is_split_over_members_each_with_a_receipt(case: Case) -> None:
    case.approve(case.ask(case.part(5_500), case.part(3_500, case.other)))
    assert (case.saved(), case.saved(case.other)) == (5_500, 3_500)
    texted = case.tenant.count("message", "subscriber_id IN (%s, %s)", case.member, case.other)
    assert texted == 2


@pytest.mark.parametrize("amounts", [(), (8_999,), (9_001,), (9_000, 0), (9_001, -1), (1,) * 8])
def test_parts_that_do_not_add_up_are_refused(case: Case, amounts: tuple[int, ...]) -> None:
    with pytest.raises(WrongParts):
        case.ask(*(case.part(amount) for amount in amounts))
    assert case.now().state == "open"


def test_only_who_may_be_paid_for_gets_it(case: Case) -> None:
    with pytest.raises(NoSuchPayee):
        case.ask(case.part(9_000, case.tenant.person()))
    with pytest.raises(NoSuchException), case.tenant.tx() as tx:
        exceptions.get(tx, uuid7())


def test_who_took_it_on_is_the_one_who_asks(case: Case) -> None:
    with case.tenant.tx() as tx:
        assert exceptions.claim(tx, case.found.id, by=ANN).owner == "ann"
        assert exceptions.claim(tx, case.found.id, by=ANN).state == "claimed"
        assert [one.id for one in exceptions.listed(tx, owner="ann")] == [case.found.id]
    with pytest.raises(OwnedByAnother):
        case.ask(case.part(9_000), by=BEN)
    with case.tenant.tx() as tx:
        assert exceptions.release(tx, case.found.id, by=ANN).owner is None
        exceptions.claim(tx, case.found.id, by=BEN)
        exceptions.release(tx, case.found.id, by=BEN)
    case.approve(case.ask(case.part(9_000)))


def test_money_that_goes_back_is_booked_out_once(case: Case) -> None:
    with case.tenant.tx() as tx:
        asked = allocations.ask_to_pay_back(tx, KEYS, case.found.id, by=ANN, reason="not ours")
    case.approve(asked)
    assert case.now().state == "to_pay_back"
    assert case.tenant.broken() == []
    with pytest.raises(CannotPost), case.tenant.tx() as tx:
        allocations.paid_back(tx, case.found.id, "  ", by=ANN)  # by which transaction?
    with case.tenant.tx() as tx:
        done = allocations.paid_back(tx, case.found.id, f"out-{case.found.id}", by=ANN)
        sent = movements.find(tx, wallet=done.wallet, provider_txid=f"out-{case.found.id}")
    assert done.state == "paid_back"
    assert sent is not None  # it is of the day when it was sent, not of a day that may be closed
    assert sent.happened_at > case.found.happened_at
    with pytest.raises(ExceptionEnded), case.tenant.tx() as tx:
        allocations.paid_back(tx, case.found.id, "another", by=ANN)


def test_money_that_is_here_cannot_be_dismissed(case: Case) -> None:
    with pytest.raises(CannotPost), case.tenant.tx() as tx:
        allocations.dismiss(tx, case.found.id, by=ANN, reason="x")
    assert case.now().state == "open"


def test_what_a_held_device_told_is_booked_as_it_is_approved(tenant: Tenant) -> None:
    case = Case(tenant)
    case.till.store(case.till.received(700, balance=999_000))
    late(case)
    case.till.work()
    [_, case.found] = case.exceptions()
    assert (case.found.reason, case.found.movement_id) == ("broken_chain", None)
    case.approve(case.ask(case.part(700)))
    assert (case.saved(), case.now().movement_id is None) == (700, False)
    case.till.store(case.till.received(800, balance=700_000))
    case.till.work()
    late(case)
    case.till.work()
    [_, case.found] = case.exceptions()
    with tenant.tx() as tx:
        allocations.dismiss(tx, case.found.id, by=ANN, reason="never came")
    assert case.now().state == "dismissed"
    assert tenant.broken() == []


def test_what_was_dismissed_is_queued_again_where_its_money_came(tenant: Tenant) -> None:
    """A held device tells of it, nobody believes it; then another device of the wallet does."""
    case = Case(tenant)
    case.till.store(case.till.received(700, balance=999_000, txid="777001"))
    late(case)
    case.till.work()
    [_, case.found] = case.exceptions()
    assert case.found.movement_id is None
    with tenant.tx() as tx:
        allocations.dismiss(tx, case.found.id, by=ANN, reason="never came")
    second = Till(tenant, name=f"{case.till.name}-2", wallet=case.till.wallet)
    [worked] = second.take(second.received(650, txid="777001"))
    assert worked.flags == ("no_owner",)
    assert (case.now().state, case.now().amount_minor) == ("open", 650)
    case.approve(case.ask(case.part(650)))
    assert (case.saved(), case.now().state) == (650, "allocated")
    assert tenant.broken() == []
