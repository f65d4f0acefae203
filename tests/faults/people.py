"""People who write, by SMS and on WhatsApp: in bursts, step by step, or asking one thing after the
other. Some finish by dialling what they began in a chat."""

import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.caller import Caller, Deal
from tests.faults.handsets import SMS, WHATSAPP, Companies, Copy, Handsets
from tests.support.population import PIN

# So long a reply is waited for; then one writes on, as people do.
PATIENCE_S = 8.0
# Who pays by dialling waits so long until the chat has asked them to; but every second one dials as
# soon as Piga has their amount.
BEFORE_DIALLING_S = 120.0
LOOKED_AT_EVERY_S = 0.1
WROTE_AGAIN_AFTER_S = 0.5
# Every so many webhooks are posted more than once, at the same time.
COPIES_OF = 8
AMOUNT_FROM = 1_000
WRITES_EACH = 10
PAYS_AFTER = 2  # the place of the line that says how much

GREETINGS = ("hi", "Muraho", "hello", "menu", "mambo")
QUESTIONS = ("BAL", "menu", "STATEMENT", "HELP", "2", "hello", "8", "0", "BAL", "STATEMENT")


@dataclass(frozen=True)
class Wrote:
    """A message as the company has it, under its id. `amount`: what its reply must name."""

    id: str
    words: str
    copies: int
    amount: int | None = None
    # Whether it means the same wherever the conversation stands.
    stands_alone: bool = True


@dataclass
class Person:
    """One phone, which writes on one channel. `lines` are what it is to write: words, the amount
    that the reply must name, and whether that reply is waited for. With a `deal` they pay what they
    wrote by dialling: at once, or when they are asked to."""

    channel: str
    number: str
    lines: list[tuple[str, int | None, bool]]
    deal: Deal | None = None
    dials_at_once: bool = False
    wrote: list[Wrote] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)


def people_of(numbers: tuple[str, ...], count: int, seed: int) -> list[Person]:
    """People who together write `count` messages, every second one on WhatsApp."""
    chance = random.Random(seed)
    people, left = [], count
    for index, number in enumerate(numbers):
        if not left:
            break
        lines, pays = _lines(index, chance)
        lines = lines[:left]
        left -= len(lines)
        person = Person((SMS, WHATSAPP)[index % 2], number, lines)
        if pays and len(lines) > 2:
            person.deal = Deal(number, AMOUNT_FROM + index * WRITES_EACH)
            person.dials_at_once = index // 8 % 2 == 1
        people.append(person)
    return people


def people_needed(count: int) -> int:
    return -(-count // WRITES_EACH)


def _lines(index: int, chance: random.Random) -> tuple[list[tuple[str, int | None, bool]], bool]:
    """What one person writes, and whether they pay by dialling in the end."""
    amount = AMOUNT_FROM + index * WRITES_EACH
    kind = index // 2 % 4
    if kind in (0, 1):  # in bursts: each command names its amount, and so does its reply
        lines: list[tuple[str, int | None, bool]] = [
            (chance.choice(GREETINGS), None, False) for _ in range(3)
        ]
        lines += [(f"PAY FAULT {amount + nth}", amount + nth, nth in (3, 6)) for nth in range(7)]
        return lines, False
    if kind == 2:  # step by step, and paid by dialling
        lines = [("menu", None, True), ("1", None, True), (str(amount), amount, True)]
        asked = [question for question in QUESTIONS if question.isalpha()]
        return lines + [(word, None, True) for word in asked[: WRITES_EACH - 3]], True
    first = chance.randrange(len(QUESTIONS))
    return [(word, None, True) for word in QUESTIONS[first:] + QUESTIONS[:first]], False


class Writer:
    """Lets people write. `on` is told of each message that was handed to the company, and `is_here`
    asked whether Piga has one, by the company's id."""

    def __init__(
        self,
        companies: Companies,
        handsets: Handsets,
        hook: str,
        seed: int,
        on: Callable[[], None],
        is_here: Callable[[str], bool],
    ) -> None:
        self._companies, self._handsets = companies, handsets
        self._hook, self._seed, self._on, self._is_here = hook, seed, on, is_here

    def let_write(self, index: int, person: Person) -> None:
        chance = random.Random(self._seed * 100_000 + index)
        before = 0
        for place, (words, amount, waits) in enumerate(person.lines):
            copies = chance.choice((2, 3)) if chance.randrange(COPIES_OF) == 0 else 1
            id = self._write(person, words, copies)
            alone = not words.isdecimal()
            person.wrote.append(Wrote(id, words, copies, amount, alone))
            self._on()
            deal = person.deal if place == PAYS_AFTER else None
            if deal is not None and person.dials_at_once:
                while not self._is_here(id):
                    time.sleep(LOOKED_AT_EVERY_S)
                Caller(self._hook, PIN, self._seed * 100_000 + index).close(deal)
            if waits:
                self._wait(person, amount, before, BEFORE_DIALLING_S if deal else PATIENCE_S)
                before = len(self._received(person))
            if deal is not None and not person.dials_at_once:
                Caller(self._hook, PIN, self._seed * 100_000 + index).close(deal)

    def _write(self, person: Person, words: str, copies: int) -> str:
        while True:
            with contextlib.suppress(OSError):
                return self._companies.write(person.channel, person.number, words, copies=copies)
            time.sleep(WROTE_AGAIN_AFTER_S)

    def _wait(self, person: Person, amount: int | None, before: int, patience_s: float) -> None:
        began = time.monotonic()
        while time.monotonic() - began < patience_s:
            received = self._received(person)
            if any(names(copy, amount) for copy in received[before:]):
                person.waits_s.append(time.monotonic() - began)
                return
            time.sleep(LOOKED_AT_EVERY_S)

    def _received(self, person: Person) -> list[Copy]:
        return self._handsets.received(person.channel, person.number)


def names(copy: Copy, amount: int | None) -> bool:
    """Whether a reply names this amount; any reply does where none is asked for."""
    return amount is None or line_of(amount) in copy.words.splitlines()


def line_of(amount: int) -> str:
    """How a confirmation says an amount."""
    return f"Amount: {amount:,} RWF"
