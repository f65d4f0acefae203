"""prices.yaml: what holds for all prices, and the rules that change list prices.

    approved_by: The sales committee, 20 November 2026
    tax_included: false
    rounding: line            # where tax and coins are rounded: line or total
    coin: 0.05
    rules:
      - {id: vat, stage: tax, percent: 16}
      - {id: wholesale, stage: customer, groups: [wholesale], percent: -3}
      - id: more_oil
        stage: volume
        products: [OIL1]
        counts: product       # line, product or category
        tiers: [{minimum: 5, percent: -2}, {minimum: 20, price: 410.00}]
      - id: karibu
        stage: coupon
        code: KARIBU
        order_minimum: 1000.00
        uses_each: 1
        off_order: 100.00

A rule says one thing of: price, add (an amount a unit, below 0 to take off), percent, off_order,
tiers, free, bundle.
"""

from collections.abc import Iterator
from datetime import UTC
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, ValidationInfo

from core.manifest.entry import Entry, reading_of
from core.manifest.faults import Place
from core.manifest.values import (
    Amount,
    Code,
    Flag,
    Key,
    Moment,
    OptionalAmount,
    Text,
    decimal,
    matching,
    one_of,
    whole,
)
from core.pricing.basket import QUANTITY_MAXIMUM
from core.pricing.check import AMOUNT_MAXIMUM_MINOR, PRIORITY_MAXIMUM, RAISE_MAXIMUM
from core.pricing.rules import (
    MINUTES_A_DAY,
    Basis,
    Bundle,
    Change,
    CouponTerms,
    FreeGoods,
    OffTotal,
    Percent,
    PerUnit,
    RoundingPer,
    Rule,
    Scope,
    Stage,
    TaxRate,
    Terms,
    Tier,
    Tiers,
    UnitPrice,
    Window,
)
from values.currencies import minor_digits

STAGES: Final = {
    stage.name.lower(): stage for stage in Stage if stage not in (Stage.LIST, Stage.FLOOR)
}
WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USES_MAXIMUM: Final = 10**9
Count = Annotated[int, whole(1, QUANTITY_MAXIMUM)]


def _basis_points(value: Any) -> int:
    return decimal(value, 2, RAISE_MAXIMUM, -RAISE_MAXIMUM)


def _signed_minor(value: Any, info: ValidationInfo) -> int:
    digits = minor_digits(reading_of(info).currency)
    return decimal(value, digits, AMOUNT_MAXIMUM_MINOR, -AMOUNT_MAXIMUM_MINOR)


BasisPoints = Annotated[int, BeforeValidator(_basis_points)]
SignedMinor = Annotated[int, BeforeValidator(_signed_minor)]
Hours = Annotated[
    Text,
    matching(
        r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)", "hours such as 06:00-12:00"
    ),
]
Name = Annotated[Text, matching("[A-Za-z0-9 _-]{1,40}", "a name of letters and digits")]


class TierEntry(Entry):
    minimum: Count
    price: OptionalAmount = None
    add: SignedMinor | None = None
    percent: BasisPoints | None = None


class FreeEntry(Entry):
    buy: Count
    free: Count
    product: Code | None = None
    times: Annotated[int, whole(0, QUANTITY_MAXIMUM)] = 0


class BundleEntry(Entry):
    parts: dict[str, Count]
    price: Amount


class RuleEntry(Entry):
    """A rule as it is written. Which of its fields go together, `core.pricing.check` says."""

    id: Key
    stage: Annotated[Text, one_of(STAGES)]
    price: OptionalAmount = None
    add: SignedMinor | None = None
    percent: BasisPoints | None = None
    off_order: OptionalAmount = None
    tiers: list[TierEntry] = Field(default_factory=list)
    counts: Annotated[str, one_of([basis.value for basis in Basis])] = Basis.LINE.value
    marginal: Flag = False
    free: FreeEntry | None = None
    bundle: BundleEntry | None = None
    products: list[Code] = Field(default_factory=list)
    categories: list[Key] = Field(default_factory=list)
    customers: list[Key] = Field(default_factory=list)
    groups: list[Key] = Field(default_factory=list)
    regions: list[Name] = Field(default_factory=list)
    channels: list[Key] = Field(default_factory=list)
    starts: Moment | None = None
    ends: Moment | None = None
    weekdays: list[Annotated[str, one_of(WEEKDAYS)]] = Field(default_factory=list)
    hours: Hours | None = None
    priority: Annotated[int, whole(-PRIORITY_MAXIMUM, PRIORITY_MAXIMUM)] = 0
    stackable: Flag = False
    code: Annotated[Text, matching("[A-Za-z0-9 -]{3,20}", "a code of letters and digits")] = ""
    order_minimum: OptionalAmount = None
    uses: Annotated[int, whole(0, USES_MAXIMUM)] = 0
    uses_each: Annotated[int, whole(0, USES_MAXIMUM)] = 0

    def rule(self, customer_ids: dict[str, str]) -> Rule | None:
        """The rule; None, with a fault, where it says nothing, or more than one thing."""
        said = list(self._changes())
        if len(said) != 1:
            self.place().fault(
                "a rule says one thing: price, add, percent, off_order, tiers, free or bundle"
            )
            return None
        coupon = None
        if self.code:
            coupon = CouponTerms(self.code, self.order_minimum or 0, self.uses, self.uses_each)
        return Rule(
            id=self.id,
            stage=STAGES[self.stage],
            change=said[0],
            scope=Scope(
                frozenset(self.products),
                frozenset(self.categories),
                frozenset(customer_ids.get(key, key) for key in self.customers),
                frozenset(self.groups),
                frozenset(self.regions),
                frozenset(self.channels),
            ),
            window=self._window(),
            priority=self.priority,
            is_stackable=self.stackable,
            coupon=coupon,
        )

    def _changes(self) -> Iterator[Change]:
        percent = self.percent
        if percent is not None and STAGES[self.stage] is Stage.TAX:
            yield TaxRate(percent)
            percent = None
        yield from _simple(self.price, self.add, percent)
        if self.off_order is not None:
            yield OffTotal(self.off_order)
        if self.tiers:
            yield Tiers(tuple(self._tiers()), Basis(self.counts), self.marginal)
        if self.free is not None:
            free = self.free
            yield FreeGoods(free.buy, free.free, free.product or "", free.times)
        if self.bundle is not None:
            yield Bundle(tuple(sorted(self.bundle.parts.items())), self.bundle.price)

    def _tiers(self) -> Iterator[Tier]:
        for tier in self.tiers:
            said = list(_simple(tier.price, tier.add, tier.percent))
            if len(said) != 1:
                tier.place().fault("a tier says one thing: price, add or percent")
            else:
                yield Tier(tier.minimum, said[0])

    def _window(self) -> Window:
        first, last = 0, MINUTES_A_DAY
        if self.hours:
            first, last = (_minutes(time) for time in self.hours.split("-"))
        return Window(
            self.starts.astimezone(UTC) if self.starts else None,
            self.ends.astimezone(UTC) if self.ends else None,
            frozenset(WEEKDAYS.index(day) for day in self.weekdays),
            first,
            last,
        )


class PricesEntry(Entry):
    """The whole file."""

    approved_by: Text = ""
    tax_included: Flag = False
    rounding: Annotated[str, one_of([per.value for per in RoundingPer])] = RoundingPer.LINE.value
    coin: OptionalAmount = None
    rules: list[RuleEntry] = Field(default_factory=list)

    def terms(self, currency: str) -> Terms:
        return Terms(currency, self.tax_included, RoundingPer(self.rounding), self.coin or 1)

    def place_of(self, rule_id: str) -> Place | None:
        """Where a rule stands; None for one that another file says."""
        for rule in reversed(self.rules):
            if rule.id == rule_id:
                return rule.place()
        return None


def _simple(
    price: int | None, add: int | None, percent: int | None
) -> Iterator[UnitPrice | PerUnit | Percent]:
    if price is not None:
        yield UnitPrice(price)
    if add is not None:
        yield PerUnit(add)
    if percent is not None:
        yield Percent(percent)


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)
