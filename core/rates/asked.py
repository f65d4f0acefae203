"""What somebody asks for: their pairs, the most used first, and the rate that they are shown."""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from core.db.database import Tx
from core.rates import margins
from core.rates.alerts import told_of
from core.rates.errors import NoRateYet
from core.rates.margins import percent_of
from core.rates.pairs import served
from core.rates.quotes import Pair
from core.rates.reading import have_refreshed
from core.rates.shown import shown
from values.currencies import minor_digits
from values.money import Money

OWN_PAIRS_SHOWN: Final = 3
# A rate that nobody has confirmed for so long is told to no phone.
TOLD_UNTIL: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Polled:
    """The currencies that a tenant polls: destinations by source; and a person's own pairs."""

    destinations: dict[str, list[str]]
    own: list[Pair]


@dataclass(frozen=True, slots=True)
class Told:
    """A rate as somebody is told it, kept in the conversation: what is reckoned from it later is
    reckoned from this one. Decimals are words, times Unix seconds."""

    rate_id: uuid.UUID
    source: str
    destination: str
    rate: str
    fetched_s: float
    is_stale: bool

    @property
    def shown(self) -> str:
        return shown(Decimal(self.rate))

    @property
    def pair(self) -> Pair:
        return Pair(self.source, self.destination)


def polled(tx: Tx, subscriber_id: uuid.UUID) -> Polled:
    """What may be asked for. One round trip."""
    rows = tx.all(
        "SELECT p.source, p.destination, a.count FROM rate_pair p LEFT JOIN rate_asked a"
        " ON a.tenant_id = p.tenant_id AND a.source = p.source AND a.destination = p.destination"
        " AND a.subscriber_id = %s WHERE p.tenant_id = current_tenant() AND p.listed"
        " ORDER BY p.source, p.destination",
        (subscriber_id,),
    )
    destinations: dict[str, list[str]] = {}
    own: Counter[Pair] = Counter()
    for source, destination, count in rows:
        destinations.setdefault(source, []).append(destination)
        if count:
            own[Pair(source, destination)] = count
    return Polled(destinations, [pair for pair, _ in own.most_common(OWN_PAIRS_SHOWN)])


def tell(
    tx: Tx, *, subscriber_id: uuid.UUID, service_id: uuid.UUID, pair: Pair, now: datetime
) -> Told:
    """The rate of a pair for somebody, noted as theirs; a stale one is fetched again meanwhile.
    Raises NoRateYet, also where it is older than what is told to a phone."""
    rate = served(tx, [pair]).get(pair)
    if rate is None or now - rate.fetched_at > TOLD_UNTIL:
        raise NoRateYet
    stale = rate.is_stale(now)
    if stale:
        have_refreshed(tx, rate)
    tx.defer(*told_of(subscriber_id, service_id, pair, rate.id))
    return Told(
        rate_id=rate.id,
        source=pair.source,
        destination=pair.destination,
        rate=f"{rate.rate:f}",
        fetched_s=rate.fetched_at.timestamp(),
        is_stale=stale,
    )


def margin(tx: Tx, told: Told, amount: Money, day: date) -> Decimal:
    """What the tenant takes off the rate that day, in percent, for an amount of either currency."""
    units = Decimal(amount.amount_minor).scaleb(-minor_digits(amount.currency))
    if amount.currency != told.source:
        units /= Decimal(told.rate)
    return percent_of(margins.listed(tx, told.pair), told.pair, units, day)
