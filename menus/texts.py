"""Texts in the languages served: marked where they are written, said where they are shown.

    _("Pay {amount} to {group}?", amount=Money(1500, "RWF"), group="Kopera")

makes a `Msg`; `say(msg, "fr")` puts it into words. Values keep their type until then. Amounts are
written as their country writes them, in every language: 12,000 RWF, Ksh 1,250.00, 5 000 FCFA. Dates
are day and month in digits: 20/11 14:05. A sentence without a translation is said in English: the
check fails on it, never the phone. There are no plural forms: sentences are phrased so
that the number stands apart ("Tries left: 2").
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from menus.languages import LANGUAGES, LOCALES_FOLDER, SOURCE_LANGUAGE
from values.currencies import minor_digits, written_digits
from values.money import Money
from values.placeholders import PLACEHOLDER, placeholders

DOMAIN: Final = "piga"


@dataclass(frozen=True, slots=True)
class Day:
    """A date said without its year: '19/11'."""

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
# An int is a count, said in plain digits: what has thousands has a unit, and a type that knows it.
Param: TypeAlias = Text | int | Money | Day | date | datetime | time


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
        template = _words_of(language).get(text.msgid) or _template(text.msgid)
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


@lru_cache(maxsize=32)
def _words_of(language: str) -> Mapping[str, Template]:
    """The sentences of one language, read once."""
    if language not in LANGUAGES:
        return _words_of(SOURCE_LANGUAGE)
    templates: dict[str, Template] = {}
    for folder in _locales:
        if folder is LOCALES_FOLDER or catalogue_path(language, folder).is_file():
            templates = {**_templates_of(read_catalogue(language, folder)), **templates}
    return templates


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


@dataclass(frozen=True, slots=True)
class _Written:
    """How a country writes amounts: what stands before and after the figures, and what parts
    thousands."""

    before: str = ""
    after: str = ""
    thousands: str = ","


# As the payment networks of each country text amounts. Nobody there reads XOF or KES aloud.
_WRITTEN: Final[Mapping[str, _Written]] = MappingProxyType(
    {
        "RWF": _Written(after=" RWF"),
        "KES": _Written("Ksh "),
        "TZS": _Written("Tsh "),
        "UGX": _Written("UGX "),
        "GHS": _Written("GHS "),
        "NGN": _Written("NGN "),
        "XOF": _Written(after=" FCFA", thousands=" "),
        "XAF": _Written(after=" FCFA", thousands=" "),
    }
)
# What stands before the figures, one space away; the pager keeps the two together.
UNITS_BEFORE: Final = frozenset(one.before.strip() for one in _WRITTEN.values()) - {""}


def _say_money(money: Money, _language: str) -> str:
    written = _WRITTEN.get(money.currency) or _Written(after=f" {money.currency}")
    digits = minor_digits(money.currency)
    whole, cents = divmod(abs(money.amount_minor), 10**digits)
    figures = f"{whole:,}".replace(",", written.thousands)
    if cents or written_digits(money.currency):
        figures += f".{cents:0{digits}}"
    sign = "-" if money.amount_minor < 0 else ""
    return f"{sign}{written.before}{figures}{written.after}"


def _say_moment(at: datetime, language: str) -> str:
    if at.tzinfo is None or str(at.tzinfo) == "UTC":
        raise TypeError("a time is said in the tenant's time zone: at.astimezone(zone)")
    return f"{at:%d/%m %H:%M}"


def _refuse_yes_or_no(value: bool, language: str) -> str:
    raise TypeError("a yes or no is not a text")


_SAY: Final[Mapping[type, Callable[[Any, str], str]]] = {
    str: lambda text, _language: str(text),
    Msg: say,
    Local: Local.say,
    Money: _say_money,
    bool: _refuse_yes_or_no,
    int: lambda count, _language: str(count),
    datetime: _say_moment,
    date: lambda on, _language: f"{on:%d/%m/%Y}",
    Day: lambda day, _language: f"{day.on:%d/%m}",
    time: lambda at, _language: f"{at:%H:%M}",
}
