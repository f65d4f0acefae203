"""The charts of tanks: asked for by one officer from a file, approved by another, in force from a
day on. A chart that was in force stays: what was dipped by it is what it was."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final

import orjson

from core.approvals.kinds import Done, Kind, Request, Shown
from core.db.database import Tx
from core.fuel.charts import Chart
from core.fuel.errors import BadChart, NoChart
from core.security.keyring import Keyring
from core.tenants import business
from values import clock
from values.ids import uuid7

ROWS_MAXIMUM: Final = 6_000


@dataclass(frozen=True, slots=True)
class Tank:
    """A tank of a station; `name` is its product's."""

    id: uuid.UUID
    station_id: uuid.UUID
    number: int
    product: str
    name: str
    capacity_l: int


_TANKS: Final = (
    "SELECT t.id, t.station_id, t.number, t.product, p.name, t.capacity_l FROM fuel_tank t"
    " JOIN fuel_product p ON p.tenant_id = t.tenant_id AND p.key = t.product"
    " WHERE t.tenant_id = current_tenant()"
)


def tanks_of(tx: Tx, station_id: uuid.UUID) -> list[Tank]:
    """A station's tanks by their numbers."""
    return [Tank(*row) for row in tx.all(f"{_TANKS} AND station_id = %s ORDER BY 3", (station_id,))]


def get_tank(tx: Tx, tank_id: uuid.UUID) -> Tank:
    row = tx.one(f"{_TANKS} AND t.id = %s", (tank_id,))
    assert row is not None, "tanks are never deleted"
    return Tank(*row)


def tank_at(tx: Tx, station_number: int, number: int) -> Tank:
    """The tank of those numbers. Raises BadChart."""
    row = tx.one(
        f"{_TANKS} AND t.number = %s AND t.station_id = (SELECT id FROM fuel_station"
        " WHERE tenant_id = current_tenant() AND number = %s)",
        (number, station_number),
    )
    if row is None:
        raise BadChart(f"Station {station_number} has no tank {number}.")
    return Tank(*row)


def to_data(chart: Chart) -> list[list[str]]:
    """As JSON: rows of decimal strings."""
    return [[f"{mm:f}", f"{litres:f}"] for mm, litres in chart.rows]


def from_data(rows: Sequence[Sequence[str]]) -> Chart:
    return Chart(tuple((Decimal(mm), Decimal(litres)) for mm, litres in rows))


def in_force(tx: Tx, tank_id: uuid.UUID, day: date) -> tuple[uuid.UUID, Chart]:
    """The chart of a tank that holds on a day, with its id. Raises NoChart."""
    row = tx.one(
        "SELECT id, chart FROM fuel_chart WHERE tenant_id = current_tenant() AND tank_id = %s"
        " AND valid_from <= %s ORDER BY valid_from DESC LIMIT 1",
        (tank_id, day),
    )
    if row is None:
        raise NoChart
    return row[0], from_data(row[1])


@dataclass(frozen=True, slots=True)
class Wanted:
    """A chart that is asked for. `source_sha256` is its file's."""

    tank_id: uuid.UUID
    certificate: str
    valid_from: date
    chart: Chart
    source_sha256: str

    def to_params(self) -> dict[str, Any]:
        return {
            "tank_id": str(self.tank_id),
            "certificate": self.certificate,
            "valid_from": f"{self.valid_from:%Y-%m-%d}",
            "rows": to_data(self.chart),
            "source_sha256": self.source_sha256,
        }

    @classmethod
    def from_params(cls, params: Mapping[str, Any]) -> "Wanted":
        return cls(
            *(uuid.UUID(params["tank_id"]), params["certificate"]),
            date.fromisoformat(params["valid_from"]),
            from_data(params["rows"]),
            params["source_sha256"],
        )


def write(tx: Tx, wanted: Wanted, request_id: uuid.UUID | None) -> None:
    """Write a chart down, for good. One of that tank and day stays as it is."""
    tx.execute(
        "INSERT INTO fuel_chart (tenant_id, id, tank_id, certificate, valid_from, chart,"
        " source_sha256, request_id) VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, tank_id, valid_from) DO NOTHING",
        (
            *(uuid7(), wanted.tank_id, wanted.certificate, wanted.valid_from),
            *(orjson.dumps(to_data(wanted.chart)).decode(), wanted.source_sha256, request_id),
        ),
    )


def _require_possible(tx: Tx, wanted: Wanted) -> None:
    """Raises BadChart: dips since were read by another chart, or the day has one already."""
    if len(wanted.chart.rows) > ROWS_MAXIMUM:
        raise BadChart(f"A chart has at most {ROWS_MAXIMUM:,} rows.")
    newer = tx.one(
        "SELECT valid_from FROM fuel_chart WHERE tenant_id = current_tenant() AND tank_id = %s"
        " AND valid_from >= %s ORDER BY valid_from DESC LIMIT 1",
        (wanted.tank_id, wanted.valid_from),
    )
    if newer is not None:
        raise BadChart(f"The tank has a chart from {newer[0]:%Y-%m-%d} already.")
    today = clock.now(business.of_transaction(tx).zone).date()
    known = tx.one(
        "SELECT 1 FROM fuel_chart WHERE tenant_id = current_tenant() AND tank_id = %s LIMIT 1",
        (wanted.tank_id,),
    )
    if known is not None and wanted.valid_from < today:
        raise BadChart("Dips were read by another chart: a new one begins today at the earliest.")


class NewChart(Kind):
    """A tank's certificate."""

    name: ClassVar[str] = "fuel_chart"
    life_s: ClassVar[int] = 7 * 24 * 60 * 60

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        wanted = Wanted.from_params(request.params)
        _require_possible(tx, wanted)
        tank = get_tank(tx, wanted.tank_id)
        try:
            before = in_force(tx, tank.id, wanted.valid_from)[1]
        except NoChart:
            before = None
        return Shown(
            f"chart of tank {tank.number}, {tank.name}, {tank.capacity_l} l, from"
            f" {wanted.valid_from} on; certificate {wanted.certificate},"
            f" file {wanted.source_sha256[:12]}",
            _described(before) if before else {},
            _described(wanted.chart),
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        wanted = Wanted.from_params(request.params)
        _require_possible(tx, wanted)
        write(tx, wanted, request.id)
        return Done({"from": f"{wanted.valid_from:%Y-%m-%d}"})

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        _require_possible(tx, Wanted.from_params(request.params))


NEW_CHART: Final = NewChart()


def _described(chart: Chart) -> dict[str, str]:
    middle = (chart.rows[0][0] + chart.top_mm) / 2
    return {
        "rows": str(len(chart.rows)),
        "heights": f"{chart.rows[0][0]} to {chart.top_mm} mm",
        "dead stock": f"{chart.dead_stock_l} l",
        "half": f"{middle:.0f} mm is {chart.litres(middle)} l",
        "full": f"{chart.rows[-1][1]} l",
    }
