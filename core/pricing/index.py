"""Rules, compiled: which of them concern a line is found by a few look-ups, however many there are.

A rule lies under whom, where and how it is for, and there under what it is for. Only the kinds of
places that a tenant's rules use are looked at: a tenant without regional rules never asks for one.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product as combinations
from typing import Final

import msgspec

from core.pricing.basket import Buyer
from core.pricing.rules import Bundle, Published, Rule, Scope, Stage, Window

# A rule that names many customers and many products lies in as many places; more are several rules.
PLACES_MAXIMUM: Final = 10_000

# Whom: a customer, a group, a region, a channel; "" is everybody. The first number says which kind.
_Whom = tuple[int, str, str, str]
_What = str
_EVERYBODY, _GROUP, _CUSTOMER = range(3)
_ANYTHING, _CATEGORY, _PRODUCT = range(3)

Rank = tuple[int, int, int, int, int, float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule where it lies, and how it ranks there: the larger rank decides."""

    rule: Rule
    rank: Rank
    is_always: bool


@dataclass(frozen=True, slots=True)
class _Moment:
    """A time as windows compare it."""

    at: datetime
    weekday: int
    minute: int

    @classmethod
    def of(cls, at: datetime) -> "_Moment":
        return cls(at, at.weekday(), at.hour * 60 + at.minute)


_Places = dict[_Whom, dict[_What, tuple[Candidate, ...]]]


class PriceBook:
    """All prices of a tenant, as they were published: the same book gives the same price for ever.

    `version` is made from what the book says, so that two books with one version are one book.
    """

    __slots__ = (
        "_kinds",
        "_places",
        "_whats",
        "categories",
        "coupons",
        "rules_count",
        "terms",
        "version",
    )

    def __init__(self, published: Published) -> None:
        self.terms = published.terms
        self.version = version_of(published)
        self.categories: Mapping[str, str] = {one.code: one.category for one in published.products}
        self._whats = {
            code: ("=" + code, "/" + category, "") for code, category in self.categories.items()
        }
        self.coupons: dict[str, tuple[Rule, ...]] = {}
        self.rules_count = 0
        self._places: dict[Stage, _Places] = {}
        self._kinds: dict[Stage, tuple[tuple[int, bool, bool], ...]] = {}
        for rule in published.rules:
            self._add(rule)
        for stage, places in self._places.items():
            kinds = {(kind, bool(region), bool(channel)) for kind, _, region, channel in places}
            self._kinds[stage] = tuple(sorted(kinds, reverse=True))
            for by_what in places.values():
                for what, found in by_what.items():
                    by_what[what] = tuple(sorted(found, key=_decides_first))

    def _add(self, rule: Rule) -> None:
        self.rules_count += 1
        if rule.coupon is not None:
            code = folded(rule.coupon.code)
            self.coupons[code] = (*self.coupons.get(code, ()), rule)
            return
        places = self._places.setdefault(rule.stage, defaultdict(dict))
        is_always = rule.window == Window()
        for whom, what, rank in places_of(rule):
            by_what = places[whom]
            by_what[what] = (*by_what.get(what, ()), Candidate(rule, rank, is_always))

    def cells(self, stage: Stage) -> Iterator[tuple[Candidate, ...]]:
        """The rules that lie in one place, each time the first to decide first."""
        for by_what in self._places.get(stage, {}).values():
            yield from by_what.values()

    def for_buyer(self, buyer: Buyer) -> "BuyersRules":
        """The rules that may concern a buyer, in each stage."""
        found = {}
        for stage, kinds in self._kinds.items():
            places = self._places[stage]
            mine = []
            for kind, by_region, by_channel in kinds:
                region = buyer.region if by_region else ""
                channel = buyer.channel if by_channel else ""
                if (by_region and not region) or (by_channel and not channel):
                    continue
                for name in _names(kind, buyer):
                    by_what = places.get((kind, name, region, channel))
                    if by_what:
                        mine.append(by_what)
            if mine:
                found[stage] = tuple(mine)
        return BuyersRules(found, self._whats, _Moment.of(buyer.at))


def written(published: Published) -> bytes:
    """What was published, as JSON: the same bytes whatever the order of its products and rules."""
    ordered = Published(
        published.terms,
        tuple(sorted(published.products, key=lambda product: product.code)),
        tuple(sorted(published.rules, key=lambda rule: rule.id)),
    )
    return msgspec.json.encode(ordered, order="deterministic")


def read(content: bytes | str) -> Published:
    """What `written` wrote."""
    return msgspec.json.decode(content, type=Published)


def version_of(published: Published) -> str:
    """A name made of what was published."""
    return hashlib.sha256(written(published)).hexdigest()[:32]


def _names(kind: int, buyer: Buyer) -> tuple[str, ...]:
    if kind == _EVERYBODY:
        return ("",)
    if kind == _GROUP:
        return buyer.groups
    return (buyer.customer,) if buyer.customer else ()


class BuyersRules:
    """What `PriceBook.for_buyer` found."""

    __slots__ = ("_found", "_moment", "_whats", "stages")

    def __init__(
        self,
        found: Mapping[Stage, tuple[Mapping[_What, tuple[Candidate, ...]], ...]],
        whats: Mapping[str, tuple[_What, ...]],
        moment: _Moment,
    ) -> None:
        self.stages = found.keys()
        self._found = found
        self._whats = whats
        self._moment = moment

    def of(self, stage: Stage, product: str) -> Sequence[Candidate]:
        """A stage's rules for a product that hold now, the first to decide first."""
        places = self._found.get(stage)
        if places is None:
            return ()
        found: tuple[Candidate, ...] = ()
        is_sorted = True
        for by_what in places:
            for what in self._whats[product]:
                here = by_what.get(what)
                if here is not None:
                    is_sorted = not found
                    found = here if is_sorted else found + here
        if not found or (len(found) == 1 and found[0].is_always):
            return found
        moment = self._moment
        open_now = [one for one in found if one.is_always or holds(one.rule.window, moment)]
        if is_sorted:
            return open_now
        open_now.sort(key=_decides_first)
        # A rule that names a product and its category, or a customer and their group, lies twice.
        once: dict[str, Candidate] = {}
        for one in open_now:
            once.setdefault(one.rule.id, one)
        return list(once.values())

    def now(self, window: Window) -> bool:
        """Whether a window is open at the buyer's time."""
        return holds(window, self._moment)


def holds(window: Window, moment: _Moment) -> bool:
    """Whether a rule with that window holds at a time of the tenant's clock."""
    if window.starts_at is not None and moment.at < window.starts_at:
        return False
    if window.ends_at is not None and moment.at >= window.ends_at:
        return False
    first, last, weekday = window.from_minute, window.until_minute, moment.weekday
    if first < last:
        is_in_hours = first <= moment.minute < last
    else:
        is_in_hours = moment.minute >= first or moment.minute < last
        if moment.minute < last:
            weekday = (weekday - 1) % 7
    return is_in_hours and (not window.weekdays or weekday in window.weekdays)


def folded(code: str) -> str:
    """A coupon's code as it is compared: in capitals, without spaces and dashes."""
    return "".join(letter for letter in code.upper() if letter.isalnum())


def places_of(rule: Rule) -> Iterator[tuple[_Whom, _What, Rank]]:
    """Each place where a rule lies, with its rank there."""
    scope = rule.scope
    start = rule.window.starts_at.timestamp() if rule.window.starts_at else 0.0
    for (buyer, name), (goods, what), region, channel in combinations(
        _buyers(scope), _goods(rule), scope.regions or ("",), scope.channels or ("",)
    ):
        rank = (goods, buyer, int(bool(region)), int(bool(channel)), rule.priority, start)
        yield (buyer, name, region, channel), what, rank


def places_count(scope: Scope) -> int:
    """In how many places a rule with that scope lies."""
    return (
        max(1, len(scope.customers) + len(scope.groups))
        * max(1, len(scope.products) + len(scope.categories))
        * max(1, len(scope.regions))
        * max(1, len(scope.channels))
    )


def _buyers(scope: Scope) -> list[tuple[int, str]]:
    named = [(_CUSTOMER, name) for name in sorted(scope.customers)]
    named += [(_GROUP, name) for name in sorted(scope.groups)]
    return named or [(_EVERYBODY, "")]


def _goods(rule: Rule) -> list[tuple[int, str]]:
    if isinstance(rule.change, Bundle):
        return [(_PRODUCT, "=" + code) for code, _ in rule.change.parts]
    scope = rule.scope
    named = [(_PRODUCT, "=" + code) for code in sorted(scope.products)]
    named += [(_CATEGORY, "/" + name) for name in sorted(scope.categories)]
    return named or [(_ANYTHING, "")]


def _decides_first(candidate: Candidate) -> tuple[Rank, str]:
    return tuple(-part for part in candidate.rank), candidate.rule.id  # type: ignore[return-value]
