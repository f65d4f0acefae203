"""What a provider's reports say that a message is charged as: a row of the costs."""

import logging
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from core.analytics import costs
from core.db.database import Tx
from core.messaging.prices import REASONS, Category, Price, table
from values import clock
from values.alarms import raise_alarm

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Billed:
    """How a provider says that it charges a message: whether at all, as which category, and where
    its reader is ('' where it does not say)."""

    is_billable: bool
    category: str
    market: str = ""


def record_bill(tx: Tx, provider: str, provider_message_id: str, billed: Billed) -> bool:
    """Keep what a message costs, once, at the list price of that category; nothing where the report
    says that it is free. False where it is known already, is no message of the tenant's, or has no
    price: none is guessed, and an alarm says what is missing."""
    row = tx.one(
        "SELECT m.id, m.service_id, s.channel, t.country, t.time_zone FROM message_receipt r"
        " JOIN message m ON m.tenant_id = r.tenant_id AND m.id = r.message_id"
        " JOIN service s ON s.tenant_id = m.tenant_id AND s.id = m.service_id"
        " JOIN tenant t ON t.id = m.tenant_id"
        " WHERE r.tenant_id = current_tenant() AND r.provider = %s"
        " AND r.provider_message_id = %s",
        (provider, provider_message_id),
    )
    if row is None or billed.category not in {one.value for one in Category}:
        return False
    message_id, service_id, channel, country, zone = row
    # The report says whether it is one of the free ones: we need not count.
    market = billed.market or country
    price = table().cost_of(channel, market, _paid_as(billed.category), clock.now())
    if not billed.is_billable:
        price = Price(Decimal(0), price.currency if isinstance(price, Price) else "")
    if not isinstance(price, Price):
        _say_unknown(channel, market, price.reason)
        return False
    return costs.record(
        tx,
        kind="text",
        reference=str(message_id),
        service_id=service_id,
        amount=price.amount,
        currency=price.currency,
        zone=zone,
        network=billed.category,
    )


@cache
def _say_unknown(channel: str, market: str, reason: str) -> None:
    """Once a process."""
    sentence = f"{channel} messages to {market} are charged, and not counted: {REASONS[reason]}"
    raise_alarm(log, "price_unknown", f"{channel} {market}", sentence)


def _paid_as(category: str) -> Category:
    """A reply within the window is charged as a message of utility, where it is charged."""
    found = Category(category)
    return Category.UTILITY if found is Category.SERVICE else found
