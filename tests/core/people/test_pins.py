"""PINs: counted before they are verified, locked after three, given back when right."""

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest

from core.db.database import Database as Core
from core.db.database import Deadline
from core.people import people, pin_attempts, pin_proposals, pins
from core.people.errors import AlreadyRegistered, NoPin, PinLocked
from core.people.pins import PinCheck
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, KEYS, Tenant, new_tenant
from tests.support.waiting import at_once

PIN = "2748"


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


def guess(
    tenant: Tenant, person: uuid.UUID, pin: str, *, keep: bool = False, core: Core | None = None
) -> PinCheck:
    """One guess as a turn makes it: a right one is given back with what it allowed."""
    core = core or tenant.database
    check = pins.check_pin(
        core,
        KEYS,
        Deadline(20),
        tenant_id=tenant.tenant_id,
        subscriber_id=person,
        pin=pin,
        address=tenant.number_of(person),
    )
    if check.right and not keep:
        with tenant.tx() as tx:
            pins.pin_was_right(tx, person)
    return check


def state(tenant: Tenant, person: uuid.UUID) -> tuple[int, bool]:
    with tenant.tx() as tx:
        row = tx.one(
            "SELECT pin_attempts, pin_locked_until IS NOT NULL FROM subscriber WHERE id = %s",
            (person,),
        )
    assert row is not None
    return row[0], row[1]


def test_a_right_pin_is_right_and_costs_nothing(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    assert guess(tenant, person, PIN).right
    assert state(tenant, person) == (0, False)


def test_three_wrong_lock_for_half_an_hour(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    checks = [guess(tenant, person, "0000") for _ in range(3)]
    assert [check.tries_left for check in checks] == [2, 1, 0]
    assert [check.locked_minutes for check in checks] == [0, 0, 30]
    with pytest.raises(PinLocked) as locked:
        guess(tenant, person, PIN)  # also the right one
    assert locked.value.params == {"minutes": 30}


def test_right_pins_typed_at_once_lock_nobody(tenant: Tenant) -> None:
    """Three are being checked, and are given back a moment later; the fourth waits for that."""
    person = tenant.person(pin=PIN)
    for _ in range(pin_attempts.PIN_TRIES):
        assert guess(tenant, person, PIN, keep=True).right
    assert state(tenant, person) == (3, True)

    def give_back() -> None:
        time.sleep(0.2)
        with tenant.tx() as tx:
            pins.pin_was_right(tx, person)

    _, fourth = at_once([give_back, lambda: guess(tenant, person, PIN)])
    assert isinstance(fourth, PinCheck), fourth
    assert fourth.right
    assert state(tenant, person) == (0, False)


def test_a_lock_holds_in_every_session_and_process(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    for _ in range(3):
        guess(tenant, person, "0000")
    elsewhere = Core(tenant.urls.database_url)
    with pytest.raises(PinLocked):
        guess(tenant, person, PIN, core=elsewhere)
    elsewhere.close()


def test_a_success_between_gives_the_tries_back(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    for _ in range(3):
        assert guess(tenant, person, "1111").tries_left == 2
        assert guess(tenant, person, "1112").tries_left == 1
        assert guess(tenant, person, PIN).right
    assert state(tenant, person) == (0, False)


def test_the_last_try_may_be_the_right_one(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    guess(tenant, person, "0000")
    guess(tenant, person, "0000")
    assert guess(tenant, person, PIN).right
    assert guess(tenant, person, PIN).right


def test_a_lock_runs_out_and_counting_begins_anew(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    for _ in range(3):
        guess(tenant, person, "0000")
    pass_time(tenant, person, pin_attempts.PIN_LOCK_S)
    assert guess(tenant, person, "0000").tries_left == 2
    assert guess(tenant, person, PIN).right


def pass_time(tenant: Tenant, person: uuid.UUID, seconds: int) -> None:
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE subscriber SET pin_locked_until = pin_locked_until - %s WHERE id = %s",
            (timedelta(seconds=seconds), person),
        )


def lock(tenant: Tenant, person: uuid.UUID) -> int:
    """Three wrong guesses: for how many minutes they lock."""
    *_, last = [guess(tenant, person, "0000") for _ in range(3)]
    with pytest.raises(PinLocked) as locked:
        guess(tenant, person, PIN)
    assert locked.value.params == {"minutes": last.locked_minutes}
    return last.locked_minutes


@pytest.mark.parametrize(
    ("passed_s", "minutes"), [(0, 30), (59, 30), (60, 29), (1739, 2), (1740, 1), (1799, 1)]
)
def test_the_minutes_that_are_left_are_rounded_up(
    tenant: Tenant, passed_s: int, minutes: int
) -> None:
    person = tenant.person(pin=PIN)
    lock(tenant, person)
    pass_time(tenant, person, passed_s)
    with pytest.raises(PinLocked) as locked:
        guess(tenant, person, PIN)
    assert locked.value.params == {"minutes": minutes}


def test_a_guess_that_began_before_the_lock_waits_no_longer_than_it(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    with tenant.tx() as tx:
        assert tx.one("SELECT now()")  # the guess has begun, and waits for the row
        assert lock(tenant, person) == pin_attempts.PIN_LOCK_S // 60
        row = tx.one(
            "SELECT pin_hash, locked_s FROM pin_attempt(%s, %s, %s::smallint, %s)",
            (tenant.tenant_id, person, pin_attempts.PIN_TRIES, pin_attempts.PIN_LOCK_S),
        )
    assert row == (None, pin_attempts.PIN_LOCK_S)


def test_each_lock_is_twice_as_long_until_four_hours(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    for minutes in (30, 60, 120, 240, 240, 240):
        assert lock(tenant, person) == minutes
        pass_time(tenant, person, minutes * 60 - 90)
        with pytest.raises(PinLocked) as locked:
            guess(tenant, person, PIN)
        assert locked.value.params == {"minutes": 2}
        pass_time(tenant, person, 90)
    assert pin_attempts.PIN_LOCK_LONGEST_S == 240 * 60


def test_whoever_only_waits_has_27_guesses_on_the_first_day(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pin_attempts, "WAIT_S", 0.0)
    person, guesses, hours = tenant.person(pin=PIN), 0, 0.0
    while hours < 24:
        minutes = lock(tenant, person)
        pass_time(tenant, person, minutes * 60)
        guesses += pin_attempts.PIN_TRIES
        hours += minutes / 60
    assert guesses == 27


def test_after_a_right_pin_a_lock_is_a_short_one_again(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    for minutes in (30, 60):
        assert lock(tenant, person) == minutes
        pass_time(tenant, person, minutes * 60)
    for wrong in (1, 2):  # the second time as the last try, which had locked already
        for _ in range(wrong):
            guess(tenant, person, "0000")
        assert guess(tenant, person, PIN).right
        assert lock(tenant, person) == 30
        pass_time(tenant, person, 30 * 60)


def test_a_new_pin_leaves_the_next_lock_as_long(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    assert lock(tenant, person) == 30
    pass_time(tenant, person, 30 * 60)
    with tenant.tx() as tx:
        pins.set_pin(tx, person, KEYS.hash_pin("9173"))
    assert lock(tenant, person) == 60


def test_a_process_killed_while_it_verified_leaves_a_lock_that_runs_out(tenant: Tenant) -> None:
    """Three guesses were counted, and whoever made them never came back to say how they ended."""
    person = tenant.person(pin=PIN)
    for _ in range(3):
        with tenant.tx() as tx:
            tx.one(
                "SELECT * FROM pin_attempt(%s, %s, %s::smallint, %s)",
                (tenant.tenant_id, person, pin_attempts.PIN_TRIES, pin_attempts.PIN_LOCK_S),
            )
    with pytest.raises(PinLocked):
        guess(tenant, person, PIN)
    with tenant.tx() as tx:
        tx.execute("UPDATE subscriber SET pin_locked_until = now() WHERE id = %s", (person,))
    assert guess(tenant, person, PIN).right


def test_parallel_guesses_count_before_they_are_verified(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    wrong = [f"{number:04}" for number in range(5000, 5019)]
    answers = at_once(
        [lambda pin=pin: guess(tenant, person, pin, keep=True) for pin in [*wrong, PIN]]  # type: ignore[misc]
    )
    verified = [answer for answer in answers if isinstance(answer, PinCheck)]
    assert len(verified) == pin_attempts.PIN_TRIES
    assert sum(isinstance(answer, PinLocked) for answer in answers) == 20 - pin_attempts.PIN_TRIES
    assert state(tenant, person) == (pin_attempts.PIN_TRIES, True)


def test_without_a_pin_there_is_nothing_to_guess(tenant: Tenant) -> None:
    with pytest.raises(NoPin):
        guess(tenant, tenant.person(), "0000")
    with pytest.raises(NoPin):
        guess(tenant, uuid.uuid4(), "0000")


def test_a_new_pin_is_no_way_round_a_lock(tenant: Tenant) -> None:
    person = tenant.person(pin=PIN)
    for _ in range(3):
        guess(tenant, person, "0000")
    with tenant.tx() as tx:
        pins.set_pin(tx, person, KEYS.hash_pin("9173"))
    with pytest.raises(PinLocked):
        guess(tenant, person, "9173")


def has(tenant: Tenant, person: uuid.UUID) -> tuple[str | None, bool, bool]:
    """The hash of a person's PIN, whether they chose it, and whether they registered."""
    with tenant.tx() as tx:
        row = tx.one(
            "SELECT pin_hash, pin_set_at IS NOT NULL, registered_at IS NOT NULL FROM subscriber"
            " WHERE id = %s",
            (person,),
        )
    assert row is not None
    return row[0], row[1], row[2]


def entered_by_staff(tenant: Tenant, pin_hash: str | None = None) -> uuid.UUID:
    with tenant.tx() as tx:
        return people.register(
            tx,
            KEYS,
            address="+250780000001",
            name="Gasana Eric",
            language="en",
            roles=("member",),
            currency=CURRENCY,
            pin_hash=pin_hash,
            by_phone=False,
        ).id


def test_a_first_pin_is_given_once(tenant: Tenant) -> None:
    person = entered_by_staff(tenant)
    assert has(tenant, person) == (None, False, False)
    with tenant.tx() as tx:
        pins.set_first_pin(tx, person, "first", "rw")
    with pytest.raises(AlreadyRegistered), tenant.tx() as tx:
        pins.set_first_pin(tx, person, "second", "en")
    assert has(tenant, person) == ("first", True, True)
    with tenant.tx() as tx:
        found = people.get(tx, KEYS, person)
    assert found is not None
    assert found.language == "rw"


def test_of_first_pins_at_once_one_is_taken(tenant: Tenant) -> None:
    person = entered_by_staff(tenant)

    def choose(number: int) -> int:
        with tenant.tx() as tx:
            pins.set_first_pin(tx, person, str(number), "en")
            time.sleep(0.05)  # by now the others wait for this row
        return number

    answers = at_once([partial(choose, number) for number in range(6)])
    [taken] = [answer for answer in answers if isinstance(answer, int)]
    assert sum(isinstance(answer, AlreadyRegistered) for answer in answers) == 5
    assert has(tenant, person)[0] == str(taken)


def test_a_pin_that_was_given_is_not_one_that_was_chosen(tenant: Tenant) -> None:
    given = entered_by_staff(tenant, "given")
    assert has(tenant, given) == ("given", False, False)
    with tenant.tx() as tx:
        pins.set_pin(tx, given, "chosen")
    assert has(tenant, given) == ("chosen", True, False)
    assert has(tenant, tenant.person(pin=PIN))[1:] == (True, True)
    assert has(tenant, tenant.person())[1:] == (False, True)


def test_between_pin_and_pin_again_only_a_hash_is_kept(tenant: Tenant) -> None:
    with tenant.tx() as tx:
        pin_proposals.propose_pin(tx, "session", KEYS.hash_pin("5091"))
    with tenant.tx() as tx:
        pin_proposals.propose_pin(tx, "session", KEYS.hash_pin("6402"))
        kept = pin_proposals.proposed_pin(tx, "session")
        assert kept is not None
        assert KEYS.verify_pin("6402", kept)
        assert pin_proposals.proposed_pin(tx, "another") is None
        pin_proposals.forget_proposed_pin(tx, "session")
    with tenant.tx() as tx:
        assert pin_proposals.proposed_pin(tx, "session") is None
        pin_proposals.propose_pin(tx, "late", KEYS.hash_pin("5091"))
        tx.execute("UPDATE pin_proposal SET expires_at = now() WHERE session = 'late'")
        assert pin_proposals.proposed_pin(tx, "late") is None
