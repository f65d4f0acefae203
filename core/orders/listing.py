"""Published prices, as they are listed."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from core.db.database import Tx
from core.pricing.index import read
from core.pricing.rules import Stage, UnitPrice

CURRENT = "current"


@dataclass(frozen=True, slots=True)
class PriceList:
    """List prices: each product's code, category and unit price. A unit price of None is one that
    a rule says by more than the product."""

    id: uuid.UUID
    version: str
    published_at: datetime
    approved_by: str
    currency: str
    tax_included: bool
    products: tuple[tuple[str, str, int | None], ...]


def price_list(tx: Tx, wanted: str) -> PriceList | None:
    """The list prices of that id, or `current`; None where there are none."""
    book_id = None
    if wanted != CURRENT:
        try:
            book_id = uuid.UUID(wanted)
        except ValueError:
            return None
    row = tx.one(
        "SELECT id, version, published_at, approved_by, published FROM price_book"
        " WHERE tenant_id = current_tenant() AND id = coalesce(%s, id)"
        " ORDER BY published_at DESC, id DESC LIMIT 1",
        (book_id,),
    )
    if row is None:
        return None
    id, version, published_at, approved_by, content = row
    published = read(content)
    units = {
        code: rule.change.price_minor
        for rule in published.rules
        if rule.stage is Stage.LIST and isinstance(rule.change, UnitPrice)
        for code in rule.scope.products
    }
    return PriceList(
        *(id, version, published_at, approved_by),
        published.terms.currency,
        published.terms.tax_included,
        tuple((one.code, one.category, units.get(one.code)) for one in published.products),
    )
