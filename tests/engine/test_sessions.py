"""What a session is bound to, and how one goes on from another."""

import os
import time
from typing import Any

import orjson
import pytest

from engine import limits
from engine.session import Session, replace
from engine.store import sessions
from engine.store.sessions import Store
from engine.turn.stored import StoredSession
from menus import sentences
from menus.texts import say
from tests.support.phone import Phone, phone_of
from tests.support.ussd import SEAL, UssdTenant, session_key
from values import clock

ENDED = say(sentences.SESSION_ENDED, "en")
RESUMED = say(sentences.RESUMED_OR_HOME, "en")


def age(tenant: UssdTenant, phone: Phone, by_s: int) -> None:
    """As if the phone's last turn had been so long ago."""
    stored = phone.stored
    assert stored is not None
    tenant.keep(phone.session_hash, replace(stored, at_s=stored.at_s - by_s))


def test_a_session_keeps_its_number(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1", "1")
    before = phone.session
    thief = phone_of(tenant, "habimana")
    thief.session_id, thief.text = phone.session_id, "1*1*500"
    assert thief.post().text == ENDED
    thief.text = ""
    assert thief.post().text == ENDED
    assert phone.session == before
    assert phone.type("500").text.startswith("Save in Kopera Twisungane?")


def test_a_text_only_grows(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1", "1")
    before = phone.session
    for text in ("2", "1*2*3", "2*1*500", "11*500", "1*1500"):
        phone.text = text
        assert phone.post().text == ENDED
    assert phone.session == before


def test_a_session_that_was_taken_over_takes_no_answers(tenant: UssdTenant) -> None:
    left = phone_of(tenant, "uwera")
    left.dial()
    left.type("1", "1")
    phone = phone_of(tenant, "uwera")
    assert phone.dial().text.startswith(f"{RESUMED}\nHow much for Kopera")
    assert left.type("500").text == ENDED
    assert phone.type("500").text.startswith("Save in")


@pytest.mark.parametrize("age_s", [limits.RESUME_WITHIN_S - 5, limits.RESUME_WITHIN_S + 5])
def test_a_dropped_session_goes_on_for_a_quarter_of_an_hour(tenant: UssdTenant, age_s: int) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1", "1")
    age(tenant, phone, age_s)
    goes_on = phone.dial().text.startswith("Continuing where you stopped.")
    assert goes_on == (age_s < limits.RESUME_WITHIN_S)


def test_a_session_has_so_many_turns_and_no_more(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    for turn in range(2, limits.TURNS_PER_SESSION + 1):
        assert phone.type("8" if turn % 2 else "00").text != ENDED
    assert phone.type("8").text == ENDED


def test_back_leads_through_as_many_screens_as_are_kept(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "bizimana", posts_twice=False)
    phone.dial()
    for _ in range(limits.BACK_STEPS_KEPT):
        phone.type("9", "4", "0")
    session = phone.session
    assert session is not None
    assert len(session.back) <= limits.BACK_STEPS_KEPT


def test_a_turn_that_died_does_not_keep_its_phone_waiting(tenant: UssdTenant) -> None:
    """The server was killed in the middle of a turn: its lock runs out, also for the next dial."""
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1")
    opened = tenant.store.open(phone.session_hash, "nobody's", os.urandom(12), None)
    assert opened.data
    lock = f"{int(time.time() * 1e6) + 300_000:016}nobody"
    tenant.redis.hset(session_key(phone.session_hash), "lock", lock)
    began = time.monotonic()
    assert phone.dial().text.startswith("Continuing where you stopped.")
    assert time.monotonic() - began < 1


def test_a_dial_during_a_turn_waits_for_it(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1")
    tenant.store.open(phone.session_hash, "nobody's", os.urandom(12), None)
    began = time.monotonic()
    assert phone.dial().text.startswith("We are still working on it.")
    assert 1 < time.monotonic() - began < limits.TURN_DEADLINE_S + 0.3


def test_a_slow_turn_never_overwrites_its_successor(tenant: UssdTenant, redis_url: str) -> None:
    sessions = Store(redis_url)
    kept: Any = {"data": b"{}", "reply": b"Cx", "log": b"{}"}
    sessions.open("ab" * 16, "1:x", b"slow", None)
    tenant.redis.hset(session_key("ab" * 16), "lock", "0" * 16 + "slow")  # its time is over
    sessions.open("ab" * 16, "1:y", b"next", None)
    assert not sessions.save("ab" * 16, b"slow", reply_key="1:x", **kept)
    assert sessions.save("ab" * 16, b"next", reply_key="1:y", **kept)
    # The scripts know their own token: running one twice is harmless.
    assert sessions.save("ab" * 16, b"next", reply_key="1:y", **kept)


def test_a_session_is_kept_anew_once_a_minute(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    key = session_key(phone.session_hash)

    def kept_after(keys: str, began_s: int, left_s: int) -> int:
        stored = phone.stored
        assert stored is not None
        tenant.keep(phone.session_hash, replace(stored, at_s=began_s))
        tenant.redis.expire(key, left_s)
        phone.type(keys)
        kept: Any = tenant.redis.ttl(key)
        return int(kept)

    now_s = time.time() // 60 * 60 + 30
    monkeypatch.setattr(clock, "epoch_s", lambda: now_s)
    assert kept_after("8", int(now_s) - 20, 700) <= 700
    assert kept_after("0", int(now_s) - 40, 700) > limits.SESSION_KEPT_S - 5
    assert kept_after("8", int(now_s) + 3_600, 700) > limits.SESSION_KEPT_S - 5  # a clock set back


def test_a_session_of_another_format_is_one_that_was_lost(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1")
    data = orjson.dumps([0, "of an older release"])
    sealed = SEAL.seal_session(tenant.service(), phone.session_hash, data)
    tenant.redis.hset(session_key(phone.session_hash), "data", sealed)
    assert phone.type("1").text.startswith("How much for Kopera Twisungane?")


def test_sessions_and_their_pointers_do_not_stay_for_ever(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.dial("*384*10*8#")
    for key in [*tenant.redis.scan_iter("s:*"), *tenant.redis.scan_iter("last:*")]:
        assert 0 < tenant.redis.ttl(key) <= limits.SESSION_KEPT_S
    kinds = {bytes(key).split(b":")[0] for key in tenant.redis.scan_iter()}
    assert kinds - {b"hops", b"begun"} == {b"s", b"last", b"turns"}


def test_what_a_service_began_is_forgotten_and_nothing_else(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1")
    other = "ab" * 16
    foreign = {f"last:{'0' * 32}:x": other, "last:x": "y", "s:x": "y", "mine": "z"}
    for key, value in foreign.items():
        tenant.redis.set(key, value)
    tenant.store.open(other, "1:x", b"token", None)
    assert tenant.store.forget({tenant.service().id.hex})
    counted = (b"turns:", b"hops:", b"begun:")
    left = {key.decode() for key in tenant.redis.scan_iter() if not key.startswith(counted)}
    assert left == {*foreign, session_key(other)}
    assert "Continuing" not in phone.dial().text


def test_what_is_looked_through_is_bounded(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        tenant.redis.set(f"last:{number}:x", "y")
    monkeypatch.setattr(sessions, "SCANNED_AT_ONCE", 5)
    monkeypatch.setattr(sessions, "SCANS_MAXIMUM", 2)
    assert not tenant.store.forget({tenant.service().id.hex})


def test_a_gateways_session_id_may_recur(tenant: UssdTenant) -> None:
    """Long after: the same id is another conversation, and not told what the first one did."""
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*1*1*500#")
    phone.type("1", "2748")
    recurring = phone.session_id
    tenant.redis.flushdb()
    tenant.later(40)
    again = phone_of(tenant, "uwera")
    again.session_id, again.text = recurring, "2"
    assert again.post().text.startswith("Enter your PIN")


def test_a_person_gone_from_a_number_is_not_gone_on_with(tenant: UssdTenant) -> None:
    """The number was given to somebody else between the drop and the dial."""
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1", "1")
    tenant.admin.execute("DELETE FROM address WHERE subscriber_id = %s", (tenant.id_of("uwera"),))
    assert phone.dial().text.startswith("Ibimina. Choose your language")


def test_encoding_and_decoding_is_the_same() -> None:
    stored = StoredSession(Session(), "x")
    assert StoredSession.decode(stored.encode()) == stored
