"""A shift at a pump: opened and closed with the totalisers of its nozzles, and what was counted
beside what they say.

The price of a window that begins in the middle of a shift holds from its beginning on: then each
nozzle is read at that time, too.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Tx
from core.fuel import meters, prices
from core.fuel.errors import (
    NoFuelPrice,
    NoPumpFree,
    NoShift,
    NotAnAttendant,
    PricesChanged,
    ShiftUnderWay,
)
from core.fuel.lifecycle import SHIFT
from core.fuel.messages import ShiftClosed
from core.fuel.prices import Publication
from core.fuel.stations import Station, get_station
from core.messaging.notices import write_notice
from core.people.people import get as get_person
from core.security.keyring import Keyring
from values.ids import reference_of, uuid7
from values.money import Money


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift that is open."""

    id: uuid.UUID
    station_id: uuid.UUID
    pump: int
    attendant_id: uuid.UUID
    currency: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class Nozzle:
    """A nozzle of a pump. `last_cl` is what its totaliser said last; None where it never did."""

    id: uuid.UUID
    number: int
    digits: int
    product: str
    name: str
    last_cl: int | None


@dataclass(frozen=True, slots=True)
class Needed:
    """A reading that is asked for: now, or at the time when a new price began."""

    nozzle: Nozzle
    publication: Publication | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What an attendant hands over, in minor units."""

    cash_minor: int
    mobile_minor: int
    cards_minor: int
    credit_minor: int

    @property
    def total_minor(self) -> int:
        return self.cash_minor + self.mobile_minor + self.cards_minor + self.credit_minor


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A shift as its meters say it: centilitres, and what they cost."""

    sold_cl: int
    expected_minor: int


def station_of(tx: Tx, attendant_id: uuid.UUID) -> Station:
    """Where somebody works. Raises NotAnAttendant."""
    row = tx.one(
        "SELECT station_id FROM fuel_attendant WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %s",
        (attendant_id,),
    )
    if row is None:
        raise NotAnAttendant
    return get_station(tx, row[0])


_OPEN: Final = (
    "SELECT id, station_id, pump, attendant_id, currency, opened_at FROM fuel_shift"
    " WHERE tenant_id = current_tenant() AND attendant_id = %s AND state = 'open'"
)


def open_of(tx: Tx, attendant_id: uuid.UUID) -> Shift | None:
    """The shift that an attendant has now."""
    row = tx.one(_OPEN, (attendant_id,))
    return Shift(*row) if row else None


def require_open(tx: Tx, attendant_id: uuid.UUID) -> Shift:
    """The same. Raises NoShift where there is none."""
    found = open_of(tx, attendant_id)
    if found is None:
        raise NoShift
    return found


def require_free(tx: Tx, attendant_id: uuid.UUID) -> Station:
    """Where somebody works who has no open shift. Raises NotAnAttendant, ShiftUnderWay."""
    station = station_of(tx, attendant_id)
    if open_of(tx, attendant_id) is not None:
        raise ShiftUnderWay
    return station


def free_pumps(tx: Tx, station_id: uuid.UUID) -> list[int]:
    """The pumps at which nobody has a shift. Raises NoPumpFree where there is none."""
    rows = tx.all(
        "SELECT DISTINCT n.pump FROM fuel_nozzle n WHERE n.tenant_id = current_tenant()"
        " AND n.station_id = %s AND NOT EXISTS (SELECT 1 FROM fuel_shift s"
        "  WHERE s.tenant_id = n.tenant_id AND s.station_id = n.station_id AND s.pump = n.pump"
        "  AND s.state = 'open') ORDER BY n.pump",
        (station_id,),
    )
    if not rows:
        raise NoPumpFree
    return [pump for (pump,) in rows]


_NOZZLES: Final = (
    "SELECT n.id, n.number, n.digits, t.product, p.name, (SELECT r.totaliser_cl FROM fuel_reading r"
    "  WHERE r.tenant_id = n.tenant_id AND r.nozzle_id = n.id ORDER BY r.id DESC LIMIT 1)"
    " FROM fuel_nozzle n JOIN fuel_tank t ON t.tenant_id = n.tenant_id AND t.id = n.tank_id"
    " JOIN fuel_product p ON p.tenant_id = n.tenant_id AND p.key = t.product"
    " WHERE n.tenant_id = current_tenant() AND n.station_id = %s AND n.pump = %s ORDER BY n.number"
)


def nozzles_of(tx: Tx, station_id: uuid.UUID, pump: int) -> list[Nozzle]:
    """The nozzles of a pump by their numbers."""
    return [Nozzle(*row) for row in tx.all(_NOZZLES, (station_id, pump))]


def check_reading(nozzle: Nozzle, totaliser_cl: int, before_cl: int | None = None) -> int:
    """What was sold since the reading before, in centilitres; 0 where there was none. Raises
    MeterBelow, MeterTooFar."""
    before = nozzle.last_cl if before_cl is None else before_cl
    if before is None:
        before = totaliser_cl
    return meters.sold_cl(before, totaliser_cl, nozzle.digits)


def begin(
    tx: Tx, *, attendant_id: uuid.UUID, pump: int, totalisers_cl: Sequence[int], at: datetime
) -> Shift:
    """Open a shift with a reading of each nozzle, in their order. What ran since the shift before
    is kept as a gap. Raises NotAnAttendant, NoFuelPrice, ShiftUnderWay, MeterBelow, MeterTooFar."""
    station = station_of(tx, attendant_id)
    holding = prices.in_force(tx, at)
    shift_id = uuid7()
    row = tx.one(
        "INSERT INTO fuel_shift (tenant_id, id, station_id, pump, attendant_id, currency)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
        " RETURNING id, station_id, pump, attendant_id, currency, opened_at",
        (shift_id, station.id, pump, attendant_id, holding.currency),
    )
    if row is None:
        raise ShiftUnderWay
    nozzles = nozzles_of(tx, station.id, pump)
    priced = {one.product for one in prices.at_station(tx, station, holding).prices}
    if any(nozzle.product not in priced for nozzle in nozzles):
        raise NoFuelPrice
    for nozzle, totaliser_cl in zip(nozzles, totalisers_cl, strict=True):
        gap_cl = check_reading(nozzle, totaliser_cl)
        tx.execute(_READ, (uuid7(), shift_id, nozzle.id, totaliser_cl, 0, gap_cl, 0, holding.id))
    return Shift(*row)


_READ: Final = (
    "INSERT INTO fuel_reading (tenant_id, id, shift_id, nozzle_id, totaliser_cl, sold_cl, gap_cl,"
    " amount_minor, publication_id) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s)"
)
_CHANGES: Final = (
    "SELECT id, valid_from, currency FROM fuel_publication WHERE tenant_id = current_tenant()"
    " AND valid_from > %s AND valid_from <= %s ORDER BY valid_from"
)


def needed(tx: Tx, shift: Shift, at: datetime) -> list[Needed]:
    """The readings that close a shift at a time, in the order in which they are asked for."""
    changes = [Publication(*row) for row in tx.all(_CHANGES, (shift.opened_at, at))]
    return [
        Needed(nozzle, publication)
        for nozzle in nozzles_of(tx, shift.station_id, shift.pump)
        for publication in (*changes, None)
    ]


@dataclass(frozen=True, slots=True)
class _Segment:
    """From one reading of a nozzle to the next, at one price."""

    nozzle: Nozzle
    totaliser_cl: int
    sold_cl: int
    amount_minor: int
    publication: Publication | None


def _segments(
    tx: Tx, shift: Shift, wanted: Sequence[Needed], totalisers_cl: Sequence[int]
) -> list[_Segment]:
    """Raises MeterBelow, MeterTooFar, NoFuelPrice, and PricesChanged where other readings are
    needed by now."""
    if len(wanted) != len(totalisers_cl):
        raise PricesChanged
    station = get_station(tx, shift.station_id)
    first = prices.in_force(tx, shift.opened_at)
    by_product = {
        publication.id: {
            one.product: one.price.amount_minor
            for one in prices.at_station(tx, station, publication).prices
        }
        for publication in {first, *(one.publication for one in wanted if one.publication)}
    }
    found: list[_Segment] = []
    before: dict[uuid.UUID, tuple[int | None, Publication]] = {}
    for one, totaliser_cl in zip(wanted, totalisers_cl, strict=True):
        nozzle = one.nozzle
        before_cl, holding = before.get(nozzle.id, (None, first))
        sold_cl = check_reading(nozzle, totaliser_cl, before_cl)
        price_minor = by_product[holding.id].get(nozzle.product)
        if sold_cl and price_minor is None:
            raise NoFuelPrice
        amount_minor = meters.amount_minor(sold_cl, price_minor or 0)
        found.append(_Segment(nozzle, totaliser_cl, sold_cl, amount_minor, one.publication))
        before[nozzle.id] = (totaliser_cl, one.publication or holding)
    return found


def reckon(tx: Tx, shift: Shift, totalisers_cl: Sequence[int], at: datetime) -> Reckoned:
    """What a shift sold by these readings. Raises as `end` does."""
    found = _segments(tx, shift, needed(tx, shift, at), totalisers_cl)
    return Reckoned(sum(one.sold_cl for one in found), sum(one.amount_minor for one in found))


_CLOSED: Final = SHIFT.advance(
    "close",
    sets="closed_at = now(), expected_minor = %s, cash_minor = %s, mobile_minor = %s,"
    " cards_minor = %s, credit_minor = %s",
    where="id = %s AND attendant_id = %s",
    returning="1",
)


def end(
    tx: Tx,
    keys: Keyring,
    *,
    shift: Shift,
    totalisers_cl: Sequence[int],
    counted: Counted,
    at: datetime,
) -> Reckoned:
    """Close a shift, once; attendant and dealer are texted. Raises NoShift where it is closed
    already, PricesChanged, MeterBelow, MeterTooFar, NoFuelPrice."""
    found = _segments(tx, shift, needed(tx, shift, at), totalisers_cl)
    reckoned = Reckoned(sum(one.sold_cl for one in found), sum(one.amount_minor for one in found))
    handed_over = (
        *(counted.cash_minor, counted.mobile_minor),
        *(counted.cards_minor, counted.credit_minor),
    )
    closed = tx.one(_CLOSED, (reckoned.expected_minor, *handed_over, shift.id, shift.attendant_id))
    if closed is None:
        raise NoShift
    for one in found:
        publication_id = one.publication.id if one.publication else None
        tx.execute(
            _READ,
            (
                *(uuid7(), shift.id, one.nozzle.id, one.totaliser_cl),
                *(one.sold_cl, 0, one.amount_minor, publication_id),
            ),
        )
    _tell(tx, keys, shift, reckoned, counted)
    return reckoned


def _tell(tx: Tx, keys: Keyring, shift: Shift, reckoned: Reckoned, counted: Counted) -> None:
    station = get_station(tx, shift.station_id)
    person = get_person(tx, keys, shift.attendant_id)
    told = ShiftClosed(
        station=station.name,
        pump=shift.pump,
        attendant=person.shown_name if person else "",
        litres=meters.litres(reckoned.sold_cl),
        expected=Money(reckoned.expected_minor, shift.currency),
        counted=Money(counted.total_minor, shift.currency),
        reference=reference_of(shift.id),
    )
    for subscriber_id in {shift.attendant_id, station.dealer_id} - {None}:
        assert subscriber_id is not None
        write_notice(tx, subscriber_id, told)
