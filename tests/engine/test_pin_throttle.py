"""Wrong PINs across many people: seen, told once, and stopped before a PIN is looked at."""

import json
from typing import Any

import pytest

from app.operations.tenant_folder import read_folder
from app.operations.tenant_folder import rules as manifest_rules
from app.settings import CHECKOUT
from core.db.database import Tx
from core.manifest.apply import apply
from core.people import people
from core.tenants.directory import touch
from engine.limits import WRONG_PINS_A_MINUTE, WRONG_PINS_COUNTED_S
from engine.turn.ussd import UssdRequest
from menus import sentences
from menus.texts import say
from tests.support.phone import Phone, phone_of
from tests.support.stages import people_are_wrong, too_many_pins_are_wrong, wrong_pins_key
from tests.support.tenants import KEYS, PROVIDER
from tests.support.ussd import UssdTenant
from values.ids import uuid7

FIXTURES = CHECKOUT / "fixtures" / "tenants"
NOT_NOW = say(sentences.NOT_NOW, "en")
PIN, WRONG = "2748", "9163"


@pytest.fixture
def crowd(tenant: UssdTenant) -> list[Phone]:
    """People with a phone and the same PIN; one more than may mistype it within a minute."""
    hashed = KEYS.hash_pin(PIN)
    numbers = [f"+2507900000{index:02}" for index in range(WRONG_PINS_A_MINUTE + 2)]
    for number in numbers:
        tenant.change(
            people.register,
            KEYS,
            address=number,
            name="Member Ofthecrowd",
            language="en",
            roles=("member",),
            currency="RWF",
            pin_hash=hashed,
            id=uuid7(),
        )
    return [Phone(tenant, number, posts_twice=False) for number in numbers]


def balances(phone: Phone, pin: str) -> str:
    phone.dial("*384*10*2#")
    return phone.type(pin).text


def minute_is_over(tenant: UssdTenant) -> None:
    left: Any = tenant.redis.ttl(wrong_pins_key(tenant))
    assert 0 < left <= WRONG_PINS_COUNTED_S
    tenant.redis.delete(wrong_pins_key(tenant))


def test_one_wrong_guess_at_each_of_many_is_seen_and_stopped(
    tenant: UssdTenant, crowd: list[Phone], caplog: pytest.LogCaptureFixture
) -> None:
    tenant.faults_are_expected = True  # the alarm
    *guessed, last = crowd
    for phone in guessed:
        assert balances(phone, WRONG).startswith("Wrong PIN. Tries left: 2.")
    assert balances(last, PIN) == NOT_NOW
    assert last.reply.ends
    assert balances(guessed[0], WRONG) == NOT_NOW
    # Neither was verified, nor counted as a guess.
    attempts = tenant.one(
        "SELECT count(*), sum(pin_attempts) FROM subscriber WHERE pin_attempts > 0"
    )
    assert attempts == (len(guessed), len(guessed))
    alarms = [record.getMessage() for record in caplog.records if "ALARM" in record.getMessage()]
    assert alarms == [
        "ALARM ibimina: wrong PINs of more than 30 people in a minute. Its PINs are refused until"
        " that minute is over."
    ]
    minute_is_over(tenant)
    assert balances(last, PIN).startswith("Wallet")


def test_what_was_refused_is_not_done_by_a_late_copy(tenant: UssdTenant) -> None:
    """The phone was told that nothing was taken: no copy of that hop takes it a minute later."""
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*1*1*500#")
    phone.type("1")
    too_many_pins_are_wrong(tenant)
    assert phone.type("2748").text == NOT_NOW
    tenant.redis.delete(wrong_pins_key(tenant))
    assert phone.post().text == NOT_NOW
    assert tenant.entries() == 0
    phone.dial("*384*10*1*1*500#")
    assert phone.type("1", "2748").text.startswith("Saved 500 RWF")
    assert tenant.entries() == 1


def test_other_tenants_go_on(tenant: UssdTenant) -> None:
    apply(
        tenant.database,
        KEYS,
        read_folder(FIXTURES / "moto", demo=True),
        manifest_rules(demo=True),
    )
    too_many_pins_are_wrong(tenant)
    assert balances(phone_of(tenant, "uwera"), "2748") == NOT_NOW

    def shown(text: str) -> str:
        return tenant.turns.take(
            UssdRequest(PROVIDER, "*384*20#", "moto", "+250788000211", text)
        ).text

    agent = ["9", "4", "1", "1538"]  # the balance of their float
    said = [shown("*".join(agent[:count])) for count in range(len(agent) + 1)]
    assert said[-2].startswith("Enter your PIN")
    assert "150,000 RWF" in said[-1]


def test_a_normal_level_of_mistakes_stops_nobody(
    tenant: UssdTenant, crowd: list[Phone], caplog: pytest.LogCaptureFixture
) -> None:
    """As many slips in one minute as there may be, and everybody gets it right the second time."""
    for phone in crowd[:WRONG_PINS_A_MINUTE]:
        assert balances(phone, WRONG).startswith("Wrong PIN")
        assert phone.type(PIN).text.startswith("Wallet")
    for phone in crowd:
        assert balances(phone, PIN).startswith("Wallet")
    assert "ALARM" not in caplog.text
    assert tenant.redis.scard(wrong_pins_key(tenant)) == WRONG_PINS_A_MINUTE


def test_one_person_alone_stops_nobody(
    tenant: UssdTenant, crowd: list[Phone], caplog: pytest.LogCaptureFixture
) -> None:
    """Wrong, wrong, and right, which gives both back, again and again."""
    mischief, other = crowd[:2]
    for _ in range(WRONG_PINS_A_MINUTE // 2 + 1):
        assert balances(mischief, WRONG).startswith("Wrong PIN. Tries left: 2.")
        assert mischief.type(WRONG).text.startswith("Wrong PIN. Tries left: 1.")
        assert mischief.type(PIN).text.startswith("Wallet")
    assert balances(other, PIN).startswith("Wallet")
    assert "ALARM" not in caplog.text


def test_guesses_at_many_end_after_three_at_each_of_thirty(
    tenant: UssdTenant, crowd: list[Phone], caplog: pytest.LogCaptureFixture
) -> None:
    """What whoever guesses has within a minute at the most: 91 tries."""
    tenant.faults_are_expected = True  # the alarm
    verified = 0
    for phone in crowd:
        phone.dial("*384*10*2#")
        for _ in range(3):
            said = phone.type(WRONG).text
            verified += said.startswith(("Wrong PIN", "Too many wrong PINs"))
            if said == NOT_NOW:
                break
    assert verified == 3 * WRONG_PINS_A_MINUTE + 1
    assert caplog.text.count("ALARM") == 1


def test_a_large_tenant_names_its_own_limit(
    tenant: UssdTenant, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.faults_are_expected = True  # the alarm
    tenant.change(set_limit, 100)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    people_are_wrong(tenant, 100)
    assert balances(phone, PIN).startswith("Wallet")
    assert balances(phone, WRONG).startswith("Wrong PIN")
    assert "wrong PINs of more than 100 people" in caplog.text
    assert balances(phone, PIN) == NOT_NOW


def set_limit(tx: Tx, wrong_pins_a_minute: int) -> None:
    tx.execute(
        "UPDATE tenant SET settings = settings || %s WHERE id = current_tenant()",
        (json.dumps({"wrong_pins_a_minute": wrong_pins_a_minute}),),
    )
    touch(tx)


def test_nothing_else_waits(tenant: UssdTenant) -> None:
    """Menus, and choosing a PIN, at which there is nothing to guess."""
    too_many_pins_are_wrong(tenant)
    stranger = phone_of(tenant, "+250788000099")
    stranger.dial()
    assert stranger.type("1", "Jane Umwari", "7381", "7381").text.startswith("Welcome")


def test_a_right_pin_costs_no_round_trip_and_a_wrong_one_costs_one(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera", posts_twice=False)

    def trips(pin: str) -> int:
        phone.dial("*384*10*2#")
        before: int = tenant.store.counts.round_trips
        phone.type(pin)
        return int(tenant.store.counts.round_trips) - before

    trips("2748")
    assert trips("2748") == 2
    assert trips(WRONG) == 3


def test_a_count_whose_answer_was_lost_is_counted_once(tenant: UssdTenant) -> None:
    name = tenant.tenant_id.hex
    assert [tenant.store.count_wrong_pin(name, who) for who in ("a", "a", "b", "a")] == [
        1,
        1,
        2,
        2,
    ]


def test_the_minute_is_that_of_the_first(tenant: UssdTenant) -> None:
    """Whoever mistypes again and again does not draw it out."""
    tenant.store.count_wrong_pin(tenant.tenant_id.hex, "a")
    tenant.redis.expire(wrong_pins_key(tenant), 20)
    for who in ("a", "b"):
        tenant.store.count_wrong_pin(tenant.tenant_id.hex, who)
        assert 10 < tenant.redis.ttl(wrong_pins_key(tenant)) <= 20
