"""What is asked about prices, and answered, as JSON."""

import uuid
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, Field, StringConstraints

from core.orders.quotes import QUOTE_LIVES, QUOTE_LIVES_MAXIMUM
from core.pricing.basket import QUANTITY_MAXIMUM

LINES_MAXIMUM = 200
BASKETS_MAXIMUM = 500

Named = Annotated[str, StringConstraints(max_length=40, pattern="^[A-Za-z0-9 _-]*$")]
ProductCode = Annotated[str, StringConstraints(pattern="^[A-Z0-9]{1,12}$")]


def _on_every_clock(at: datetime) -> datetime:
    """A time that a tenant's clock has, too: no nearer to the ends of the calendar than a day."""
    first, last = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
    return min(max(at, first), last)


class Item(BaseModel):
    """So many units of a product."""

    product: ProductCode
    quantity: int = Field(ge=1, le=QUANTITY_MAXIMUM)


class Basket(BaseModel):
    """What is to be priced, for whom, where and by which channel."""

    items: list[Item] = Field(min_length=1, max_length=LINES_MAXIMUM)
    person_id: uuid.UUID | None = None
    region: Named = ""
    channel: Named = ""
    coupon: Named = ""
    at: Annotated[AwareDatetime, AfterValidator(_on_every_clock)] | None = Field(
        None, description="When it is bought; now where it is not said."
    )


class Step(BaseModel):
    """A rule, and what it made of the line's amount."""

    rule: str
    stage: str
    before_minor: int
    after_minor: int
    floor: str = Field(description="The floor that held the amount back; empty where none did.")


class Line(BaseModel):
    """A line's price. A free line costs nothing and names its rule."""

    product: str
    quantity: int
    unit_list_minor: int
    list_minor: int
    amount_minor: int
    tax_minor: int
    rounding_minor: int
    total_minor: int
    free_by: str
    steps: list[Step]


class Price(BaseModel):
    """A basket's price: the total is the sum of the lines' totals and the rounding."""

    currency: str
    lines: list[Line]
    list_minor: int
    discount_minor: int
    amount_minor: int
    tax_minor: int
    rounding_minor: int
    total_minor: int
    version: str = Field(description="Of the rules: the same version gives the same price.")
    coupon_rule: str
    coupon_refused: str = Field(description="Why a coupon changes nothing; empty where it does.")


class Baskets(BaseModel):
    """Baskets to be priced by the rules of one moment."""

    baskets: list[Basket] = Field(min_length=1, max_length=BASKETS_MAXIMUM)
    explain: bool = Field(True, description="Whether lines say their steps.")


class NoPrice(BaseModel):
    """Why a basket has no price."""

    reason: str
    product: str
    detail: str


class Answer(BaseModel):
    """A basket's price, or why it has none."""

    price: Price | None = None
    error: NoPrice | None = None


class Prices(BaseModel):
    """The answers, in the order of the baskets."""

    answers: list[Answer]


class QuoteAsked(Basket):
    """A basket whose price is to be promised."""

    at: None = None
    expires_in_s: int = Field(
        int(QUOTE_LIVES.total_seconds()), ge=60, le=int(QUOTE_LIVES_MAXIMUM.total_seconds())
    )


class PromisedPrice(BaseModel):
    """A price that holds until it expires, whatever is published meanwhile."""

    id: uuid.UUID
    person_id: uuid.UUID | None
    state: Literal["open", "confirmed", "expired"]
    expires_at: AwareDatetime
    confirmed_at: AwareDatetime | None
    price: Price


class QuotePath(BaseModel):
    """Which quote."""

    quote_id: uuid.UUID


class CouponAsked(BaseModel):
    """A coupon, and who would use it. With items, also whether it changes their price."""

    code: Annotated[Named, StringConstraints(min_length=1)]
    person_id: uuid.UUID | None = None
    region: Named = ""
    channel: Named = ""
    items: list[Item] = Field(default_factory=list, max_length=LINES_MAXIMUM)


class CouponAnswer(BaseModel):
    """Whether a coupon can be used, and if not, why."""

    valid: bool
    reason: str
    rule: str
    discount_minor: int = Field(description="What it takes off the items; 0 without items.")
    currency: str


class PriceListPath(BaseModel):
    """Which price list: its id, or `current`."""

    price_list_id: Annotated[str, StringConstraints(max_length=36)]


class ListedProduct(BaseModel):
    """A product and what a unit of it costs before any rule."""

    product: str
    category: str
    unit_minor: int | None


class PriceList(BaseModel):
    """List prices as they were published."""

    id: uuid.UUID
    version: str
    published_at: AwareDatetime
    approved_by: str
    currency: str
    tax_included: bool
    products: list[ListedProduct]
