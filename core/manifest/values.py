"""The kinds of values that a folder's fields have, for pydantic's annotations."""

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation, Overflow
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from core.manifest.entry import Amounts, InMinorUnits, none_of, reading_of, wrong
from core.manifest.section import Reading
from core.manifest.source import Fields, Source, place_in
from values import phone
from values.currencies import minor_digits

NAME_CHARS_MAXIMUM: Final = 40  # of a thing: shown as it is
PERSON_NAME_CHARS_MAXIMUM: Final = 80  # shown shortened
REASON_CHARS_MAXIMUM: Final = 200
# As the ledger's: an amount above it would be refused only when it is posted.
AMOUNT_MAXIMUM_MINOR: Final = 10**15

_TRUE = frozenset({"true", "yes"})
_FALSE = frozenset({"false", "no"})


def _visible(value: str) -> str:
    if not value or not value.isprintable():
        raise wrong("a text of visible characters is needed here")
    return value


def _at_most(maximum: int) -> AfterValidator:
    def check(value: str) -> str:
        if len(value) > maximum:
            raise wrong(f"at most {maximum} characters")
        return value

    return AfterValidator(check)


def read_phone(written: str, country: str) -> str:
    """A number of that country's plan, or another's with its calling code, in E.164; as it is
    where the country is wrong itself. Raises PydanticCustomError for one that nobody can have: its
    texts would go nowhere, and who dials be a stranger."""
    try:
        return phone.read(written, country) if country else written
    except phone.NotAPhoneNumber:
        pass
    raise wrong("no phone has this number: its length or its first digits are wrong")


def _phone(value: str, info: ValidationInfo) -> str:
    return read_phone(value, reading_of(info).country)


Text = Annotated[str, AfterValidator(_visible)]
Name = Annotated[Text, _at_most(NAME_CHARS_MAXIMUM)]
PersonName = Annotated[Text, _at_most(PERSON_NAME_CHARS_MAXIMUM)]
# As people of the tenant's country write it; in E.164 once it is read.
Phone = Annotated[Text, AfterValidator(_phone)]
Reason = Annotated[Text, AfterValidator(lambda value: value[:REASON_CHARS_MAXIMUM])]


def matching(pattern: str, what: str) -> AfterValidator:
    """A text that matches as a whole; `what` says what is needed."""

    def check(value: str) -> str:
        if not re.fullmatch(pattern, value, re.ASCII):
            raise wrong(f"{what} is needed here")
        return value

    return AfterValidator(check)


Key = Annotated[
    Text, matching("[a-z0-9][a-z0-9_-]{0,39}", "a key of small letters, digits and dashes")
]
Code = Annotated[Text, matching("[A-Z0-9]{1,12}", "a code of capital letters and digits")]


def one_of(choices: Iterable[str] | Callable[[Reading], Iterable[str]]) -> AfterValidator:
    """One of these texts, or of those that the reading knows."""

    def check(value: str, info: ValidationInfo) -> str:
        known = list(choices(reading_of(info)) if callable(choices) else choices)
        if value not in known:
            raise wrong(none_of(value, known))
        return value

    return AfterValidator(check)


def _flag(value: Any) -> bool:
    said = value.lower() if isinstance(value, str) else ""
    if said not in _TRUE | _FALSE:
        raise wrong("true or false is needed here")
    return said in _TRUE


Flag = Annotated[bool, BeforeValidator(_flag)]


def whole(minimum: int, maximum: int) -> BeforeValidator:
    """A whole number within these bounds."""

    def check(value: Any) -> int:
        digits = value.replace("_", "") if isinstance(value, str) else ""
        if not re.fullmatch(r"-?[0-9]{1,15}", digits) or not minimum <= int(digits) <= maximum:
            raise wrong(f"a whole number from {minimum} to {maximum} is needed here")
        return int(digits)

    return BeforeValidator(check)


def decimal(value: Any, decimals: int, maximum: int, minimum: int = 0) -> int:
    """A number with at most so many decimals, as a count of its last unit."""
    try:
        number = Decimal(value.replace("_", "")) if isinstance(value, str) else Decimal("NaN")
        scaled = number.scaleb(decimals) if number.is_finite() else number
    except (InvalidOperation, Overflow):
        scaled = Decimal("NaN")
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        kind = f"a number with at most {decimals} decimals" if decimals else "a whole number"
        raise wrong(f"{kind} is needed here")
    if not minimum <= scaled <= maximum:
        least = "below zero" if minimum == 0 else "too small"
        raise wrong(f"the number is {least} or too large")
    return int(scaled)


_in_minor_units = whole(0, AMOUNT_MAXIMUM_MINOR)


def _amount(value: Any, info: ValidationInfo) -> int:
    if isinstance(value, InMinorUnits):
        return int(_in_minor_units.func(value))  # type: ignore[call-arg]
    return decimal(value, minor_digits(reading_of(info).currency), AMOUNT_MAXIMUM_MINOR)


# In minor units once it is read; written in the currency's usual one, as people do: 1500.50.
Amount = Annotated[int, BeforeValidator(_amount)]
# The same, and as a field also with `_minor` after its name, in minor units. None when not given.
OptionalAmount = Annotated[int | None, Amounts(_amount)]


def _moment(value: Any, info: ValidationInfo) -> datetime:
    zone = reading_of(info).zone
    try:
        if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            return datetime.combine(date.fromisoformat(value), time(), zone)
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong("a date such as 2026-01-31 is needed here") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


# A date (midnight) or a date with a time, by the tenant's clock unless it says a zone.
Moment = Annotated[datetime, BeforeValidator(_moment)]


def read_local_text(source: Source, languages: tuple[str, ...]) -> dict[str, str]:
    """A file that is nothing but a text by language; its faults are added at their places."""
    try:
        return local_text(source.content, languages)
    except PydanticCustomError as error:
        source.place.fault(error.message())
        return {}


def local_text(value: Any, languages: tuple[str, ...]) -> dict[str, str]:
    """A text by language: `en: …` and so on for each of the languages, or one text for all.

    Faults of single languages are added at their places. Raises PydanticCustomError.
    """
    if isinstance(value, str):
        return dict.fromkeys(languages, _visible(value))
    if not isinstance(value, Fields):
        raise wrong("a text is needed here")
    for name in value.lines.keys() - set(languages):
        known = ", ".join(sorted(languages))
        place_in(value, value.place, name).fault(f"no such field; there are: {known}")
    for language in languages:
        text = value.get(language)
        if text is None:
            value.place.fault(f"{language} is missing")
        elif not isinstance(text, str) or not text.isprintable() or not text:
            place_in(value, value.place, language).fault("a text is needed here")
    return {name: text for name, text in value.items() if name in languages}
