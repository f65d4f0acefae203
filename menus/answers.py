"""Reading what a person typed: each kind gives its value or says in one sentence why not.

No error here holds the text that was typed: it may be a PIN.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise, permutations
from typing import Final, Protocol, TypeVar

from menus import gsm7, sentences
from menus.keys import typed
from menus.limits import (
    ANSWER_CHARS_MAX,
    CODE_DIGITS,
    NAME_CHARS_MAX,
    NAME_LETTERS_MIN,
    NETWORK_CODE_DIGITS_MAX,
    PIN_DIGITS_MAX,
    PIN_DIGITS_MIN,
    WHOLE_DIGITS_MAX,
)
from menus.texts import Msg
from values import phone
from values.currencies import minor_digits, number_of, written_digits
from values.money import Money


class WrongAnswer(Exception):
    """The answer does not fit the question. `reason` is for the person, in one short sentence."""

    def __init__(self, reason: Msg) -> None:
        super().__init__(reason.msgid)
        self.reason: Final = reason


Value_co = TypeVar("Value_co", covariant=True)


class Answer(Protocol[Value_co]):
    """A kind of answer: how to read it, and whether a bare 0 is one (then 0 is not Back)."""

    @property
    def takes_zero(self) -> bool: ...

    def parse(self, raw: str) -> Value_co:
        """The value typed. Raises WrongAnswer."""
        ...


# Whole part in threes or unbroken, then a fraction. A separator of threes is the same throughout.
_NUMBER: Final = re.compile(
    r"(?P<whole>[1-9]\d{0,2}(?P<threes>[ ,.'])\d{3}(?:(?P=threes)\d{3})*|\d+)"
    r"(?:(?P<point>[.,])(?P<fraction>\d+))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Amount:
    """Money, typed in the currency's usual unit, read as integer minor units: 1,500 RWF is 1500.

    The currency may stand beside it as its people write it: 500 Frw, GH₵5, 500/=. Another currency
    is refused, and so is a number in words or with a k: no amount is guessed.
    """

    currency: str
    minimum_minor: int
    maximum_minor: int

    @property
    def takes_zero(self) -> bool:
        return self.minimum_minor <= 0

    def parse(self, raw: str) -> int:
        written = written_digits(self.currency)
        text = number_of(_short(raw), self.currency)
        whole, fraction = _number(text, written, sentences.WRONG_AMOUNT)
        if fraction in ("0", "00"):  # 1000.00 is whole in every currency
            fraction = ""
        if fraction and written == 0:
            raise WrongAnswer(sentences.WHOLE_AMOUNT)
        if len(fraction) > written:
            raise WrongAnswer(sentences.WRONG_AMOUNT)
        amount_minor = int(f"{whole}{fraction.ljust(minor_digits(self.currency), '0')}")
        if not self.minimum_minor <= amount_minor <= self.maximum_minor:
            least = Money(self.minimum_minor, self.currency)
            most = Money(self.maximum_minor, self.currency)
            raise WrongAnswer(sentences.between(least, most))
        return amount_minor


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number, of what the question counts."""

    minimum: int
    maximum: int

    @property
    def takes_zero(self) -> bool:
        return self.minimum <= 0

    def parse(self, raw: str) -> int:
        whole, fraction = _number(_short(raw), 0, sentences.WRONG_NUMBER)
        if fraction:
            raise WrongAnswer(sentences.WRONG_NUMBER)
        if not self.minimum <= whole <= self.maximum:
            raise WrongAnswer(sentences.between(self.minimum, self.maximum))
        return whole


@dataclass(frozen=True, slots=True)
class Name:
    """A person's or a thing's name: 2 to 80 letters, with - ' . between them. Without
    `any_letters`, only those that GSM-7 has a likeness of."""

    any_letters: bool = False

    @property
    def takes_zero(self) -> bool:
        return False

    def parse(self, raw: str) -> str:
        name = " ".join(_limited(raw).translate(_APOSTROPHES).split())
        name = unicodedata.normalize("NFC", name)
        kinds = [unicodedata.category(char)[0] for char in name]
        letters, marks = kinds.count("L"), kinds.count("M")
        others = [char for char, kind in zip(name, kinds, strict=True) if kind not in "LM"]
        if (
            letters < NAME_LETTERS_MIN
            or len(name) > NAME_CHARS_MAX
            or marks > letters
            or kinds[0] != "L"
            or not all(char in _BETWEEN_LETTERS for char in others)
        ):
            raise WrongAnswer(sentences.WRONG_NAME)
        if not (self.any_letters or gsm7.folds(name)):
            raise WrongAnswer(sentences.OTHER_LETTERS)
        return name


_BETWEEN_LETTERS: Final = " -'."
_APOSTROPHES: Final = str.maketrans({"’": "'", "ʼ": "'", "‘": "'"})


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number as people write it in a country (ISO 3166: "RW"), read as E.164.

    0788123456, 788 123 456, +250 788-123-456, 00250788123456 and 250788123456 are one number. A
    number of another country needs its + or what is dialled for abroad. One that no plan has is
    shown again: whose it would be is seen before money moves, and not after.
    """

    country: str
    takes_zero = False

    def parse(self, raw: str) -> str:
        try:
            return phone.read(_short(raw), self.country)
        except phone.NotAPhoneNumber as refused:
            shown = refused.shown
        raise WrongAnswer(sentences.no_such_number(shown) if shown else sentences.WRONG_PHONE)


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code of that many digits, kept as text: it may begin with 0."""

    digits: int = CODE_DIGITS
    takes_zero = False

    def parse(self, raw: str) -> str:
        code = _short(raw).replace(" ", "").replace("-", "")
        if not _only_digits(code) or len(code) != self.digits:
            raise WrongAnswer(sentences.code_has(self.digits))
        return code


@dataclass(frozen=True, slots=True)
class NetworkCode(Code):
    """A code that somebody's network gave them: so many digits as it pleases, a secret."""

    digits: int = 4  # at least

    def parse(self, raw: str) -> str:
        code = _short(raw).replace(" ", "").replace("-", "")
        if not _only_digits(code) or not self.digits <= len(code) <= NETWORK_CODE_DIGITS_MAX:
            raise WrongAnswer(sentences.WRONG_NETWORK_CODE)
        return code


@dataclass(frozen=True, slots=True)
class BirthYear(Code):
    """The year of somebody's birth in four digits, by which they show who they are: a secret."""

    digits: int = 4

    def parse(self, raw: str) -> str:
        year = _short(raw)
        if not _only_digits(year) or len(year) != self.digits:
            raise WrongAnswer(sentences.WRONG_YEAR)
        return year


@dataclass(frozen=True, slots=True)
class Pin:
    """A PIN of four to six digits. Whether it is a good one, `weak_pin` says."""

    takes_zero = False

    def parse(self, raw: str) -> str:
        pin = _short(raw)
        if not _only_digits(pin) or not PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX:
            raise WrongAnswer(sentences.WRONG_PIN_FORMAT)
        return pin


@dataclass(frozen=True, slots=True)
class PinAgain(Code):
    """A new PIN, typed once more: it is only compared. Whether it is a good one was said before."""

    def parse(self, raw: str) -> str:
        return Pin().parse(raw)


def weak_pin(pin: str, phone: str = "", birth_year: int | None = None) -> Msg | None:
    """Why a new PIN is too easy to guess, or None. `pin` is as `Pin` read it, `phone` in digits."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    # Days, such as 3112, are taken: hundreds of PINs are one, and a guesser has three tries.
    reasons = (
        (steps in ({1}, {9}), sentences.PIN_IN_A_ROW),
        (phone.endswith(pin), sentences.PIN_IN_PHONE),
        (_repeats(pin), sentences.PIN_REPEATED),
        (birth_year is not None and str(birth_year) in pin, sentences.PIN_BIRTH_YEAR),
        (_is_year(pin), sentences.PIN_YEAR),
        (len(steps) == 1 or _counts(pin) or pin in _POPULAR_PINS, sentences.PIN_POPULAR),
    )
    return next((reason for is_weak, reason in reasons if is_weak), None)


def _repeats(pin: str) -> bool:
    """0007, 1212, 123123, 112233, 123321: of two digits only, or all of it twice in some way."""
    # A text is a shorter one repeated when it turns up inside itself doubled, ends cut off.
    repeated = pin in (pin + pin)[1:-1]
    doubled = pin[::2] == pin[1::2]
    return len(set(pin)) <= 2 or repeated or doubled or pin == pin[::-1]


def _is_year(pin: str) -> bool:
    return len(pin) == len("1900") and 1900 <= int(pin) <= datetime.now(UTC).year + 1


def _counts(pin: str) -> bool:
    """1213, 2423, 102030: numbers of two digits that go up or down by one, or are tens."""
    if len(pin) % 2:
        return False
    numbers = [int(pin[at : at + 2]) for at in range(0, len(pin), 2)]
    steps = {after - before for before, after in pairwise(numbers)}
    tens = not any(number % 10 for number in numbers)
    return steps in ({1}, {-1}) or (tens and steps in ({10}, {-10}))


# What is drawn on the keypad, as it is on every phone; 5683 spells LOVE on it.
_KEYPAD_LINES: Final = ("123", "456", "789", "147", "258", "369", "159", "357")
_KEYPAD_WAYS: Final = tuple(way for line in _KEYPAD_LINES for way in (line, line[::-1]))
_POPULAR_PINS: Final = frozenset(
    [
        # The four corners, and the four between them, in any order.
        *("".join(keys) for four in ("1379", "2468") for keys in permutations(four)),
        # A column with the 0 below it or before it.
        *("2580", "0852", "8520", "0258", "1470", "0741", "7410", "0147"),
        *("3690", "0963", "9630", "0369"),
        # Around a corner, and small squares.
        *("1236", "6321", "1478", "8741", "3214", "4123", "7896", "6987", "9874", "4789"),
        *("3698", "8963", "1254", "1452", "2365", "2563", "4587", "4785", "5698", "5896"),
        *("1245", "2356", "4578", "5689", "5683"),
        # Two lines at a corner, a cross, and the middle column with its neighbours.
        *("12369", "96321", "14789", "98741", "32147", "74123", "36987", "78963"),
        *("15937", "15973", "75319", "35719", "19537", "25846", "24568", "12580", "25800"),
        # Two lines, one after the other: 159753, 147258, 123654.
        *(one + two for one in _KEYPAD_WAYS for two in _KEYPAD_WAYS),
        # Columns side by side, a key of each in turn.
        *("142536", "415263", "253614", "362514", "524163", "635241"),
    ]
)


def _limited(raw: str) -> str:
    if len(raw) > ANSWER_CHARS_MAX:
        raise WrongAnswer(sentences.TOO_LONG)
    return raw


def _short(raw: str) -> str:
    return typed(_limited(raw))


def _only_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _number(text: str, decimals: int, reason: Msg) -> tuple[int, str]:
    """The whole part and the digits after the point. Raises WrongAnswer with that reason."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise WrongAnswer(reason)
    whole, threes, point = match["whole"], match["threes"], match["point"]
    if threes is not None and (threes == point or (threes == "." and decimals and not point)):
        # 1,500,50 is neither, and 1.500 of a currency with cents may be meant either way.
        raise WrongAnswer(reason)
    digits = whole if threes is None else whole.replace(threes, "")
    if len(digits) > WHOLE_DIGITS_MAX:
        raise WrongAnswer(sentences.TOO_LONG)
    return int(digits), match["fraction"] or ""
