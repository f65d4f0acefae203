"""Thousands of hops of nonsense, and of conversations by people who press whatever they like:
always a screen, in time; and the books are right afterwards."""

import random
import re
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote_from_bytes

import pytest

from tests.support.population import PIN
from tests.support.web import (
    ANSWERED_WITHIN_S,
    ANYBODY,
    CODE,
    OTHER_CODE,
    Phone,
    Web,
    form,
    next_number,
    screen,
)

pytestmark = pytest.mark.long

BODIES = 500
TALKERS = 8
HOPS = 80
SEEDS = (1, 2, 3)

# Whoever has a float to sell, in the demo's people.
AGENTS = {"+250788000111": "1964", "+250788000110": "7250", "+250788000113": "5618"}

NASTY = [
    *("", " ", "0", "00", "98", "*", "**", "#", "*384*10#", "-1", "1.5", "1e9", "١٢٣", "１２３"),
    *("%00", "\x00", "\r\n", "\u202e", "é" * 200, "💰", "{0}", "%s", "'; --", "<b>", "9" * 300),
    *("0788000101", "+250788000101", "2739", "000000", "True", "null", "[]", "=&=&", "a=b&text=1"),
]
FIELDS = ("sessionId", "phoneNumber", "networkCode", "serviceCode", "text", "date", "x")


def some_bytes(chance: random.Random, web: Web) -> bytes:
    """A body: random bytes, a random form, or a good hop with something broken in it."""
    good = Phone(web, f"+25079{chance.choice(ANYBODY):07d}")
    good.session_id, good.text = f"ATUid_{chance.randrange(20)}", chance.choice(("", "1", "1*1"))
    body = bytearray(good.body())
    match chance.randrange(5):
        case 0:
            return chance.randbytes(chance.randrange(2_000))
        case 1:
            pairs = [
                (chance.choice(FIELDS), chance.choice(NASTY)) for _ in range(chance.randrange(12))
            ]
            return b"&".join(form(**{name: value}) for name, value in pairs)
        case 2:
            for _ in range(chance.randrange(1, 6)):
                body[chance.randrange(len(body))] = chance.randrange(256)
        case 3:
            at = chance.randrange(len(body))
            del body[at : at + chance.randrange(1, 20)]
        case 4:
            name = chance.choice(FIELDS)
            value = quote_from_bytes(chance.randbytes(chance.randrange(40)))
            return good.body(**{name: ""}) + f"&{name}={value}".encode()
    return bytes(body)


@pytest.mark.parametrize("seed", SEEDS)
def test_any_body_gets_a_screen(web: Web, seed: int) -> None:
    chance = random.Random(seed)
    bodies = [some_bytes(chance, web) for _ in range(BODIES)]
    before = web.books()

    def post(body: bytes) -> None:
        answer = web.post(body)
        try:
            screen(answer)
        except (AssertionError, UnicodeDecodeError) as wrong:
            raise AssertionError(f"{body!r} got {answer}") from wrong
        assert answer.took_s < ANSWERED_WITHIN_S, body

    with ThreadPoolExecutor(TALKERS) as pool:
        list(pool.map(post, bodies))
    assert web.books() == before


@pytest.mark.parametrize("seed", SEEDS)
def test_any_address_is_answered_with_a_status(web: Web, seed: int) -> None:
    chance = random.Random(seed)
    parts = [*web.hook().split("/")[1:], "..", ".", "", "%2e%2e", "%00", "%ff", "ussd-end", "phone"]
    methods = ("POST", "POST", "POST", "GET", "PUT", "HEAD", "OPTIONS")

    def ask(_: int) -> None:
        path = "/" + "/".join(chance.choices(parts, k=chance.randrange(6)))
        if chance.random() < 0.3:
            path += "?" + quote_from_bytes(chance.randbytes(20))
        answer = web.ask(chance.choice(methods), path, b"text=")
        assert answer.status in (200, 403, 404, 405), (path, answer)
        assert answer.status != 200 or answer.body[:4] in (b"", b"END "), (path, answer)

    with ThreadPoolExecutor(TALKERS) as pool:
        list(pool.map(ask, range(150)))


class Talker:
    """Somebody with a phone who mostly does what the screen asks, and often anything else."""

    def __init__(self, web: Web, number: str, pin: str, seed: str) -> None:
        self.chance = random.Random(seed)
        self.phone = Phone(web, number)
        self.pin = pin
        self.said: list[str] = []
        self.paid: list[str] = []

    def talk(self) -> None:
        shown = "END "
        for _ in range(HOPS):
            shown = self._hop(shown)
            self.said.append(shown)
            self.paid += re.findall(r"Saved [\d,]+ RWF .*?Ref ([0-9A-Z]{8})\. New", shown)
            assert self.phone.took_s < ANSWERED_WITHIN_S, shown

    def _hop(self, shown: str) -> str:
        phone, chance = self.phone, self.chance
        if shown.startswith("END ") or chance.random() < 0.06:
            digits = chance.choice(("", "", "", "1*1", "2", "9*1", "*".join(chance.choices(NASTY))))
            return phone.dial(digits)
        if chance.random() < 0.1:
            return phone.copies(2).pop()
        if chance.random() < 0.05:  # a late copy, or a text that does not fit
            text, phone.text = phone.text, phone.text[: chance.randrange(len(phone.text) + 1)]
            phone.post()
            phone.text = text
            return phone.post()
        return phone.type(self._answer(shown))

    def _answer(self, shown: str) -> str:
        chance = self.chance
        if chance.random() < 0.15:
            return chance.choice(NASTY)
        if "PIN" in shown:
            return self.pin if chance.random() < 0.9 else str(chance.randrange(10**4, 10**6))
        if "How much" in shown:
            return str(chance.choice((100, 500, 1_000, 20_000, 500_000, 999_999)))
        if "phone number" in shown:
            return f"079{chance.choice(ANYBODY):07d}"
        if "Type their code" in shown:
            return f"{chance.randrange(10**6):06d}"
        keys = re.findall(r"^(\d+) ", shown.removeprefix("CON "), re.MULTILINE)
        return chance.choice(keys) if keys else "1"


@pytest.mark.parametrize("seed", SEEDS)
def test_people_who_press_whatever_they_like(web: Web, seed: int) -> None:
    talkers = [Talker(web, next_number(), PIN, f"{seed}/{index}") for index in range(TALKERS)]
    talkers += [Talker(web, number, pin, f"{seed}/{number}") for number, pin in AGENTS.items()]
    with ThreadPoolExecutor(len(talkers)) as pool:
        list(pool.map(Talker.talk, talkers))
    # It was more than wrong answers: money moved, and every screen that says so is an entry.
    told = [reference for talker in talkers for reference in talker.paid]
    assert told
    for talker in talkers:
        posted = [reference for _, reference, _ in web.paid_by(talker.phone.number)]
        assert set(talker.paid) <= set(posted)
        assert web.wallet_of(talker.phone.number) >= 0


def test_two_tenants_are_spoken_to_at_once(web: Web) -> None:
    """The same numbers and session ids on two services never meet."""
    chance = random.Random(4)
    numbers = [next_number() for _ in range(6)]

    def talk(number: str) -> None:
        session = f"ATUid_shared_{number}"
        here, there = Phone(web, number, CODE), Phone(web, number, OTHER_CODE)
        here.session_id = there.session_id = session
        assert "Ibimina" in here.post()
        assert "Choose your language" in there.post()
        for answer in chance.choices(("1", "8", "0", "00", "x"), k=12):
            for phone in (here, there):
                shown = phone.type(answer)
                assert ("Fault Group" in shown or "Ibimina" in shown) <= (phone is here)

    with ThreadPoolExecutor(len(numbers)) as pool:
        list(pool.map(talk, numbers))
