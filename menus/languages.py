"""The languages that are served: a folder each in menus/locales, with its catalogue and what is
to be known of it, as data.

    menus/locales/tw/language.yaml          what `Language` says
    menus/locales/tw/LC_MESSAGES/piga.po    what is said

A folder more is a language more: nothing else names one. docs/howto/add-a-language.md shows it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import yaml
from babel.plural import PluralRule, RuleError

from menus.limits import KEY_MAX, KEY_MIN

LOCALES_FOLDER: Final = Path(__file__).parent / "locales"
LANGUAGE_FILE: Final = "language.yaml"
SOURCE_LANGUAGE: Final = "en"

_KEYS: Final = frozenset({"name", "key", "draft", "plural", "folds", "secrets", "typed", "notes"})
_TYPED: Final = frozenset({"yes", "no", "menu", "greetings", "help", "stop", "start", "polite"})


@dataclass(frozen=True, slots=True)
class Language:
    """A language and what is to be known of it.

    - `code`: the folder's name, of ISO 639.
    - `name`: in its own words, since the one who cannot read the others must find it.
    - `key`: its number in every menu of languages, for life.
    - `draft`: no native reader has seen it. What it lacks is said in English, and is warned of.
    - `plural`: CLDR's conditions by category; what fits none is `other`.
    - `folds`: its letters that GSM-7 lacks, and what stands for each. A text may lose these.
    - `secrets`: how its sentences call a PIN or a code. What is typed after one is masked.
    - `yes`, `no`, `menu`, `greetings`: what people type, in small letters. In a chat also `help`,
      `stop` and `start` (no news of the tenant's, and news again), and what is only `polite`.
    - `notes`: what a translator should know of amounts, dates and tone.
    """

    code: str
    name: str
    key: int
    draft: bool
    plural: Mapping[str, str]
    folds: Mapping[str, str]
    secrets: tuple[str, ...]
    yes: tuple[str, ...]
    no: tuple[str, ...]
    menu: tuple[str, ...]
    greetings: tuple[str, ...]
    help: tuple[str, ...]
    stop: tuple[str, ...]
    start: tuple[str, ...]
    polite: tuple[str, ...]
    notes: str

    @property
    def plural_rule(self) -> PluralRule:
        """Which form goes with a count: `plural_rule(2)` is 'other', say."""
        return PluralRule.parse(dict(self.plural))


class BadLanguage(ValueError):
    """A language's file says what cannot be. The text names the file and what is wrong."""


def read_languages(folder: Path = LOCALES_FOLDER) -> tuple[Language, ...]:
    """Every language of a folder, in the order of their keys.

    Raises BadLanguage.
    """
    found = [_read(path) for path in sorted(folder.glob(f"*/{LANGUAGE_FILE}"))]
    _require_apart("key", ((str(one.key), one) for one in found))
    _require_apart("name", ((one.name, one) for one in found))
    folded: dict[str, tuple[str, str]] = {}
    meanings: dict[str, tuple[str, str]] = {}
    for one in found:
        for letter, likeness in one.folds.items():
            other, code = folded.setdefault(letter, (likeness, one.code))
            if other != likeness:
                raise BadLanguage(f"{one.code} and {code} fold {letter!r} in two ways")
        for means, word in _meanings(one):
            meant, code = meanings.setdefault(word, (means, one.code))
            if meant != means:
                raise BadLanguage(f"{word!r} is {meant} and {means}, in {code} and {one.code}")
    return tuple(sorted(found, key=lambda one: one.key))


def _meanings(one: Language) -> Iterator[tuple[str, str]]:
    """What each word that people type means; whoever hears it hears all languages."""
    for means in ("yes", "no", "menu", "greetings", "help", "stop", "start"):
        for word in getattr(one, means):
            yield means, word


def _require_apart(what: str, values: Iterable[tuple[str, Language]]) -> None:
    owners: dict[str, str] = {}
    for value, one in values:
        other = owners.setdefault(value, one.code)
        if other != one.code:
            raise BadLanguage(f"{one.code} and {other} have the same {what}: {value}")


def _read(path: Path) -> Language:
    """A language from its file. Raises BadLanguage."""
    code = path.parent.name
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadLanguage(f"{code}/{path.name} is no YAML: {error}") from None
    try:
        return _language(code, data)
    except ValueError as wrong:
        raise BadLanguage(f"{code}/{path.name}: {wrong}") from None


def _language(code: str, data: Any) -> Language:
    data = _mapping(data, "a language", _KEYS)
    typed = _mapping(data.get("typed"), "typed", _TYPED)
    words = {name: _typed(typed.get(name), name) for name in sorted(_TYPED)}
    key, draft = data.get("key"), data.get("draft", False)
    if type(key) is not int or not KEY_MIN <= key <= KEY_MAX:
        raise ValueError(f"key is a number from {KEY_MIN} to {KEY_MAX}")
    if type(draft) is not bool:
        raise ValueError("draft is true or false")
    plural = _texts(data.get("plural"), "plural")
    try:
        PluralRule.parse(dict(plural))
    except (RuleError, ValueError) as error:
        raise ValueError(f"plural: {error}") from None
    folds = _texts(data.get("folds"), "folds")
    for letter, likeness in folds.items():
        if len(letter) != 1 or not likeness.isascii():
            raise ValueError(f"folds: {letter!r} is one letter, and what stands for it is ASCII")
    return Language(
        code=code,
        name=_text(data.get("name"), "name"),
        key=key,
        draft=draft,
        plural=plural,
        folds=folds,
        secrets=_words(data.get("secrets"), "secrets"),
        notes=_text(data.get("notes"), "notes"),
        **words,
    )


def _mapping(value: Any, what: str, known: frozenset[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} has {', '.join(sorted(known))}")
    for key in value:
        if key not in known:
            # YAML reads a bare yes and no as true and false.
            quoted = ": put it in quotes" if isinstance(key, bool) else ""
            raise ValueError(f"{what} has the unknown key {key!r}{quoted}")
    return value


def _texts(value: Any, what: str) -> Mapping[str, str]:
    if not isinstance(value, dict):
        raise ValueError(f"{what} is a mapping, {{}} where it is empty")
    return MappingProxyType({_text(k, what): _text(v, what) for k, v in value.items()})


def _typed(value: Any, what: str) -> tuple[str, ...]:
    words = _words(value, f"typed: {what}")
    for word in words:
        if word != " ".join(word.casefold().split()):
            raise ValueError(f"typed: {word!r} is written in small letters, with single spaces")
    return words


def _words(value: Any, what: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"{what} is a list of words")
    return tuple(_text(word, what) for word in value)


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{what} has {value!r}, which is no text")
    return value


BY_CODE: Final[Mapping[str, Language]] = MappingProxyType(
    {one.code: one for one in read_languages()}
)
LANGUAGES: Final = tuple(BY_CODE)
