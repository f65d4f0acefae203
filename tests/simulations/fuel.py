"""A month of fuel stations: shifts, meters, dips by two, deliveries, and losses that were planted.

Everything is drawn from a seed. What is really in a tank is a number of the simulation's own; the
stations know only what their sticks and meters say. Each day's alarms are told on that day, as
`piga cron` does. At the end every planted loss must have been found as what it is, and no other.
"""

import math
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import orjson

from core.db.database import Database
from core.fuel import deliveries, dips, kept_charts, over_short, publishing, shifts, stock_days
from core.fuel.charts import Chart
from core.fuel.kept_charts import Wanted
from core.fuel.price_window import Window
from core.fuel.prices import Publication
from core.fuel.shifts import Counted
from core.fuel.station_rows import StationRow, tank_id, write_station
from core.fuel.tariffs import Tariff
from tests.support.history_of_fuel import wanted
from tests.support.tenants import CURRENCY, KEYS, KIGALI, Tenant
from values import clock
from values.ids import uuid7

RADIUS_M, LENGTH_M, DEPTH_MM = 1.25, 6.112, 2_500
LEAK_L, THEFT_L, SHORT_L, TICKET_L = 30, 450, 350, 13_500
LOW_L: Final = 9_000
PRODUCTS: Final = ("premium", "gasoil")
KINDS: Final = {"leak": "slow_trend", "theft": "sudden", "short delivery": "delivery"}
SHORT_MINOR: Final = 50_000


def volume_l(mm: float) -> float:
    """Of a lying cylinder with flat ends."""
    height = mm / 1_000
    segment = RADIUS_M**2 * math.acos((RADIUS_M - height) / RADIUS_M)
    segment -= (RADIUS_M - height) * math.sqrt(2 * RADIUS_M * height - height**2)
    return LENGTH_M * segment * 1_000


CHART: Final = Chart(
    tuple((Decimal(mm), Decimal(f"{volume_l(mm):.2f}")) for mm in range(20, DEPTH_MM + 1, 20))
)


@dataclass
class Tank:
    """What is really in it, and what its nozzle says."""

    id: uuid.UUID
    lot: random.Random
    plant: str
    bad_day: int
    litres: float = 18_000.0
    totaliser_cl: int = 0
    is_planted: bool = False

    def sells(self, litres: float) -> None:
        """The meter is right within half per mille."""
        self.litres -= litres
        self.totaliser_cl += round(litres * self.lot.uniform(0.9995, 1.0005) * 100)

    def stick_mm(self) -> Decimal:
        """As somebody reads it: within a millimetre."""
        low, high = 20.0, float(DEPTH_MM)
        while high - low > 0.01:
            middle = (low + high) / 2
            low, high = (middle, high) if volume_l(middle) < self.litres else (low, middle)
        return Decimal(round(low + self.lot.uniform(-0.5, 0.5)))


@dataclass
class Station:
    id: uuid.UUID
    dealer_id: uuid.UUID
    attendant_id: uuid.UUID
    tanks: list[Tank]


@dataclass
class Month:
    """What was planted and what was found, by kind; sums that must agree."""

    planted: dict[tuple[str, uuid.UUID], int] = field(default_factory=dict)
    found: dict[tuple[str, uuid.UUID], int] = field(default_factory=dict)
    stations: int = 0
    days: int = 0
    shifts: int = 0
    dips: int = 0
    deliveries: int = 0
    metered_cl: int = 0
    sold_cl: int = 0
    short_planted_minor: int = 0
    short_found_minor: int = 0
    seconds: float = 0.0

    @property
    def missed(self) -> set[tuple[str, uuid.UUID]]:
        return self.planted.keys() - self.found.keys()

    @property
    def false(self) -> set[tuple[str, uuid.UUID]]:
        return self.found.keys() - self.planted.keys()

    def rows(self) -> Iterator[tuple[str, str]]:
        yield "shifts, dips, deliveries", f"{self.shifts:,}, {self.dips:,}, {self.deliveries:,}"
        for name, kind in KINDS.items():
            planted = [key for key in self.planted if key[0] == kind]
            found = [key for key in planted if key in self.found]
            late = sum(self.found[key] - self.planted[key] for key in found)
            mean = f", after {late / len(found):.1f} days" if found else ""
            yield f"{name}: planted, found as {kind}", f"{len(planted)}, {len(found)}{mean}"
        kinds = sorted(f"{kind} on day {self.found[kind, tank] + 1}" for kind, tank in self.false)
        yield "alarms without a loss", "; ".join([str(len(kinds)), *kinds])
        yield (
            "litres by meters, by books",
            f"{self.metered_cl / 100:,.2f}, {self.sold_cl / 100:,.2f}",
        )
        yield (
            "short by attendants: planted, found",
            f"{self.short_planted_minor:,}, {self.short_found_minor:,}",
        )


def simulate(tenant: Tenant, *, stations: int, seed: int, days: int = 31) -> Month:
    """Run the days before today's month."""
    began = time.monotonic()
    lot = random.Random(seed)
    first = stock_days.first_of(clock.now(KIGALI).date() - timedelta(days=60))
    midnight = datetime(first.year, first.month, first.day, tzinfo=KIGALI)
    run = _Run(tenant, lot, midnight, _built(tenant, lot, stations, midnight))
    days = min(days, (stock_days.next_month(first) - first).days)
    month = run.month
    month.stations, month.days = stations, days
    with closing(Database(tenant.urls.relay_url)) as relay:
        for day in range(days):
            run.one_day(day)
            stock_days.reckon_due(tenant.database, relay)
            run.look(day)
    run.add_up()
    month.seconds = time.monotonic() - began
    return month


def _built(tenant: Tenant, lot: random.Random, count: int, midnight: datetime) -> list[Station]:
    plants = [*KINDS, *KINDS, *KINDS]
    numbers = lot.sample(range(count * len(PRODUCTS)), min(len(plants), count))
    planted = dict(zip(numbers, plants, strict=False))
    terms = Tariff({}, dict.fromkeys(PRODUCTS, Decimal(45)), {}, 1).to_data()
    since = midnight - timedelta(days=40)
    found = []
    with tenant.tx() as tx:
        for position, product in enumerate(PRODUCTS, start=1):
            tx.execute(
                "INSERT INTO fuel_product (tenant_id, key, name, unit, position)"
                " VALUES (current_tenant(), %s, %s, 'litre', %s)",
                (product, product.title(), position),
            )
        tx.execute(
            "INSERT INTO fuel_tariff (tenant_id, id, terms, valid_from, approved_by)"
            " VALUES (current_tenant(), %s, %s, %s, 'Board')",
            (uuid7(), orjson.dumps(terms).decode(), since),
        )
        publication = Publication(uuid7(), since, CURRENCY)
        publishing.write(tx, publication, wanted(Window.of(since.date())), None)
    for number in range(count):
        dealer_id, attendant_id = tenant.person(), tenant.person()
        station_id = uuid7()
        tanks = tuple((tank, product, 30_000) for tank, product in enumerate(PRODUCTS, start=1))
        nozzles = tuple((tank, 1, tank, 7) for tank, _, _ in tanks)
        row = StationRow(
            *(1_001 + number, f"Station {number + 1}", "Kigali", -19_583_000, 301_115_000),
            *(dealer_id, tanks, nozzles),
        )
        with tenant.tx() as tx:
            write_station(station_id, row, tx)
            tx.execute(
                "INSERT INTO fuel_attendant (tenant_id, subscriber_id, station_id)"
                " VALUES (current_tenant(), %s, %s)",
                (attendant_id, station_id),
            )
            made = []
            for tank, _, _ in tanks:
                id = tank_id(station_id, tank)
                kept_charts.write(tx, Wanted(id, "RSB", since.date(), CHART, "c" * 64), None)
                plant = planted.get(number * len(PRODUCTS) + tank - 1, "")
                made.append(Tank(id, random.Random(lot.random()), plant, lot.randrange(6, 22)))
        found.append(Station(station_id, dealer_id, attendant_id, made))
    return found


class _Run:
    def __init__(
        self, tenant: Tenant, lot: random.Random, midnight: datetime, stations: list[Station]
    ) -> None:
        self.tenant, self.lot, self.midnight, self.stations = tenant, lot, midnight, stations
        self.month = Month()
        self.began = clock.now() - timedelta(minutes=1)

    def change(self, do: Callable[..., object], *given: object, **named: object) -> None:
        with self.tenant.tx() as tx:
            do(tx, *given, **named)

    def happened(self, table: str, column: str, at: datetime) -> None:
        """What was written just now was written then."""
        self.tenant.admin.execute(
            f"UPDATE {table} SET {column} = %s WHERE {column} > %s", (at, self.began)
        )

    def one_day(self, day: int) -> None:
        at = self.midnight + timedelta(days=day)
        for one in self.stations:
            self.change(
                shifts.begin,
                attendant_id=one.attendant_id,
                pump=1,
                totalisers_cl=[tank.totaliser_cl for tank in one.tanks],
                at=at,
            )
        self.happened("fuel_shift", "opened_at", at + timedelta(hours=6))
        self.happened("fuel_reading", "at", at + timedelta(hours=6))
        for one in self.stations:
            for tank in one.tanks:
                self._tank_day(one, tank, day)
        self.happened("fuel_delivery", "received_at", at + timedelta(hours=12))
        for one in self.stations:
            self._close(one, at + timedelta(hours=21))
        self.happened("fuel_reading", "at", at + timedelta(hours=21))
        for one in self.stations:
            for tank in one.tanks:
                self._dip(one, tank)
        self.happened("fuel_dip", "dipped_at", at + timedelta(hours=22))

    def _tank_day(self, station: Station, tank: Tank, day: int) -> None:
        sold = tank.lot.uniform(2_000, 3_500)
        tank.sells(sold / 2)
        if tank.litres < LOW_L + sold:
            self._delivery(station, tank, day)
        tank.sells(sold / 2)
        if day == 0:
            return  # the first dip is the opening stock
        if tank.plant == "leak":
            tank.litres -= LEAK_L
            self._plant("slow_trend", tank, 1)
        if tank.plant == "theft" and day == tank.bad_day:
            tank.litres -= THEFT_L
            self._plant("sudden", tank, day)

    def _plant(self, kind: str, tank: Tank, day: int) -> None:
        self.month.planted.setdefault((kind, tank.id), day)

    def _delivery(self, station: Station, tank: Tank, day: int) -> None:
        before = tank.stick_mm()
        tank.litres += TICKET_L
        if tank.plant == "short delivery" and day >= tank.bad_day and not tank.is_planted:
            tank.is_planted = True
            tank.litres -= SHORT_L
            self._plant("delivery", tank, day)
        self.month.deliveries += 1
        self.change(
            deliveries.receive,
            tank_id=tank.id,
            person_id=station.attendant_id,
            waybill=f"WB-{self.month.deliveries}",
            seals="1",
            ticket_cl=TICKET_L * 100,
            before_mm=before,
            after_mm=tank.stick_mm(),
            sold_cl=0,
        )

    def _close(self, station: Station, at: datetime) -> None:
        totalisers = [tank.totaliser_cl for tank in station.tanks]
        with self.tenant.tx() as tx:
            shift = shifts.require_open(tx, station.attendant_id)
            due = shifts.reckon(tx, shift, totalisers, at).expected_minor
            short = SHORT_MINOR if self.lot.random() < 0.05 else 0
            counted = Counted(due - short, 0, 0, 0)
            shifts.end(tx, KEYS, shift=shift, totalisers_cl=totalisers, counted=counted, at=at)
        self.month.shifts += 1
        self.month.short_planted_minor += short

    def _dip(self, station: Station, tank: Tank) -> None:
        with self.tenant.tx() as tx:
            measured = dips.measure(tx, tank.id, tank.stick_mm())
            dip_id = dips.enter(
                tx, tank_id=tank.id, person_id=station.attendant_id, measured=measured
            )
        self.change(dips.confirm, dip_id=dip_id, person_id=station.dealer_id)
        self.month.dips += 1

    def look(self, day: int) -> None:
        """What was told by now."""
        rows = self.tenant.admin.execute("SELECT kind, tank_id FROM fuel_stock_alarm").fetchall()
        for kind, tank in rows:
            self.month.found.setdefault((kind, tank), day)

    def add_up(self) -> None:
        month, first = self.month, self.midnight.date()
        # The opening dip of the first day stands after that day's sales.
        month.metered_cl = self.tenant.number(
            "SELECT sum(sold_cl + gap_cl) FROM fuel_reading WHERE at > %s",
            self.midnight + timedelta(hours=22),
        )
        with self.tenant.tx() as tx:
            listed = stock_days.listed(tx, first, stock_days.next_month(first))
            ended = over_short.ended(
                tx, self.midnight, self.midnight + timedelta(days=month.days + 1)
            )
        month.sold_cl = sum(one.sold_cl for one in listed)
        month.short_found_minor = -sum(over_short.by_attendant(ended).values())
