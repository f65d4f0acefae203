"""The networks and their wordings, loaded once from the data files beside this module.

`formats/` has a file a network, `wording/` what networks of one language share. A fault in a file
is a BadFormats that names it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from core.payments.evidence.figures import CURRENCY_WORDS
from core.payments.evidence.numbering import Country
from core.payments.evidence.phrases import Phrases, phrases_of
from core.payments.evidence.reading import DIRECTIONS, KINDS, Direction, Kind
from core.payments.evidence.template import (
    AMOUNT_START,
    ANY_START,
    BadTemplate,
    Template,
    compile_template,
)

FOLDER = Path(__file__).parent
DETAILS = (
    "payer", "balance", "available", "fee", "skip", "sum", "txid", "ref", "external", "account",
    "agent", "token", "note", "message", "aside",
)  # fmt: skip
AMOUNT_DETAIL = "amount"
PARTIES = ("loan", "airtime", "bank", "biller")  # in this order
NOTICES = ("service", "otp", "promo", "failed", "undone", "pending")
_NETWORK_FIELDS = frozenset(
    {
        "network", "country", "senders", "wording", "formats", "details", "openings", "parties",
        "ends", "notices", "gateways", "overdraft", "bank", "hints", "default", "examples",
        "grammar",
    }
)  # fmt: skip
_FORMAT_FIELDS = frozenset({"name", "kind", "direction", "text", "incomplete"})


class BadFormats(Exception):
    """A data file that cannot be used: `mtn-rw.yaml: sent: there is no slot {mony}`."""


@dataclass(frozen=True, slots=True)
class Format:
    """One way to say one thing. `incomplete` texts are read, and never evidence."""

    name: str
    kind: Kind
    direction: Direction
    incomplete: bool
    is_own: bool  # in the network's own file, not in a wording that others share
    template: Template

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first used: most wordings of most networks never come."""
        return _compiled(self.template.pattern)


@dataclass(frozen=True, slots=True)
class Detail:
    """One label: which of DETAILS it is, and whether its value stands in the pattern."""

    kind: str
    has_value: bool
    group: int


@dataclass(frozen=True, slots=True)
class Details:
    """Every label that may begin with one word, as one pattern."""

    source: str
    by_group: Mapping[int, Detail]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Compiled when first used."""
        return _compiled(self.source)


@dataclass(frozen=True, slots=True)
class Rule:
    """Words that tell of one thing only, and those that its other side stands behind."""

    kind: Kind
    direction: Direction
    words: Phrases
    party: Phrases | None


@dataclass(frozen=True, slots=True)
class Example:
    """A text in a network's style, and the fields that it must be read into."""

    sender: str
    text: str
    reading: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Network:
    """A network in a country: whose texts it sends, and how they are worded."""

    name: str
    brand: str
    country: Country
    senders: frozenset[str]
    openings: re.Pattern[str]
    details: Mapping[str, tuple[Details, ...]]  # by the key of their label
    formats: Mapping[str, tuple[Format, ...]]  # by the key of their first word, or a START
    amount_labels: re.Pattern[str] | None  # for sentences that leave the amount to a label
    ends: Phrases | None
    parties: Mapping[str, Phrases]
    notices: Mapping[str, Phrases]
    grammar: tuple[Rule, ...]
    has_own_formats: bool  # in its own file
    gateways: frozenset[str]
    hints: Phrases | None  # words that tell its country
    is_default: bool  # the one taken where a text does not tell its country
    overdraft: bool
    is_bank: bool
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All networks, and how to find one by a sender's name."""

    networks: tuple[Network, ...]
    countries: Mapping[str, Country]
    by_sender: Mapping[str, tuple[Network, ...]]


@cache
def catalogue(folder: Path = FOLDER) -> Catalogue:
    """Load and compile everything in `folder`, once. Raises BadFormats."""
    countries = {
        code: Country(
            code=code,
            calling=str(entry["calling"]),
            national_digits=tuple(entry["digits"]),
            mobile_starts=tuple(entry["mobile"]),
            trunk=str(entry["trunk"]),
            currency=str(entry["currency"]),
            timezone=str(entry["timezone"]),
        )
        for code, entry in _read(folder / "countries.yaml").items()
    }
    wordings = {path.stem: _read(path) for path in sorted((folder / "wording").glob("*.yaml"))}
    networks = tuple(
        _network(path, _read(path), wordings, countries)
        for path in sorted((folder / "formats").glob("*.yaml"))
    )
    by_sender: dict[str, list[Network]] = {}
    for network in networks:
        for sender in network.senders:
            by_sender.setdefault(sender, []).append(network)
    return Catalogue(networks, countries, {name: tuple(all_) for name, all_ in by_sender.items()})


@cache
def _compiled(source: str) -> re.Pattern[str]:
    """Networks that share their wordings share their patterns."""
    return re.compile(source)


def fold_sender(sender: str) -> str:
    """Senders are compared whole: only case and blanks around are let go."""
    return sender.strip().casefold()


def _read(path: Path) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506  # safe ones
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadFormats(f"{path.name}: {error}") from None
    if not isinstance(data, dict):
        raise BadFormats(f"{path.name}: a mapping is needed")
    return cast("dict[str, Any]", data)


def _network(
    path: Path,
    data: dict[str, Any],
    wordings: Mapping[str, dict[str, Any]],
    countries: Mapping[str, Country],
) -> Network:
    unknown = sorted(set(data) - _NETWORK_FIELDS)
    if unknown:
        raise BadFormats(f"{path.name}: there is no {', '.join(unknown)}")
    try:
        brand, code, senders = str(data["network"]), str(data["country"]), data["senders"]
        country = countries[code]
        layers = (data, *(wordings[name] for name in data.get("wording", ())))
        return Network(
            name=path.stem,
            brand=brand,
            country=country,
            senders=frozenset(fold_sender(str(sender)) for sender in senders),
            openings=_compiled(
                "|".join(
                    compile_template(str(words)).pattern for words in _each(layers, "openings")
                )
            ),
            details=_details([layer.get("details", {}) for layer in layers]),
            amount_labels=_amount_labels([layer.get("details", {}) for layer in layers]),
            formats=_formats(layers),
            ends=phrases_of([*_each(layers, "ends")]),
            parties={
                kind: words
                for kind in PARTIES
                if (words := phrases_of([*_each_of(layers, "parties", kind)]))
            },
            notices={
                kind: words
                for kind in NOTICES
                if (words := phrases_of([*_each_of(layers, "notices", kind)]))
            },
            has_own_formats=bool(data.get("formats")),
            grammar=tuple(_rule(entry) for entry in _each(layers, "grammar")),
            gateways=frozenset(str(name).lower() for name in data.get("gateways", ())),
            hints=phrases_of(list(data.get("hints", ()))),
            is_default=bool(data.get("default", False)),
            overdraft=bool(data.get("overdraft", False)),
            is_bank=bool(data.get("bank", False)),
            examples=tuple(
                Example(str(one["sender"]), str(one["text"]), dict(one["reading"]))
                for one in data.get("examples", ())
            ),
        )
    except (BadTemplate, BadFormats) as error:
        raise BadFormats(f"{path.name}: {error}") from None
    except KeyError as error:
        raise BadFormats(f"{path.name}: {error} is missing or unknown") from None
    except (AttributeError, TypeError, ValueError, re.error) as error:
        raise BadFormats(f"{path.name}: not of the right shape: {error}") from None


def _each(layers: Iterable[Mapping[str, Any]], name: str) -> Iterator[Any]:
    for layer in layers:
        yield from layer.get(name, ())


def _each_of(layers: Iterable[Mapping[str, Any]], name: str, kind: str) -> Iterator[Any]:
    """The first layer that names `kind` decides for parties; notices add up."""
    for layer in layers:
        group = layer.get(name, {})
        if kind in group:
            yield from group[kind]
            if name == "parties" and "network" in layer:
                return


def _formats(layers: Sequence[Mapping[str, Any]]) -> Mapping[str, tuple[Format, ...]]:
    """By the key of a text's first word; under ANY_START those for all other keys.

    In the order in which they are tried: the first that fits is taken.
    """
    parts = [
        _by_start([*_read_formats(layer, is_own=place == 0)]) for place, layer in enumerate(layers)
    ]
    starts = {start for part in parts for start in part} | {ANY_START, AMOUNT_START}
    return {
        start: tuple(
            format_
            for part in parts
            for one in (start, AMOUNT_START, ANY_START)
            if one in part
            and (one != AMOUNT_START or start == AMOUNT_START or _may_be_amount(start))
            and (one == start or start not in (one, ANY_START))
            for format_ in part[one]
        )
        for start in starts
    }


def _read_formats(layer: Mapping[str, Any], is_own: bool) -> Iterator[Format]:
    for entry in layer.get("formats", ()):
        unknown = sorted(set(entry) - _FORMAT_FIELDS)
        if unknown:
            raise BadFormats(f"there is no {', '.join(unknown)} in a format")
        name, kind, direction = str(entry["name"]), str(entry["kind"]), str(entry["direction"])
        if kind not in KINDS or direction not in DIRECTIONS:
            raise BadFormats(f"{name}: there is no {kind} {direction}")
        texts = entry["text"]
        for words in [texts] if isinstance(texts, str) else texts:
            yield Format(
                name=name,
                kind=cast("Kind", kind),
                direction=cast("Direction", direction),
                incomplete=bool(entry.get("incomplete", False)),
                is_own=is_own,
                template=compile_template(str(words)),
            )


def _rule(entry: Mapping[str, Any]) -> Rule:
    kind, direction = str(entry["kind"]), str(entry["direction"])
    words = phrases_of(list(entry["words"]))
    if kind not in KINDS or direction not in DIRECTIONS or words is None:
        raise BadFormats(f"grammar: there is no {kind} {direction}, or it has no words")
    return Rule(
        kind=cast("Kind", kind),
        direction=cast("Direction", direction),
        words=words,
        party=phrases_of(list(entry.get("party", ()))),
    )


def _by_start(formats: Sequence[Format]) -> Mapping[str, list[Format]]:
    starts = {start for format_ in formats for start in format_.template.starts}
    return {start: [one for one in formats if start in one.template.starts] for start in starts}


def _may_be_amount(start: str) -> bool:
    return start[:1].isdigit() or start.startswith(tuple(CURRENCY_WORDS))


def _amount_labels(layers: list[Mapping[str, Any]]) -> re.Pattern[str] | None:
    templates = [compile_template(str(words)) for words in _each(layers, AMOUNT_DETAIL)]
    return _compiled("|".join(one.pattern for one in templates)) if templates else None


def _details(layers: Sequence[Mapping[str, Any]]) -> Mapping[str, tuple[Details, ...]]:
    """By the key of a label; the network's own before those of its wordings."""
    by_key: dict[str, list[Details]] = {}
    for layer in layers:
        unknown = set(layer) - {*DETAILS, AMOUNT_DETAIL}
        if unknown:
            raise BadFormats(f"there is no detail {', '.join(sorted(unknown))}")
        entries = [
            (kind, compile_template(str(words)))
            for kind in DETAILS
            for words in layer.get(kind, ())
        ]
        starts = {start for _, template in entries for start in template.starts}
        if starts & {ANY_START, AMOUNT_START, ""}:
            raise BadFormats("a detail begins with a label")
        for start in starts:
            by_key.setdefault(start, []).append(_details_of(start, entries))
    return {key: tuple(found) for key, found in by_key.items()}


def _details_of(start: str, entries: list[tuple[str, Template]]) -> Details:
    patterns: list[str] = []
    by_group: dict[int, Detail] = {}
    group = 0
    for kind, template in entries:
        if start not in template.starts:
            continue
        group += 1
        values = [place for place, slot in enumerate(template.slots) if slot not in ("any", "own")]
        by_group[group] = Detail(kind, bool(values), group + 1 + values[0] if values else 0)
        group += len(template.slots)
        patterns.append(f"({template.pattern})")
    return Details("|".join(patterns), by_group)
