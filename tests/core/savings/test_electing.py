"""Terms in a committee: renewed, and handed over."""

import uuid
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from core.approvals import requests
from core.approvals.requests import officer
from core.savings import committee, electing
from core.savings.electing import CannotElect, Election
from core.savings.errors import NotInCommittee
from tests.support.savings import RULES, Group
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, Tenant, new_tenant
from tests.support.year import year_of

KIND = Election()
NEXT = RULES.valid_until + timedelta(1)


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


@pytest.fixture
def group(tenant: Tenant) -> Group:
    return year_of(tenant)


def elect(group: Group, who: uuid.UUID, role: str, first: date, last: date) -> None:
    params = {
        **{"group": str(group.id), "role": role},
        **{"first": first.isoformat(), "last": last.isoformat()},
    }
    with group.tenant.tx() as tx:
        asked = requests.ask(
            *(tx, KEYS, KIND),
            by=officer("ann", "test"),
            params=params,
            reason="their vote",
            subject_id=who,
        )
        assert KIND.show(tx, KEYS, asked.request).after
    with group.tenant.tx() as tx:
        requests.approve(tx, KEYS, {KIND.name: KIND}, asked.request.id, by=officer("ben", "test"))


def is_in(group: Group, who: uuid.UUID, role: str, day: date) -> bool:
    with group.tenant.tx() as tx:
        try:
            committee.require(tx, group.id, who, day, {role})
        except NotInCommittee:
            return False
    return True


def test_a_term_is_renewed_by_one_that_follows(group: Group) -> None:
    elect(group, group.treasurer, "treasurer", NEXT, NEXT + timedelta(365))
    for day in (RULES.valid_until, NEXT, NEXT + timedelta(365)):
        assert is_in(group, group.treasurer, "treasurer", day)
    told = "subscriber_id = %s AND template = 'office_begins'"
    assert group.tenant.count("message", told, group.treasurer) == 1


def test_who_follows_within_a_term_ends_it_the_day_before(group: Group) -> None:
    new, day = group.people[2], date(2026, 6, 1)
    # Two have it by the fixture: both end.
    elect(group, new, "chair", day, RULES.valid_until)
    assert is_in(group, group.treasurer, "chair", day - timedelta(1))
    assert not is_in(group, group.treasurer, "chair", day)
    assert is_in(group, new, "chair", day)
    with group.tenant.tx() as tx:
        held = [one for one in electing.terms(tx, KEYS, group.id, day) if one.role == "chair"]
    assert [(one.holder_id, one.last) for one in held] == [(new, RULES.valid_until)]
    with pytest.raises(CannotElect, match="has this office from"):
        elect(group, group.treasurer, "chair", day - timedelta(30), RULES.valid_until)


def test_keys_are_held_beside_others(group: Group) -> None:
    elect(group, group.people[3], "key_holder", date(2026, 6, 1), RULES.valid_until)
    for who in (group.treasurer, group.secretary, group.people[3]):
        assert is_in(group, who, "key_holder", date(2026, 6, 1))


def test_who_cannot_be_elected(group: Group) -> None:
    stranger = group.tenant.person()
    with pytest.raises(CannotElect, match="Only a member"):
        elect(group, stranger, "chair", NEXT, NEXT)
    with pytest.raises(CannotElect, match="comes after"):
        elect(group, group.treasurer, "chair", NEXT, NEXT - timedelta(1))
    with pytest.raises(CannotElect, match="one of chair"):
        elect(group, group.treasurer, "king", NEXT, NEXT)
