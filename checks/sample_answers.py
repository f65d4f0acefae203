"""What is typed at a screen while flows are explored: what leads on, and what is refused."""

from collections.abc import Iterator
from typing import Any, Final

from checks import samples
from menus.answers import Amount, BirthYear, Code, Name, NetworkCode, Number, Phone, PinAgain
from menus.dates import Date
from menus.files import WITHOUT_KEY, File
from menus.fractions import Fraction
from menus.location import Place
from menus.papers import CHARS_MAXIMUM as PAPER_CHARS_MAXIMUM
from menus.papers import PaperNumber
from menus.screens import Ask, Confirm, Menu, Pin, Screen
from menus.search import Search
from menus.transaction_ids import CHARS_MAXIMUM, NONE_KEY, TransactionId
from menus.words import Words
from values.attached import file_urn
from values.currencies import minor_digits

NONSENSE: Final = "?"
TOO_LONG: Final = "1" * 200
LONG_LIST: Final = 4
WEAK_PINS: Final = ("1234", "7777", "2580", samples.OWN_NUMBER[-4:], str(samples.BIRTH_YEAR))


class NoSampleAnswer(Exception):
    """There is no sample of an answer of this kind."""


def answers_to(screen: Screen, *, is_tree: bool) -> Iterator[str]:
    """Typed answers to a screen; none where it takes none. Raises NoSampleAnswer."""
    match screen:
        case Menu(options=options):
            # Of a long list of one kind of thing, the first and the last.
            explored = (
                options if len(options) <= LONG_LIST or is_tree else (options[0], options[-1])
            )
            yield from (str(option.key) for option in explored)
            yield NONSENSE
        case Confirm():
            yield from ("1", "2", NONSENSE)
        case Pin(fresh=True):
            yield from (samples.NEW_PIN, samples.RIGHT_PIN, *WEAK_PINS, NONSENSE)
        case Pin():
            yield from (samples.RIGHT_PIN, samples.WRONG_PIN, samples.LOCKING_PIN, NONSENSE)
        case Ask():
            yield from _to_ask(screen.answer)
            yield from (NONSENSE, TOO_LONG)


def _to_ask(answer: Any) -> Iterator[str]:
    match answer:
        case Amount():
            yield _written(answer.maximum_minor, answer.currency)
            yield _written(answer.minimum_minor, answer.currency)
            yield from ("1.501", _written(answer.maximum_minor + 1, answer.currency))
        case Number() | Fraction():
            yield from _numbers(answer)
        case Phone():
            yield from (samples.OTHER_NUMBER, samples.OWN_NUMBER, samples.NO_NUMBER)
        case Name():
            yield from (samples.LONG_NAME, "Bo", "አበበ ቢቂላ")
        case Words() | Place():
            yield from ("A" * answer.maximum_chars, "My card is lost", "አበበ ቢቂላ")
        case TransactionId() | File() | PaperNumber():
            yield from _of_a_paper(answer)
        case Date():
            yield from (f"{day:%d %m %Y}" for day in (answer.earliest, answer.latest))
            yield "31 2 2026"
        case Search():
            longest = sorted((name for name, _ in answer.names), key=len)[-1:]
            yield from (*longest, "no such name", "a")
        case PinAgain():
            yield from (samples.NEW_PIN, samples.OTHER_PIN)
        case BirthYear():
            yield from (str(samples.BIRTH_YEAR), "1901")
        case Code():
            yield from _codes(answer)
        case _:
            raise NoSampleAnswer(f"asks for a {type(answer).__name__}: there is nothing to type")


def _of_a_paper(answer: TransactionId | File | PaperNumber) -> tuple[str, ...]:
    if isinstance(answer, PaperNumber):
        return "WB-01723/26", "9" * PAPER_CHARS_MAXIMUM, "no number"
    if isinstance(answer, File):
        return str(WITHOUT_KEY), file_urn(samples.FILE_ID), "a picture"
    return str(NONE_KEY), "1" * CHARS_MAXIMUM, "no id"


def _codes(answer: Code) -> tuple[str, ...]:
    if isinstance(answer, NetworkCode):
        return samples.CODE, "12"
    if answer.digits == 8:
        return samples.FIRST_USE_CODE, "00000000", samples.LOCKING_CODE
    return samples.CODE[-answer.digits :], "0" * answer.digits


def _numbers(answer: Number | Fraction) -> tuple[str, ...]:
    if isinstance(answer, Fraction):
        largest = "1234567.25" if answer.maximum is None else str(answer.maximum)
        return largest, "0.00001" if answer.decimals > 2 else "0.01", "1.500", "0"
    return str(answer.maximum), str(answer.minimum), str(answer.maximum + 1)


def _written(amount_minor: int, currency: str) -> str:
    digits = minor_digits(currency)
    return f"{amount_minor / 10**digits:.{digits}f}"
