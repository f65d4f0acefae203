"""Servers that are gone, stuck, or lose an answer: an honest end in time, and on it goes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.context import TurnContext
from engine.turn.message import STILL_WORKING
from engine.turn.ussd import Reply
from menus import sentences
from menus.texts import say
from tests.support.phone import Phone, phone_of
from tests.support.situations import (
    NOT_NOW,
    WORKING,
    at_the_pin,
    done,
    holding,
    in_time,
    wait_for,
    waiting,
)
from tests.support.ussd import SPOKEN, UssdTenant, session_key
from tests.support.ussd_fixtures import Proxies


@pytest.fixture
def tenant(tenant_behind_proxies: UssdTenant) -> UssdTenant:
    """All tests here have servers behind proxies."""
    tenant_behind_proxies.faults_are_expected = True
    return tenant_behind_proxies


# --- Redis ----------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("way", ["shut", "stall"])
def test_without_redis_menus_go_on_by_walking_the_text(
    tenant: UssdTenant, proxies: Proxies, way: str
) -> None:
    known = phone_of(tenant, "uwera")
    known.dial()
    shown = known.shows
    getattr(proxies.redis, way)()
    phone = phone_of(tenant, "uwera", posts_twice=False)
    assert in_time(phone.dial) == Reply(shown, False)
    assert in_time(lambda: phone.type("8")).text.startswith("PIN, language")
    assert "Questions?" in in_time(lambda: phone.type("3")).text
    assert in_time(lambda: phone.type("00")) == Reply(shown, False)
    assert "Save in which group?" in in_time(lambda: phone.type("1")).text
    assert "How much for Kopera" in in_time(lambda: phone.type("1")).text
    # Money is not begun, and nothing is written.
    assert in_time(lambda: phone.type("500")) == Reply(NOT_NOW, True)
    assert tenant.number("SELECT count(*) FROM intent") == 0


@pytest.mark.parametrize("dialled", ["*384*10*2#", "*384*10*8*1#", "*384*10*9*8#"])
def test_without_redis_no_pin_is_asked_for(
    tenant: UssdTenant, proxies: Proxies, dialled: str
) -> None:
    proxies.redis.shut()
    phone = phone_of(tenant, "bizimana", posts_twice=False)
    assert phone.dial(dialled) == Reply(NOT_NOW, True)


@pytest.mark.parametrize("language", SPOKEN)
def test_it_is_said_in_the_persons_language(
    tenant: UssdTenant, proxies: Proxies, language: str
) -> None:
    tenant.speak(language)
    proxies.redis.shut()
    phone = phone_of(tenant, "uwera", posts_twice=False)
    assert phone.dial("*384*10*2#").text == say(sentences.NOT_NOW, language)


def test_without_redis_nothing_is_said_to_be_done_that_is_not(
    tenant: UssdTenant, proxies: Proxies
) -> None:
    proxies.redis.shut()
    phone = phone_of(tenant, "uwera", posts_twice=False)
    assert phone.dial("*384*10*8*2*3#") == Reply(NOT_NOW, True)
    assert phone.dial("*384*10*9*1*0788000001#").text.startswith("Choose a number shown.")
    agent = phone_of(tenant, "bizimana", posts_twice=False)
    assert agent.dial("*384*10*9*1*0788000001#") == Reply(NOT_NOW, True)
    assert tenant.one("SELECT language FROM subscriber WHERE id = %s", tenant.id_of("uwera")) == (
        "en",
    )
    assert tenant.number("SELECT count(*) FROM lookup_hour") == 0


def test_a_pin_typed_while_redis_is_down_is_not_looked_at(
    tenant: UssdTenant, proxies: Proxies
) -> None:
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    proxies.redis.shut()
    assert phone.type("2748") == Reply(NOT_NOW, True)
    assert tenant.entries() == 0
    attempts = tenant.one("SELECT sum(pin_attempts) FROM subscriber")
    assert attempts == (0,)


def test_redis_comes_back_and_conversations_go_on(tenant: UssdTenant, proxies: Proxies) -> None:
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1")
    proxies.redis.shut()
    assert "How much" in phone.type("1").text
    proxies.redis.open()
    # What was typed meanwhile is no single answer of the session that Redis kept.
    phone.type("500")
    phone.dial()
    phone.posts_twice = True
    phone.dial("*384*10*1*1*500#")
    assert phone.type("1", "2748").text.startswith("Saved 500 RWF")
    assert tenant.entries() == 1


def test_a_reply_that_could_not_be_kept_is_still_given_and_nothing_is_paid_twice(
    tenant: UssdTenant, proxies: Proxies
) -> None:
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    proxies.redis.lose_answer_to(b"data")
    first = phone.type("2748")
    assert first.text.startswith("Saved 500 RWF")
    again = phone.post()
    assert again.text.split(". New")[0] == first.text.split(". New")[0]
    assert tenant.entries() == 1


@pytest.mark.parametrize("language", SPOKEN)
def test_a_copy_of_what_paid_is_told_so_without_redis(
    tenant: UssdTenant, proxies: Proxies, language: str
) -> None:
    tenant.speak(language)
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    phone.type("2748")
    proxies.redis.shut()
    assert phone.post() == done(tenant, 500, language)
    assert tenant.entries() == 1


def test_a_copy_of_what_paid_is_told_so_in_time(tenant: UssdTenant, proxies: Proxies) -> None:
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    phone.type("2748")
    proxies.redis.stall()
    assert in_time(phone.post) == done(tenant, 500)


@pytest.mark.parametrize("language", SPOKEN)
def test_a_copy_of_what_is_held_is_told_so_without_redis(
    tenant: UssdTenant, proxies: Proxies, language: str
) -> None:
    tenant.speak(language)
    phone = holding(tenant)
    phone.posts_twice = False
    proxies.redis.shut()
    assert phone.post() == Reply(waiting(language), True)
    # Nothing else of that session is told that nothing was taken, either.
    assert phone.type(tenant.codes()[-1]) == Reply(waiting(language), True)
    assert tenant.number("SELECT count(*) FROM approval WHERE state = 'pending'") == 1


def test_redis_that_goes_away_in_a_first_hop(
    tenant: UssdTenant, proxies: Proxies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the session, that was lost, was asked for, and before what this phone did last."""
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    phone.type("2748")
    tenant.redis.flushdb()
    last_session = tenant.store.last_session

    def shut_first(pointer: str) -> bytes | None:
        proxies.redis.shut()
        return last_session(pointer)

    monkeypatch.setattr(tenant.store, "last_session", shut_first)
    assert in_time(phone.post) == done(tenant, 500)


def test_a_copy_without_redis_waits_for_its_original(tenant: UssdTenant, proxies: Proxies) -> None:
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    phone.text += "*2748"
    with ThreadPoolExecutor(2) as threads:
        with tenant.admin.transaction():
            tenant.admin.execute(
                "SELECT 1 FROM account WHERE owner_id = %s FOR UPDATE", (tenant.id_of("uwera"),)
            )
            original = threads.submit(phone.send)
            wait_for(tenant, 1)
            proxies.redis.shut()
            copy = threads.submit(phone.send)
            wait_for(tenant, 2)
        assert original.result().text.startswith("Saved 500 RWF")
        assert copy.result() == done(tenant, 500)
    assert tenant.entries() == 1


def test_a_copy_without_redis_is_told_nothing_that_its_original_can_make_untrue(
    tenant: UssdTenant, proxies: Proxies
) -> None:
    """The original may have its PIN hashed still. Who is told that nothing was taken has the word
    of the books for it."""
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    phone.text += "*2748"
    proxies.redis.shut()
    assert phone.post() == Reply(NOT_NOW, True)
    proxies.redis.open()
    assert phone.post().text == "This was cancelled. Nothing was taken. Please start again."
    assert tenant.entries() == 0


def test_a_late_copy_without_redis_cancels_nothing(tenant: UssdTenant, proxies: Proxies) -> None:
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    typed, phone.text = phone.text, "1*1"
    proxies.redis.shut()
    assert "How much" in phone.post().text
    proxies.redis.open()
    phone.text = typed
    assert phone.type("2748").text.startswith("Saved 500 RWF")


def test_a_word_that_is_waited_for_may_be_a_copy_without_redis(
    tenant: UssdTenant, proxies: Proxies
) -> None:
    holding(tenant)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1")
    proxies.redis.shut()
    assert phone.type("2748") == Reply(WORKING, True)
    # Where it cannot be one, it is said as it is.
    assert phone_of(tenant, "uwera", posts_twice=False).dial() == Reply(NOT_NOW, True)
    assert tenant.entries("topup") == 0


@pytest.mark.long
@pytest.mark.parametrize("way", ["shut", "stall"])
def test_with_nobody_to_ask_nothing_is_claimed(
    tenant: UssdTenant, proxies: Proxies, way: str
) -> None:
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    phone.type("2748")
    fresh = phone_of(tenant, "habimana", posts_twice=False)
    proxies.redis.shut()
    getattr(proxies.postgres, way)()
    phone.reply = in_time(phone.send)
    assert phone.reply.ends
    assert "Nothing" not in phone.reply.text
    assert phone.reply.text in [say(STILL_WORKING, language) for language in SPOKEN]
    assert in_time(fresh.dial).ends


# --- Postgres -------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("way", ["shut", "stall"])
def test_without_postgres_the_end_is_honest_and_in_time(
    tenant: UssdTenant, proxies: Proxies, way: str
) -> None:
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    fresh = phone_of(tenant, "habimana", posts_twice=False)
    stranger = Phone(tenant, "+250788000099", posts_twice=False)
    getattr(proxies.postgres, way)()
    assert in_time(lambda: phone.type("2748")) == Reply(NOT_NOW, True)
    assert in_time(fresh.dial) == Reply(NOT_NOW, True)
    assert in_time(stranger.dial) == Reply(NOT_NOW, True)
    proxies.postgres.open()
    # A copy of the hop pays nothing that was said not to be paid; whoever dials again goes on, and
    # no guess was counted.
    assert phone.post() == Reply(NOT_NOW, True)
    assert phone.dial().text.startswith("Continuing where you stopped.")
    assert phone.type("2748").text.startswith("Saved 500 RWF")
    assert fresh.dial().text.startswith("Ibimina")
    assert stranger.dial().text.startswith("Ibimina. Choose")
    assert tenant.entries() == 1
    assert tenant.one("SELECT max(pin_attempts) FROM subscriber") == (0,)


def test_menus_need_no_postgres(tenant: UssdTenant, proxies: Proxies) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    proxies.postgres.shut()
    assert phone.type("8").text.startswith("PIN, language")
    assert "Questions?" in phone.type("3").text


@pytest.mark.parametrize("language", SPOKEN)
def test_a_commit_whose_answer_was_lost_is_told_by_text(
    tenant: UssdTenant, proxies: Proxies, language: str
) -> None:
    tenant.speak(language)
    phone = at_the_pin(tenant)
    proxies.postgres.lose_answer_to(b"COMMIT")
    assert phone.type("2748") == Reply(say(sentences.OUTCOME_BY_SMS, language), True)
    assert tenant.entries() == 1
    assert len(tenant.texts("uwera")) == 1
    # And the next dial says it, too.
    reference = tenant.one("SELECT reference FROM entry WHERE kind = 'contribution'")[0]
    assert reference in phone.dial().text


def test_what_takes_too_long_is_rolled_back(tenant: UssdTenant) -> None:
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    with tenant.admin.transaction():
        tenant.admin.execute(
            "SELECT 1 FROM account WHERE owner_id = %s FOR UPDATE", (tenant.id_of("uwera"),)
        )
        assert in_time(lambda: phone.type("2748")) == Reply(NOT_NOW, True)
    assert tenant.entries() == 0
    # The PIN was right: it does not count as a guess.
    assert tenant.one("SELECT max(pin_attempts) FROM subscriber") == (0,)
    assert phone.post() == Reply(NOT_NOW, True)  # and a copy of the hop pays nothing later
    phone.dial()
    assert phone.type("2748").text.startswith("Saved 500 RWF")


def test_a_code_that_failed_sells_nothing_later(tenant: UssdTenant) -> None:
    """As at a PIN: a copy of the hop is told what the first was told."""
    holding(tenant)
    phone = phone_of(tenant, "bizimana", posts_twice=False)
    phone.dial("*384*10*9*8#")
    phone.type("1964", "1", "1")
    with tenant.admin.transaction():
        tenant.admin.execute(
            "SELECT 1 FROM account WHERE owner_id = %s FOR UPDATE", (tenant.id_of("bizimana"),)
        )
        assert in_time(lambda: phone.type(tenant.codes()[-1])) == Reply(NOT_NOW, True)
    assert phone.post() == Reply(NOT_NOW, True)
    assert tenant.entries("topup") == 0


def test_a_turn_that_lost_its_lock_does_not_say_that_nothing_was_taken(tenant: UssdTenant) -> None:
    """A copy has the session by now, and may be paying."""
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    phone.text += "*2748"
    with ThreadPoolExecutor(1) as threads, tenant.admin.transaction():
        tenant.admin.execute(
            "SELECT 1 FROM account WHERE owner_id = %s FOR UPDATE", (tenant.id_of("uwera"),)
        )
        first = threads.submit(phone.send)
        wait_for(tenant, 1)
        tenant.redis.hset(session_key(phone.session_hash), "lock", "a copy's")
        assert first.result() == Reply(WORKING, True)


def test_what_was_promised_and_did_not_happen_is_told_at_the_next_dial(
    tenant: UssdTenant, proxies: Proxies, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    with monkeypatch.context() as patched:
        # The connection breaks when COMMIT is on its way, and Postgres never hears it.
        patched.setattr(TurnContext, "commit", _breaks)
        assert phone.type("2748") == Reply(say(sentences.OUTCOME_BY_SMS, "en"), True)
    assert tenant.entries() == 0
    assert tenant.texts("uwera") == []
    for _ in range(2):
        assert phone.dial().text.startswith("This was cancelled. Nothing was taken.")
    assert phone.type("8").text.startswith("PIN, language")


def test_a_commit_that_still_lands_is_not_told_to_be_cancelled(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer was lost, and it is on its way while the person dials again."""
    phone = at_the_pin(tenant)
    phone.posts_twice = False
    with monkeypatch.context() as patched:
        patched.setattr(TurnContext, "commit", _breaks)
        assert phone.type("2748") == Reply(say(sentences.OUTCOME_BY_SMS, "en"), True)
    with ThreadPoolExecutor(1) as threads:
        with tenant.admin.transaction():
            tenant.admin.execute("UPDATE intent SET state = 'pending', ended_at = now()")
            dialled = threads.submit(phone.dial)
            wait_for(tenant, 1)
        assert dialled.result().text.startswith("Still waiting: 500 RWF")


def _breaks(context: TurnContext) -> bool:
    context.rollback()
    return False
