"""A price that is promised: the same to the minor unit until it expires, whatever is published."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from core.db.database import Tx
from core.orders.errors import QuoteExpired, QuoteUnknown
from core.orders.prices import BOOKS, Purchase, buyer_of, shops
from core.pricing.basket import Priced, Wanted
from core.pricing.calculate import price
from values import clock
from values.ids import uuid7

QUOTE_LIVES: Final = timedelta(minutes=15)
QUOTE_LIVES_MAXIMUM: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Quote:
    """What was asked and answered. `confirmed_at` is when it became an order."""

    id: uuid.UUID
    subscriber_id: uuid.UUID | None
    priced: Priced
    expires_at: datetime
    confirmed_at: datetime | None


def promise(
    tx: Tx,
    purchase: Purchase,
    wanted: Sequence[Wanted],
    *,
    zone: ZoneInfo,
    lives: timedelta = QUOTE_LIVES,
) -> Quote:
    """Price a basket and promise that price. A coupon's use counts until the quote expires, and
    for good once it is confirmed; two that ask for its last use wait for each other. Raises
    NoPrices, PricingError."""
    book_id, book = BOOKS.newest(tx)
    if purchase.coupon:
        tx.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended('coupon ' || current_tenant(), 0))"
        )
    subscriber_id = purchase.subscriber_id
    known = shops(tx, [subscriber_id] if subscriber_id is not None else [])
    buyer = buyer_of(tx, book, purchase, clock.now(zone), known)
    priced = price(book, buyer, wanted)
    row = tx.one(
        "INSERT INTO price_quote (tenant_id, id, subscriber_id, price_book_id, asked, priced,"
        " currency, total_minor, coupon_rule, expires_at) VALUES (current_tenant(), %s, %s, %s,"
        " %s, %s, %s, %s, %s, now() + %s) RETURNING id, expires_at",
        (
            *(uuid7(), subscriber_id, book_id),
            msgspec.json.encode({"buyer": buyer, "wanted": list(wanted)}).decode(),
            msgspec.json.encode(priced).decode(),
            *(priced.currency, priced.total_minor),
            "" if priced.coupon_refused else priced.coupon_rule,
            lives,
        ),
    )
    assert row is not None
    return Quote(row[0], subscriber_id, priced, row[1], None)


def find(tx: Tx, quote_id: uuid.UUID) -> Quote:
    """A quote, expired or not. Raises QuoteUnknown."""
    row = tx.one(
        "SELECT subscriber_id, priced::text, expires_at, confirmed_at FROM price_quote"
        " WHERE tenant_id = current_tenant() AND id = %s",
        (quote_id,),
    )
    if row is None:
        raise QuoteUnknown
    return Quote(quote_id, row[0], msgspec.json.decode(row[1], type=Priced), row[2], row[3])


def confirm(tx: Tx, quote_id: uuid.UUID) -> Quote:
    """Take a promised price, once: said again it is the same quote. Raises QuoteUnknown,
    QuoteExpired."""
    row = tx.one(
        "UPDATE price_quote SET confirmed_at = coalesce(confirmed_at, now())"
        " WHERE tenant_id = current_tenant() AND id = %s"
        " AND (confirmed_at IS NOT NULL OR expires_at > now()) RETURNING id",
        (quote_id,),
    )
    quote = find(tx, quote_id)
    if row is None:
        raise QuoteExpired
    return quote
