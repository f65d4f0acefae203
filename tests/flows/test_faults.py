"""Servers that are gone, stuck, or lose an answer: an honest end in time, and on it goes."""

import time
from collections.abc import Callable

import pytest

from flows.kit.turn import Reply
from menus import sentences
from menus.texts import LANGUAGES, say
from tests.flows.conftest import Doors
from tests.flows.house import House
from tests.flows.phone import Phone, phone_of

NOT_NOW = say(sentences.NOT_NOW, "en")
# The turn's 2 s, and what a connection that cannot be had takes to be given up.
DEADLINE_S = 2.6


@pytest.fixture
def house(guarded: House) -> House:
    """All houses here stand behind doors."""
    guarded.faults_are_expected = True
    return guarded


def in_time(hop: Callable[[], Reply]) -> Reply:
    began = time.monotonic()
    reply = hop()
    assert time.monotonic() - began < DEADLINE_S
    return reply


def at_the_pin(house: House, who: str = "uwera") -> Phone:
    phone = phone_of(house, who)
    phone.dial()
    phone.type("1", "1", "500", "1")
    return phone


# --- Redis ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["shut", "stick"])
def test_without_redis_menus_go_on_by_walking_the_text(
    house: House, doors: Doors, way: str
) -> None:
    known = phone_of(house, "uwera")
    known.dial()
    shown = known.shows
    getattr(doors.redis, way)()
    phone = phone_of(house, "uwera", posts_twice=False)
    assert in_time(phone.dial) == Reply(shown, False)
    assert in_time(lambda: phone.type("8")).text.startswith("My account")
    assert "Questions?" in in_time(lambda: phone.type("3")).text
    assert in_time(lambda: phone.type("00")) == Reply(shown, False)
    assert "Save in which group?" in in_time(lambda: phone.type("1")).text
    assert "How much for Kopera" in in_time(lambda: phone.type("1")).text
    # Money is not begun, and nothing is written.
    assert in_time(lambda: phone.type("500")) == Reply(NOT_NOW, True)
    assert house.number("SELECT count(*) FROM intent") == 0


@pytest.mark.parametrize("dialled", ["*384*10*2#", "*384*10*8*1#", "*384*10*9*8#"])
def test_without_redis_no_pin_is_asked_for(house: House, doors: Doors, dialled: str) -> None:
    doors.redis.shut()
    phone = phone_of(house, "bizimana", posts_twice=False)
    assert phone.dial(dialled) == Reply(NOT_NOW, True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_in_the_persons_language(house: House, doors: Doors, language: str) -> None:
    house.speak(language)
    doors.redis.shut()
    phone = phone_of(house, "uwera", posts_twice=False)
    assert phone.dial("*384*10*2#").text == say(sentences.NOT_NOW, language)


def test_without_redis_nothing_is_said_to_be_done_that_is_not(house: House, doors: Doors) -> None:
    doors.redis.shut()
    phone = phone_of(house, "uwera", posts_twice=False)
    assert phone.dial("*384*10*8*2*3#") == Reply(NOT_NOW, True)
    assert phone.dial("*384*10*9*1*0788000001#").text.startswith("Choose a number shown.")
    agent = phone_of(house, "bizimana", posts_twice=False)
    assert agent.dial("*384*10*9*1*0788000001#") == Reply(NOT_NOW, True)
    assert house.one("SELECT language FROM subscriber WHERE id = %s", house.id("uwera")) == ("en",)
    assert house.number("SELECT count(*) FROM lookup_hour") == 0


def test_a_pin_typed_while_redis_is_down_is_not_looked_at(house: House, doors: Doors) -> None:
    phone = at_the_pin(house)
    phone.posts_twice = False
    doors.redis.shut()
    assert phone.type("2748") == Reply(NOT_NOW, True)
    assert house.entries() == 0
    attempts = house.one("SELECT sum(pin_attempts) FROM subscriber")
    assert attempts == (0,)


def test_redis_comes_back_and_conversations_go_on(house: House, doors: Doors) -> None:
    phone = phone_of(house, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1")
    doors.redis.shut()
    assert "How much" in phone.type("1").text
    doors.redis.open()
    # What was typed meanwhile is no single answer of the session that Redis kept.
    phone.type("500")
    phone.dial()
    phone.posts_twice = True
    phone.dial("*384*10*1*1*500#")
    assert phone.type("1", "2748").text.startswith("Paid 500 RWF")
    assert house.entries() == 1


def test_a_reply_that_could_not_be_kept_is_still_given_and_nothing_is_paid_twice(
    house: House, doors: Doors
) -> None:
    phone = at_the_pin(house)
    phone.posts_twice = False
    doors.redis.lose_answer_to(b"XADD")  # the first save loads its script
    doors.redis.lose_answer_to(b"data")
    first = phone.type("2748")
    assert first.text.startswith("Paid 500 RWF")
    again = phone.post()
    assert again.text.split(". New")[0] == first.text.split(". New")[0]
    assert house.entries() == 1


# --- Postgres -------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["shut", "stick"])
def test_without_postgres_the_end_is_honest_and_in_time(
    house: House, doors: Doors, way: str
) -> None:
    phone = at_the_pin(house)
    phone.posts_twice = False
    fresh = phone_of(house, "habimana", posts_twice=False)
    stranger = Phone(house, "+250788000099", posts_twice=False)
    getattr(doors.postgres, way)()
    assert in_time(lambda: phone.type("2748")) == Reply(NOT_NOW, True)
    assert in_time(fresh.dial) == Reply(NOT_NOW, True)
    assert in_time(stranger.dial) == Reply(NOT_NOW, True)
    doors.postgres.open()
    # The hop that failed may be sent again, and no guess was counted for it.
    assert phone.post().text.startswith("Paid 500 RWF")
    assert fresh.dial().text.startswith("Ibimina")
    assert stranger.dial().text.startswith("Ibimina. Choose")
    assert house.entries() == 1
    assert house.one("SELECT max(pin_attempts) FROM subscriber") == (0,)


def test_menus_need_no_postgres(house: House, doors: Doors) -> None:
    phone = phone_of(house, "uwera")
    phone.dial()
    doors.postgres.shut()
    assert phone.type("8").text.startswith("My account")
    assert "Questions?" in phone.type("3").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_commit_whose_answer_was_lost_is_told_by_text(
    house: House, doors: Doors, language: str
) -> None:
    house.speak(language)
    phone = at_the_pin(house)
    doors.postgres.lose_answer_to(b"INSERT INTO contribution")
    assert phone.type("2748") == Reply(say(sentences.OUTCOME_BY_SMS, language), True)
    assert house.entries() == 1
    assert len(house.texts("uwera")) == 1
    # And the next dial says it, too.
    reference = house.one("SELECT reference FROM entry WHERE kind = 'contribution'")[0]
    assert reference in phone.dial().text


def test_what_takes_too_long_is_rolled_back(house: House) -> None:
    phone = at_the_pin(house)
    phone.posts_twice = False
    with house.admin.transaction():
        house.admin.execute(
            "SELECT 1 FROM account WHERE owner_id = %s FOR UPDATE", (house.id("uwera"),)
        )
        assert in_time(lambda: phone.type("2748")) == Reply(NOT_NOW, True)
    assert house.entries() == 0
    # The PIN was right: it does not count as a guess.
    assert house.one("SELECT max(pin_attempts) FROM subscriber") == (0,)
    assert phone.post().text.startswith("Paid 500 RWF")
