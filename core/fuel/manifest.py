"""fuel.yaml: products, stations with their tanks and pumps, margins; and who of people.yaml is a
dealer or an attendant.

    products:
      - {key: premium, name: Petrol, unit: litre}
    stations:
      - key: osu
        number: 101
        name: Osu
        region: Greater Accra
        at: "5.5560, -0.1826"
        tanks: [{number: 1, product: premium, capacity_l: 30000}]
        pumps: [{number: 1, nozzles: [{number: 1, tank: 1}]}]
    margins:
      - valid_from: 2026-01-01
        approved_by: Management of 1 December 2025
        marketer: {premium: 0.5500}
        dealer: {premium: 0.3000}
        stations: [{number: 101, dealer: {premium: 0.3200}}]
        round_to: 0.01
    prices:
      - window: 2026-11-16
        submission: Letter of 13 November 2026
        products:
          - product: premium
            ex_refinery: 9.40
            ex_refinery_floor: 9.04
            lines: {road_fund_levy: 0.48, uppf: 0.90}

`prices` are those that the tenant begins with, written once; newer ones are published by two.
`points` (`manifest_points.py`) says what fuel earns, `stock_limits` (`manifest_stock.py`) what
passes between a tank's book and its dips.
What is taken out of the file stays: a station's number is for life, and what was sold there too.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, time
from functools import partial
from typing import Any, Final

from pydantic import TypeAdapter

from core.db.database import Tx
from core.fuel import publishing
from core.fuel.build_up import Proposed, below_floor
from core.fuel.manifest_entries import (
    ATTENDANT,
    DEALER,
    AtAStation,
    FuelEntry,
    MarginsEntry,
    ProductEntry,
    StationEntry,
    margins_of,
)
from core.fuel.manifest_points import changes_of_points, check_points
from core.fuel.manifest_stock import changes_of_charts, changes_of_limits, check_limits
from core.fuel.prices import Publication
from core.fuel.sales import OPERATION
from core.fuel.station_rows import known_stations, write_station
from core.manifest.changes import Change, Site, Stage
from core.manifest.faults import FolderFaults
from core.manifest.section import PricedOperation, Reading, Role, Section
from core.manifest.tenant import to_json
from core.people.manifest import PEOPLE, PersonEntry
from values.currencies import minor_digits
from values.ids import uuid7

STATIONS_MAXIMUM: Final = 2_000


def _part(person: PersonEntry) -> AtAStation:
    return person.part(AtAStation)


def _adapter(_reading: Reading) -> TypeAdapter[FuelEntry]:
    return TypeAdapter(FuelEntry)


def _check(reading: Reading) -> None:
    said = reading.of(FUEL)
    assert said is not None
    products = [one.key for one in said.products]
    for number, one in enumerate(said.products):
        if products.index(one.key) != number:
            one.place("key").fault("this key stands here twice")
    if len(said.stations) > STATIONS_MAXIMUM:
        said.place("stations").fault(f"at most {STATIONS_MAXIMUM} stations")
    keys: set[str] = set()
    numbers: set[int] = set()
    for station in said.stations:
        if station.key in keys:
            station.place("key").fault("this key stands here twice")
        if station.number in numbers:
            station.place("number").fault("this number stands here twice")
        keys.add(station.key)
        numbers.add(station.number)
        _check_station(station, products)
    _check_margins(said, products, numbers)
    check_points(said.points, products)
    check_limits(said.stock_limits)
    if not reading.faults:
        _check_prices(said)
    _check_people(reading, keys)


def _check_prices(said: FuelEntry) -> None:
    """What the tenant begins with is worth at least the floor, at every pump."""
    products = {one.key for one in said.products}
    for prices in said.prices:
        for number, one in enumerate(prices.products):
            if one.product not in products:
                prices.place("products", number, "product").fault("there is no such product")
                return
        table = margins_of(said.margins, prices.window) if said.margins else None
        if table is None or any(one.product not in table.marketer for one in prices.products):
            prices.place("products").fault("margins has no marketer's margin of one of these")
            return
        sold = {
            station.number: sorted({tank.product for tank in station.tanks})
            for station in said.stations
        }
        digits = minor_digits(said.reading.currency)
        wanted = prices.proposed(said)
        for fault in below_floor(wanted.products, sold, table.tariff, digits):
            prices.place("products").fault(fault)


def _check_station(station: StationEntry, products: list[str]) -> None:
    tanks: set[int] = set()
    for tank in station.tanks:
        if tank.number in tanks:
            tank.place("number").fault("this tank stands here twice")
        if tank.product not in products:
            tank.place("product").fault("there is no such product")
        tanks.add(tank.number)
    nozzles: set[int] = set()
    for _, nozzle in station.nozzles:
        if nozzle.number in nozzles:
            nozzle.place("number").fault("this nozzle stands here twice: they count by station")
        if nozzle.tank not in tanks:
            nozzle.place("tank").fault("there is no such tank")
        nozzles.add(nozzle.number)


def _check_margins(said: FuelEntry, products: list[str], numbers: set[int]) -> None:
    froms = [table.valid_from for table in said.margins]
    for number, table in enumerate(said.margins):
        if froms.index(table.valid_from) != number:
            table.place().fault("a table from this day stands here twice")
        if table.round_to == 0:
            table.place("round_to").fault("at least one unit")
        for name in ("marketer", "dealer"):
            for product in getattr(table, name).keys() - set(products):
                table.place(name, product).fault("there is no such product")
        for one in table.stations:
            if one.number not in numbers:
                one.place("number").fault("there is no such station")
            for product in one.dealer.keys() - set(products):
                one.place("dealer", product).fault("there is no such product")


def _check_people(reading: Reading, keys: set[str]) -> None:
    dealers: set[str] = set()
    for person in reading.of(PEOPLE) or []:
        part = _part(person)
        for role, entry in ((DEALER, part.dealer), (ATTENDANT, part.attendant)):
            if role in person.roles and entry is None:
                person.place("roles").fault(f"the role {role} needs the field {role}")
        if part.attendant is not None and part.attendant.station not in keys:
            part.attendant.place("station").fault("there is no such station")
        for number, key in enumerate(part.dealer.stations if part.dealer else []):
            assert part.dealer is not None
            if key not in keys:
                part.dealer.place("stations", number).fault("there is no such station")
            elif key in dealers:
                part.dealer.place("stations", number).fault("another dealer has this station")
            dealers.add(key)


def _changes(site: Site) -> Iterator[Change]:
    said = site.manifest.of(FUEL)
    yield from _changes_of_products(site, said.products)
    yield from _changes_of_margins(site, said.margins)
    yield from changes_of_points(site, said.points)
    yield from changes_of_limits(site, said.stock_limits)
    people = site.manifest.of(PEOPLE)
    dealers = {
        key: person.id
        for person in people
        if (dealer := _part(person).dealer) is not None
        for key in dealer.stations
    }
    known = known_stations(site.tx)
    for station in said.stations:
        row = station.row(dealers.get(station.key))
        if known.get(station.id) != row:
            verb = "changed" if station.id in known else "added"
            write = partial(write_station, station.id, row)
            yield Change(verb, "stations", station.key, write, Stage.PEOPLE)
    yield from changes_of_charts(site, [chart for one in said.stations for chart in one.charts])
    yield from _changes_of_prices(site, said)
    yield from _changes_of_attendants(site, people, {one.key: one.id for one in said.stations})


def _changes_of_products(site: Site, products: list[ProductEntry]) -> Iterator[Change]:
    rows = site.tx.all(
        "SELECT key, name, unit, position FROM fuel_product WHERE tenant_id = current_tenant()"
    )
    known = {key: tuple(rest) for key, *rest in rows}
    for position, one in enumerate(products, start=1):
        row = (one.name, one.unit, position)
        if known.get(one.key) != row:
            verb = "changed" if one.key in known else "added"
            write = partial(_write_product, one.key, row)
            yield Change(verb, "fuel products", one.key, write, Stage.CONFIGURATION)


def _write_product(key: str, row: tuple[Any, ...], tx: Tx) -> None:
    tx.execute(
        "INSERT INTO fuel_product (tenant_id, key, name, unit, position)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT (tenant_id, key)"
        " DO UPDATE SET name = excluded.name, unit = excluded.unit, position = excluded.position",
        (key, *row),
    )


def _changes_of_margins(site: Site, margins: list[MarginsEntry]) -> Iterator[Change]:
    rows = site.tx.all(
        "SELECT id, terms, valid_from, approved_by FROM fuel_tariff"
        " WHERE tenant_id = current_tenant()"
    )
    known = {id: tuple(rest) for id, *rest in rows}
    _require_no_published_price_changes(site, [t for t in margins if known.get(t.id) != t.row])
    for table in margins:
        if known.get(table.id) != table.row:
            verb = "changed" if table.id in known else "added"
            write = partial(_write_margins, table)
            name = f"{table.valid_from:%Y-%m-%d}"
            yield Change(verb, "margins", name, write, Stage.CONFIGURATION)


def _require_no_published_price_changes(site: Site, tables: list[MarginsEntry]) -> None:
    """A price at the pump is worked out by the table of the day that it begins: one from such a day
    would change what was published. Raises FolderFaults."""
    row = site.tx.one(
        "SELECT max(valid_from) FROM fuel_publication WHERE tenant_id = current_tenant()"
    )
    if row is None or row[0] is None:
        return
    newest: datetime = row[0]
    late = [table for table in tables if table.valid_from <= newest]
    for table in late:
        since = newest.astimezone(site.manifest.reading.zone)
        table.place("valid_from").fault(
            f"prices from {since:%Y-%m-%d %H:%M} on are published:"
            " write another table, from a later time"
        )
    if late:
        raise FolderFaults(site.manifest.faults.found)


def _write_margins(table: MarginsEntry, tx: Tx) -> None:
    terms, *dated = table.row
    tx.execute(
        "INSERT INTO fuel_tariff (tenant_id, id, terms, valid_from, approved_by)"
        " VALUES (current_tenant(), %s, %s, %s, %s) ON CONFLICT (tenant_id, id)"
        " DO UPDATE SET terms = excluded.terms, approved_by = excluded.approved_by",
        (table.id, to_json(terms), *dated),
    )


def _changes_of_prices(site: Site, said: FuelEntry) -> Iterator[Change]:
    """Those of the folder, each once."""
    rows = site.tx.all(
        "SELECT window_first FROM fuel_publication WHERE tenant_id = current_tenant()"
    )
    known = {first for (first,) in rows}
    for prices in said.prices:
        wanted = prices.proposed(said)
        if wanted.window.first not in known:
            begins = datetime.combine(wanted.window.first, time(), said.reading.zone)
            publication = Publication(uuid7(), begins, said.reading.currency)
            write = partial(_write_prices, publication, wanted)
            yield Change("added", "fuel prices", str(wanted.window.first), write, Stage.PEOPLE)


def _write_prices(publication: Publication, wanted: Proposed, tx: Tx) -> None:
    publishing.write(tx, publication, wanted, None)


def _changes_of_attendants(
    site: Site, people: list[PersonEntry], stations: dict[str, uuid.UUID]
) -> Iterator[Change]:
    rows = site.tx.all(
        "SELECT subscriber_id, station_id FROM fuel_attendant WHERE tenant_id = current_tenant()"
    )
    known: dict[uuid.UUID, uuid.UUID] = dict(rows)
    for person in people:
        attendant = _part(person).attendant
        if attendant is None:
            continue
        station_id = stations[attendant.station]
        if known.get(person.id) != station_id:
            verb = "changed" if person.id in known else "added"
            write = partial(_write_attendant, person.id, station_id)
            yield Change(verb, "attendants", person.key, write, Stage.PEOPLE)


def _write_attendant(person_id: uuid.UUID, station_id: uuid.UUID, tx: Tx) -> None:
    tx.execute(
        "INSERT INTO fuel_attendant (tenant_id, subscriber_id, station_id)"
        " VALUES (current_tenant(), %s, %s) ON CONFLICT (tenant_id, subscriber_id)"
        " DO UPDATE SET station_id = excluded.station_id",
        (person_id, station_id),
    )


FUEL: Section[FuelEntry] = Section(
    name="fuel",
    file="fuel.yaml",
    adapter=_adapter,
    empty=FuelEntry,
    extends={"person": AtAStation},
    roles=(Role(DEALER), Role(ATTENDANT)),
    operations=(PricedOperation(OPERATION, limits=("day_maximum",)),),
    check=_check,
    changes=_changes,
)
