"""Gateways post a hop twice, and late; people press twice. Over HTTP, with several processes: one
reply a hop, and money moves once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.people.pin_attempts import PIN_TRIES
from tests.support.population import PIN
from tests.support.web import KEYS, OTHER_CODE, Phone, Web, next_number, polite_end, screen

AT_ONCE = 20


@pytest.mark.parametrize("copies", [2, AT_ONCE])
def test_every_hop_of_a_payment_many_times_at_once(web: Web, copies: int) -> None:
    phone = Phone(web)
    wallet = web.wallet_of(phone.number)
    phone.session_id = f"ATUid_copies_{copies}_{phone.number}"
    shown: list[str] = []
    for answer in ("", "1", "1", "12000", "1", PIN):
        phone.text = "*".join(filter(None, (phone.text, answer)))
        replies = phone.copies(copies)
        assert len(replies) == 1
        shown += replies
    assert shown[-1].startswith("END Saved 12,000 RWF")
    [(amount, reference, receipts)] = web.paid_by(phone.number)
    assert (amount, receipts) == (12_000, 1)
    assert f"Ref {reference}" in shown[-1]
    assert web.wallet_of(phone.number) == wallet - 12_050
    _late_copies(phone, shown)
    assert len(web.paid_by(phone.number)) == 1


def _late_copies(phone: Phone, shown: list[str]) -> None:
    """Every hop again, after the last one: in any order, one by one and all at once."""
    text = phone.text
    hops = ["*".join(text.split("*")[:count]) for count in range(len(shown))]

    def again(text: str) -> str:
        copy = Phone(phone.web, phone.number)
        copy.session_id, copy.text = phone.session_id, text
        return copy.post()

    assert [again(hop) for hop in reversed(hops)] == list(reversed(shown))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(again, hops * 3)) == shown * 3


@pytest.mark.parametrize("dialled", ["*384*10#", "*384*10*1*1#"])
@pytest.mark.parametrize("empty", [1, 2])
def test_empty_answers_come_as_stars_before_the_first(web: Web, empty: int, dialled: str) -> None:
    """The gateway joins all answers with a `*`: after an empty one, 500 comes as `*500`."""
    phone = Phone(web)
    phone.session_id = f"ATUid_empty_{phone.number}_{empty}"

    def post(text: str) -> str:
        hook = web.hook(code=phone.code)
        return screen(web.post(phone.body(serviceCode=dialled, text=text), hook))

    shown = post("")
    for count in range(empty):
        assert post("*" * count) == shown
    text = "*" * empty + ("500" if dialled != phone.code else "1*1*500")
    if dialled == phone.code:
        assert post("*" * empty + "1").startswith("CON Save in which group?")
        assert post("*" * empty + "1*1").startswith("CON How much for")
    assert post(text).startswith("CON Save in")
    assert "Amount: 500 RWF" in post(text)


def test_a_late_copy_between_two_hops_changes_nothing(web: Web) -> None:
    phone = Phone(web)
    first = phone.dial()
    second = phone.type("1")
    phone.type("1", "7000", "1")
    text = phone.text
    for late, reply in (("", first), ("1", second), ("", first)):
        phone.text = late
        assert phone.post() == reply
    phone.text = text
    assert "Saved 7,000 RWF" in phone.type(PIN)
    assert len(web.paid_by(phone.number)) == 1


def test_every_hop_of_a_registration_many_times_at_once(web: Web) -> None:
    phone = Phone(web, "+250722" + next_number()[-6:], OTHER_CODE)
    phone.session_id = f"ATUid_{phone.number}"
    for answer in ("", "1", "Uwase Aline", "4917", "4917"):
        phone.text = "*".join(filter(None, (phone.text, answer)))
        assert len(phone.copies(AT_ONCE)) == 1
    [(people,)] = web.admin.execute(
        "SELECT count(*) FROM address WHERE lookup = %s", (KEYS.lookup("msisdn", phone.number),)
    ).fetchall()
    assert people == 1
    assert "Welcome, Uwase" in phone.post()
    assert "Welcome" not in phone.dial()


def test_one_phone_pays_in_many_sessions_at_once(web: Web) -> None:
    """Dialled with digits, all at the PIN: each confirmation has voided the one before. No more
    than the tries that a PIN has, for guesses under way count."""
    number = next_number()
    phones = [Phone(web, number) for _ in range(PIN_TRIES)]
    for phone in phones:
        assert "Save in" in phone.dial("1*1*3000")
        assert "PIN" in phone.type("1")
    with ThreadPoolExecutor(len(phones)) as pool:
        shown_all = list(pool.map(lambda phone: phone.type(PIN), phones))
    assert sum("Saved 3,000 RWF" in shown for shown in shown_all) == 1
    assert all(shown.startswith("END ") for shown in shown_all)
    assert len(web.paid_by(number)) == 1


def test_guesses_in_parallel_all_count(web: Web) -> None:
    number = next_number()
    phones = [Phone(web, number) for _ in range(8)]
    for phone in phones:
        assert "PIN" in phone.dial("2")
    guesses = [f"{4812 + index}" for index in range(len(phones))]
    with ThreadPoolExecutor(len(phones)) as pool:
        shown = list(pool.map(lambda phone, pin: phone.type(pin), phones, guesses))
    assert sum(one.startswith("CON ") for one in shown) == 2  # two more tries, one more try
    late = Phone(web, number)
    late.dial("2")
    assert "Too many wrong PINs" in late.type(PIN)
    [(locks,)] = web.admin.execute(
        "SELECT count(*) FROM message m JOIN address a ON a.subscriber_id = m.subscriber_id"
        " WHERE a.lookup = %s AND m.template = 'pin_locked'",
        (KEYS.lookup("msisdn", number),),
    ).fetchall()
    assert locks == 1


def test_a_copy_with_another_service_code_is_none(web: Web) -> None:
    phone = Phone(web)
    phone.to_pin(2_000)
    polite_end(web.post(phone.body(serviceCode=OTHER_CODE)))
    assert "Saved 2,000 RWF" in phone.type(PIN)
    assert len(web.paid_by(phone.number)) == 1
