"""A forgotten PIN: two officers take it away, and nothing begun before is worth anything."""

import uuid
from collections.abc import Iterator

import pytest

from core.approvals import requests
from core.approvals.requests import officer
from core.db.database import Deadline
from core.money import intents, ledger
from core.money.errors import IntentExpired, SpendingLimited
from core.people import first_use, numbers, people, pin_attempts, pins
from core.people.errors import AlreadyRegistered, NoPin, PinLocked
from core.recovery import new_pin
from core.recovery.new_pin import NEW_PIN, NobodyToReset
from core.savings.contributions import CONTRIBUTE
from core.tenants import directory
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, insert_tenant
from values.ids import uuid7

ANN, BEN = officer("ann", "test"), officer("ben", "test")
OLD, NEW = "2748", "9173"
LIMIT_MINOR = 1_000


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    id = insert_tenant(module_database, "first", '{"new_pin_limit_minor": 1000}')
    made = Tenant(module_database, id, "first")
    with made.tx() as tx:
        tx.execute(
            "WITH s AS (INSERT INTO service (tenant_id, id, provider, channel, code, tree) VALUES"
            " (current_tenant(), %s, 'africastalking', 'ussd', '*384*77#', '{}') RETURNING *)"
            " INSERT INTO service_address (provider, channel, code, tenant_id, service_id)"
            " SELECT provider, channel, code, tenant_id, id FROM s",
            (uuid7(),),
        )
    yield made
    assert made.broken() == []
    made.close()


@pytest.fixture
def person(tenant: Tenant) -> uuid.UUID:
    return tenant.person(pin=OLD)


def ask(tenant: Tenant, person: uuid.UUID) -> uuid.UUID:
    with tenant.tx() as tx:
        return requests.ask(
            tx, KEYS, NEW_PIN, by=ANN, params={}, reason="forgot it", subject_id=person
        ).request.id


def approve(tenant: Tenant, request_id: uuid.UUID) -> str:
    """The code that is handed over."""
    with tenant.tx() as tx:
        done = requests.approve(tx, KEYS, {NEW_PIN.name: NEW_PIN}, request_id, by=BEN).done
    return done.handover.replace(" ", "")


def reset(tenant: Tenant, person: uuid.UUID) -> str:
    return approve(tenant, ask(tenant, person))


def check(tenant: Tenant, person: uuid.UUID, pin: str) -> pins.PinCheck:
    with tenant.tx() as tx:
        [address] = [one.address for one in numbers.numbers_of(tx, KEYS, person)]
    return pins.check_pin(
        *(tenant.database, KEYS, Deadline(10)),
        tenant_id=tenant.tenant_id,
        subscriber_id=person,
        pin=pin,
        address=address,
    )


def show(tenant: Tenant, person: uuid.UUID, code: str) -> first_use.FirstUseCheck:
    return first_use.check_first_use(
        *(tenant.database, KEYS, Deadline(10)),
        tenant_id=tenant.tenant_id,
        subscriber_id=person,
        answer=code,
    )


def choose(tenant: Tenant, person: uuid.UUID, generation: int, pin: str = NEW) -> new_pin.Chosen:
    hashed = KEYS.hash_pin(pin)
    with tenant.tx() as tx:
        return new_pin.choose(
            tx,
            KEYS,
            tenant=_tenant(tenant),
            service_id=uuid7(),
            subscriber_id=person,
            pin_hash=hashed,
            generation=generation,
        )


def _tenant(tenant: Tenant) -> directory.Tenant:
    [service] = directory.all_services(tenant.database)
    return service.tenant


def who(tenant: Tenant, person: uuid.UUID) -> people.Person:
    with tenant.tx() as tx:
        found = people.get(tx, KEYS, person)
    assert found is not None
    return found


def texts(tenant: Tenant, person: uuid.UUID) -> list[str]:
    rows = tenant.admin.execute(
        "SELECT template FROM message WHERE subscriber_id = %s ORDER BY id", (person,)
    ).fetchall()
    return [str(row[0]) for row in rows]


def pay(tenant: Tenant, person: uuid.UUID, amount_minor: int) -> intents.Intent:
    """Claim an intent, as every operation does; nothing is posted."""
    id = uuid7()
    with tenant.tx() as tx:
        intents.open_intent(
            tx,
            id=id,
            subscriber_id=person,
            session=uuid7().hex,
            operation=CONTRIBUTE.name,
            payee_id=uuid7(),
            amount_minor=amount_minor,
            fee_minor=0,
            currency=CURRENCY,
            quote={},
        )
    with tenant.tx() as tx:
        return intents.claim(tx, id, person, entry_id=None)[0]


def forget_what_is_pending(tenant: Tenant) -> None:
    """The claims of `pay` came without a posting."""
    tenant.as_superuser("DELETE FROM intent")


def test_the_old_pin_opens_nothing_and_the_money_stays(tenant: Tenant, person: uuid.UUID) -> None:
    wallet = ledger.account_id(person, ledger.WALLET, CURRENCY)
    tenant.fund(wallet, 5_000)
    request = ask(tenant, person)
    assert check(tenant, person, OLD).right  # one officer alone changes nothing
    code = approve(tenant, request)
    with pytest.raises(NoPin):
        check(tenant, person, OLD)
    assert (who(tenant, person).has_pin, who(tenant, person).pin_reset) == (False, True)
    shown = show(tenant, person, code)
    assert shown.right
    chosen = choose(tenant, person, shown.generation)
    assert chosen.person == who(tenant, person)
    assert (chosen.person.has_pin, chosen.person.pin_reset) == (True, False)
    assert chosen.limit.amount_minor == LIMIT_MINOR
    assert check(tenant, person, NEW).right
    assert not check(tenant, person, OLD).right
    assert tenant.balance(wallet) == (5_000, 0)


def test_the_person_is_texted_at_each_step(tenant: Tenant, person: uuid.UUID) -> None:
    request = ask(tenant, person)
    assert texts(tenant, person) == ["new_pin_asked"]
    code = approve(tenant, request)
    choose(tenant, person, show(tenant, person, code).generation)
    assert texts(tenant, person) == ["new_pin_asked", "new_pin_allowed", "new_pin_chosen"]


def test_a_lock_is_lifted_by_the_second_officer_only(tenant: Tenant, person: uuid.UUID) -> None:
    for _ in range(pin_attempts.PIN_TRIES):
        check(tenant, person, "0000")
    request = ask(tenant, person)
    with pytest.raises(PinLocked):
        check(tenant, person, OLD)
    code = approve(tenant, request)
    choose(tenant, person, show(tenant, person, code).generation)
    assert check(tenant, person, NEW).tries_left == pin_attempts.PIN_TRIES - 1


def test_without_the_code_no_pin_is_chosen(tenant: Tenant, person: uuid.UUID) -> None:
    code = reset(tenant, person)
    assert not show(tenant, person, str(int(code) ^ 1).zfill(8)).right
    with pytest.raises(AlreadyRegistered), tenant.tx() as tx:
        pins.set_first_pin(tx, person, KEYS.hash_pin(NEW), "en")
    with pytest.raises(IntentExpired), tenant.tx() as tx:
        pins.set_pin(tx, person, KEYS.hash_pin(NEW))


def test_a_code_shown_before_the_newer_one_is_worth_nothing(
    tenant: Tenant, person: uuid.UUID
) -> None:
    old = show(tenant, person, reset(tenant, person))
    new = show(tenant, person, reset(tenant, person))
    assert new.right
    with pytest.raises(IntentExpired):
        choose(tenant, person, old.generation)
    choose(tenant, person, new.generation)
    with pytest.raises(IntentExpired):  # chosen once
        choose(tenant, person, new.generation, "6402")
    assert check(tenant, person, NEW).right


def test_a_change_begun_with_the_old_pin_changes_no_new_one(
    tenant: Tenant, person: uuid.UUID
) -> None:
    with tenant.tx() as tx:
        mark = pins.pin_mark(tx, person)
    code = reset(tenant, person)
    with pytest.raises(IntentExpired), tenant.tx() as tx:
        pins.set_pin(tx, person, KEYS.hash_pin("6402"), replaces=mark)
    choose(tenant, person, show(tenant, person, code).generation)
    with pytest.raises(IntentExpired), tenant.tx() as tx:
        pins.set_pin(tx, person, KEYS.hash_pin("6402"), replaces=mark)
    with tenant.tx() as tx:
        pins.set_pin(tx, person, KEYS.hash_pin("6402"), replaces=pins.pin_mark(tx, person))
    assert check(tenant, person, "6402").right


def test_for_a_day_little_is_paid(tenant: Tenant, person: uuid.UUID) -> None:
    pay(tenant, person, 10 * LIMIT_MINOR)
    choose(tenant, person, show(tenant, person, reset(tenant, person)).generation)
    pay(tenant, person, LIMIT_MINOR - 1)
    with pytest.raises(SpendingLimited) as refused:
        pay(tenant, person, 2)
    assert refused.value.params == {"limit_minor": LIMIT_MINOR, "currency": CURRENCY}
    pay(tenant, person, 1)
    tenant.admin.execute("UPDATE spending_limit SET until = now()")
    pay(tenant, person, 10 * LIMIT_MINOR)
    forget_what_is_pending(tenant)


def test_what_is_refused_counts_nothing(tenant: Tenant, person: uuid.UUID) -> None:
    choose(tenant, person, show(tenant, person, reset(tenant, person)).generation)
    for _ in range(3):
        with pytest.raises(SpendingLimited):
            pay(tenant, person, LIMIT_MINOR + 1)
    pay(tenant, person, LIMIT_MINOR)
    used = tenant.number("SELECT used_minor FROM spending_limit WHERE subscriber_id = %s", person)
    assert used == LIMIT_MINOR
    forget_what_is_pending(tenant)


def test_whoever_never_had_a_pin_forgot_none(tenant: Tenant) -> None:
    with pytest.raises(NobodyToReset):
        ask(tenant, tenant.person())


def test_officers_see_whom_and_what(tenant: Tenant, person: uuid.UUID) -> None:
    request = ask(tenant, person)
    with tenant.tx() as tx:
        shown = NEW_PIN.show(tx, KEYS, requests.get(tx, request))
    assert shown.what == "New PIN for Uwera C."
    assert shown.before == {"PIN": "set"}
