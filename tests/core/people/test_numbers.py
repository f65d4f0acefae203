"""A person's numbers: which is in use, which were taken out, and how new a SIM is."""

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from core.db.database import Deadline
from core.money import intents
from core.people import numbers, people, pins
from core.people.errors import (
    AlreadyRegistered,
    MoneyWaits,
    NumberIsNotTheirs,
    NumberIsTheirs,
    NumberTakenOut,
    TooManyPeople,
)
from core.people.people import PEOPLE_A_PHONE_MAXIMUM, USSD
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from values.ids import uuid7

ACTOR, REASON = "test", "a lost SIM"
PIN = "2748"


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


_numbers = iter(range(780_000_000, 780_999_999))


def number() -> str:
    return f"+250{next(_numbers)}"


def somebody(tenant: Tenant) -> tuple[uuid.UUID, str]:
    """Registered by phone, with a PIN."""
    address = number()
    return tenant.person(address=address, pin=PIN), address


def attach(tenant: Tenant, person: uuid.UUID, address: str) -> None:
    with tenant.tx() as tx:
        numbers.attach(tx, KEYS, person, address, actor=ACTOR, reason=REASON)


def detach(tenant: Tenant, person: uuid.UUID, address: str) -> None:
    with tenant.tx() as tx:
        numbers.detach(tx, KEYS, person, address, actor=ACTOR, reason=REASON)


def in_use(tenant: Tenant, person: uuid.UUID) -> str | None:
    """The number, and that both ways to ask agree."""
    with tenant.tx() as tx:
        lookup = numbers.number_in_use(tx, person)
        told = numbers.numbers_of(tx, KEYS, person)
    found = [one.address for one in told if one.is_in_use]
    assert [KEYS.lookup(USSD, one) for one in found] == ([lookup] if lookup else [])
    return found[0] if found else None


def at(tenant: Tenant, address: str) -> list[uuid.UUID]:
    with tenant.tx() as tx:
        return [person.id for person in people.identify(tx, KEYS, address)]


def use(tenant: Tenant, person: uuid.UUID, address: str) -> None:
    with tenant.tx() as tx:
        numbers.was_used(tx, KEYS, person, address)


def test_the_number_in_use_is_where_they_last_proved_who_they_are(tenant: Tenant) -> None:
    person, first = somebody(tenant)
    second, third = number(), number()
    attach(tenant, person, second)
    attach(tenant, person, third)
    assert in_use(tenant, person) == first
    for used in (second, first, third, second):
        use(tenant, person, used)
        assert in_use(tenant, person) == used


def test_without_a_call_the_newest_number_is_in_use(tenant: Tenant) -> None:
    person, first = somebody(tenant)
    tenant.admin.execute("UPDATE address SET used_at = NULL WHERE subscriber_id = %s", (person,))
    assert in_use(tenant, person) == first
    second = number()
    attach(tenant, person, second)
    assert in_use(tenant, person) == second


def test_that_a_number_is_used_again_is_not_written_down_each_time(tenant: Tenant) -> None:
    person, address = somebody(tenant)
    use(tenant, person, address)
    before = tenant.one("SELECT xmin::text FROM address WHERE subscriber_id = %s", person)
    use(tenant, person, address)
    assert tenant.one("SELECT xmin::text FROM address WHERE subscriber_id = %s", person) == before


def test_a_number_that_was_taken_out_opens_nothing_and_is_history(tenant: Tenant) -> None:
    person, first = somebody(tenant)
    second = number()
    attach(tenant, person, second)
    detach(tenant, person, first)
    assert at(tenant, first) == []
    assert at(tenant, second) == [person]
    assert in_use(tenant, person) == second
    use(tenant, person, first)
    assert in_use(tenant, person) == second
    with tenant.tx() as tx:
        told = numbers.numbers_of(tx, KEYS, person)
    assert [(one.address, one.detached_at is None) for one in told] == [
        (first, False),
        (second, True),
    ]
    detach(tenant, person, second)
    assert in_use(tenant, person) is None


def test_no_pin_is_taken_from_a_number_that_was_taken_out_meanwhile(tenant: Tenant) -> None:
    person, address = somebody(tenant)

    def guess(where: str) -> bool:
        return pins.check_pin(
            tenant.database,
            KEYS,
            Deadline(20),
            tenant_id=tenant.tenant_id,
            subscriber_id=person,
            pin=PIN,
            address=where,
        ).right

    assert guess(address)
    with pytest.raises(NumberTakenOut):
        guess(number())
    detach(tenant, person, address)
    with pytest.raises(NumberTakenOut):
        guess(address)


def test_a_number_comes_back_and_is_new_then(tenant: Tenant) -> None:
    person, address = somebody(tenant)
    detach(tenant, person, address)
    other, _ = somebody(tenant)
    attach(tenant, other, address)
    attach(tenant, person, address)
    assert at(tenant, address) == [other, person]
    with tenant.tx() as tx:
        found = people.identify(tx, KEYS, address)
    assert all(one.sim_changed_at is not None for one in found)


def test_staff_are_told_what_cannot_be(tenant: Tenant) -> None:
    person, address = somebody(tenant)
    with pytest.raises(NumberIsTheirs):
        attach(tenant, person, address)
    with pytest.raises(NumberIsNotTheirs):
        detach(tenant, person, number())
    crowded = number()
    for _ in range(PEOPLE_A_PHONE_MAXIMUM):
        tenant.person(address=crowded)
    with pytest.raises(TooManyPeople):
        attach(tenant, person, crowded)
    detach(tenant, at(tenant, crowded)[0], crowded)
    attach(tenant, person, crowded)


def test_what_staff_did_is_in_the_audit_trail_without_the_number(tenant: Tenant) -> None:
    person, first = somebody(tenant)
    second = number()
    attach(tenant, person, second)
    detach(tenant, person, first)
    rows = tenant.admin.execute(
        "SELECT action, actor, detail FROM audit WHERE object_id = %s ORDER BY id", (person,)
    ).fetchall()
    assert [(action, actor, detail["reason"]) for action, actor, detail in rows] == [
        ("attach number", "test", "a lost SIM"),
        ("detach number", "test", "a lost SIM"),
    ]
    assert [detail["number"] for _, _, detail in rows] == [
        KEYS.lookup(USSD, one).hex() for one in (second, first)
    ]
    assert not any(first[-6:] in str(row) or second[-6:] in str(row) for row in rows)


def test_nobodys_numbers_change_while_money_of_theirs_waits(tenant: Tenant) -> None:
    person, address = somebody(tenant)
    wallet = tenant.wallet(1_000)
    owner = tenant.one("SELECT owner_id FROM account WHERE id = %s", wallet)[0]
    held = tenant.hold(wallet, 400)
    with pytest.raises(MoneyWaits):
        attach(tenant, owner, number())
    with pytest.raises(MoneyWaits):
        detach(tenant, owner, tenant.number_of(owner))
    tenant.void(held)
    attach(tenant, owner, number())

    intent = uuid7()
    with tenant.tx() as tx:
        intents.open_intent(
            tx,
            id=intent,
            subscriber_id=person,
            session="session",
            operation="payout",
            payee_id=uuid7(),
            amount_minor=500,
            fee_minor=0,
            currency=CURRENCY,
            quote={},
        )
    attach(tenant, person, number())  # what is only shown stops nothing
    with tenant.tx() as tx:
        intents.claim(tx, intent, person, entry_id=None)
    with pytest.raises(MoneyWaits):
        detach(tenant, person, address)
    with tenant.tx() as tx:
        intents.finish(tx, intent, None)
    detach(tenant, person, address)


def test_a_sim_that_changed_is_new_for_everybody_at_the_number(tenant: Tenant) -> None:
    shared = number()
    two = [tenant.person(address=shared) for _ in range(2)]
    changed = datetime.now(UTC) - timedelta(hours=5)
    with tenant.tx() as tx:
        assert numbers.sim_changed(tx, KEYS, shared, at=changed, actor=ACTOR, reason=REASON) == 2
        earlier = changed - timedelta(days=9)
        assert numbers.sim_changed(tx, KEYS, shared, at=earlier, actor=ACTOR, reason=REASON) == 2
        assert numbers.sim_changed(tx, KEYS, number(), at=changed, actor=ACTOR, reason=REASON) == 0
    with tenant.tx() as tx:
        found = people.identify(tx, KEYS, shared)
    assert [(one.id, one.sim_changed_at) for one in found] == [(one, changed) for one in two]


def test_somebody_new_registers_at_a_known_number_only_by_saying_so(tenant: Tenant) -> None:
    person, address = somebody(tenant)
    with tenant.tx() as tx:
        found = people.identify(tx, KEYS, address)
    numbers.require_registering([], beside=False)
    with pytest.raises(AlreadyRegistered):
        numbers.require_registering(found, beside=False)
    numbers.require_registering(found, beside=True)
    with pytest.raises(TooManyPeople):
        numbers.require_registering(found * PEOPLE_A_PHONE_MAXIMUM, beside=True)
    new = tenant.person(address=address)
    with tenant.tx() as tx:
        numbers.note_registered_beside(tx, new, found)
    actor, detail = tenant.one("SELECT actor, detail FROM audit WHERE object_id = %s", new)
    assert (actor, detail) == ("phone", {"others": [str(person)]})
