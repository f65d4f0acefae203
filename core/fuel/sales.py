"""A sale at the pump, to a customer's phone: the attendant enters it, the customer agrees to the
litres on their own phone and pays there or in cash.

`sale_payment.py` is how it is paid. A sale that nobody agrees to is none after `OFFERED_MINUTES`.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.db.connection import Row
from core.db.database import Tx
from core.fuel import meters, prices, shifts, stations
from core.fuel.errors import (
    NoFuelPrice,
    NotACustomer,
    OwnPhone,
    SaleBeingPaid,
    SaleOver,
    TooMuchFuel,
)
from core.fuel.lifecycle import SALE
from core.fuel.messages import FuelOffered, FuelRefused
from core.messaging.notices import write_notice
from core.people.people import Person
from core.people.people import get as get_person
from core.security.keyring import Keyring
from values import clock
from values.ids import uuid7
from values.money import Money

OPERATION: Final = "fuel_sale"
OFFERED_MINUTES: Final = 30
# A lorry's two tanks.
LITRES_MAXIMUM: Final = 1_500
_UNITS: Final = {"litre": "l", "kilogram": "kg"}


@dataclass(frozen=True, slots=True)
class Buyer:
    """A customer as an attendant sees them: the name is the shown one."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class OnSale:
    """What a pump gives now: a product, and what a `unit` of it costs."""

    product: str
    name: str
    unit: str
    price: Money

    def amount(self, volume_cl: int) -> Money:
        """What a volume costs, half up to a minor unit."""
        minor = meters.amount_minor(volume_cl, self.price.amount_minor)
        return Money(minor, self.price.currency)

    def volume_cl(self, amount: Money) -> int:
        """How much an amount buys, in hundredths of a unit, rounded down."""
        return amount.amount_minor * meters.CENTILITRES // self.price.amount_minor


def in_words(volume_cl: int, unit: str) -> str:
    """A volume with its unit: 12.50 l."""
    return f"{meters.litres(volume_cl)} {_UNITS[unit]}"


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale that waits for its customer, or that is over."""

    amount: Money
    id: uuid.UUID
    station_id: uuid.UUID
    attendant_id: uuid.UUID
    customer_id: uuid.UUID
    product: str
    product_name: str
    unit: str
    volume_cl: int
    state: str
    station: str
    dealer_id: uuid.UUID | None

    @property
    def volume(self) -> str:
        return in_words(self.volume_cl, self.unit)


def buyers_among(found: Iterable[Person], attendant_id: uuid.UUID) -> tuple[Buyer, ...]:
    """Those of the people at a number who may buy. Raises NotACustomer, OwnPhone."""
    people = [person for person in found if not person.frozen]
    if not people:
        raise NotACustomer
    buyers = tuple(Buyer(one.id, one.shown_name) for one in people if one.id != attendant_id)
    if not buyers:
        raise OwnPhone
    return buyers


def on_sale(tx: Tx, attendant_id: uuid.UUID) -> tuple[OnSale, ...]:
    """What the pump of an attendant's shift gives now. Raises NoShift, NoFuelPrice."""
    shift = shifts.require_open(tx, attendant_id)
    there = prices.at(tx, stations.get_station(tx, shift.station_id), clock.now())
    of_pump = {one.product for one in shifts.nozzles_of(tx, shift.station_id, shift.pump)}
    found = tuple(
        OnSale(one.product, one.name, one.unit, one.price)
        for one in there.prices
        if one.product in of_pump
    )
    if not found:
        raise NoFuelPrice
    return found


def require_possible(what: OnSale, volume_cl: int) -> None:
    """Raises TooMuchFuel."""
    if volume_cl > LITRES_MAXIMUM * meters.CENTILITRES:
        raise TooMuchFuel(maximum=in_words(LITRES_MAXIMUM * meters.CENTILITRES, what.unit))


def offer(
    tx: Tx,
    *,
    attendant_id: uuid.UUID,
    customer_id: uuid.UUID,
    product: str,
    volume_cl: int,
    amount: Money,
) -> uuid.UUID:
    """Enter a sale, and text the customer. Raises NoShift, NoFuelPrice; TooMuchFuel."""
    shift = shifts.require_open(tx, attendant_id)
    what = next((one for one in on_sale(tx, attendant_id) if one.product == product), None)
    if what is None:
        raise NoFuelPrice
    require_possible(what, volume_cl)
    station = stations.get_station(tx, shift.station_id)
    holding = prices.in_force(tx, clock.now())
    sale_id = uuid7()
    until = clock.now() + timedelta(minutes=OFFERED_MINUTES)
    tx.execute(
        "INSERT INTO fuel_sale (tenant_id, id, station_id, shift_id, attendant_id, customer_id,"
        " publication_id, product, volume_cl, amount_minor, currency, until)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            *(sale_id, station.id, shift.id, attendant_id, customer_id, holding.id),
            *(product, volume_cl, amount.amount_minor, amount.currency, until),
        ),
    )
    told = FuelOffered(
        station=station.name,
        volume=in_words(volume_cl, what.unit),
        product=what.name,
        amount=amount,
    )
    write_notice(tx, customer_id, told, until=until)
    return sale_id


_SALE: Final = (
    "SELECT f.amount_minor, f.currency, f.id, f.station_id, f.attendant_id, f.customer_id,"
    " f.product, p.name, p.unit, f.volume_cl, f.state, s.name, s.dealer_id FROM fuel_sale f"
    " JOIN fuel_station s ON s.tenant_id = f.tenant_id AND s.id = f.station_id"
    " JOIN fuel_product p ON p.tenant_id = f.tenant_id AND p.key = f.product"
    " WHERE f.tenant_id = current_tenant()"
)


def _sale(row: Row) -> Sale:
    amount_minor, currency, *rest = row
    return Sale(Money(amount_minor, currency), *rest)


def waiting_for(tx: Tx, customer_id: uuid.UUID) -> Sale | None:
    """The newest sale that waits for a customer's word. Raises SaleBeingPaid where mobile money is
    being asked for it."""
    row = tx.one(
        f"{_SALE} AND f.customer_id = %s AND f.state = 'offered' AND f.until > now()"
        " ORDER BY f.id DESC LIMIT 1",
        (customer_id,),
    )
    if row is None:
        return None
    found = _sale(row)
    require_nothing_asked(tx, found.id)
    return found


def locked(tx: Tx, sale_id: uuid.UUID, customer_id: uuid.UUID) -> Sale:
    """A sale that is not over, whose row nobody else changes now. Raises SaleOver."""
    row = tx.one(
        f"{_SALE} AND f.id = %s AND f.customer_id = %s FOR UPDATE OF f", (sale_id, customer_id)
    )
    if row is None or _sale(row).state != SALE.initial:
        raise SaleOver
    return _sale(row)


def require_nothing_asked(tx: Tx, sale_id: uuid.UUID) -> None:
    """Raises SaleBeingPaid while mobile money that was asked for a sale has not ended."""
    pending = tx.one(
        "SELECT 1 FROM intent WHERE tenant_id = current_tenant() AND payee_id = %s"
        " AND operation = %s AND state = 'pending' LIMIT 1",
        (sale_id, OPERATION),
    )
    if pending is not None:
        raise SaleBeingPaid


_REFUSED: Final = SALE.advance("refuse", sets="ended_at = now()", where="id = %s", returning="1")


def refuse(tx: Tx, keys: Keyring, *, sale_id: uuid.UUID, customer_id: uuid.UUID) -> None:
    """The customer does not agree to the litres; the attendant is texted. Raises SaleOver,
    SaleBeingPaid."""
    sale = locked(tx, sale_id, customer_id)
    require_nothing_asked(tx, sale_id)
    if tx.one(_REFUSED, (sale_id,)) is None:
        raise SaleOver
    told = FuelRefused(
        customer=name_of(tx, keys, customer_id),
        volume=sale.volume,
        product=sale.product_name,
        amount=sale.amount,
    )
    write_notice(tx, sale.attendant_id, told)


def name_of(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> str:
    """How somebody is shown to others; empty where they were erased."""
    person = get_person(tx, keys, subscriber_id)
    return person.shown_name if person else ""
