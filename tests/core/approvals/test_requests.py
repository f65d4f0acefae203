"""Requests of two officers: never the same one, once, in time, and in the trail."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import psycopg
import pytest

from core.approvals import requests
from core.approvals.errors import (
    ApprovalError,
    NoReason,
    NoSuchRequest,
    NotAnOfficer,
    RequestDiffers,
    RequestEnded,
    SameOfficer,
)
from core.approvals.kinds import Done, Kind, Request, Shown
from core.approvals.requests import Approved, Officer, officer
from core.db.database import Database, Tx
from core.security.keyring import Keyring
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7

ASKS, DECIDES, THIRD = (officer(name, "test") for name in ("ann", "ben", "cid"))


class Impossible(ApprovalError):
    """It cannot be done."""


class Note(Kind):
    """Writes a line into the audit trail, which is easily counted."""

    name: ClassVar[str] = "note"
    life_s: ClassVar[int] = 60

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        return Shown("a note", {"said": "nothing"}, {"said": str(request.params["said"])})

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        tx.execute(
            "INSERT INTO audit (tenant_id, id, actor, action)"
            " VALUES (current_tenant(), %s, 'note', 'done')",
            (uuid7(),),
        )
        if request.params["said"] == "impossible":
            raise Impossible
        return Done({"said": str(request.params["said"])}, handover="secret 0000")

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        if request.params["said"] == "never":
            raise Impossible


NOTE = Note()
KINDS: Mapping[str, Kind] = {NOTE.name: NOTE}


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


def ask(tenant: Tenant, said: str = "hello", by: Officer = ASKS, **more: Any) -> requests.Asked:
    with tenant.tx() as tx:
        return requests.ask(
            tx, KEYS, NOTE, by=by, params={"said": said}, **{"reason": "why", **more}
        )


def approve(tenant: Tenant, id: uuid.UUID, by: Officer = DECIDES) -> Approved:
    with tenant.tx() as tx:
        return requests.approve(tx, KEYS, KINDS, id, by=by)


def refuse(tenant: Tenant, id: uuid.UUID, by: Officer = DECIDES) -> Request:
    with tenant.tx() as tx:
        return requests.refuse(tx, id, by=by, reason="not so")


def state(tenant: Tenant, id: uuid.UUID) -> str:
    with tenant.tx() as tx:
        return requests.get(tx, id).state


def done(tenant: Tenant) -> int:
    return tenant.count("audit", "actor = 'note'")


def let_it_be_late(tenant: Tenant, id: uuid.UUID) -> None:
    tenant.admin.execute(
        "UPDATE approval_request SET expires_at = now() - interval '1 second' WHERE id = %s", (id,)
    )


def test_one_asks_and_another_approves(tenant: Tenant) -> None:
    before = done(tenant)
    asked = ask(tenant)
    assert asked.was_new
    assert done(tenant) == before
    approved = approve(tenant, asked.request.id)
    assert (approved.was_new, approved.done.handover) == (True, "secret 0000")
    assert approved.request.state == "approved"
    assert (approved.request.requested_by, approved.request.decided_by) == ("ann", "ben")
    assert dict(approved.request.result) == {"said": "hello"}
    assert done(tenant) == before + 1


def test_nobody_decides_what_they_asked_for(tenant: Tenant) -> None:
    id = ask(tenant).request.id
    for decide in (approve, refuse):
        with pytest.raises(SameOfficer):
            decide(tenant, id, officer(" ANN ", "elsewhere"))
    assert state(tenant, id) == "pending"


def test_the_database_keeps_two_officers_apart_too(tenant: Tenant) -> None:
    id = ask(tenant).request.id
    with pytest.raises(psycopg.errors.CheckViolation), tenant.tx() as tx:
        tx.execute(
            "UPDATE approval_request SET state = 'approved', decided_by = 'ann' WHERE id = %s",
            (id,),
        )


def test_what_is_refused_is_not_done_and_stays_so(tenant: Tenant) -> None:
    before = done(tenant)
    id = ask(tenant).request.id
    assert refuse(tenant, id).state == "refused"
    assert refuse(tenant, id).state == "refused"
    with pytest.raises(RequestEnded, match="refused before by ben"):
        approve(tenant, id)
    assert done(tenant) == before


def test_approved_again_it_is_done_once(tenant: Tenant) -> None:
    before = done(tenant)
    id = ask(tenant).request.id
    approve(tenant, id)
    again = approve(tenant, id)
    assert (again.was_new, again.done.handover) == (False, "")
    assert dict(again.done.result) == {"said": "hello"}
    with pytest.raises(RequestEnded, match="approved before by ben"):
        approve(tenant, id, THIRD)
    assert done(tenant) == before + 1


def test_of_several_at_once_one_decides(tenant: Tenant) -> None:
    before = done(tenant)
    id = ask(tenant).request.id
    answers = at_once([lambda by=by: approve(tenant, id, by) for by in (DECIDES, THIRD) * 3])  # type: ignore[misc]
    won = [one for one in answers if isinstance(one, Approved)]
    assert [one.was_new for one in won].count(True) == 1
    assert {one.request.decided_by for one in won} == {won[0].request.decided_by}
    assert all(isinstance(one, Approved | RequestEnded) for one in answers)
    assert done(tenant) == before + 1


def test_what_cannot_be_done_goes_on_waiting(tenant: Tenant) -> None:
    before = done(tenant)
    id = ask(tenant, "impossible").request.id
    with pytest.raises(Impossible):
        approve(tenant, id)
    assert (state(tenant, id), done(tenant)) == ("pending", before)
    with pytest.raises(Impossible):
        ask(tenant, "never")
    assert tenant.count("approval_request", "params ->> 'said' = 'never'") == 0


def test_too_late_is_too_late(tenant: Tenant) -> None:
    before = done(tenant)
    id = ask(tenant).request.id
    let_it_be_late(tenant, id)
    for decide in (approve, refuse):
        with pytest.raises(RequestEnded, match="expired before"):
            decide(tenant, id)
    with tenant.tx() as tx:
        assert id not in [one.id for one in requests.waiting(tx)]
    relay = Database(tenant.urls.relay_url)
    assert requests.expire_due(tenant.database, relay) == 1
    assert requests.expire_due(tenant.database, relay) == 0
    relay.close()
    assert (state(tenant, id), done(tenant)) == ("expired", before)


def test_of_one_subject_one_waits(tenant: Tenant) -> None:
    subject = uuid7()
    first = ask(tenant, subject_id=subject)
    again = ask(tenant, by=THIRD, subject_id=subject)
    assert (again.was_new, again.request.id) == (False, first.request.id)
    let_it_be_late(tenant, first.request.id)
    later = ask(tenant, by=THIRD, subject_id=subject)
    assert later.was_new
    assert state(tenant, first.request.id) == "expired"
    approve(tenant, later.request.id)
    assert ask(tenant, subject_id=subject).was_new


def test_asked_at_once_for_one_subject_one_waits(tenant: Tenant) -> None:
    subject = uuid7()
    answers = at_once([lambda: ask(tenant, subject_id=subject)] * 4)
    found = [one for one in answers if isinstance(one, requests.Asked)]
    assert len(found) == 4
    assert [one.was_new for one in found].count(True) == 1
    assert len({one.request.id for one in found}) == 1


def test_a_key_is_one_request_for_ever(tenant: Tenant) -> None:
    first = ask(tenant, key="march-1")
    approve(tenant, first.request.id)
    again = ask(tenant, key="march-1")
    assert (again.was_new, again.request.state) == (False, "approved")
    with pytest.raises(RequestDiffers):
        ask(tenant, "another", key="march-1")


def test_the_trail_says_who_did_what_and_why(tenant: Tenant) -> None:
    id = ask(tenant, reason=" he  forgot ", subject_id=uuid7()).request.id
    approve(tenant, id)
    other = ask(tenant).request.id
    refuse(tenant, other)
    rows = tenant.admin.execute(
        "SELECT actor, action, detail FROM audit WHERE object_id IN (%s, %s) ORDER BY id",
        (id, other),
    ).fetchall()
    assert [row[:2] for row in rows] == [
        ("officer ann", "request note"),
        ("officer ben", "approve note"),
        ("officer ann", "request note"),
        ("officer ben", "refuse note"),
    ]
    assert rows[0][2]["reason"] == "he forgot"
    assert rows[1][2]["via"] == "test"
    assert rows[1][2]["result"] == {"said": "hello"}
    assert rows[3][2]["why"] == "not so"
    assert "secret 0000" not in str(rows)
    assert "secret 0000" not in str(
        tenant.admin.execute("SELECT * FROM approval_request").fetchall()
    )


@pytest.mark.parametrize("name", ["", "a", "ann smith", "ann_b", "änn", "1ann", "a" * 41, "ann\n0"])
def test_what_is_no_officers_name(name: str) -> None:
    with pytest.raises(NotAnOfficer):
        officer(name, "test")


def test_a_reason_is_needed(tenant: Tenant) -> None:
    with pytest.raises(NoReason):
        ask(tenant, reason=" ")
    id = ask(tenant).request.id
    with pytest.raises(NoReason), tenant.tx() as tx:
        requests.refuse(tx, id, by=DECIDES, reason=" ")


def test_another_tenants_request_is_none(tenant: Tenant, module_database: DatabaseUrls) -> None:
    id = ask(tenant).request.id
    with new_tenant(module_database, "second") as other:
        with pytest.raises(NoSuchRequest):
            approve(other, id)
        with other.tx() as tx:
            assert requests.waiting(tx) == []
