"""What fuel.yaml and people.yaml may say of fuel: products, stations, margins, prices, people."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field

from core.fuel.build_up import BuildUp, PriceLine, Proposed, marketers_line
from core.fuel.kept_charts import Wanted
from core.fuel.manifest_points import PointsEntry
from core.fuel.manifest_stock import ChartEntry, LimitsEntry
from core.fuel.price_lines import Part
from core.fuel.price_window import Window
from core.fuel.station_rows import StationRow, tank_id
from core.fuel.tariffs import Tariff
from core.manifest.entry import Entry, wrong
from core.manifest.ids import id_of
from core.manifest.values import Amount, Key, Moment, Name, Text, decimal, one_of, whole
from core.people.manifest import PersonPart

DEALER: Final = "dealer"
ATTENDANT: Final = "attendant"
CAPACITY_L_MAXIMUM: Final = 1_000_000
_E7: Final = 7
_PLACES: Final = 6
_MARGIN_MAXIMUM: Final = 10**4 * 10**_PLACES


def _margin(value: Any) -> Decimal:
    """Whole units of the currency a litre or kilogram, to six places."""
    return Decimal(decimal(value, _PLACES, _MARGIN_MAXIMUM)).scaleb(-_PLACES)


def _degrees(value: Any) -> tuple[int, int]:
    """Latitude and longitude, in ten millionths."""
    parts = str(value).split(",")
    if len(parts) != 2:
        raise wrong("latitude and longitude are needed here, such as 5.5560, -0.1826")
    north = decimal(parts[0].strip(), _E7, 90 * 10**_E7, -90 * 10**_E7)
    east = decimal(parts[1].strip(), _E7, 180 * 10**_E7, -180 * 10**_E7)
    if north == 0 and east == 0:
        raise wrong("0, 0 is in the sea")
    return north, east


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong("a date such as 2026-01-31 is needed here") from None


Margin = Annotated[Decimal, BeforeValidator(_margin)]
Number = Annotated[int, whole(1, 99)]
StationNumber = Annotated[int, whole(1, 99_999)]


class ProductEntry(Entry):
    key: Key
    name: Name
    unit: Annotated[str, one_of(("litre", "kilogram"))] = "litre"


class TankEntry(Entry):
    number: Number
    product: Key
    capacity_l: Annotated[int, whole(1, CAPACITY_L_MAXIMUM)]
    chart: ChartEntry | None = None


class NozzleEntry(Entry):
    """`digits` are those before the point of its totaliser."""

    number: Number
    tank: Number
    digits: Annotated[int, whole(5, 9)] = 7


class PumpEntry(Entry):
    number: Number
    nozzles: list[NozzleEntry]


class StationEntry(Entry):
    key: Key
    number: StationNumber
    name: Name
    region: Name
    at: Annotated[tuple[int, int], BeforeValidator(_degrees)]
    tanks: list[TankEntry] = Field(default_factory=list)
    pumps: list[PumpEntry] = Field(default_factory=list)

    @property
    def id(self) -> uuid.UUID:
        return id_of(self.reading.tenant_id, "fuel_station", self.key)

    @property
    def nozzles(self) -> list[tuple[int, NozzleEntry]]:
        """All of them, each with its pump's number."""
        return [(pump.number, nozzle) for pump in self.pumps for nozzle in pump.nozzles]

    @property
    def charts(self) -> list[tuple[str, Wanted]]:
        """What the tanks begin with, each with the tank's name."""
        return [
            (f"{self.key} {one.number}", one.chart.wanted(tank_id(self.id, one.number)))
            for one in self.tanks
            if one.chart is not None
        ]

    def row(self, dealer_id: uuid.UUID | None) -> StationRow:
        tanks = tuple((one.number, one.product, one.capacity_l) for one in self.tanks)
        nozzles = tuple((one.number, pump, one.tank, one.digits) for pump, one in self.nozzles)
        return StationRow(
            *(self.number, self.name, self.region, *self.at, dealer_id),
            tanks=tuple(sorted(tanks)),
            nozzles=tuple(sorted(nozzles)),
        )


class StationMarginEntry(Entry):
    number: StationNumber
    dealer: dict[str, Margin]


class MarginsEntry(Entry):
    """A table of margins from a day on."""

    valid_from: Moment
    approved_by: Text
    marketer: dict[str, Margin]
    dealer: dict[str, Margin]
    stations: list[StationMarginEntry] = Field(default_factory=list)
    round_to: Amount = 1

    @property
    def id(self) -> uuid.UUID:
        return id_of(self.reading.tenant_id, "fuel_tariff", self.valid_from.isoformat())

    @property
    def tariff(self) -> Tariff:
        return Tariff(
            marketers_margin=self.marketer,
            dealers_margin=self.dealer,
            by_station={one.number: one.dealer for one in self.stations},
            round_to_minor=self.round_to,
        )

    @property
    def row(self) -> tuple[Any, ...]:
        return (self.tariff.to_data(), self.valid_from, self.approved_by)


class PriceEntry(Entry):
    """A product's build-up, in whole units of the currency a litre or kilogram."""

    product: Key
    ex_refinery: Margin
    ex_refinery_floor: Margin
    lines: dict[str, Margin]


class PricesEntry(Entry):
    """The prices of the window that a day is in."""

    window: Annotated[date, BeforeValidator(_day)]
    submission: Text
    products: list[PriceEntry]

    def proposed(self, said: "FuelEntry") -> Proposed:
        units = {one.key: one.unit for one in said.products}
        margins = margins_of(said.margins, self.window).marketer
        return Proposed(
            *(Window.of(self.window), "", self.submission),
            tuple(
                BuildUp(
                    *(one.product, units[one.product], one.ex_refinery, one.ex_refinery_floor),
                    (
                        *(
                            PriceLine(code, code.replace("_", " "), Part.LINE.value, amount)
                            for code, amount in one.lines.items()
                        ),
                        marketers_line(margins[one.product]),
                    ),
                )
                for one in self.products
            ),
        )


def margins_of(margins: list[MarginsEntry], day: date) -> MarginsEntry:
    """The table that holds on a day; the oldest before that."""
    tables = sorted(margins, key=lambda table: table.valid_from)
    return max(
        (table for table in tables if table.valid_from.date() <= day),
        key=lambda table: table.valid_from,
        default=tables[0],
    )


class FuelEntry(Entry):
    """The whole file."""

    products: list[ProductEntry] = Field(default_factory=list)
    stations: list[StationEntry] = Field(default_factory=list)
    margins: list[MarginsEntry] = Field(default_factory=list)
    prices: list[PricesEntry] = Field(default_factory=list)
    points: list[PointsEntry] = Field(default_factory=list)
    stock_limits: list[LimitsEntry] = Field(default_factory=list)


class DealerEntry(Entry):
    stations: list[Key]


class AttendantEntry(Entry):
    station: Key


class AtAStation(PersonPart):
    """A person who may run stations, or work at one; each is a role, too."""

    dealer: DealerEntry | None = None
    attendant: AttendantEntry | None = None

    def more_roles(self) -> frozenset[str]:
        own = {DEALER: self.dealer, ATTENDANT: self.attendant}
        return super().more_roles() | {role for role, entry in own.items() if entry}
