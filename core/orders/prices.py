"""A tenant's prices, compiled once a process and swapped when new ones are published."""

import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from core.db.database import Tx
from core.orders.errors import NoPrices
from core.pricing.basket import Buyer, Uses
from core.pricing.index import PriceBook, folded, read, version_of, written
from core.pricing.rules import Published
from values.ids import uuid7

# So many are kept compiled: those of the tenants that ask, and old ones that a quote asks for.
BOOKS_MAXIMUM: Final = 32


class Books:
    """Price books by tenant and id, the last used ones. Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: OrderedDict[uuid.UUID, PriceBook] = OrderedDict()

    def newest(self, tx: Tx) -> tuple[uuid.UUID, PriceBook]:
        """The prices that hold now, with their id. Raises NoPrices."""
        row = tx.one(
            "SELECT id FROM price_book WHERE tenant_id = current_tenant()"
            " ORDER BY published_at DESC, id DESC LIMIT 1"
        )
        if row is None:
            raise NoPrices
        return row[0], self.of(tx, row[0])

    def of(self, tx: Tx, book_id: uuid.UUID) -> PriceBook:
        """The prices of that id. Raises NoPrices."""
        with self._lock:
            if book_id in self._kept:
                self._kept.move_to_end(book_id)
                return self._kept[book_id]
        row = tx.one(
            "SELECT published FROM price_book WHERE tenant_id = current_tenant() AND id = %s",
            (book_id,),
        )
        if row is None:
            raise NoPrices
        book = PriceBook(read(row[0]))
        with self._lock:
            self._kept[book_id] = book
            while len(self._kept) > BOOKS_MAXIMUM:
                self._kept.popitem(last=False)
        return book


BOOKS: Final = Books()


def publish(
    tx: Tx, published: Published, approved_by: str, *, is_folders: bool = True
) -> uuid.UUID:
    """Let these prices hold from the commit on. They were looked at by `core.pricing.check`.
    `is_folders` is whether the tenant's folder brings them, or two officers."""
    book_id = uuid7()
    tx.execute(
        "INSERT INTO price_book (tenant_id, id, version, published, approved_by, is_folders)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s)",
        (book_id, version_of(published), written(published).decode(), approved_by, is_folders),
    )
    return book_id


def folder_version(tx: Tx) -> str:
    """The version of the prices that the folder brought last; "" where it brought none."""
    row = tx.one(
        "SELECT version FROM price_book WHERE tenant_id = current_tenant() AND is_folders"
        " ORDER BY published_at DESC, id DESC LIMIT 1"
    )
    return "" if row is None else str(row[0])


@dataclass(frozen=True, slots=True)
class Shop:
    """What prices ask of a customer."""

    region: str
    groups: tuple[str, ...]


def shops(tx: Tx, subscriber_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Shop]:
    """What is known of these customers."""
    rows = tx.all(
        "SELECT subscriber_id, region, price_groups FROM shop"
        " WHERE tenant_id = current_tenant() AND subscriber_id = ANY (%s)",
        (list(subscriber_ids),),
    )
    return {id: Shop(region, tuple(groups)) for id, region, groups in rows}


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a price is asked for: who buys, if anybody who is known; where, by which channel, with
    which coupon. A region that is said goes before the shop's own."""

    subscriber_id: uuid.UUID | None = None
    region: str = ""
    channel: str = ""
    coupon: str = ""


def buyer_of(
    tx: Tx, book: PriceBook, purchase: Purchase, at: datetime, known: Mapping[uuid.UUID, Shop]
) -> Buyer:
    """A buyer as prices ask for one. `at` is in the tenant's time zone; `known` is what `shops`
    answered."""
    customer = "" if purchase.subscriber_id is None else str(purchase.subscriber_id)
    shop = known.get(purchase.subscriber_id) if purchase.subscriber_id is not None else None
    uses = Uses()
    if purchase.coupon:
        uses = coupon_uses(tx, book, purchase.coupon, purchase.subscriber_id)
    return Buyer(
        at=at,
        customer=customer,
        groups=shop.groups if shop else (),
        region=purchase.region or (shop.region if shop else ""),
        channel=purchase.channel,
        coupon=purchase.coupon,
        coupon_uses=uses,
    )


def coupon_uses(tx: Tx, book: PriceBook, coupon: str, subscriber_id: uuid.UUID | None) -> Uses:
    """How often a coupon was used: by orders, and by prices that are promised still."""
    rules = [rule.id for rule in book.coupons.get(folded(coupon), ())]
    if not rules:
        return Uses()
    row = tx.one(
        "SELECT count(*), count(*) FILTER (WHERE subscriber_id = %s) FROM price_quote"
        " WHERE tenant_id = current_tenant() AND coupon_rule = ANY (%s)"
        " AND (confirmed_at IS NOT NULL OR expires_at > now())",
        (subscriber_id, rules),
    )
    assert row is not None
    return Uses(*row)
