"""Two records of one person become one: beside what else two officers do at that moment."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.domains.erasure import MERGE_PEOPLE
from core.approvals import requests
from core.approvals.requests import officer
from core.erasure.erasure import ErasedBefore
from core.people import people
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.workers import MessagingTenant

ANN, BEN = officer("ann", "test"), officer("ben", "test")
KINDS = {MERGE_PEOPLE.name: MERGE_PEOPLE}


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[MessagingTenant]:
    made = MessagingTenant(module_database)
    yield made
    assert made.broken() == []
    made.close()


def test_of_two_merges_into_each_other_one_is_done(tenant: MessagingTenant) -> None:
    first = tenant.person("Uwera One", address="+250788111001")
    second = tenant.person("Uwera Two", address="+250788111002")
    tenant.admin.execute("UPDATE message SET state = 'failed' WHERE state = 'queued'")

    def asked(goes: uuid.UUID, stays: uuid.UUID) -> uuid.UUID:
        with tenant.tx() as tx:
            return requests.ask(
                *(tx, KEYS, MERGE_PEOPLE),
                by=ANN,
                params={"into": str(stays)},
                reason="twice",
                subject_id=goes,
            ).request.id

    def approved(request: uuid.UUID) -> None:
        with tenant.tx() as tx:
            requests.approve(tx, KEYS, KINDS, request, by=BEN)

    there, back = asked(first, second), asked(second, first)
    with ThreadPoolExecutor(1) as pool:
        with tenant.tx() as tx:
            requests.approve(tx, KEYS, KINDS, there, by=BEN)
            other = pool.submit(approved, back)
            with pytest.raises(TimeoutError):
                other.result(timeout=0.5)
        with pytest.raises(ErasedBefore):
            other.result(timeout=10)
    with tenant.tx() as tx:
        assert [people.is_erased(tx, one) for one in (first, second)] == [True, False]
        found = people.identify(tx, KEYS, "+250788111001")
    assert [one.id for one in found] == [second]
