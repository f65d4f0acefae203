"""Reading what a person typed: each kind gives its value or says in one sentence why not.

No error here holds the text that was typed: it may be a PIN.
"""

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Protocol, TypeVar

from menus import sentences
from menus.keys import typed
from menus.limits import (
    ANSWER_CHARS_MAX,
    CODE_DIGITS,
    NAME_CHARS_MAX,
    NAME_LETTERS_MIN,
    PHONE_DIGITS_MAX,
    PHONE_DIGITS_MIN,
    PIN_DIGITS_MAX,
    PIN_DIGITS_MIN,
    WHOLE_DIGITS_MAX,
)
from menus.texts import Money, Msg, minor_digits


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
    """Money, typed in the currency's usual unit, read as integer minor units: 1,500 RWF is 1500."""

    currency: str
    minimum_minor: int
    maximum_minor: int

    @property
    def takes_zero(self) -> bool:
        return self.minimum_minor <= 0

    def parse(self, raw: str) -> int:
        digits = minor_digits(self.currency)
        text = _without_currency(_short(raw), self.currency)
        whole, fraction = _number(text, digits, sentences.WRONG_AMOUNT)
        if fraction and digits == 0:
            raise WrongAnswer(sentences.WHOLE_AMOUNT)
        if len(fraction) > digits:
            raise WrongAnswer(sentences.WRONG_AMOUNT)
        amount_minor = int(f"{whole}{fraction.ljust(digits, '0')}")
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
    """A person's or a thing's name: letters of any script, 2 to 40, with - ' . between them."""

    takes_zero = False

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
        return name


_BETWEEN_LETTERS: Final = " -'."
_APOSTROPHES: Final = str.maketrans({"’": "'", "ʼ": "'", "‘": "'"})


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number as people write it, read as E.164; `country` is a calling code ("250").

    0788123456, 788 123 456, +250 788-123-456, 00250788123456 and 250788123456 are one number. A
    number of another country needs its + or 00.
    """

    country: str
    takes_zero = False

    def parse(self, raw: str) -> str:
        text = _PHONE_SIGNS.sub("", _short(raw))
        international = text.startswith(("+", "00"))
        digits = text.removeprefix("+") if text.startswith("+") else text.removeprefix("00")
        if not (digits.isascii() and digits.isdigit()):
            raise WrongAnswer(sentences.WRONG_PHONE)
        number = self._own(digits, international)
        if number is None and international and not digits.startswith((self.country, "0")):
            number = digits
        if number is None or not PHONE_DIGITS_MIN <= len(number) <= PHONE_DIGITS_MAX:
            raise WrongAnswer(sentences.WRONG_PHONE)
        return f"+{number}"

    def _own(self, digits: str, international: bool) -> str | None:
        """The number as one of this country, with its calling code; None when it is not one."""
        # A + or 00 lost or turned into a space leaves the calling code in front.
        national = digits.removeprefix(self.country)
        if national != digits and self._is_national(national.removeprefix("0")):
            return self.country + national.removeprefix("0")
        # Nine digits that begin with the calling code are a cut-off number, not a national one.
        if international or national != digits:
            return None
        national = digits.removeprefix("0")
        return self.country + national if self._is_national(national) else None

    def _is_national(self, digits: str) -> bool:
        lengths = _NATIONAL_DIGITS.get(self.country, _NATIONAL_DIGITS_ELSEWHERE)
        return len(digits) in lengths and digits[0] != "0"


_PHONE_SIGNS: Final = re.compile(r"[ \-().]")
# Digits of a number after the calling code, without the trunk 0 (national numbering plans).
_NATIONAL_DIGITS: Final = {
    **{"250": (9,), "254": (9,), "256": (9,), "255": (9,), "257": (8,), "233": (9,)},
    **{"234": (10,), "243": (9,), "251": (9,), "260": (9,), "237": (9,), "27": (9,)},
}
_NATIONAL_DIGITS_ELSEWHERE: Final = range(7, 11)


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code of six digits, kept as text: it may begin with 0."""

    takes_zero = False

    def parse(self, raw: str) -> str:
        code = _short(raw).replace(" ", "").replace("-", "")
        if not _only_digits(code) or len(code) != CODE_DIGITS:
            raise WrongAnswer(sentences.WRONG_CODE)
        return code


@dataclass(frozen=True, slots=True)
class Pin:
    """A PIN of four to six digits. Whether it is a good one, `weak_pin` says."""

    takes_zero = False

    def parse(self, raw: str) -> str:
        pin = _short(raw)
        if not _only_digits(pin) or not PIN_DIGITS_MIN <= len(pin) <= PIN_DIGITS_MAX:
            raise WrongAnswer(sentences.WRONG_PIN_FORMAT)
        return pin


def weak_pin(pin: str, phone: str = "", birth_year: int | None = None) -> Msg | None:
    """Why a new PIN is too easy to guess, or None. `pin` is as `Pin` read it, `phone` in digits."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({1}, {9}):
        return sentences.PIN_IN_A_ROW
    # A text is a shorter one repeated when it turns up inside itself doubled, ends cut off.
    if pin in (pin + pin)[1:-1]:
        return sentences.PIN_REPEATED
    if pin in _POPULAR_PINS:
        return sentences.PIN_POPULAR
    if phone.endswith(pin):
        return sentences.PIN_IN_PHONE
    if birth_year is not None and str(birth_year) in pin:
        return sentences.PIN_BIRTH_YEAR
    return None


# The middle column of a keypad, down and up.
_POPULAR_PINS: Final = frozenset({"2580", "0852"})


def _limited(raw: str) -> str:
    if len(raw) > ANSWER_CHARS_MAX:
        raise WrongAnswer(sentences.TOO_LONG)
    return raw


def _short(raw: str) -> str:
    return typed(_limited(raw))


def _only_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _without_currency(text: str, currency: str) -> str:
    if text[: len(currency)].upper() == currency:
        return text[len(currency) :].strip()
    if text[-len(currency) :].upper() == currency:
        return text[: -len(currency)].strip()
    return text


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
