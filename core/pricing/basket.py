"""A basket, and its price with the reasons."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.pricing.rules import Stage

QUANTITY_MAXIMUM: Final = 1_000_000
# The ledger's largest amount; an order is paid in one entry.
TOTAL_MAXIMUM_MINOR: Final = 10**15


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many units of a product."""

    product: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Uses:
    """How often a coupon has been used: by anybody, and by this customer."""

    total: int = 0
    by_customer: int = 0


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys, where, by which channel and when. `at` is in the tenant's time zone. `coupon_uses`
    is of the coupon that was typed."""

    at: datetime
    customer: str = ""
    groups: tuple[str, ...] = ()
    region: str = ""
    channel: str = ""
    coupon: str = ""
    coupon_uses: Uses = Uses()


@dataclass(frozen=True, slots=True)
class Step:
    """A rule, and what it made of the line's amount. `floor` names the floor that held it back."""

    rule: str
    stage: Stage
    before_minor: int
    after_minor: int
    floor: str = ""


@dataclass(frozen=True, slots=True)
class PricedLine:
    """What a line costs. `amount_minor` is what its rules left of it, tax included or not as the
    tenant's prices are; `total_minor` is with tax and rounded. A free line costs nothing, and
    names its rule."""

    product: str
    quantity: int
    unit_list_minor: int
    amount_minor: int
    tax_minor: int
    rounding_minor: int
    total_minor: int
    steps: tuple[Step, ...]
    free_by: str = ""

    @property
    def list_minor(self) -> int:
        return self.unit_list_minor * self.quantity


@dataclass(frozen=True, slots=True)
class Priced:
    """What a basket costs: total = sum of the lines' totals + rounding. `coupon_refused` says why a
    coupon that was typed changed nothing; `version` names the rules that made the price."""

    currency: str
    lines: tuple[PricedLine, ...]
    list_minor: int
    amount_minor: int
    tax_minor: int
    rounding_minor: int
    total_minor: int
    version: str
    coupon_rule: str = ""
    coupon_refused: str = ""

    @property
    def discount_minor(self) -> int:
        """What the rules took off the list prices; free goods are not in it."""
        return self.list_minor - self.amount_minor


class PricingError(ValueError):
    """A basket has no price. The text says why; `reason` is its stable code, `product` whose."""

    reason: str = "no_price"

    def __init__(self, text: str, product: str = "") -> None:
        super().__init__(text)
        self.product = product


class UnknownProduct(PricingError):
    reason = "unknown_product"


class NoListPrice(PricingError):
    reason = "no_list_price"


class QuantityNotSold(PricingError):
    reason = "quantity_not_sold"


class TotalTooLarge(PricingError):
    reason = "total_too_large"
