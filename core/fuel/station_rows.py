"""Stations with their tanks and nozzles, as rows that a folder is compared with and written to."""

import uuid
from dataclasses import dataclass
from typing import Final

from core.db.database import Tx
from core.manifest.ids import id_of

Tank = tuple[int, str, int]  # number, product, capacity in litres
Nozzle = tuple[int, int, int, int]  # number, pump, tank, digits of the totaliser


@dataclass(frozen=True, slots=True)
class StationRow:
    """All that is written of a station; tanks and nozzles by their numbers."""

    number: int
    name: str
    region: str
    latitude_e7: int
    longitude_e7: int
    dealer_id: uuid.UUID | None
    tanks: tuple[Tank, ...]
    nozzles: tuple[Nozzle, ...]


_STATIONS: Final = (
    "SELECT id, number, name, region, latitude_e7, longitude_e7, dealer_id FROM fuel_station"
    " WHERE tenant_id = current_tenant()"
)
_TANKS: Final = (
    "SELECT station_id, number, product, capacity_l FROM fuel_tank"
    " WHERE tenant_id = current_tenant() ORDER BY station_id, number"
)
_NOZZLES: Final = (
    "SELECT n.station_id, n.number, n.pump, t.number, n.digits FROM fuel_nozzle n"
    " JOIN fuel_tank t ON t.tenant_id = n.tenant_id AND t.id = n.tank_id"
    " WHERE n.tenant_id = current_tenant() ORDER BY n.station_id, n.number"
)


def known_stations(tx: Tx) -> dict[uuid.UUID, StationRow]:
    """The tenant's stations by their ids."""
    tanks: dict[uuid.UUID, list[Tank]] = {}
    for station_id, number, product, capacity_l in tx.all(_TANKS):
        tanks.setdefault(station_id, []).append((number, product, capacity_l))
    nozzles: dict[uuid.UUID, list[Nozzle]] = {}
    for station_id, number, pump, tank, digits in tx.all(_NOZZLES):
        nozzles.setdefault(station_id, []).append((number, pump, tank, digits))
    found = {}
    for id, number, name, region, latitude_e7, longitude_e7, dealer_id in tx.all(_STATIONS):
        found[id] = StationRow(
            *(number, name, region, latitude_e7, longitude_e7, dealer_id),
            *(tuple(tanks.get(id, ())), tuple(nozzles.get(id, ()))),
        )
    return found


def write_station(station_id: uuid.UUID, row: StationRow, tx: Tx) -> None:
    """Write a station and what stands on it. A tank keeps its id by its number."""
    tx.execute(
        "INSERT INTO fuel_station (tenant_id, id, number, name, region, latitude_e7,"
        " longitude_e7, dealer_id) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, id) DO UPDATE SET number = excluded.number,"
        " name = excluded.name, region = excluded.region, latitude_e7 = excluded.latitude_e7,"
        " longitude_e7 = excluded.longitude_e7, dealer_id = excluded.dealer_id",
        (
            *(station_id, row.number, row.name, row.region),
            *(row.latitude_e7, row.longitude_e7, row.dealer_id),
        ),
    )
    for number, product, capacity_l in row.tanks:
        tx.execute(
            "INSERT INTO fuel_tank (tenant_id, id, station_id, number, product, capacity_l)"
            " VALUES (current_tenant(), %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, id)"
            " DO UPDATE SET product = excluded.product, capacity_l = excluded.capacity_l",
            (tank_id(station_id, number), station_id, number, product, capacity_l),
        )
    for number, pump, tank, digits in row.nozzles:
        tx.execute(
            "INSERT INTO fuel_nozzle (tenant_id, id, station_id, tank_id, pump, number, digits)"
            " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, id)"
            " DO UPDATE SET tank_id = excluded.tank_id, pump = excluded.pump,"
            " digits = excluded.digits",
            (
                *(id_of(station_id, "nozzle", str(number)), station_id),
                *(tank_id(station_id, tank), pump, number, digits),
            ),
        )


def tank_id(station_id: uuid.UUID, number: int) -> uuid.UUID:
    """A tank's id: the same for the same station and number, in every place."""
    return id_of(station_id, "tank", str(number))
