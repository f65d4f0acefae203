"""Members and their roles: what two decide, what one may not do, and work in one pair of hands."""

from collections.abc import Iterator

import pytest

from core.approvals import requests
from core.approvals.errors import SameOfficer
from core.approvals.requests import officer
from core.staff import members, passkeys, second_person, work
from core.staff.errors import (
    HandleTaken,
    LastAdministrator,
    LinkIsOver,
    NeedsSecondPerson,
    NoSuchMember,
    NoSuchRole,
    NotAllowed,
    SignInRefused,
)
from core.staff.passkeys import Site
from core.staff.roles import (
    EVERYWHERE,
    ROLES,
    Grant,
    Member,
    Permission,
    Rights,
    Scope,
)
from core.staff.work import InOtherHands
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7

ASKS, DECIDES = (officer(name, "test") for name in ("ann", "ben"))
KINDS = {kind.name: kind for kind in (second_person.NEW_WAY_IN, second_person.ROLES)}


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


def taken_on(tenant: Tenant, handle: str, *grants: Grant) -> Member:
    with tenant.tx() as tx:
        link = members.invite(tx, KEYS, tenant.tenant_id, handle, grants, by="test")
    with tenant.tx() as tx:
        members.use_link(tx, KEYS, link)
        return members.find(tx, handle)


def test_roles_hold_where_they_were_given_and_nowhere_else() -> None:
    look = Permission("look", "", ("operator", "auditor"))
    change = Permission("change", "", ("operator",), changes=True)
    rights = Rights([look, change])
    north, south = Scope("station", "North"), Scope("station", "South")

    def member(*grants: Grant) -> Member:
        return Member(uuid7(), uuid7(), "ann", grants)

    at_north = member(Grant("operator", north), Grant("auditor", Scope("organisation", "x")))
    assert rights.may(at_north, change, north)
    assert not rights.may(at_north, change, south)
    assert not rights.may(at_north, change)
    assert rights.scopes(at_north, look) == (north, Scope("organisation", "x"))
    everywhere = member(Grant("operator"), Grant("auditor", Scope("organisation", "x")))
    assert rights.scopes(everywhere, look) == (EVERYWHERE,)
    assert rights.may(everywhere, change, south)
    assert rights.may(member(Grant("super_admin")), change)
    with pytest.raises(NotAllowed):
        rights.require(member(Grant("auditor")), change)
    with pytest.raises(NotAllowed):
        rights.require(member(), look)


@pytest.mark.parametrize("role", ["auditor", "government"])
def test_who_reads_only_is_given_nothing_that_changes(role: str) -> None:
    with pytest.raises(ValueError, match="reads only"):
        Permission("change", "", (role,), changes=True)


def test_a_role_is_given_in_a_scope_that_it_has(tenant: Tenant) -> None:
    wrong = (
        Grant("station_manager"),
        Grant("super_admin", Scope("station", "Tema")),
        Grant("boss"),
        Grant("operator", Scope("station", "")),
    )
    for grant in wrong:
        with pytest.raises(NoSuchRole), tenant.tx() as tx:
            members.invite(tx, KEYS, tenant.tenant_id, "wrong", [grant], by="test")
    assert {"super_admin", "company_admin", "regional_manager", "station_manager"} <= {*ROLES}


def test_a_newer_link_ends_the_older_and_nobody_is_invited_twice(tenant: Tenant) -> None:
    def invite() -> str:
        with tenant.tx() as tx:
            return members.invite(tx, KEYS, tenant.tenant_id, "Hal", [], by="test")

    first, second = invite(), invite()
    with pytest.raises(LinkIsOver), tenant.tx() as tx:
        members.use_link(tx, KEYS, first)
    tenant.as_superuser("UPDATE staff_invitation SET expires_at = now() WHERE used_at IS NULL")
    with pytest.raises(LinkIsOver), tenant.tx() as tx:
        members.use_link(tx, KEYS, second)
    third = invite()
    with tenant.tx() as tx:
        members.use_link(tx, KEYS, third)
    with pytest.raises(NeedsSecondPerson):
        invite()
    with tenant.tx() as tx:
        members.revoke(tx, "hal", by="test", reason="left")
    with pytest.raises(HandleTaken):
        invite()
    with pytest.raises(NoSuchMember), tenant.tx() as tx:
        members.find(tx, "hal")


def test_of_two_who_use_a_link_at_once_one_gets_in(tenant: Tenant) -> None:
    with tenant.tx() as tx:
        link = members.invite(tx, KEYS, tenant.tenant_id, "ida", [], by="test")

    def use() -> str:
        try:
            with tenant.tx() as tx:
                return members.use_link(tx, KEYS, link).handle
        except LinkIsOver:
            return "over"

    assert sorted(map(str, at_once([use, use]))) == ["ida", "over"]


def test_a_new_way_in_and_roles_need_a_second_person(tenant: Tenant) -> None:
    member = taken_on(tenant, "jan", Grant("operator"))
    params = second_person.params_of((Grant("operator"), Grant("treasurer")))
    with tenant.tx() as tx:
        asked = requests.ask(
            tx, KEYS, second_person.ROLES, by=ASKS, params=params, reason="r", subject_id=member.id
        ).request
        shown = second_person.ROLES.show(tx, KEYS, asked)
    assert (shown.before, shown.after) == (
        {"roles": "operator"},
        {"roles": "operator, treasurer"},
    )
    with pytest.raises(SameOfficer), tenant.tx() as tx:
        requests.approve(tx, KEYS, KINDS, asked.id, by=ASKS)
    with tenant.tx() as tx:
        requests.approve(tx, KEYS, KINDS, asked.id, by=DECIDES)
        assert {grant.role for grant in members.find(tx, "jan").grants} == {"operator", "treasurer"}
        lost = requests.ask(
            tx, KEYS, second_person.NEW_WAY_IN, by=ASKS, params={}, reason="r", subject_id=member.id
        ).request
    with tenant.tx() as tx:
        done = requests.approve(tx, KEYS, KINDS, lost.id, by=DECIDES).done
    link = done.handover.removeprefix("/console/welcome/")
    assert done.result == {}  # the link is kept nowhere
    with tenant.tx() as tx:
        assert members.use_link(tx, KEYS, link).id == member.id


def test_the_last_who_gives_roles_stays(tenant: Tenant) -> None:
    taken_on(tenant, "kim", Grant("super_admin"))
    with pytest.raises(LastAdministrator), tenant.tx() as tx:
        members.set_grants(tx, "kim", [Grant("operator")], by="test")
    with pytest.raises(LastAdministrator), tenant.tx() as tx:
        members.revoke(tx, "kim", by="test", reason="r")
    taken_on(tenant, "lea", Grant("super_admin"))
    with tenant.tx() as tx:
        members.revoke(tx, "kim", by="test", reason="r")


def test_work_is_in_one_pair_of_hands_and_comes_back_by_itself(tenant: Tenant) -> None:
    ann, ben = (Member(tenant.tenant_id, uuid7(), name) for name in ("ann", "ben"))
    thing = uuid7()

    def take(member: Member) -> str:
        try:
            with tenant.tx() as tx:
                work.claim(tx, "thing", thing, by=member)
        except InOtherHands as other:
            return str(other)
        return member.handle

    first = [*map(str, at_once([lambda: take(ann), lambda: take(ben)]))]
    owner, other = (ann, ben) if "ann" in first else (ben, ann)
    assert sorted(first) == sorted([owner.handle, f"{owner.handle} has it in hand."])
    assert take(owner) == owner.handle  # for longer
    with pytest.raises(InOtherHands), tenant.tx() as tx:
        work.let_go(tx, "thing", thing, by=other)
    with pytest.raises(InOtherHands), tenant.tx() as tx:
        work.require_free(tx, "thing", thing, by=other)
    tenant.as_superuser("UPDATE work_claim SET until = now() - interval '1 second'")
    assert take(other) == other.handle
    with tenant.tx() as tx:
        work.let_go(tx, "thing", thing, by=other)
        work.require_free(tx, "thing", thing, by=owner)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        "{}",
        '{"response": {}}',
        '{"response": {"userHandle": "AAAA"}}',
        '{"response": {"userHandle": 5, "clientDataJSON": "e30"}, "rawId": []}',
        '{"rawId": "AA", "response": {"clientDataJSON": "e30", "userHandle": "' + "A" * 43 + '"}}',
    ],
)
def test_what_is_no_answer_of_a_passkey_is_refused(tenant: Tenant, answer: str) -> None:
    site = Site("localhost", "http://localhost")
    with pytest.raises(SignInRefused):
        passkeys.sign_in(tenant.database, KEYS, site, answer, bound_to="x", place="p")
