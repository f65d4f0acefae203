"""The recorded hops of a whole session, its PIN among them, posted again when Redis has forgotten
it: they pay nothing, however late."""

from collections.abc import Callable

import pytest

from menus import sentences
from menus.texts import say
from tests.support.phone import Phone, phone_of
from tests.support.situations import holding
from tests.support.ussd import UssdTenant

ENDED = say(sentences.SESSION_ENDED, "en")
DAY = 24 * 60

Play = Callable[[UssdTenant], tuple[Phone, list[str]]]


def a_payment(tenant: UssdTenant) -> tuple[Phone, list[str]]:
    return recorded(tenant, "uwera", "1", "1", "500", "1", "2748")


def an_approval(tenant: UssdTenant) -> tuple[Phone, list[str]]:
    holding(tenant)
    return recorded(tenant, "uwera", "1", "2748")


def a_sale(tenant: UssdTenant) -> tuple[Phone, list[str]]:
    return recorded(tenant, "bizimana", "9", "1", "0788000001", "3000", "1", "1964")


def recorded(tenant: UssdTenant, who: str, *answers: str) -> tuple[Phone, list[str]]:
    """A session that has paid, and its texts from the first on."""
    phone = phone_of(tenant, who, posts_twice=False)
    phone.dial()
    phone.type(*answers)
    assert tenant.number("SELECT count(*) FROM entry WHERE kind IN ('contribution', 'topup')") == 1
    return phone, ["", *("*".join(answers[:count]) for count in range(1, len(answers) + 1))]


def posts(phone: Phone, texts: list[str]) -> str:
    """All of them; what was shown last."""
    for text in texts:
        phone.text = text
        phone.post()
    return phone.shows


def entries(tenant: UssdTenant) -> int:
    return tenant.number("SELECT count(*) FROM entry WHERE kind IN ('contribution', 'topup')")


@pytest.mark.parametrize("minutes", [0, 9, 11, 31, DAY, 400 * DAY])
@pytest.mark.parametrize("play", [a_payment, a_sale])
def test_a_session_that_has_paid_pays_no_more(tenant: UssdTenant, play: Play, minutes: int) -> None:
    phone, texts = play(tenant)
    tenant.later(minutes)
    tenant.redis.flushdb()
    posts(phone, texts)
    tenant.redis.flushdb()
    posts(phone, list(reversed(texts)))
    assert entries(tenant) == 1
    # Whoever dials is not held up.
    assert phone.dial().text.startswith(("Ibimina\n1 Save", "Done:", "Saved"))
    if play is a_payment:
        phone.dial("*384*10*1*1*700#")
        assert phone.type("1", "2748").text.startswith("Saved 700 RWF")


def test_its_confirmation_says_that_it_has_ended(tenant: UssdTenant) -> None:
    phone, texts = a_payment(tenant)
    tenant.later(31)
    tenant.redis.flushdb()
    assert posts(phone, texts[:4]) == ENDED
    assert tenant.number("SELECT count(*) FROM intent") == 1


@pytest.mark.parametrize("minutes", [0, 31, DAY])
def test_an_approval_approves_no_later_sale(tenant: UssdTenant, minutes: int) -> None:
    phone, texts = an_approval(tenant)
    tenant.later(minutes)
    holding(tenant)
    tenant.redis.flushdb()
    posts(phone, texts)
    assert entries(tenant) == 1
    # The sale goes on waiting for its customer's own word.
    phone.dial()
    assert phone.type("1", "2748").text.startswith("You received")
    assert entries(tenant) == 2


def test_an_approval_pays_nothing_either(tenant: UssdTenant) -> None:
    """The session has approved a sale; its texts are gone on with by others that lead to paying."""
    phone, _texts = an_approval(tenant)
    tenant.later(31)
    tenant.redis.flushdb()
    assert posts(phone, ["", "1", "1*1", "1*1*500"]) == ENDED


def test_a_code_approves_in_the_session_that_has_sold(tenant: UssdTenant) -> None:
    agent = holding(tenant)
    assert "received" in agent.type(tenant.codes()[-1]).text
    assert entries(tenant) == 1


@pytest.mark.parametrize(("minutes", "goes_on"), [(0, True), (9, True), (11, False), (DAY, False)])
def test_what_was_only_confirmed_goes_on_for_ten_minutes(
    tenant: UssdTenant, minutes: int, goes_on: bool
) -> None:
    """Longer than a session lives: one whose memory was lost goes on, and a recorded one does not.
    Its PIN was typed, and refused."""
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial("*384*10*1*1*500#")
    phone.type("1", "0000")
    assert phone.shows.startswith("Wrong PIN")
    tenant.later(minutes)
    tenant.redis.flushdb()
    posts(phone, ["1*1*500"])
    assert phone.shows.startswith("Save in Kopera Twisungane?" if goes_on else ENDED)
    posts(phone, ["1*1*500*1", "1*1*500*1*2748"])
    assert entries(tenant) == int(goes_on)
