"""Wrong PINs of many people: whoever was wrong is held, and nobody else ever is."""

import json
import uuid
from collections.abc import Callable

import pytest

from core.db.database import Tx
from core.money import ledger
from core.people import people, wrong_pins
from core.people.wrong_pins import PEOPLE_A_MINUTE, WrongPin
from core.tenants.directory import touch
from tests.support.phone import Phone, phone_of
from tests.support.tenants import CURRENCY, KEYS
from tests.support.ussd import UssdTenant
from values.ids import uuid7

PIN, WRONG = "2748", "9163"
LOCKED = "Too many wrong PINs. Try again in 30 min."
SPREAD = (
    "ALARM ibimina: wrong PINs of too many people in a minute. Theirs are locked, nobody else's:"
    " piga tenant wrong-pins ibimina"
)

Crowd = Callable[[int], list[Phone]]


def registered(tenant: UssdTenant, count: int, first: int) -> list[tuple[uuid.UUID, Phone]]:
    """People who have just registered, all with one PIN."""
    hashed = KEYS.hash_pin(PIN)
    made = []
    with tenant.tx() as tx:
        for index in range(count):
            number = f"+25079{first + index:07}"
            person = people.register(
                tx,
                KEYS,
                address=number,
                name="Member Ofthecrowd",
                language="en",
                roles=("member",),
                currency=CURRENCY,
                pin_hash=hashed,
                id=uuid7(),
            )
            made.append((person.id, Phone(tenant, number, posts_twice=False)))
    return made


@pytest.fixture
def newcomers(tenant: UssdTenant) -> Crowd:
    return lambda count: [phone for _, phone in registered(tenant, count, 1_000_000)]


@pytest.fixture
def old_people(tenant: UssdTenant) -> Crowd:
    """People who have been here for two days, each with money."""

    def make(count: int) -> list[Phone]:
        made = registered(tenant, count, 2_000_000)
        for person, _ in made:
            tenant.fund(ledger.account_id(person, ledger.WALLET, CURRENCY), 1_000)
        tenant.admin.execute("UPDATE subscriber SET created_at = now() - interval '2 days'")
        return [phone for _, phone in made]

    return make


def balances(phone: Phone, pin: str) -> str:
    """What the phone says to a PIN, but for whom to call."""
    phone.dial("*384*10*2#")
    return phone.type(pin).text.partition(" Forgot it?")[0]


def alarms(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if "ALARM" in one.getMessage()]


def listed(tenant: UssdTenant, *, only_held: bool = False) -> list[WrongPin]:
    with tenant.tx() as tx:
        return wrong_pins.wrong_since(tx, KEYS, hours=24, only_held=only_held)


def locked(tenant: UssdTenant) -> int:
    return tenant.number("SELECT count(*) FROM subscriber WHERE pin_locked_until > now()")


@pytest.mark.parametrize(
    "count", [31, pytest.param(300, marks=pytest.mark.long)], ids=["31", "300"]
)
def test_new_numbers_that_are_wrong_all_the_time_stop_nobody(
    tenant: UssdTenant, newcomers: Crowd, caplog: pytest.LogCaptureFixture, count: int
) -> None:
    """Each is wrong, wrong, and right, which gives both back; somebody else is right all along."""
    sims, other = newcomers(count), phone_of(tenant, "uwera", posts_twice=False)
    right = 0
    for number, sim in enumerate(sims):
        assert balances(sim, WRONG).startswith("Wrong PIN. Tries left: 2.")
        assert sim.type(WRONG).text.startswith("Wrong PIN. Tries left: 1.")
        if number % 10 == 0:
            right += balances(other, PIN).startswith("Wallet")
    assert right == len(range(0, count, 10))
    # Also while all of them are wrong at once, and the other one mistypes.
    assert balances(other, WRONG).startswith("Wrong PIN. Tries left: 2.")
    assert other.type(PIN).text.startswith("Wallet")
    assert locked(tenant) == 0
    for sim in sims:
        assert balances(sim, PIN).startswith("Wallet")
    assert alarms(caplog) == []
    # Staff see who they were, as long as they are wrong.
    assert listed(tenant) == []
    balances(sims[0], WRONG)
    assert [(one.name, one.has_history) for one in listed(tenant)] == [("Member Ofthecrowd", False)]


@pytest.mark.parametrize(
    "count", [60, pytest.param(500, marks=pytest.mark.long)], ids=["60", "500"]
)
def test_one_guess_at_each_of_many_is_stopped_for_those(
    tenant: UssdTenant, old_people: Crowd, caplog: pytest.LogCaptureFixture, count: int
) -> None:
    tenant.faults_are_expected = True  # the alarm
    *guessed, other = old_people(count + 1)
    said = [balances(phone, WRONG) for phone in guessed]
    assert {one.partition(".")[0] for one in said[:PEOPLE_A_MINUTE]} == {"Wrong PIN"}
    assert set(said[PEOPLE_A_MINUTE:]) == {LOCKED}
    assert set(alarms(caplog)) == {SPREAD}

    # All of them are held, with the right PIN too, from the first to the last; nobody else is.
    assert locked(tenant) == count
    for phone in (guessed[0], guessed[PEOPLE_A_MINUTE], guessed[-1]):
        assert balances(phone, PIN) == LOCKED
    assert balances(other, PIN).startswith("Wallet")

    # Each was texted once, and staff have the list of them.
    texted = "SELECT count(*), count(DISTINCT subscriber_id) FROM message WHERE template = %s"
    assert tenant.one(texted, "pin_locked") == (count, count)
    assert "paying is locked for 30 min" in tenant.texts(guessed[0].number)[0]
    assert len(listed(tenant, only_held=True)) == count
    assert all(one.is_locked and one.has_history for one in listed(tenant))

    # The next guess at each locks at once again, for longer: six a day, instead of eighteen.
    tenant.later(31)
    again = [balances(phone, WRONG) for phone in guessed[: PEOPLE_A_MINUTE + 2]]
    assert again[-2:] == ["Too many wrong PINs. Try again in 60 min."] * 2


def test_a_slip_while_somebody_guesses_at_many_costs_the_one_who_slipped(
    tenant: UssdTenant, old_people: Crowd
) -> None:
    tenant.faults_are_expected = True  # the alarm
    *guessed, careful, hasty = old_people(PEOPLE_A_MINUTE + 2)
    for phone in guessed:
        balances(phone, WRONG)
    assert balances(hasty, WRONG) == LOCKED
    assert balances(careful, PIN).startswith("Wallet")


def test_a_normal_level_of_mistakes_holds_nobody(
    tenant: UssdTenant, old_people: Crowd, caplog: pytest.LogCaptureFixture
) -> None:
    """Who gets it right the second time is not counted, so that the number may be small."""
    for phone in old_people(PEOPLE_A_MINUTE + 10):
        assert balances(phone, WRONG).startswith("Wrong PIN. Tries left: 2.")
        assert phone.type(PIN).text.startswith("Wallet")
    assert alarms(caplog) == []
    assert locked(tenant) == 0


def test_who_has_nothing_is_not_worth_a_guess(tenant: UssdTenant, newcomers: Crowd) -> None:
    """Here for days, but without money or movements."""
    phones = newcomers(PEOPLE_A_MINUTE + 3)
    tenant.admin.execute("UPDATE subscriber SET created_at = now() - interval '2 days'")
    for phone in phones:
        assert balances(phone, WRONG).startswith("Wrong PIN. Tries left: 2.")
    assert locked(tenant) == 0


def test_the_minute_goes_by(tenant: UssdTenant, old_people: Crowd) -> None:
    tenant.faults_are_expected = True  # the alarm for those of a day
    phones = old_people(PEOPLE_A_MINUTE + 1)
    for phone in phones[:-1]:
        balances(phone, WRONG)
    tenant.admin.execute("UPDATE wrong_pin SET wrong_at = wrong_at - interval '61 seconds'")
    assert balances(phones[-1], WRONG).startswith("Wrong PIN. Tries left: 2.")


def test_a_large_tenant_names_its_own_number(tenant: UssdTenant, old_people: Crowd) -> None:
    tenant.change(set_limit, 40)
    for phone in old_people(40):
        assert balances(phone, WRONG).startswith("Wrong PIN. Tries left: 2.")
    assert locked(tenant) == 0


def set_limit(tx: Tx, wrong_pins_a_minute: int) -> None:
    tx.execute(
        "UPDATE tenant SET settings = settings || %s WHERE id = current_tenant()",
        (json.dumps({"wrong_pins_a_minute": wrong_pins_a_minute}),),
    )
    touch(tx)


def test_a_right_pin_costs_nothing_for_it(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera", posts_twice=False)

    def trips(pin: str) -> int:
        phone.dial("*384*10*2#")
        before: int = tenant.store.counts.round_trips
        phone.type(pin)
        return int(tenant.store.counts.round_trips) - before

    trips(PIN)
    assert trips(PIN) == 2
    assert trips(WRONG) == 2
