"""`stock_limits` of fuel.yaml, dated as margins are; and the chart that a tank begins with.

stock_limits:
  - valid_from: 2026-01-01
    approved_by: Management of 1 December 2025
    day_percent: 0.5
    dip_mm: 2
    month_percent: 1.0
    month_l: 492
    delivery_percent: 0.5
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Final

from pydantic import BeforeValidator

from core.db.database import Tx
from core.fuel import kept_charts, stock_limits
from core.fuel.charts import Chart, faults_of
from core.fuel.kept_charts import Wanted
from core.fuel.wet_stock import Tolerances
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry, wrong
from core.manifest.ids import id_of
from core.manifest.tenant import to_json
from core.manifest.values import Moment, Text, decimal

_PLACES: Final = 2
_MAXIMUM: Final = 1_000_000 * 10**_PLACES


def _number(value: Any) -> Decimal:
    return Decimal(decimal(value, _PLACES, _MAXIMUM)).scaleb(-_PLACES)


def _chart(value: Any) -> Chart:
    """Rows of [mm, litres] that rise as a tank's do."""
    if not isinstance(value, list) or any(
        not isinstance(row, list) or len(row) != 2 for row in value
    ):
        raise wrong("rows such as [0, 66.5] are needed here")
    rows = tuple((_number(mm), _number(litres)) for mm, litres in value)
    for fault in faults_of(rows):
        raise wrong(fault)
    return Chart(rows)


Number = Annotated[Decimal, BeforeValidator(_number)]


class LimitsEntry(Entry):
    """What passes from a day on. A month is reckoned by what holds on its first day."""

    valid_from: Moment
    approved_by: Text
    day_percent: Number = Decimal("0.5")
    dip_mm: Number = Decimal(2)
    month_percent: Number = Decimal("1.0")
    month_l: Number = Decimal(492)
    delivery_percent: Number = Decimal("0.5")

    @property
    def id(self) -> uuid.UUID:
        return id_of(self.reading.tenant_id, "fuel_stock_limits", self.valid_from.isoformat())

    @property
    def row(self) -> tuple[Any, ...]:
        limits = Tolerances(
            day_percent=self.day_percent,
            dip_mm=self.dip_mm,
            month_percent=self.month_percent,
            month_l=self.month_l,
            delivery_percent=self.delivery_percent,
        )
        return (stock_limits.to_data(limits), self.valid_from, self.approved_by)


class ChartEntry(Entry):
    """What a tank begins with, written once; newer ones are approved by two."""

    certificate: Text
    valid_from: Moment
    rows: Annotated[Chart, BeforeValidator(_chart)]

    def wanted(self, tank_id: uuid.UUID) -> Wanted:
        day: date = self.valid_from.astimezone(self.reading.zone).date()
        return Wanted(tank_id, self.certificate, day, self.rows, "")


def check_limits(entries: Sequence[LimitsEntry]) -> None:
    """What stands wrong in them is noted with its place."""
    froms = [one.valid_from for one in entries]
    for number, one in enumerate(entries):
        if froms.index(one.valid_from) != number:
            one.place().fault("limits from this day stand here twice")


def changes_of_limits(site: Site, entries: Sequence[LimitsEntry]) -> Iterator[Change]:
    """What the folder has otherwise than the database."""
    rows = site.tx.all(
        "SELECT id, terms, valid_from, approved_by FROM fuel_stock_limits"
        " WHERE tenant_id = current_tenant()"
    )
    known = {id: tuple(rest) for id, *rest in rows}
    for one in entries:
        if known.get(one.id) != one.row:
            verb = "changed" if one.id in known else "added"
            name = f"{one.valid_from:%Y-%m-%d}"
            write = partial(_write_limits, one)
            yield Change(verb, "stock limits", name, write, Stage.CONFIGURATION)


def _write_limits(one: LimitsEntry, tx: Tx) -> None:
    terms, *dated = one.row
    tx.execute(
        "INSERT INTO fuel_stock_limits (tenant_id, id, terms, valid_from, approved_by)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT (tenant_id, id)"
        " DO UPDATE SET terms = excluded.terms, approved_by = excluded.approved_by",
        (one.id, to_json(terms), *dated),
    )


def changes_of_charts(site: Site, charts: Sequence[tuple[str, Wanted]]) -> Iterator[Change]:
    """The charts of the folder's tanks that have none; each with the tank's name."""
    rows = site.tx.all("SELECT DISTINCT tank_id FROM fuel_chart WHERE tenant_id = current_tenant()")
    known = {id for (id,) in rows}
    for name, wanted in charts:
        if wanted.tank_id not in known:
            yield Change("added", "charts", name, partial(_write_chart, wanted), Stage.PEOPLE)


def _write_chart(wanted: Wanted, tx: Tx) -> None:
    kept_charts.write(tx, wanted, None)
