"""Turns on wires that give the last input only, where something else than a phone goes wrong."""

import pytest
from msgspec.structs import replace

from core.db.errors import Unavailable
from engine import limits
from engine.turn.ussd import LastInput, Reply, UssdRequest
from tests.support.tenants import PROVIDER
from tests.support.ussd import CODE, UssdTenant
from tests.support.ussd_fixtures import Proxies
from values import clock

ENDED = "This session has ended. Please dial again."
NOT_NOW = "This cannot be done now. Nothing was taken."
WORKING = "We are still working on it. Dial again in a minute to see what was done."


class Phone:
    """Somebody's phone, on a wire that says of a hop what its `last` says."""

    def __init__(self, tenant: UssdTenant, who: str = "uwera", **last: object) -> None:
        self.tenant = tenant
        self.service = tenant.service()
        self.number = tenant.people[who].phones[0]
        self.last = LastInput(copy_within_s=0, **last)  # type: ignore[arg-type]
        self.session_id = "s"

    def send(self, text: str, *, first: bool | None = False, hop_id: str = "") -> Reply:
        last = replace(self.last, is_first=first, hop_id=hop_id)
        if first is not False:
            last = replace(last, dialled=CODE)
        request = UssdRequest(PROVIDER, CODE, self.session_id, self.number, text, False, last)
        return self.tenant.turns.take(request, self.service)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is ten seconds after the one before: no answer is a copy."""
    real, looks = clock.epoch_s, iter(range(0, 100_000, 10))
    monkeypatch.setattr(clock, "epoch_s", lambda: real() + next(looks))


@pytest.mark.usefixtures("later")
def test_a_pin_that_failed_answers_for_its_copies(tenant: UssdTenant) -> None:
    """Postgres went away in the middle: nothing was taken, and no copy pays after all."""
    phone = Phone(tenant)
    phone.send(CODE, first=True)
    for answer in ("1", "1", "500", "1"):
        phone.send(answer)

    def away(*_: object, **__: object) -> None:
        raise Unavailable("gone")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("engine.turn.ussd.step", away)
        assert phone.send("2748") == Reply(NOT_NOW, True)
    assert phone.send("2748") == Reply(NOT_NOW, True)
    assert tenant.entries() == 0
    again = Phone(tenant)
    again.session_id = "other"
    assert again.send(CODE, first=True).text.startswith("Continuing where you stopped.")


@pytest.mark.usefixtures("later")
def test_while_redis_is_down_nothing_is_told_that_may_be_untrue(
    tenant_behind_proxies: UssdTenant, proxies: Proxies
) -> None:
    tenant = tenant_behind_proxies
    tenant.faults_are_expected = True
    phone = Phone(tenant)
    menu = phone.send(CODE, first=True)
    proxies.redis.shut()
    assert phone.send(CODE, first=True) == Reply(NOT_NOW, True)
    assert phone.send("1") == Reply(WORKING, True)
    assert phone.send("1", first=None) == Reply(WORKING, True)
    proxies.redis.open()
    assert not menu.ends
    assert phone.send("1").text.startswith("Save in which group?")


def test_a_session_has_an_end(tenant: UssdTenant) -> None:
    phone = Phone(tenant)
    phone.send(CODE, first=True, hop_id="0")
    for hop in range(1, limits.TURNS_PER_SESSION):
        assert not phone.send("9", hop_id=f"{hop}").ends
    assert phone.send("9", hop_id="more") == Reply(ENDED, True)


def test_a_hop_without_a_number_is_its_sessions(tenant: UssdTenant) -> None:
    phone = Phone(tenant, number_once=True)
    phone.send(CODE, first=True, hop_id="0")
    number, phone.number = phone.number, ""
    assert phone.send("1", hop_id="1").text.startswith("Save in which group?")
    [key] = tenant.redis.keys("s:*")
    kept = repr(tenant.redis.hgetall(key))
    assert number[1:] not in kept
    phone.session_id = "unknown"
    assert phone.send("1", hop_id="1") == Reply(ENDED, True)


def test_a_text_that_was_cut_is_nobodys_answer(tenant: UssdTenant) -> None:
    phone = Phone(tenant)
    phone.send(CODE, first=True)
    request = UssdRequest(PROVIDER, CODE, "s", phone.number, "1", True, LastInput(False))
    assert tenant.turns.take(request, phone.service) == Reply("That is too long.", True)
    assert phone.send("1").text.startswith("Save in which group?")


@pytest.mark.parametrize("first", [True, None])
def test_another_code_than_the_hooks_is_refused(tenant: UssdTenant, first: bool | None) -> None:
    last = LastInput(first, dialled="*999#")
    request = UssdRequest(PROVIDER, CODE, "s", "+250788000001", "*999#", False, last)
    service = tenant.service()
    unknown = Reply("This code is not in service.", True)
    assert tenant.turns.take(request, service) == unknown
    assert tenant.turns.take(request) == unknown


@pytest.mark.usefixtures("later")
def test_an_answer_keeps_its_stars(tenant: UssdTenant) -> None:
    phone = Phone(tenant)
    phone.send(CODE, first=True)
    phone.send("1")
    assert phone.send("*1").text.startswith("Choose")


@pytest.mark.usefixtures("later")
def test_what_somebody_else_wrote_in_redis_is_as_lost(tenant: UssdTenant) -> None:
    phone = Phone(tenant)
    menu = phone.send(CODE, first=True)
    phone.send("1")
    tenant.faults_are_expected = True  # an alarm says so
    [key] = tenant.redis.keys("s:*")
    tenant.redis.hset(key, "data", b"x" * 80)
    assert phone.send("1") == menu
