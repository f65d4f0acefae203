"""Redis has lost its memory, or is away, and a hop comes whose text was typed to other screens than
a walk through it would lead to now: what was done is told, and no PIN is taken for an amount."""

import pytest

from core.agents import approvals
from core.db.errors import Unavailable
from core.people import people
from engine.turn.ussd import Reply
from tests.support.phone import Phone, phone_of
from tests.support.situations import WORKING, holding, sold
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from tests.support.ussd_fixtures import Proxies

STAFF_ENTERED = "gasana"
MENU = "Ibimina\n1 Save"


@pytest.fixture
def tenant(tenant_behind_proxies: UssdTenant) -> UssdTenant:
    tenant_behind_proxies.faults_are_expected = True
    return tenant_behind_proxies


def intents_of(tenant: UssdTenant, state: str) -> int:
    return tenant.number(f"SELECT count(*) FROM intent WHERE state = '{state}'")


def refused(tenant: UssdTenant) -> int:
    return tenant.number("SELECT count(*) FROM approval WHERE state = 'refused'")


def registered(tenant: UssdTenant) -> Phone:
    """Entered by staff, with a slip at the PIN and then the same PIN twice."""
    phone = phone_of(tenant, STAFF_ENTERED, posts_twice=False)
    phone.dial()
    assert phone.type("1", "1", "7206", "7206").text.startswith("Welcome")
    return phone


def approved(tenant: UssdTenant) -> Phone:
    """With a slip at the PIN, too."""
    holding(tenant)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1", "1", "2748")
    assert tenant.entries("topup") == 1
    return phone


def test_the_pin_of_a_registration_is_no_amount(tenant: UssdTenant) -> None:
    phone = registered(tenant)
    tenant.redis.flushdb()
    assert MENU in phone.type("2").text
    assert phone.type("1", "1", "500").text.startswith("Save in")  # and on it goes
    assert intents_of(tenant, "open") == 1
    assert tenant.one("SELECT max(amount_minor) FROM intent") == (500,)


def test_the_pin_of_an_approval_is_no_amount(tenant: UssdTenant) -> None:
    phone = approved(tenant)
    tenant.redis.flushdb()
    assert phone.post().text.startswith(f"{sold(tenant, 'from Bizimana O. A111').text}\n{MENU}")
    assert tenant.number("SELECT count(*) FROM intent") == 1


def test_the_pin_for_a_sale_that_was_cancelled_is_no_amount(tenant: UssdTenant) -> None:
    """Somebody else ended what this session was asked about."""
    agent = holding(tenant)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1", "1")
    agent.dial("*384*10*9*8#")
    agent.type("1964", "1", "2")
    assert refused(tenant) == 1
    tenant.redis.flushdb()
    assert phone.type("2748").text.startswith(MENU)
    assert tenant.number("SELECT count(*) FROM intent") == 1


def test_digits_dialled_with_the_code_are_taken_as_ever(tenant: UssdTenant) -> None:
    """A session that is another one's than this phone's last says that nothing was lost."""
    registered(tenant)
    phone = phone_of(tenant, STAFF_ENTERED, posts_twice=False)
    assert phone.dial("*384*10*1*1*500#").text.startswith("Save in")


def test_without_redis_a_copy_of_a_registration_shows_the_menu(
    tenant: UssdTenant, proxies: Proxies
) -> None:
    phone = registered(tenant)
    proxies.redis.shut()
    assert MENU in phone.post().text


@pytest.mark.parametrize("away", [False, True])
def test_a_copy_of_what_was_approved_is_told_so(
    tenant: UssdTenant, proxies: Proxies, *, away: bool
) -> None:
    phone = approved(tenant)
    if away:
        proxies.redis.shut()
    else:
        tenant.redis.flushdb()
    assert phone.post().text.startswith(sold(tenant, "from Bizimana O. A111").text)
    assert tenant.entries("topup") == 1


def test_what_was_refused_makes_no_later_payment_untrue(
    tenant: UssdTenant, proxies: Proxies
) -> None:
    """In the same session the customer refused a sale and went on to pay: nobody is told that
    nothing was taken, since a copy of the hop may pay."""
    holding(tenant)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    phone.type("2", "1", "1", "500", "1")
    assert refused(tenant) == 1
    proxies.redis.shut()
    assert "Nothing was taken" not in phone.type("2748").text
    proxies.redis.open()
    assert phone.post().text.startswith("Saved 500 RWF")


@pytest.mark.parametrize("way", [["8", "0"] * 4, ["2", "00"]], ids=["many hops", "another flow"])
def test_without_redis_a_code_may_be_a_copy_whatever_came_before(
    tenant: UssdTenant, proxies: Proxies, way: list[str]
) -> None:
    holding(tenant)
    phone = phone_of(tenant, "bizimana", posts_twice=False)
    phone.dial()
    phone.type(*way, "9", "8", "1964", "1", "1")
    proxies.redis.shut()
    assert phone.type(tenant.codes()[-1]) == Reply(WORKING, True)


def test_without_either_an_approval_may_be_a_copy(
    tenant: UssdTenant, proxies: Proxies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postgres answers who is calling, and then no more."""
    holding(tenant)
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1")
    proxies.redis.shut()
    monkeypatch.setattr(approvals, "first_waiting_for", _unavailable)
    assert phone.type("2748") == Reply(WORKING, True)


def _unavailable(*_: object) -> None:
    raise Unavailable("test")


def test_a_second_change_of_pin_does_not_hide_the_first(tenant: UssdTenant) -> None:
    phone = registered(tenant)
    phone.type("8", "1", "7206", "5839", "00")  # begun, and given up
    tenant.redis.flushdb()
    assert phone.type("2").text.startswith(MENU)
    assert tenant.number("SELECT count(*) FROM intent") == 0


def test_who_registered_in_another_session_leaves_no_pin_as_an_amount(tenant: UssdTenant) -> None:
    slow = phone_of(tenant, STAFF_ENTERED, posts_twice=False)
    slow.dial()
    slow.type("1", "1", "7206")
    registered(tenant)
    tenant.redis.flushdb()
    assert MENU in slow.type("7206").text
    assert tenant.number("SELECT count(*) FROM intent") == 0


def test_on_a_shared_phone_it_is_told_to_whoever_did_it(tenant: UssdTenant) -> None:
    """The agent and the customer have one number between them."""
    agent = phone_of(tenant, "bizimana", posts_twice=False)
    agent.dial("*384*10*9*1*0788000001*5000#")
    tenant.change(people.add_address, KEYS, tenant.id_of("uwera"), agent.number)
    agent.type("1", "1964")
    assert tenant.entries("topup") == 1
    tenant.redis.flushdb()
    assert agent.post().text.startswith("Done: to Uwera C., 4,950 RWF, cash 5,000 RWF")
    session = agent.session
    assert session is not None
    assert session.caller.id == str(tenant.id_of("bizimana"))


def test_without_redis_a_copy_of_what_the_code_sold_is_told_so(
    tenant: UssdTenant, proxies: Proxies
) -> None:
    holding(tenant)
    phone = phone_of(tenant, "bizimana", posts_twice=False)
    phone.dial("*384*10*9*8#")
    phone.type("1964", "1", "1", tenant.codes()[-1])
    proxies.redis.shut()
    assert phone.post() == sold(tenant, "to Uwera C.")


def test_without_redis_a_code_may_be_a_copy(tenant: UssdTenant, proxies: Proxies) -> None:
    """The one that is worked may sell yet: nobody is told that nothing was taken."""
    holding(tenant)
    phone = phone_of(tenant, "bizimana", posts_twice=False)
    phone.dial("*384*10*9*8#")
    phone.type("1964", "1", "1")
    proxies.redis.shut()
    assert phone.type(tenant.codes()[-1]) == Reply(WORKING, True)


def test_without_redis_a_copy_of_a_changed_pin_shows_the_menu(
    tenant: UssdTenant, proxies: Proxies
) -> None:
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial("*384*10*8*1#")
    assert phone.type("2748", "7206", "7206").text.startswith("Your PIN is changed.")
    proxies.redis.shut()
    assert MENU in phone.post().text


def test_without_redis_a_new_pin_may_be_a_copy(tenant: UssdTenant, proxies: Proxies) -> None:
    phone = phone_of(tenant, "uwera", posts_twice=False)
    phone.dial("*384*10*8*1#")
    phone.type("2748", "7206")
    proxies.redis.shut()
    assert phone.type("7206") == Reply(WORKING, True)
