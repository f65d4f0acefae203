"""Redis has lost its memory, or is away, and a hop comes whose text was typed to other screens than
a walk through it would lead to now: what was done is told, and no PIN is taken for an amount."""

import pytest

from core.agents import approvals
from core.db.errors import Unavailable
from core.people import people
from engine.turn.ussd import Reply
from tests.support.phone import Phone, phone_of
from tests.support.situations import WORKING, holding, sold
from tests.support.tenant import KEYS, House
from tests.support.tenant_fixtures import Doors

STAFF_ENTERED = "gasana"
MENU = "Ibimina\n1 Save"


@pytest.fixture
def house(guarded: House) -> House:
    guarded.faults_are_expected = True
    return guarded


def intents_of(house: House, state: str) -> int:
    return house.number(f"SELECT count(*) FROM intent WHERE state = '{state}'")


def refused(house: House) -> int:
    return house.number("SELECT count(*) FROM approval WHERE state = 'refused'")


def registered(house: House) -> Phone:
    """Entered by staff, with a slip at the PIN and then the same PIN twice."""
    phone = phone_of(house, STAFF_ENTERED, posts_twice=False)
    phone.dial()
    assert phone.type("1", "1", "7206", "7206").text.startswith("Welcome")
    return phone


def approved(house: House) -> Phone:
    """With a slip at the PIN, too."""
    holding(house)
    phone = phone_of(house, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1", "1", "2748")
    assert house.entries("topup") == 1
    return phone


def test_the_pin_of_a_registration_is_no_amount(house: House) -> None:
    phone = registered(house)
    house.redis.flushdb()
    assert MENU in phone.type("2").text
    assert phone.type("1", "1", "500").text.startswith("Save in")  # and on it goes
    assert intents_of(house, "open") == 1
    assert house.one("SELECT max(amount_minor) FROM intent") == (500,)


def test_the_pin_of_an_approval_is_no_amount(house: House) -> None:
    phone = approved(house)
    house.redis.flushdb()
    assert phone.post().text.startswith(f"{sold(house, 'from Bizimana O. A111').text}\n{MENU}")
    assert house.number("SELECT count(*) FROM intent") == 1


def test_the_pin_for_a_sale_that_was_cancelled_is_no_amount(house: House) -> None:
    """Somebody else ended what this session was asked about."""
    agent = holding(house)
    phone = phone_of(house, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1", "1")
    agent.dial("*384*10*9*8#")
    agent.type("1964", "1", "2")
    assert refused(house) == 1
    house.redis.flushdb()
    assert phone.type("2748").text.startswith(MENU)
    assert house.number("SELECT count(*) FROM intent") == 1


def test_digits_dialled_with_the_code_are_taken_as_ever(house: House) -> None:
    """A session that is another one's than this phone's last says that nothing was lost."""
    registered(house)
    phone = phone_of(house, STAFF_ENTERED, posts_twice=False)
    assert phone.dial("*384*10*1*1*500#").text.startswith("Save in")


def test_without_redis_a_copy_of_a_registration_shows_the_menu(house: House, doors: Doors) -> None:
    phone = registered(house)
    doors.redis.shut()
    assert MENU in phone.post().text


@pytest.mark.parametrize("away", [False, True])
def test_a_copy_of_what_was_approved_is_told_so(house: House, doors: Doors, *, away: bool) -> None:
    phone = approved(house)
    if away:
        doors.redis.shut()
    else:
        house.redis.flushdb()
    assert phone.post().text.startswith(sold(house, "from Bizimana O. A111").text)
    assert house.entries("topup") == 1


def test_what_was_refused_makes_no_later_payment_untrue(house: House, doors: Doors) -> None:
    """In the same session the customer refused a sale and went on to pay: nobody is told that
    nothing was taken, since a copy of the hop may pay."""
    holding(house)
    phone = phone_of(house, "uwera", posts_twice=False)
    phone.dial()
    phone.type("2", "1", "1", "500", "1")
    assert refused(house) == 1
    doors.redis.shut()
    assert "Nothing was taken" not in phone.type("2748").text
    doors.redis.open()
    assert phone.post().text.startswith("Saved 500 RWF")


@pytest.mark.parametrize("way", [["8", "0"] * 4, ["2", "00"]], ids=["many hops", "another flow"])
def test_without_redis_a_code_may_be_a_copy_whatever_came_before(
    house: House, doors: Doors, way: list[str]
) -> None:
    holding(house)
    phone = phone_of(house, "bizimana", posts_twice=False)
    phone.dial()
    phone.type(*way, "9", "8", "1964", "1", "1")
    doors.redis.shut()
    assert phone.type(house.codes()[-1]) == Reply(WORKING, True)


def test_without_either_an_approval_may_be_a_copy(
    house: House, doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Postgres answers who is calling, and then no more."""
    holding(house)
    phone = phone_of(house, "uwera", posts_twice=False)
    phone.dial()
    phone.type("1")
    doors.redis.shut()
    monkeypatch.setattr(approvals, "first_waiting_for", _unavailable)
    assert phone.type("2748") == Reply(WORKING, True)


def _unavailable(*_: object) -> None:
    raise Unavailable("test")


def test_a_second_change_of_pin_does_not_hide_the_first(house: House) -> None:
    phone = registered(house)
    phone.type("8", "1", "7206", "5839", "00")  # begun, and given up
    house.redis.flushdb()
    assert phone.type("2").text.startswith(MENU)
    assert house.number("SELECT count(*) FROM intent") == 0


def test_who_registered_in_another_session_leaves_no_pin_as_an_amount(house: House) -> None:
    slow = phone_of(house, STAFF_ENTERED, posts_twice=False)
    slow.dial()
    slow.type("1", "1", "7206")
    registered(house)
    house.redis.flushdb()
    assert MENU in slow.type("7206").text
    assert house.number("SELECT count(*) FROM intent") == 0


def test_on_a_shared_phone_it_is_told_to_whoever_did_it(house: House) -> None:
    """The agent and the customer have one number between them."""
    agent = phone_of(house, "bizimana", posts_twice=False)
    agent.dial("*384*10*9*1*0788000001*5000#")
    house.change(people.add_address, KEYS, house.id("uwera"), agent.number)
    agent.type("1", "1964")
    assert house.entries("topup") == 1
    house.redis.flushdb()
    assert agent.post().text.startswith("Done: to Uwera C., 4,950 RWF, cash 5,000 RWF")
    session = agent.session
    assert session is not None
    assert session.caller.id == str(house.id("bizimana"))


def test_without_redis_a_copy_of_what_the_code_sold_is_told_so(house: House, doors: Doors) -> None:
    holding(house)
    phone = phone_of(house, "bizimana", posts_twice=False)
    phone.dial("*384*10*9*8#")
    phone.type("1964", "1", "1", house.codes()[-1])
    doors.redis.shut()
    assert phone.post() == sold(house, "to Uwera C.")


def test_without_redis_a_code_may_be_a_copy(house: House, doors: Doors) -> None:
    """The one that is worked may sell yet: nobody is told that nothing was taken."""
    holding(house)
    phone = phone_of(house, "bizimana", posts_twice=False)
    phone.dial("*384*10*9*8#")
    phone.type("1964", "1", "1")
    doors.redis.shut()
    assert phone.type(house.codes()[-1]) == Reply(WORKING, True)


def test_without_redis_a_copy_of_a_changed_pin_shows_the_menu(house: House, doors: Doors) -> None:
    phone = phone_of(house, "uwera", posts_twice=False)
    phone.dial("*384*10*8*1#")
    assert phone.type("2748", "7206", "7206").text.startswith("Your PIN is changed.")
    doors.redis.shut()
    assert MENU in phone.post().text


def test_without_redis_a_new_pin_may_be_a_copy(house: House, doors: Doors) -> None:
    phone = phone_of(house, "uwera", posts_twice=False)
    phone.dial("*384*10*8*1#")
    phone.type("2748", "7206")
    doors.redis.shut()
    assert phone.type("7206") == Reply(WORKING, True)
