"""Texts in the languages served: marked where they are written, said where they are shown.

    _("Pay {amount} to {group}?", amount=Money(1500, "RWF"), group="Kopera")

makes a `Msg`; `say(msg, "fr")` puts it into words. Values keep their type until then, so amounts
and dates are written as each language writes them. A sentence without a translation is said in
English: the check fails on it, never the phone. There are no plural forms: sentences are phrased so
that the number stands apart ("Tries left: 2").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from values.currencies import minor_digits, written_digits
from values.money import Money
from values.placeholders import PLACEHOLDER, placeholders

LANGUAGES: Final = ("en", "rw", "fr", "sw")
SOURCE_LANGUAGE: Final = "en"
# Each in its own words: the one who cannot read the others must find it.
LANGUAGE_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {"en": "English", "rw": "Kinyarwanda", "fr": "Français", "sw": "Kiswahili"}
)
LOCALES_FOLDER: Final = Path(__file__).parent / "locales"
DOMAIN: Final = "piga"


@dataclass(frozen=True, slots=True)
class Day:
    """A date said without its year: '19 Nov'."""

    on: date


class Local:
    """A tenant's own words in several languages; where one is missing, the English ones."""

    __slots__ = ("_hash", "_texts")

    def __init__(self, texts: Mapping[str, str]) -> None:
        if not texts:
            raise ValueError("a text needs words in at least one language")
        self._texts: Final = dict(texts)
        self._hash: Final = hash(frozenset(self._texts.items()))

    def say(self, language: str) -> str:
        texts = self._texts
        if language in texts:
            return texts[language]
        return texts.get(SOURCE_LANGUAGE) or next(iter(texts.values()))

    def to_data(self) -> dict[str, str]:
        return dict(self._texts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Local) and self._texts == other._texts

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return f"Local({self._texts!r})"


class Msg:
    """A sentence of the catalogues and the values that go into it."""

    __slots__ = ("msgid", "params")

    def __init__(self, msgid: str, /, **params: "Param") -> None:
        self.msgid: Final = msgid
        self.params: Final = params

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Msg) and self.msgid == other.msgid and self.params == other.params

    def __hash__(self) -> int:
        if not self.params:
            return hash(self.msgid)
        return hash((self.msgid, frozenset(self.params.items())))

    def __repr__(self) -> str:
        # Values name people and amounts: they stay out of tracebacks and logs.
        return f"Msg({self.msgid!r})"


Text: TypeAlias = str | Msg | Local
# A datetime is said in its own time zone: give it the tenant's, `at.astimezone(zone)`.
Param: TypeAlias = Text | int | Decimal | Money | Day | date | datetime | time


def _(msgid: str, /, **params: Param) -> Msg:
    """Mark an English sentence for the catalogues and hold its values."""
    return Msg(msgid, **params)


def N_(msgid: str) -> str:
    """Mark an English sentence for the catalogues without holding it."""
    return msgid


def say(text: Param, language: str) -> str:
    """The text in that language. Not folded, not cut: that is the channel's business.

    Raises TypeError for a value of another type, and for a datetime that has no time zone or UTC:
    UTC is for machines, a person reads the time on the wall.
    """
    if type(text) is str:
        return text
    if type(text) is Msg:
        template = _words_of(language).templates.get(text.msgid) or _template(text.msgid)
        if isinstance(template, str):
            return template
        params = text.params
        said = []
        for words_before, name in template:
            said.append(words_before)
            if name in params:
                value = params[name]
                said.append(value if type(value) is str else say(value, language))
            elif name:
                said.append(f"{{{name}}}")
        return "".join(said)
    return _say_value(text, language)


def add_locales(folder: Path) -> None:
    """Say the sentences of another folder of catalogues too. A sentence that two folders have is
    said as the folder that was added first says it."""
    if folder not in _locales:
        _locales.append(folder)
        _words_of.cache_clear()


_locales: Final = [LOCALES_FOLDER]


def preload() -> None:
    """Read every catalogue now, so that no turn waits for it.

    Raises FileNotFoundError when one is missing.
    """
    for language in LANGUAGES:
        _words_of(language)


def catalogue_path(language: str, folder: Path = LOCALES_FOLDER) -> Path:
    return folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalogue(language: str, folder: Path = LOCALES_FOLDER) -> Catalog:
    """The catalogue of a language as Babel reads it."""
    with catalogue_path(language, folder).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN, abort_invalid=True)


Template: TypeAlias = str | tuple[tuple[str, str], ...]


@lru_cache(maxsize=4096)
def _template(text: str) -> Template:
    """A text without placeholders as it is; else pairs of words and the name that follows them."""
    pieces = PLACEHOLDER.split(text)
    if len(pieces) == 1:
        return text
    return tuple(zip(pieces[::2], [*pieces[1::2], ""], strict=True))


@dataclass(frozen=True, slots=True)
class _Words:
    """What is needed to speak one language, looked up once."""

    templates: Mapping[str, Template]
    months: tuple[str, ...]
    group: str
    decimal: str


# Rwanda writes 1,500 in Kinyarwanda too, as its networks' messages do; CLDR's rw has 1.500, which
# who reads those takes for one and a half.
_NUMBERS_AS_IN: Final = {"rw": "en_RW"}
# Narrow and wide no-break spaces are outside GSM-7; the pager keeps the parts of a number together.
_PLAIN_SPACE: Final = str.maketrans({"\u202f": " ", "\u00a0": " "})


@lru_cache(maxsize=32)
def _words_of(language: str) -> _Words:
    if language not in LANGUAGES:
        return _words_of(SOURCE_LANGUAGE)
    templates: dict[str, Template] = {}
    for folder in _locales:
        if folder is LOCALES_FOLDER or catalogue_path(language, folder).is_file():
            templates = {**_templates_of(read_catalogue(language, folder)), **templates}
    symbols = Locale.parse(_NUMBERS_AS_IN.get(language, language)).number_symbols["latn"]
    months = Locale.parse(language).months["format"]["abbreviated"]
    return _Words(
        templates=templates,
        months=tuple(months[number] for number in range(1, 13)),
        group=symbols["group"].translate(_PLAIN_SPACE),
        decimal=symbols["decimal"],
    )


def _templates_of(catalogue: Catalog) -> dict[str, Template]:
    templates = {}
    for message in catalogue:
        msgid, said = message.id, message.string
        if not isinstance(msgid, str) or not isinstance(said, str) or not msgid:
            continue
        if said and not message.fuzzy and placeholders(said) == placeholders(msgid):
            templates[msgid] = _template(said)
    return templates


def _say_value(value: Param, language: str) -> str:
    for kind in type(value).__mro__:
        if kind in _SAY:
            return _SAY[kind](value, language)
    raise TypeError(f"no way to say a {type(value).__name__}")


def _say_money(money: Money, language: str) -> str:
    digits = minor_digits(money.currency)
    whole, rest = divmod(money.amount_minor, 10**digits)
    if rest == 0 and written_digits(money.currency) == 0:
        return f"{_say_number(whole, language)} {money.currency}"
    sign = "-" if money.amount_minor < 0 else ""
    figures = f"{abs(money.amount_minor):0{digits + 1}}"
    number = f"{int(figures[:-digits]):,}.{figures[-digits:]}"
    return f"{sign}{_regroup(number, _words_of(language))} {money.currency}"


def _say_number(number: int | Decimal, language: str) -> str:
    return _regroup(f"{number:,}", _words_of(language))


def _regroup(number: str, words: _Words) -> str:
    """Python's 1,500.50 with the separators of a language."""
    if words.group == "," and words.decimal == ".":
        return number
    whole, point, fraction = number.partition(".")
    return whole.replace(",", words.group) + (words.decimal + fraction if point else "")


def _say_moment(at: datetime, language: str) -> str:
    if at.tzinfo is None or str(at.tzinfo) == "UTC":
        raise TypeError("a time is said in the tenant's time zone: at.astimezone(zone)")
    return f"{_say_day(at, language)} {at:%H:%M}"


def _say_date(on: date, language: str) -> str:
    return f"{_say_day(on, language)} {on.year}"


def _say_day(on: date, language: str) -> str:
    return f"{on.day} {_words_of(language).months[on.month - 1]}"


def _refuse_yes_or_no(value: bool, language: str) -> str:
    raise TypeError("a yes or no is not a text")


_SAY: Final[Mapping[type, Callable[[Any, str], str]]] = {
    str: lambda text, _language: str(text),
    Msg: say,
    Local: Local.say,
    Money: _say_money,
    bool: _refuse_yes_or_no,
    int: _say_number,
    Decimal: _say_number,
    datetime: _say_moment,
    date: _say_date,
    Day: lambda day, language: _say_day(day.on, language),
    time: lambda at, _language: f"{at:%H:%M}",
}
