"""Drivers: their papers, whether they are on duty, and where."""

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.rides import rides
from core.rides.errors import BusyRiding, NotARider, PapersExpired, RiderOffDuty
from core.rides.fares import Place
from core.rides.lifecycle import IS_TAKEN
from core.rides.matching import cell_of
from core.rides.stops import Stop
from core.tenants.directory import Tenant


@dataclass(frozen=True, slots=True)
class Driver:
    """A driver; `stop` is the name of the one at which they are on duty, None off duty."""

    id: uuid.UUID
    plate: str
    licence: str
    licence_until: date
    insurance_until: date
    stop: str | None

    @property
    def papers_until(self) -> date:
        """The last day on which both hold."""
        return min(self.licence_until, self.insurance_until)


_GET: Final = (
    "SELECT d.subscriber_id, d.plate, d.licence, d.licence_until, d.insurance_until,"
    " p.path[cardinality(p.path)] FROM driver d"
    " LEFT JOIN place p ON p.tenant_id = d.tenant_id AND p.id = d.stop_id"
    " WHERE d.tenant_id = current_tenant() AND d.subscriber_id = %s"
)


def get(tx: Tx, driver_id: uuid.UUID) -> Driver:
    """Raises NotARider."""
    row = tx.one(_GET, (driver_id,))
    if row is None:
        raise NotARider
    return Driver(*row)


def require_on_duty(tx: Tx, driver_id: uuid.UUID) -> Driver:
    """Raises NotARider, RiderOffDuty."""
    driver = get(tx, driver_id)
    if driver.stop is None:
        raise RiderOffDuty
    return driver


_SEEN: Final = (
    "UPDATE driver SET stop_id = coalesce(%s, stop_id), cell = %s, latitude_e7 = %s,"
    " longitude_e7 = %s, seen_at = now()"
    " WHERE tenant_id = current_tenant() AND subscriber_id = %s"
)


def begin_duty(tx: Tx, tenant: Tenant, driver_id: uuid.UUID, stop: Stop) -> None:
    """Be on duty at a stop; the same again moves there. Raises NotARider, PapersExpired."""
    driver = get(tx, driver_id)
    if driver.papers_until < tenant.today():
        raise PapersExpired
    place = stop.place
    tx.execute(_SEEN, (stop.id, cell_of(place), place.latitude_e7, place.longitude_e7, driver_id))
    record(tx, f"subscriber {driver_id}", "begin duty", driver_id, {"stop": stop.number})


def is_at(tx: Tx, driver_id: uuid.UUID, place: Place) -> None:
    """A driver on duty was seen at a place: that is where offers look for them from now on."""
    tx.execute(
        f"{_SEEN} AND cell IS NOT NULL",
        (None, cell_of(place), place.latitude_e7, place.longitude_e7, driver_id),
    )


_OFF: Final = (
    "UPDATE driver SET stop_id = NULL, cell = NULL, latitude_e7 = NULL, longitude_e7 = NULL,"
    " seen_at = NULL WHERE tenant_id = current_tenant() AND subscriber_id = %s"
)


def end_duty(tx: Tx, driver_id: uuid.UUID) -> None:
    """Be off duty; somebody who has a ride ends it first. Raises NotARider, BusyRiding."""
    get(tx, driver_id)
    if rides.taken_by(tx, driver_id) is not None:
        raise BusyRiding
    tx.execute(_OFF, (driver_id,))
    record(tx, f"subscriber {driver_id}", "end duty", driver_id, {})


_OVER: Final = (
    "UPDATE driver d SET stop_id = NULL, cell = NULL, latitude_e7 = NULL, longitude_e7 = NULL,"
    " seen_at = NULL WHERE d.tenant_id = current_tenant() AND d.cell IS NOT NULL"
    " AND least(d.licence_until, d.insurance_until) < %s"
    " AND NOT EXISTS (SELECT 1 FROM ride_offer o WHERE o.tenant_id = d.tenant_id"
    "  AND o.driver_id = d.subscriber_id AND o.state = 'open')"
    " AND NOT EXISTS (SELECT 1 FROM ride r WHERE r.tenant_id = d.tenant_id"
    f"  AND r.driver_id = d.subscriber_id AND r.{IS_TAKEN}) RETURNING d.subscriber_id"
)


def end_duty_without_papers(tx: Tx, today: date) -> list[uuid.UUID]:
    """Whoever is on duty and has a paper that ended before a day is off duty; who has a ride, once
    it has ended. Answers who."""
    gone: list[uuid.UUID] = [id for (id,) in tx.all(_OVER, (today,))]
    for driver_id in gone:
        record(tx, "schedule", "end duty", driver_id, {"reason": "papers"})
    return gone


@dataclass(frozen=True, slots=True)
class Earnings:
    """What a driver's rides came to, in minor units: from wallets after commission, and in cash."""

    rides: int
    wallet_minor: int
    cash_minor: int


_EARNED: Final = (
    "SELECT count(*), coalesce(sum(p.amount_minor), 0)::bigint,"
    " coalesce(sum(r.fare_minor + r.waiting_minor) FILTER (WHERE r.hold_id IS NULL), 0)::bigint"
    " FROM ride r LEFT JOIN posting p ON p.tenant_id = r.tenant_id AND p.entry_id = r.entry_id"
    "  AND p.account_id = %s"
    " WHERE r.tenant_id = current_tenant() AND r.driver_id = %s AND r.state = 'completed'"
    " AND r.ended_at >= %s"
)


def earned_since(tx: Tx, account_id: uuid.UUID, driver_id: uuid.UUID, day: object) -> Earnings:
    """From the beginning of a local day (a datetime) on. `account_id` is the driver's wallet."""
    row = tx.one(_EARNED, (account_id, driver_id, day))
    assert row is not None
    return Earnings(*row)
