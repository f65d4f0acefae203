"""Bookings of the tenant's own: posted by two officers, once; reversed by another entry, once."""

import uuid
from collections.abc import Iterator, Mapping

import pytest

from core.approvals import requests
from core.approvals.errors import RequestDiffers, SameOfficer
from core.approvals.kinds import Kind
from core.approvals.requests import Approved, Asked, officer
from core.bookings.bookings import BOOK, REVERSE, Move, booked
from core.bookings.errors import (
    AlreadyReversed,
    NoSuchAccount,
    NoSuchBooking,
    NotEnough,
    OnHold,
    SameAccount,
)
from core.money import ledger
from core.people import people
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7
from values.money import Money

ANN, BEN, CID = (officer(name, "test") for name in ("ann", "ben", "cid"))
KINDS: Mapping[str, Kind] = {BOOK.name: BOOK, REVERSE.name: REVERSE}


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        with made.tx() as tx:
            tx.execute(
                "INSERT INTO service (tenant_id, id, provider, channel, code, tree) VALUES"
                " (current_tenant(), %s, 'africastalking', 'ussd', '*384*77#', '{}')",
                (uuid7(),),
            )
        yield made
        assert made.broken() == []


class Officers:
    """Two officers, and the wallet of somebody."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.person = tenant.person()
        self.wallet = ledger.account_id(self.person, ledger.WALLET, CURRENCY)
        self.settlement = tenant.collecting(ledger.SETTLEMENT)

    def ask(
        self,
        amount: int,
        source: uuid.UUID | None = None,
        target: uuid.UUID | None = None,
        key: str | None = None,
    ) -> Asked:
        move = Move(source or self.settlement, target or self.wallet, Money(amount, CURRENCY))
        with self.tenant.tx() as tx:
            return requests.ask(
                tx, KEYS, BOOK, by=ANN, params=move.params, reason="voucher 7", key=key
            )

    def approve(self, request: Asked, by: requests.Officer = BEN) -> Approved:
        with self.tenant.tx() as tx:
            return requests.approve(tx, KEYS, KINDS, request.request.id, by=by)

    def book(self, amount: int) -> str:
        """The reference."""
        return self.approve(self.ask(amount)).done.result["reference"]

    def ask_to_reverse(self, reference: str) -> Asked:
        with self.tenant.tx() as tx:
            entry_id, back = booked(tx, reference)
            return requests.ask(
                tx, KEYS, REVERSE, by=ANN, params=back.params, reason="x", subject_id=entry_id
            )

    @property
    def balance(self) -> int:
        return self.tenant.balance(self.wallet)[0]

    def texts(self) -> list[str]:
        rows = self.tenant.admin.execute(
            "SELECT template FROM message WHERE subscriber_id = %s ORDER BY id", (self.person,)
        ).fetchall()
        return [str(row[0]) for row in rows]


@pytest.fixture
def officers(tenant: Tenant) -> Officers:
    return Officers(tenant)


def test_it_is_posted_by_the_second_officer(officers: Officers) -> None:
    asked = officers.ask(5_000)
    assert officers.balance == 0
    with pytest.raises(SameOfficer):
        officers.approve(asked, ANN)
    approved = officers.approve(asked)
    assert officers.balance == 5_000
    assert officers.texts() == ["booked_in"]
    kind, actor, detail = officers.tenant.one(
        "SELECT kind, actor_id, detail FROM entry WHERE id = %s",
        uuid.UUID(approved.done.result["entry"]),
    )
    assert (kind, actor) == ("booking", None)
    assert (detail["reason"], detail["requested_by"]) == ("voucher 7", "ann")


def test_approved_at_once_it_is_posted_once(officers: Officers) -> None:
    asked = officers.ask(700)
    answers = at_once([lambda by=by: officers.approve(asked, by) for by in (BEN, CID, BEN, CID)])  # type: ignore[misc]
    assert sum(isinstance(one, Approved) and one.was_new for one in answers) == 1
    assert officers.balance == 700
    assert officers.texts() == ["booked_in"]


def test_a_key_is_one_booking(officers: Officers) -> None:
    first = officers.ask(100, key="voucher-8")
    again = officers.ask(100, key="voucher-8")
    assert (again.was_new, again.request.id) == (False, first.request.id)
    with pytest.raises(RequestDiffers):
        officers.ask(101, key="voucher-8")
    officers.approve(first)
    assert not officers.ask(100, key="voucher-8").was_new
    assert officers.balance == 100


def test_what_is_not_there_is_not_booked(officers: Officers) -> None:
    officers.book(100)
    taken = officers.ask(101, source=officers.wallet, target=officers.settlement)
    with pytest.raises(NotEnough, match=r"wallet of Uwera C\.: 100 RWF"):
        officers.approve(taken)
    with officers.tenant.tx() as tx:
        assert requests.get(tx, taken.request.id).state == "pending"
    officers.book(1)
    officers.approve(taken)
    assert officers.balance == 0
    assert officers.texts() == ["booked_in", "booked_in", "booked_out"]


def test_a_frozen_account_stays_as_it_is(officers: Officers) -> None:
    asked = officers.ask(100)
    with officers.tenant.tx() as tx:
        people.freeze(tx, officers.person, frozen=True, actor="test", reason="test")
    with pytest.raises(OnHold):
        officers.approve(asked)
    assert officers.balance == 0


def test_accounts_must_be_two_and_be_there(officers: Officers) -> None:
    with pytest.raises(NoSuchAccount):
        officers.ask(1, target=uuid7())
    with pytest.raises(SameAccount):
        officers.ask(1, source=officers.wallet, target=officers.wallet)


def test_officers_see_both_accounts_before_and_after(officers: Officers) -> None:
    officers.book(12_000)
    asked = officers.ask(500)
    with officers.tenant.tx() as tx:
        shown = BOOK.show(tx, KEYS, asked.request)
    assert shown.what == "booking: 500 RWF from settlement to wallet of Uwera C."
    assert shown.before["wallet of Uwera C."] == "12,000 RWF"
    assert shown.after["wallet of Uwera C."] == "12,500 RWF"


def test_a_reversal_is_another_entry_and_comes_once(officers: Officers) -> None:
    reference = officers.book(4_000)
    asked = officers.ask_to_reverse(reference)
    assert officers.ask_to_reverse(reference).request.id == asked.request.id
    officers.approve(asked)
    assert officers.balance == 0
    assert officers.texts() == ["booked_in", "booked_out"]
    with pytest.raises(AlreadyReversed):
        officers.ask_to_reverse(reference)
    assert (
        officers.tenant.number(
            "SELECT count(*) FROM entry e JOIN posting p ON p.entry_id = e.id"
            " WHERE p.account_id = %s",
            officers.wallet,
        )
        == 2
    )


def test_only_bookings_are_reversed(officers: Officers) -> None:
    moved = officers.tenant.move(officers.settlement, officers.wallet, 300)
    reversal = officers.approve(officers.ask_to_reverse(officers.book(10))).done.result["reference"]
    for reference in (moved.reference, reversal, "00000000", ""):
        with pytest.raises(NoSuchBooking):
            officers.ask_to_reverse(reference)


def test_an_entry_without_two_officers_is_found(officers: Officers) -> None:
    with officers.tenant.tx() as tx:
        posted = ledger.post(
            tx,
            key="by nobody",
            kind="booking",
            lines=[ledger.Line(officers.settlement, -1), ledger.Line(officers.wallet, 1)],
            currency=CURRENCY,
            actor_id=None,
        )
    assert officers.tenant.broken() == ["bookings_have_two_officers"]
    officers.tenant.as_superuser(
        "UPDATE entry SET kind = 'transfer' WHERE id = %s", posted.entry_id
    )
    assert officers.tenant.broken() == []


def test_an_entry_that_moves_another_amount_is_found(officers: Officers) -> None:
    asked = officers.ask(50)
    officers.approve(asked)
    change = (
        "UPDATE approval_request SET params = params || '{\"amount_minor\": %s}' WHERE id = %%s"
    )
    officers.tenant.as_superuser(change % 51, asked.request.id)
    assert officers.tenant.broken() == ["bookings_move_what_was_asked"]
    officers.tenant.as_superuser(change % 50, asked.request.id)
    assert officers.tenant.broken() == []
