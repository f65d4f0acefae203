"""A retry is never an answer: copies of hops, one after the other, late, and all at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.turn.ussd import Reply, UssdRequest
from tests.support.phone import Phone, phone_of
from tests.support.tenants import PROVIDER
from tests.support.ussd import UssdTenant

PAYING = ("1", "1", "500", "1", "2748")


@pytest.mark.parametrize("digits_in_code", [False, True])
def test_late_copies_get_the_replies_of_their_originals(
    tenant: UssdTenant, digits_in_code: bool
) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial("*384*10*1*1#", digits_in_code=digits_in_code)
    given: list[tuple[UssdRequest, Reply]] = [(phone.hop(), phone.reply)]
    for answer in ("x", "500", "0", "600", "1", "2748"):
        phone.type(answer)
        given.append((phone.hop(), phone.reply))
    before = phone.session
    for hop, reply in [*reversed(given), *given]:
        assert tenant.turns.take(hop) == reply
    assert phone.session == before
    assert tenant.entries() == 1


def test_twenty_copies_at_once_get_one_reply_and_make_one_entry(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera", posts_twice=False)
    with ThreadPoolExecutor(20) as threads:
        phone.session_id = "ATUid_20"
        for text in ("", *("*".join(PAYING[:count]) for count in range(1, 6))):
            phone.text = text
            replies = list(threads.map(lambda _: phone.send(), range(20)))
            assert len(set(replies)) == 1
            phone.reply = replies[0]
            phone.look()
    assert replies[0].text.startswith("Saved 500 RWF")
    assert tenant.entries() == 1
    assert tenant.number("SELECT count(*) FROM intent") == 1
    assert len(tenant.texts("uwera")) == 1
    stored = phone.stored
    assert stored is not None
    assert stored.turns == 6


def test_twenty_people_at_once_do_not_get_in_each_others_way(tenant: UssdTenant) -> None:
    """Sessions of several people, and several sessions of one, that pay into the same group."""

    def pay(who: str) -> str:
        phone = phone_of(tenant, who, posts_twice=False)
        phone.dial("*384*10*1*1*300#")
        phone.type("1")
        return phone.type(tenant.people[who].pin).text

    payers = ("uwera", "habimana", "mukamana", "bizimana")
    with ThreadPoolExecutor(8) as threads:
        said = list(threads.map(pay, payers * 5))
    paid = [text for text in said if text.startswith("Saved 300 RWF")]
    # Opening a confirmation voids the same person's older one, so not all of them get through.
    assert len(paid) == tenant.entries()
    assert set(payers) <= {
        payer for payer, text in zip(payers * 5, said, strict=True) if text in paid
    }
    assert [text for text in said if not text.startswith(("Saved", "This was cancelled."))] == []


def test_wrong_pins_in_parallel_count_one_by_one(tenant: UssdTenant) -> None:
    """Guessing in many sessions at once gives three guesses, not one each."""
    phones = [phone_of(tenant, "uwera", posts_twice=False) for _ in range(12)]
    for phone in phones:
        phone.dial("*384*10*2#")
    with ThreadPoolExecutor(12) as threads:
        said = [reply.text for reply in threads.map(lambda phone: phone.type("9999"), phones)]
    assert sorted(text.split(".")[1] for text in said if text.startswith("Wrong")) == [
        " Tries left: 1",
        " Tries left: 2",
    ]
    assert sum(text.startswith("Too many wrong PINs.") for text in said) == 10
    assert [text.split(":")[0] for text in tenant.texts("uwera")] == ["Too many wrong PINs"]


def test_registering_one_number_twice_at_once_makes_one_person(tenant: UssdTenant) -> None:
    number = "+250788000099"
    phones = [Phone(tenant, number, posts_twice=False) for _ in range(6)]
    for phone in phones:
        phone.dial("*384*10*1#")
        phone.type("Mukeshimana Aline", "2847")
    with ThreadPoolExecutor(6) as threads:
        said = [reply.text for reply in threads.map(lambda phone: phone.type("2847"), phones)]
    assert sum(text.startswith("Welcome, Mukeshimana.") for text in said) == 1
    assert said.count("This number is registered already.") == 5
    assert len(tenant.texts(number)) == 1


def test_a_first_pin_is_not_replaced_by_a_session_that_was_slower(tenant: UssdTenant) -> None:
    """Staff entered the person, who has two sessions at "Type the same PIN again"."""
    number = tenant.people["gasana"].phones[0]
    slow, quick = Phone(tenant, number), Phone(tenant, number)
    for phone, pin in ((slow, "7190"), (quick, "9031")):
        phone.dial("*384*10*1#")
        phone.type(pin)
    assert quick.type("9031").text.startswith("Welcome, Gasana.")
    assert slow.type("7190").text == "This number is registered already."
    assert len(tenant.texts("gasana")) == 1
    slow.dial("*384*10*2#")
    assert slow.type("7190").text.startswith("Wrong PIN")
    assert slow.type("9031").text.startswith("Wallet")


def test_of_first_pins_chosen_at_once_one_counts(tenant: UssdTenant) -> None:
    number = tenant.people["gasana"].phones[0]
    phones = [Phone(tenant, number, posts_twice=False) for _ in range(4)]
    for phone in phones:
        phone.dial("*384*10*1#")
        phone.type("7190")
    with ThreadPoolExecutor(4) as threads:
        said = [reply.text for reply in threads.map(lambda phone: phone.type("7190"), phones)]
    assert sum(text.startswith("Welcome, Gasana.") for text in said) == 1
    assert said.count("This number is registered already.") == 3
    assert len(tenant.texts("gasana")) == 1


def test_a_copy_of_a_first_hop_does_not_take_its_own_session_over(tenant: UssdTenant) -> None:
    phone = phone_of(tenant, "uwera")
    phone.dial()
    phone.type("1")
    again = phone_of(tenant, "uwera", posts_twice=False)
    again.session_id = "ATUid_again"
    first = again.send()
    assert first.text.startswith("Continuing where you stopped.")
    assert [again.send() for _ in range(3)] == [first] * 3


def test_a_hop_for_another_service_than_the_hooks_is_refused(tenant: UssdTenant) -> None:
    other = tenant.service("*384*11#")
    hop = UssdRequest(PROVIDER, "*384*10#", "ATUid_x", "+250788000001", "")
    assert tenant.turns.take(hop, other).text == "This code is not in service."
    assert tenant.turns.take(hop, tenant.service()).text.startswith("Ibimina")
