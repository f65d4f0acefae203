"""What a shop sees as it fills a basket: products by code, by name and by category, those that it
buys most first; what a basket costs, promised; and the order that comes of it."""

import re
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final
from zoneinfo import ZoneInfo

from core.db.database import Tx
from core.orders import orders, placing, quotes
from core.orders.errors import (
    NothingToRepeat,
    NotSold,
    NotSoldLike,
    NotWholeUnits,
    OrderUnknown,
    QuoteExpired,
    QuoteUnknown,
    TooManyFound,
    TooManyUnits,
)
from core.orders.orders import Order
from core.orders.prices import Purchase
from core.orders.quotes import Quote
from core.pricing.basket import NoListPrice, UnknownProduct, Wanted
from values import clock

# A list of so many is read through on a phone; what is beyond is found by its code or name.
LISTED_MAXIMUM: Final = 16
FOUND_MAXIMUM: Final = 9
LINES_MAXIMUM: Final = 20
# So many units of one product are ordered by phone; more is a mistyped number.
UNITS_MAXIMUM: Final = 10_000


@dataclass(frozen=True, slots=True)
class Item:
    """So many units of a product in a basket."""

    product: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Sold:
    """A product that is sold now: its name and its unit by language."""

    code: str
    names: dict[str, str]
    units: dict[str, str]


# A shop's own products first: by how many of them it ordered in the last quarter.
_SOLD: Final = (
    "SELECT p.code, p.names, p.units FROM product p LEFT JOIN (SELECT l.product,"
    " sum(l.quantity) AS units FROM shop_order o JOIN shop_order_line l"
    "  ON l.tenant_id = o.tenant_id AND l.order_id = o.id"
    " WHERE o.tenant_id = current_tenant() AND o.subscriber_id = %(shop)s"
    "  AND o.created_at > now() - interval '90 days' GROUP BY 1) b ON b.product = p.code"
    " WHERE p.tenant_id = current_tenant() AND p.sold AND {which}"
    " ORDER BY b.units DESC NULLS LAST, p.position, p.code LIMIT %(limit)s"
)


def categories(tx: Tx) -> list[str]:
    """The categories of what is sold, as the price list has them."""
    rows = tx.all(
        "SELECT category FROM product WHERE tenant_id = current_tenant() AND sold"
        " GROUP BY category ORDER BY min(position) LIMIT %s",
        (LISTED_MAXIMUM,),
    )
    return [row[0] for row in rows]


def in_category(tx: Tx, subscriber_id: uuid.UUID, category: str) -> list[Sold]:
    """What is sold of a category."""
    query = _SOLD.format(which="p.category = %(category)s")
    values = {"shop": subscriber_id, "category": category, "limit": LISTED_MAXIMUM}
    return [Sold(*row) for row in tx.all(query, values)]


def product(tx: Tx, code: str) -> Sold:
    """One product that is sold. Raises NotSold."""
    row = tx.one(
        "SELECT code, names, units FROM product WHERE tenant_id = current_tenant()"
        " AND code = %s AND sold",
        (code,),
    )
    if row is None:
        raise NotSold(product=code)
    return Sold(*row)


def find(tx: Tx, subscriber_id: uuid.UUID, words: str) -> list[Sold]:
    """The product with that code, or those that have the words in their names, at most nine. Raises
    NotSold, NotSoldLike (`near`, a code that is like it), TooManyFound."""
    try:
        return [product(tx, words.upper())]
    except NotSold:
        pass
    part = re.sub(r"([\\%_])", r"\\\1", words)
    query = _SOLD.format(
        which="(p.code LIKE upper(%(part)s) || '%%' OR EXISTS (SELECT 1 FROM"
        " jsonb_each_text(p.names) n WHERE n.value ILIKE '%%' || %(part)s || '%%'))"
    )
    values = {"shop": subscriber_id, "part": part, "limit": FOUND_MAXIMUM + 1}
    found = [Sold(*row) for row in tx.all(query, values)]
    if len(found) > FOUND_MAXIMUM:
        raise TooManyFound
    if found:
        return found
    raise _not_sold(tx, words)


def _not_sold(tx: Tx, words: str) -> NotSold | NotSoldLike:
    rows = tx.all("SELECT code FROM product WHERE tenant_id = current_tenant() AND sold")
    near = get_close_matches(words.upper(), [row[0] for row in rows], n=1)
    return NotSoldLike(product=words, near=near[0]) if near else NotSold(product=words)


def read_line(tx: Tx, written: str) -> tuple[Item, ...]:
    """A basket in one line, codes with their quantities: OIL1 5 SOAP 2. Empty where the line is no
    such pairs. Raises NotSold, NotSoldLike, NotWholeUnits, TooManyUnits."""
    words = written.replace(",", " ").replace(";", " ").split()
    if len(words) < 2 or len(words) % 2:
        return ()
    if not any(char.isdigit() for char in words[1]) and not _is_sold(tx, words[0].upper()):
        return ()  # a name of several words
    wanted: Counter[str] = Counter()
    for code, units in zip(words[::2], words[1::2], strict=True):
        known = code.upper()
        if not _is_sold(tx, known):
            raise _not_sold(tx, code)
        wanted[known] += _units(known, units)
    return tuple(Item(code, units) for code, units in wanted.items())[:LINES_MAXIMUM]


def _is_sold(tx: Tx, code: str) -> bool:
    try:
        product(tx, code)
    except NotSold:
        return False
    return True


def _units(code: str, written: str) -> int:
    if not (written.isascii() and written.isdigit()) or not int(written[:20]):
        raise NotWholeUnits(product=code)
    if len(written) > 9 or int(written) > UNITS_MAXIMUM:
        raise TooManyUnits(product=code, most=UNITS_MAXIMUM)
    return int(written)


def last_basket(tx: Tx, subscriber_id: uuid.UUID) -> tuple[Item, ...]:
    """What the shop ordered last and was not cancelled, without what was free and what is sold no
    more. Raises NothingToRepeat."""
    rows = tx.all(
        "SELECT l.product, sum(l.quantity)::bigint FROM (SELECT id, quote_id FROM shop_order"
        "  WHERE tenant_id = current_tenant() AND subscriber_id = %s"
        "  AND state NOT IN ('cancelled', 'expired', 'refused')"
        "  ORDER BY created_at DESC, id DESC LIMIT 1) o"
        " JOIN price_quote q ON q.tenant_id = current_tenant() AND q.id = o.quote_id"
        " CROSS JOIN LATERAL jsonb_to_recordset(q.asked -> 'wanted')"
        "  AS l (product text, quantity bigint)"
        " JOIN product p ON p.tenant_id = current_tenant() AND p.code = l.product AND p.sold"
        " GROUP BY l.product, p.position ORDER BY p.position LIMIT %s",
        (subscriber_id, LINES_MAXIMUM),
    )
    if not rows:
        raise NothingToRepeat
    return tuple(Item(code, int(units)) for code, units in rows)


def promise(
    tx: Tx, subscriber_id: uuid.UUID, basket: Sequence[Item], *, zone: ZoneInfo, channel: str
) -> Quote:
    """What the basket costs this shop, promised. Raises NoPrices, NotSold."""
    wanted = [Wanted(item.product, item.quantity) for item in basket]
    try:
        return quotes.promise(tx, Purchase(subscriber_id, channel=channel), wanted, zone=zone)
    except (NoListPrice, UnknownProduct) as gone:
        raise NotSold(product=gone.product) from None


def promised(tx: Tx, quote_id: uuid.UUID, subscriber_id: uuid.UUID) -> Quote:
    """A price that was promised this shop and holds. Raises QuoteUnknown, QuoteExpired."""
    quote = quotes.find(tx, quote_id)
    if quote.subscriber_id != subscriber_id:
        raise QuoteUnknown
    if quote.expires_at <= clock.now():
        raise QuoteExpired
    return quote


def buy(
    tx: Tx, quote_id: uuid.UUID, subscriber_id: uuid.UUID, *, payment: str, channel: str
) -> Order:
    """Order what was promised and confirm it, in one: where either is refused, nothing is reserved.
    Raises what `placing.place` and `placing.confirm` raise."""
    order = placing.place(tx, quote_id, subscriber_id, payment=payment, channel=channel)
    return placing.confirm(tx, order.id)


@dataclass(frozen=True, slots=True)
class Standing:
    """An order with its lines, as the shop asks for it."""

    order: Order
    lines: list[orders.OrderLine]


def standing(tx: Tx, order_id: uuid.UUID, subscriber_id: uuid.UUID) -> Standing:
    """One of the shop's own orders. Raises OrderUnknown."""
    order = orders.get(tx, order_id)
    if order.subscriber_id != subscriber_id:
        raise OrderUnknown
    return Standing(order, orders.lines(tx, order_id))
