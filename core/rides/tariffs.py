"""Which table of fares is in force, and what a way costs by it."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from core.db.database import Tx
from core.rides.errors import NoFares, SameStop, TooFar
from core.rides.fares import METRES_A_KM, Fare, Tariff
from core.rides.stops import Stop
from core.tenants.directory import Tenant
from values import clock

_IN_FORCE = (
    "SELECT id, terms FROM ride_tariff WHERE tenant_id = current_tenant()"
    " AND valid_from <= %(at)s AND (valid_to IS NULL OR valid_to > %(at)s)"
    " ORDER BY valid_from DESC LIMIT 1"
)


def in_force(tx: Tx, at: datetime) -> tuple[uuid.UUID, Tariff]:
    """The newest table that holds at a time, with its id. Raises NoFares."""
    row = tx.one(_IN_FORCE, {"at": at})
    if row is None:
        raise NoFares
    return row[0], Tariff.from_data(row[1])


@dataclass(frozen=True, slots=True)
class Dated:
    """A table of fares, from when on it holds, and who agreed to it."""

    id: uuid.UUID
    tariff: Tariff
    valid_from: datetime
    valid_to: datetime | None
    approved_by: str


def all_of_tenant(tx: Tx) -> list[Dated]:
    """The tables that there were, are and will be: the newest first."""
    rows = tx.all(
        "SELECT id, terms, valid_from, valid_to, approved_by FROM ride_tariff"
        " WHERE tenant_id = current_tenant() ORDER BY valid_from DESC"
    )
    return [Dated(id, Tariff.from_data(terms), *rest) for id, terms, *rest in rows]


def get(tx: Tx, tariff_id: uuid.UUID) -> Tariff:
    """One table; a ride keeps the one that its fare was shown by."""
    row = tx.one(
        "SELECT terms FROM ride_tariff WHERE tenant_id = current_tenant() AND id = %s", (tariff_id,)
    )
    assert row is not None, "tariffs are never deleted"
    return Tariff.from_data(row[0])


def fare(tx: Tx, tenant: Tenant, *, pickup: Stop, destination: Stop) -> Fare:
    """What a way costs now. Raises NoFares, SameStop, TooFar (params: distance_km, most_km)."""
    if pickup.id == destination.id:
        raise SameStop
    at = clock.now(tenant.zone)
    tariff_id, tariff = in_force(tx, at)
    distance_m = tariff.road_m(pickup.place, destination.place)
    if distance_m > tariff.maximum_m:
        raise TooFar(
            distance_km=round(distance_m / METRES_A_KM), most_km=tariff.maximum_m // METRES_A_KM
        )
    return Fare(
        fare_minor=tariff.fare_minor(distance_m, at.time()),
        distance_m=distance_m,
        honoured_until_s=int(at.timestamp()) + tariff.honoured_minutes * 60,
        tariff_id=str(tariff_id),
    )
