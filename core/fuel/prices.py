"""What fuel costs at a station, and which prices a dealer has yet to acknowledge."""

import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Tx
from core.fuel import tariffs
from core.fuel.errors import NoFuelPrice, PricesChanged
from core.fuel.stations import Station
from values.currencies import minor_digits
from values.money import Money


@dataclass(frozen=True, slots=True)
class Publication:
    """Prices that were published together; they hold from `valid_from` until newer ones do."""

    id: uuid.UUID
    valid_from: datetime
    currency: str


@dataclass(frozen=True, slots=True)
class PumpPrice:
    """What a product costs at a station, a `unit` of it: a litre or a kilogram."""

    product: str
    name: str
    unit: str
    price: Money


@dataclass(frozen=True, slots=True)
class StationPrices:
    """All prices of a station, of one publication."""

    station: Station
    publication: Publication
    prices: tuple[PumpPrice, ...]

    @property
    def in_words(self) -> str:
        """As a text lists them: Petrol 12.85, Diesel 13.52."""
        return in_words(self.prices)


def in_words(prices: Sequence[PumpPrice]) -> str:
    """Prices one after another, without their currency."""
    return ", ".join(f"{one.name} {plain(one.price)}" for one in prices)


def plain(price: Money) -> str:
    """A price in whole units, as pumps show it: 12.85."""
    digits = minor_digits(price.currency)
    whole, part = divmod(price.amount_minor, 10**digits)
    return f"{whole}.{part:0{digits}d}" if digits else str(whole)


_IN_FORCE: Final = (
    "SELECT id, valid_from, currency FROM fuel_publication WHERE tenant_id = current_tenant()"
    " AND valid_from <= %s ORDER BY valid_from DESC LIMIT 1"
)


def in_force(tx: Tx, at: datetime) -> Publication:
    """The prices that hold at a time. Raises NoFuelPrice."""
    row = tx.one(_IN_FORCE, (at,))
    if row is None:
        raise NoFuelPrice
    return Publication(*row)


_OF_STATION: Final = (
    "SELECT p.product, f.name, f.unit, p.company_price FROM fuel_price p"
    " JOIN fuel_product f ON f.tenant_id = p.tenant_id AND f.key = p.product"
    " WHERE p.tenant_id = current_tenant() AND p.publication_id = %s AND EXISTS ("
    "  SELECT 1 FROM fuel_tank t WHERE t.tenant_id = p.tenant_id AND t.station_id = %s"
    "  AND t.product = p.product) ORDER BY f.position"
)


def at_station(tx: Tx, station: Station, publication: Publication) -> StationPrices:
    """What a station's products cost by these prices. Raises NoFuelPrice where it sells none."""
    _, tariff = tariffs.in_force(tx, publication.valid_from)
    digits = minor_digits(publication.currency)
    found = []
    for product, name, unit, company_price in tx.all(_OF_STATION, (publication.id, station.id)):
        margin = tariff.dealers(station.number, product)
        if margin is not None:
            minor = tariff.at_the_pump(company_price, margin, digits)
            found.append(PumpPrice(product, name, unit, Money(minor, publication.currency)))
    if not found:
        raise NoFuelPrice
    return StationPrices(station, publication, tuple(found))


def at(tx: Tx, station: Station, moment: datetime) -> StationPrices:
    """What a station's products cost at a time. Raises NoFuelPrice."""
    return at_station(tx, station, in_force(tx, moment))


# Those that hold and those that will: who acknowledges late does so all the same.
_WAITING: Final = (
    "SELECT s.id, s.number, s.name, s.region, s.latitude_e7, s.longitude_e7, s.dealer_id,"
    " p.id, p.valid_from, p.currency FROM fuel_station s JOIN fuel_publication p"
    " ON p.tenant_id = s.tenant_id AND p.valid_from >= coalesce((SELECT max(q.valid_from)"
    "  FROM fuel_publication q WHERE q.tenant_id = s.tenant_id AND q.valid_from <= now()),"
    "  '-infinity') WHERE s.tenant_id = current_tenant() AND s.dealer_id = %s"
    " AND NOT EXISTS (SELECT 1 FROM fuel_acknowledgement a WHERE a.tenant_id = s.tenant_id"
    "  AND a.publication_id = p.id AND a.station_id = s.id)"
    " ORDER BY p.valid_from, s.number"
)


def waiting_for(tx: Tx, dealer_id: uuid.UUID) -> StationPrices | None:
    """The next prices that a dealer has yet to acknowledge, a station at a time; None where there
    are none. A station that sells nothing yet has none."""
    for row in tx.all(_WAITING, (dealer_id,)):
        with suppress(NoFuelPrice):
            return at_station(tx, Station(*row[:7]), Publication(*row[7:]))
    return None


def acknowledge(
    tx: Tx, *, publication_id: uuid.UUID, station_id: uuid.UUID, dealer_id: uuid.UUID
) -> None:
    """The dealer puts these prices up. The same again changes nothing. Raises PricesChanged where
    others hold or the station is another's by now."""
    written = tx.one(
        "INSERT INTO fuel_acknowledgement (tenant_id, publication_id, station_id, subscriber_id)"
        " SELECT s.tenant_id, p.id, s.id, s.dealer_id FROM fuel_station s"
        " JOIN fuel_publication p ON p.tenant_id = s.tenant_id AND p.id = %s"
        " WHERE s.tenant_id = current_tenant() AND s.id = %s AND s.dealer_id = %s"
        " AND NOT EXISTS (SELECT 1 FROM fuel_publication q WHERE q.tenant_id = p.tenant_id"
        "  AND q.valid_from > p.valid_from AND q.valid_from <= now())"
        " ON CONFLICT DO NOTHING RETURNING 1",
        (publication_id, station_id, dealer_id),
    )
    if written is None and not _is_acknowledged(tx, publication_id, station_id):
        raise PricesChanged


def _is_acknowledged(tx: Tx, publication_id: uuid.UUID, station_id: uuid.UUID) -> bool:
    row = tx.one(
        "SELECT 1 FROM fuel_acknowledgement WHERE tenant_id = current_tenant()"
        " AND publication_id = %s AND station_id = %s",
        (publication_id, station_id),
    )
    return row is not None


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A station and the newest prices published for it; `at` is None where it has not said that it
    puts them up."""

    station: Station
    publication: Publication
    at: datetime | None


# A station `s` has a price of the publication `p`: one without a tank has none to put up.
SELLS: Final = (
    "EXISTS (SELECT 1 FROM fuel_tank t JOIN fuel_price f ON f.tenant_id = t.tenant_id"
    " AND f.product = t.product AND f.publication_id = p.id"
    " WHERE t.tenant_id = s.tenant_id AND t.station_id = s.id)"
)
_ACKNOWLEDGED: Final = (
    "SELECT s.id, s.number, s.name, s.region, s.latitude_e7, s.longitude_e7, s.dealer_id,"
    " p.id, p.valid_from, p.currency, a.at FROM fuel_station s"
    " CROSS JOIN LATERAL (SELECT * FROM fuel_publication q WHERE q.tenant_id = s.tenant_id"
    "  ORDER BY q.valid_from DESC LIMIT 1) p"
    " LEFT JOIN fuel_acknowledgement a ON a.tenant_id = s.tenant_id"
    "  AND a.publication_id = p.id AND a.station_id = s.id"
    f" WHERE s.tenant_id = current_tenant() AND {SELLS} ORDER BY s.number"
)


def acknowledged(tx: Tx) -> list[Acknowledged]:
    """Each station, and whether it has acknowledged the newest prices: who is not there is called.
    Empty where nothing was published."""
    return [
        Acknowledged(Station(*row[:7]), Publication(*row[7:10]), row[10])
        for row in tx.all(_ACKNOWLEDGED)
    ]
