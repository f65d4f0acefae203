"""The process dies between COMMIT and save: what was done is told, and not done again."""

import pytest

from engine.store.sessions import StoreDown
from engine.turn.ussd import Reply
from tests.support.phone import Phone, phone_of
from tests.support.situations import WORKING, holding, sold
from tests.support.ussd import UssdTenant, session_key
from tests.support.ussd_fixtures import Proxies


@pytest.fixture
def tenant(tenant_behind_proxies: UssdTenant) -> UssdTenant:
    """All tests here have servers behind proxies."""
    tenant_behind_proxies.faults_are_expected = True
    return tenant_behind_proxies


def crash_before_the_save(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch, phone: Phone, *answers: str
) -> None:
    """The process dies between COMMIT and save, in the last of these hops."""
    phone.posts_twice = False
    phone.type(*answers[:-1])
    with monkeypatch.context() as patched:
        patched.setattr(tenant.store, "save", _dies)
        phone.type(answers[-1])
    tenant.redis.hset(session_key(phone.session_hash), "lock", "0" * 16)  # it runs out


def _dies(*_: object, **__: object) -> bool:
    raise StoreDown


def test_an_approval_that_was_not_kept_is_told_at_the_next_dial(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding(tenant)
    phone = phone_of(tenant, "uwera")
    phone.dial()
    crash_before_the_save(tenant, monkeypatch, phone, "1", "2748")
    assert tenant.entries("topup") == 1
    assert phone.dial().text.startswith(sold(tenant, "from Bizimana O. A111").text)
    phone.type("8")
    assert phone.dial().text.startswith("Continuing where you stopped.")


def test_a_code_that_was_not_kept_is_told_at_the_next_dial(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    holding(tenant)
    phone = phone_of(tenant, "bizimana")
    phone.dial("*384*10*9*8#")
    crash_before_the_save(tenant, monkeypatch, phone, "1964", "1", "1", tenant.codes()[-1])
    assert tenant.entries("topup") == 1
    assert phone.dial().text.startswith(sold(tenant, "to Uwera C.").text)


@pytest.mark.parametrize("who", ["uwera", "bizimana"])
def test_a_sale_that_was_refused_and_not_kept_is_told_at_the_next_dial(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    holding(tenant)
    phone = phone_of(tenant, who)
    phone.dial("*384*10#" if who == "uwera" else "*384*10*9*8#")
    crash_before_the_save(
        tenant, monkeypatch, phone, *(["2"] if who == "uwera" else ["1964", "1", "2"])
    )
    assert tenant.number("SELECT count(*) FROM approval WHERE state = 'refused'") == 1
    told = "This deposit is no longer waiting. Nothing was taken."
    assert phone.dial().text.startswith(told)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((), "Waiting for the customer."),
        (("1", "2748"), "Uwera C. received 11,850 RWF, fee 150 RWF."),
        (("2",), "This was cancelled. Nothing was taken."),
    ],
)
def test_a_sale_that_was_held_and_not_kept_is_told_as_it_stands_to_a_copy(
    tenant: UssdTenant, monkeypatch: pytest.MonkeyPatch, answers: tuple[str, ...], told: str
) -> None:
    phone = phone_of(tenant, "bizimana")
    phone.dial("*384*10*9*1*0788000001*12000#")
    crash_before_the_save(tenant, monkeypatch, phone, "1", "1964")
    if answers:
        customer = phone_of(tenant, "uwera")
        customer.dial()
        customer.type(*answers)
    assert phone.post().text.startswith(told)
    if not answers:
        assert phone.type(tenant.codes()[-1]).text.startswith("Uwera C. received 11,850")
    assert tenant.entries("topup") == (answers != ("2",))


def test_a_cancellation_whose_answer_was_lost(tenant: UssdTenant, proxies: Proxies) -> None:
    """No text comes of it: the next dial is where it is told."""
    holding(tenant)
    phone = phone_of(tenant, "bizimana")
    phone.dial("*384*10*9*8#")
    phone.type("1964", "1")
    proxies.postgres.lose_answer_to(b"UPDATE intent")
    assert phone.type("2") == Reply(WORKING, True)
    assert phone.dial().text.startswith("This deposit is no longer waiting. Nothing was taken.")


def test_an_end_that_was_shown_is_not_told_again(tenant: UssdTenant) -> None:
    holding(tenant)
    phone = phone_of(tenant, "bizimana")
    phone.dial("*384*10*9*8#")
    assert phone.type("1964", "1", "2").text.startswith("Deposit cancelled.")
    assert phone.dial().text.startswith("Ibimina")
