"""Too many hops or sessions of one service or number: told so, nothing kept, nobody else hurt."""

import json
from time import monotonic
from typing import Any

import pytest

from core.tenants import directory
from engine import hop_limits, limits
from engine.hop_limits import levels_of
from engine.store import sessions
from engine.store.sessions import HopsAhead, Levels
from menus import sentences
from menus.texts import say
from tests.support.phone import Phone, phone_of
from tests.support.ussd import CODE, CODE_SHARED, UssdTenant, session_key
from values.alarms import Alarm

TOO_MANY = say(sentences.TOO_MANY, "en")


def allow(tenant: UssdTenant, code: str = CODE, **settings: int) -> None:
    """A service's own limits."""
    tenant.admin.execute(
        "UPDATE service SET settings = settings || %s WHERE id = %s",
        (json.dumps(settings), tenant.service(code).id),
    )
    tenant.change(directory.touch)


def stranger(tenant: UssdTenant, number: int) -> Phone:
    return Phone(tenant, f"+2507880{number:05}", posts_twice=False)


def kept(tenant: UssdTenant, phone: Phone) -> Any:
    return tenant.redis.hgetall(session_key(phone.session_hash))


def wait(tenant: UssdTenant, by_s: float) -> None:
    """As if so much time had passed: a level is kept as the time at which it is empty."""
    for pattern in ("hops:*", "begun:*"):
        for key in tenant.redis.scan_iter(pattern):
            at: Any = tenant.redis.get(key)
            if at is not None:  # else it has just run out: as empty as can be
                tenant.redis.set(key, int(at) - int(by_s * 1e6))


def test_a_storm_of_sessions_is_told_so_and_keeps_nothing(tenant: UssdTenant) -> None:
    tenant.faults_are_expected = True
    allow(tenant, open_sessions=40)
    tenant.speak("en")
    shown = [stranger(tenant, number).dial().text for number in range(60)]
    assert [text == TOO_MANY for text in shown] == [False] * 20 + [True] * 40
    assert sum(1 for _ in tenant.redis.scan_iter("s:*")) == 20
    assert sum(1 for _ in tenant.redis.scan_iter("last:*")) == 20
    refused = stranger(tenant, 99)
    refused.dial()
    assert refused.reply.ends
    assert not kept(tenant, refused)
    # The other half may begin while the first are kept: never more than the limit are.
    wait(tenant, limits.SESSION_KEPT_S / 2)
    shown = [stranger(tenant, number).dial().text for number in range(100, 120)]
    assert shown.count(TOO_MANY) == 10


def test_it_hurts_no_other_service_and_no_session_that_has_begun(tenant: UssdTenant) -> None:
    tenant.faults_are_expected = True
    allow(tenant, hops_a_second=10)
    tenant.speak("en")
    begun = phone_of(tenant, "uwera", posts_twice=False)
    begun.dial()
    storm = stranger(tenant, 500)
    while storm.dial().text != TOO_MANY:
        pass
    # New ones fill half of it; who has begun has the rest.
    assert begun.type("1", "1").text.startswith("How much for Kopera")
    assert begun.type("500", "1", "2748").text.startswith("Saved 500 RWF")
    assert phone_of(tenant, "habimana").dial(CODE_SHARED).text.startswith("Ibimina\n1 Save")


def test_a_number_that_never_stops_is_held_and_no_other(tenant: UssdTenant) -> None:
    tenant.faults_are_expected = True
    allow(tenant, number_open_sessions=10)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    shown = [phone.dial().text == TOO_MANY for _ in range(8)]
    assert shown == [False] * 5 + [True] * 3
    assert phone_of(tenant, "habimana").dial().text != TOO_MANY
    assert phone.dial(CODE_SHARED).text != TOO_MANY  # nor the same one elsewhere
    wait(tenant, limits.SESSION_KEPT_S / 5)
    assert phone.dial().text != TOO_MANY


def test_hops_of_one_number_are_counted(tenant: UssdTenant) -> None:
    tenant.faults_are_expected = True
    allow(tenant, number_hops_a_second=1)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    keys = ["8", "0"] * limits.NUMBER_HOPS_AT_ONCE_S
    answered = next(index for index, key in enumerate(keys) if phone.type(key).text == TOO_MANY)
    assert answered == limits.NUMBER_HOPS_AT_ONCE_S - 1  # and the dial
    assert phone.reply.ends


def test_what_was_refused_is_worked_when_there_is_room(tenant: UssdTenant) -> None:
    """Nothing of the refused hop was kept, so the same hop is worked a little later."""
    tenant.faults_are_expected = True
    allow(tenant, number_hops_a_second=1)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial("*384*10*1*1*500#")
    before = kept(tenant, phone)
    while phone.post().text != TOO_MANY and phone.text.count("*") < 60:
        before = kept(tenant, phone)
        phone.text += "*3"
    assert kept(tenant, phone) == before
    wait(tenant, 60)
    assert phone.post().text.startswith("Choose a number shown.")


def test_copies_are_not_counted(tenant: UssdTenant) -> None:
    """A copy is answered with what was said, whatever comes."""
    allow(tenant, number_hops_a_second=1, number_open_sessions=10)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial("*384*10*1*1*500#")
    paid = phone.type("1", "2748")
    assert paid.text.startswith("Saved 500 RWF")
    for _ in range(100):
        assert phone.post() == paid


def test_an_alarm_says_it_once_a_minute(
    tenant: UssdTenant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant.faults_are_expected = True
    allow(tenant, number_open_sessions=10)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    for _ in range(8):
        phone.dial()

    def alarms() -> list[Alarm]:
        return [record.alarm for record in caplog.records if hasattr(record, "alarm")]

    assert [(one.kind, one.subject, one.tenant_id) for one in alarms()] == [
        ("too_many_hops", CODE, tenant.tenant_id)
    ]
    assert alarms()[0].sentence == (
        "ibimina: *384*10# got more than 10 sessions of one number within 18 minutes. The rest is"
        " told to dial again."
    )
    monkeypatch.setattr(hop_limits, "ALARM_AGAIN_S", 0)
    phone.dial()
    assert len(alarms()) == 2


def test_what_is_counted_is_forgotten_when_it_is_empty(tenant: UssdTenant) -> None:
    allow(tenant, hops_a_second=1, number_hops_a_second=1)
    allow(tenant, open_sessions=10, number_open_sessions=10)
    phone_of(tenant, "uwera", posts_twice=False).dial()
    keys = [*tenant.redis.scan_iter("hops:*"), *tenant.redis.scan_iter("begun:*")]
    assert len(keys) == 4
    for key in keys:
        left: Any = tenant.redis.pttl(key)
        assert 0 < left <= limits.SESSION_KEPT_S * 1000


def test_hops_that_a_process_counts_ahead() -> None:
    """Many that come soon are counted by one; what does not come soon is counted anew."""
    ahead = HopsAhead(4)

    def asked() -> int:
        asks = ahead.ask()
        ahead.counted(asks)
        return asks

    assert [asked() for _ in range(12)] == [1, 2, 0, 4, 0, 0, 0, 4, 0, 0, 0, 4]
    assert (ahead.ask(), ahead.ask(), ahead.ask(), ahead.ask()) == (0, 0, 0, 4)
    assert ahead.ask() == 1  # by another, before that is answered
    ahead.counted(1)  # there was no room for four
    assert ahead.ask() == 2
    alone = HopsAhead(0)
    for _ in range(5):
        assert alone.ask() == 1
        alone.counted(1)


def test_what_was_counted_ahead_is_worth_nothing_later(monkeypatch: pytest.MonkeyPatch) -> None:
    ahead = HopsAhead(8)
    assert ahead.ask() == 1
    ahead.counted(8)
    assert ahead.ask() == 0
    monkeypatch.setattr(sessions, "monotonic", lambda: monotonic() + limits.AHEAD_FOR_S)
    assert ahead.ask() == 1


def test_hops_counted_ahead_are_no_more_than_the_limit(tenant: UssdTenant) -> None:
    """In a minute in which none sinks: what two processes work of one service is what may come."""
    tenant.faults_are_expected = True
    allow(tenant, hops_a_second=96)
    service = tenant.service()
    found = levels_of(service, "0" * 32)
    name, much = found.keys[0], str(10**9).encode()  # so slowly it sinks
    sizes = (b"1000000", b"96000000", b"1", much, b"1", much, b"1", much)
    worked = 0
    processes = [Levels(found.keys, sizes, HopsAhead(6)) for _ in range(2)]
    tenant.store.open("ab" * 16, "0:x", b"a", None, processes[0])
    kept: Any = {"data": b"{}", "reply": b"Cx", "log": b"{}"}
    assert tenant.store.save("ab" * 16, b"a", reply_key="0:x", **kept)
    while True:
        token = f"{worked}".encode()
        opened = tenant.store.open("ab" * 16, f"{worked}:y", token, None, processes[worked % 2])
        if opened.too_many is not None:
            break
        worked += 1
        assert tenant.store.unlock("ab" * 16, token)
    assert opened.too_many == 0
    assert 96 - 2 * 6 <= worked <= 96
    assert float(tenant.redis.get(name) or 0) > 0


def test_an_open_session_takes_as_much_memory_as_is_said(tenant: UssdTenant) -> None:
    """`engine/limits.py` says what OPEN_SESSIONS take."""
    phones = [phone_of(tenant, who, posts_twice=False) for who in ("uwera", "bizimana")]
    for phone in phones:
        phone.dial()
    stranger(tenant, 500).dial()
    kinds = ("s:*", "last:*", "begun:*:*")
    used: list[Any] = [
        tenant.redis.memory_usage(key) for kind in kinds for key in tenant.redis.scan_iter(kind)
    ]
    assert sum(used) / 3 < 800
