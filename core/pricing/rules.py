"""Rules of prices, as data.

A rule belongs to a stage. The stages follow each other in the order of `Stage`, and each begins
where the one before it ended:

- a list price is needed; a customer's, a region's or a channel's rule replaces or changes it;
- of several rules for one line the narrowest decides: one of a product goes before one of a
  category, then one of a customer before one of a group, then one of a region, then one of a
  channel. Of two equally narrow ones the higher priority decides, then the later start. Two that
  are equal in all of these must not meet (`core/pricing/check.py`);
- rules that are stackable are applied after the one that decided, the highest priority first;
- of volume rules the one with the lowest price decides; of promotions, the best one or all
  stackable ones, whichever is lower (`core/pricing/promotions.py`);
- the price never falls below the floor, nor below zero.

Amounts are integer minor units, percentages are basis points (500 is 5 %).
"""

from datetime import datetime
from enum import Enum, IntEnum
from typing import Final

from msgspec import Struct

BASIS_POINTS: Final = 10_000
MINUTES_A_DAY: Final = 24 * 60


class Stage(IntEnum):
    """In the order in which they are applied. FLOOR bounds what the others make."""

    FLOOR = 0
    LIST = 1
    CUSTOMER = 2
    REGION = 3
    CHANNEL = 4
    VOLUME = 5
    PROMOTION = 6
    COUPON = 7
    TAX = 8


class UnitPrice(Struct, frozen=True, tag="unit_price"):
    """A unit costs so much."""

    price_minor: int


class PerUnit(Struct, frozen=True, tag="per_unit"):
    """So much more a unit, or less where it is negative."""

    amount_minor: int


class Percent(Struct, frozen=True, tag="percent"):
    """So much more of the line's amount, or less where it is negative; half a unit rounds up."""

    basis_points: int


class OffTotal(Struct, frozen=True, tag="off_total"):
    """So much off all lines of the rule together."""

    amount_minor: int


class Basis(Enum):
    """What a tier counts."""

    LINE = "line"
    PRODUCT = "product"
    CATEGORY = "category"


class Tier(Struct, frozen=True):
    """From so many units on."""

    minimum: int
    change: UnitPrice | PerUnit | Percent


class Tiers(Struct, frozen=True, tag="tiers"):
    """Prices by quantity, the lowest minimum first. `is_marginal`: each tier is for the units from
    its minimum on, counted within the line; otherwise the tier that is reached is for all units."""

    tiers: tuple[Tier, ...]
    basis: Basis = Basis.LINE
    is_marginal: bool = False


class FreeGoods(Struct, frozen=True, tag="free_goods"):
    """For each `buy` units, `free` units of the product, or of another one, cost nothing."""

    buy: int
    free: int
    product: str = ""
    times_maximum: int = 0


class Bundle(Struct, frozen=True, tag="bundle"):
    """So many units of each of these products, together, for one price."""

    parts: tuple[tuple[str, int], ...]
    price_minor: int


class TaxRate(Struct, frozen=True, tag="tax_rate"):
    basis_points: int


Change = UnitPrice | PerUnit | Percent | OffTotal | Tiers | FreeGoods | Bundle | TaxRate


class Scope(Struct, frozen=True):
    """Whom and what a rule is for: the customers named and those of the groups named; the products
    named and those of the categories named. Where neither is named, it is for everybody, or for
    everything. An empty set of regions or channels is everywhere."""

    products: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    customers: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()


class Window(Struct, frozen=True):
    """When a rule holds: from `starts_at` on, until before `ends_at`; on these days of the week
    (0 is Monday; none is all); from a minute of the day until before another, by the tenant's
    clock. Where the second is the smaller one, the hours pass midnight and belong to the day on
    which they begin."""

    starts_at: datetime | None = None
    ends_at: datetime | None = None
    weekdays: frozenset[int] = frozenset()
    from_minute: int = 0
    until_minute: int = MINUTES_A_DAY


class CouponTerms(Struct, frozen=True):
    """Who types the code gets the rule's change, from so large an order on, so many times."""

    code: str
    order_minimum_minor: int = 0
    uses_maximum: int = 0
    uses_each_maximum: int = 0


class Rule(Struct, frozen=True):
    """One rule. `id` is its name, once among a tenant's rules. A coupon's has terms."""

    id: str
    stage: Stage
    change: Change
    scope: Scope = Scope()
    window: Window = Window()
    priority: int = 0
    is_stackable: bool = False
    coupon: CouponTerms | None = None


class RoundingPer(Enum):
    """Where tax and coins are rounded: on each line, or once on the total."""

    LINE = "line"
    TOTAL = "total"


class Terms(Struct, frozen=True):
    """What holds for all prices of a tenant. `coin_minor` is the smallest amount that is paid."""

    currency: str
    tax_included: bool = False
    rounding_per: RoundingPer = RoundingPer.LINE
    coin_minor: int = 1


class Product(Struct, frozen=True):
    """What is sold, by the unit in which it is sold: a piece, a carton, a kilogram."""

    code: str
    category: str = ""


class Published(Struct, frozen=True):
    """Everything that a tenant's prices are made of, as it was published."""

    terms: Terms
    products: tuple[Product, ...]
    rules: tuple[Rule, ...]
