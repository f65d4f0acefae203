"""Long texts in parts: in any order, twice, at once, never, and again under the same number."""

import itertools
from collections.abc import Iterator

import pytest

from core.inbox import long_texts
from core.inbox.content import Content
from core.inbox.inbox import Incoming
from core.inbox.long_texts import GIVE_UP_LONG_TEXT, LongText
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.waiting import at_once
from tests.support.workers import MessagingTenant

NUMBER, OTHER = "+250788000001", "+250788000002"
PARTS = ("one ", "two ", "three")


@pytest.fixture(scope="module")
def shared(module_database: DatabaseUrls) -> Iterator[MessagingTenant]:
    made = MessagingTenant(module_database)
    yield made
    made.close()


@pytest.fixture
def tenant(shared: MessagingTenant) -> MessagingTenant:
    shared.admin.execute("TRUNCATE long_text, outbox")
    return shared


def add(
    tenant: MessagingTenant,
    number: int,
    *,
    reference: str = "8:7",
    sender: str = NUMBER,
    total: int = 3,
    had_pin: bool = False,
) -> LongText | None:
    part = Incoming("smpp", "", sender, Content(PARTS[number - 1]), had_pin)
    with tenant.tx() as tx:
        return long_texts.add(
            *(tx, KEYS, tenant.service_id, part), reference=reference, total=total, number=number
        )


def count(tenant: MessagingTenant) -> int:
    return int(tenant.one("SELECT count(*) FROM long_text")[0])


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_in_any_order_the_last_part_brings_the_text(
    tenant: MessagingTenant, order: tuple[int, ...]
) -> None:
    *before, last = order
    assert [add(tenant, number) for number in before] == [None, None]
    whole = add(tenant, last)
    assert whole is not None
    assert (whole.text, whole.address, whole.had_pin) == ("one two three", NUMBER, False)
    assert "one" not in repr(whole)
    assert NUMBER not in repr(whole)


def test_a_copy_of_a_part_changes_nothing_before_and_after_the_end(
    tenant: MessagingTenant,
) -> None:
    assert [add(tenant, number) for number in (1, 1, 2, 2)] == [None] * 4
    assert add(tenant, 3) is not None
    assert [add(tenant, number) for number in (1, 2, 3)] == [None] * 3
    assert count(tenant) == 1
    (kept,) = tenant.one("SELECT parts_sealed FROM long_text")
    assert kept == []


def test_parts_at_once_make_one_text(tenant: MessagingTenant) -> None:
    found = at_once([lambda n=n: add(tenant, n) for n in (1, 2, 3)])  # type: ignore[misc]
    assert [one for one in found if isinstance(one, Exception)] == []
    assert len([one for one in found if one is not None]) == 1


def test_texts_of_two_people_and_two_references_do_not_mix(tenant: MessagingTenant) -> None:
    for sender, reference in ((NUMBER, "8:7"), (OTHER, "8:7"), (NUMBER, "16:7")):
        assert add(tenant, 1, sender=sender, reference=reference) is None
        assert add(tenant, 2, sender=sender, reference=reference) is None
    assert count(tenant) == 3


def test_the_same_reference_an_hour_later_is_another_text(tenant: MessagingTenant) -> None:
    first = [add(tenant, number) for number in (1, 2, 3)][-1]
    tenant.admin.execute("UPDATE long_text SET ended_at = ended_at - interval '61 minutes'")
    second = [add(tenant, number) for number in (1, 2, 3)][-1]
    assert first is not None
    assert second is not None
    assert first.provider_message_id != second.provider_message_id


def test_what_is_given_up_has_marks_where_parts_are_missing(tenant: MessagingTenant) -> None:
    add(tenant, 1, had_pin=True)
    add(tenant, 3)
    rows = tenant.admin.execute("SELECT subject_id, kind FROM outbox").fetchall()
    [(id, kind)] = rows
    assert kind == GIVE_UP_LONG_TEXT
    with tenant.tx() as tx:
        found = long_texts.give_up(tx, KEYS, id)
    assert found is not None
    assert (found.text, found.address, found.had_pin) == ("one  […] three", NUMBER, True)
    with tenant.tx() as tx:
        assert long_texts.give_up(tx, KEYS, id) is None
    assert add(tenant, 2) is None  # too late


def test_nothing_of_it_can_be_read_in_the_database(tenant: MessagingTenant) -> None:
    add(tenant, 1)
    row = tenant.one("SELECT parts_sealed, address_sealed FROM long_text")
    assert b"one" not in row[0][0]
    assert NUMBER.encode() not in row[1]


@pytest.mark.parametrize(("number", "total"), [(0, 3), (4, 3), (1, 256)])
def test_a_number_that_no_part_has_is_refused(
    tenant: MessagingTenant, number: int, total: int
) -> None:
    part = Incoming("smpp", "", NUMBER, Content("x"))
    with tenant.tx() as tx, pytest.raises(ValueError, match="no part"):
        long_texts.add(
            *(tx, KEYS, tenant.service_id, part), reference="8:1", total=total, number=number
        )
