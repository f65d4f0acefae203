"""rides.yaml: stops and fares; and who of people.yaml is a driver.

    stops:
      - {key: nyabugogo, name: Nyabugogo, at: "-1.9397, 30.0446"}
    fares:
      - valid_from: 2026-01-01
        approved_by: RURA, tariff of 22 August 2022
        base: 400
        includes_m: 2000
        per_km: [{from_m: 2000, fare: 117}, {from_m: 40000, fare: 205}]

A stop's number is given when it is added, in the order of the file, and is for life; a stop that is
taken out of the file stays, since people have learnt its number.
"""

import uuid
from collections.abc import Iterator
from datetime import date, time
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter

from core.db.database import Tx
from core.manifest.changes import Change, Site, Stage
from core.manifest.entry import Entry, wrong
from core.manifest.ids import id_of
from core.manifest.section import Reading, Role, Section
from core.manifest.tenant import to_json
from core.manifest.values import Amount, Key, Moment, Name, Text, decimal, matching, whole
from core.people.manifest import PEOPLE, PersonEntry, PersonPart
from core.places import places
from core.places.reading import Reading as PlacesReading
from core.places.reading import Stop
from core.rides import papers
from core.rides.fares import Night, Tariff
from core.rides.papers import DRIVER

STOPS_MAXIMUM: Final = 2_000
_E7: Final = 7


def _factor(value: Any) -> Fraction:
    """A factor for the road, with two decimals."""
    return Fraction(decimal(value, 2, 500, 100), 100)


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong("a date such as 2026-01-31 is needed here") from None


def _clock_time(value: Any) -> time:
    try:
        return time.fromisoformat(value)
    except (TypeError, ValueError):
        raise wrong("a time such as 22:00 is needed here") from None


def _degrees(value: Any) -> tuple[int, int]:
    """Latitude and longitude, in ten millionths."""
    parts = str(value).split(",")
    if len(parts) != 2:
        raise wrong("latitude and longitude are needed here, such as -1.9397, 30.0446")
    north = decimal(parts[0].strip(), _E7, 90 * 10**_E7, -90 * 10**_E7)
    east = decimal(parts[1].strip(), _E7, 180 * 10**_E7, -180 * 10**_E7)
    if north == 0 and east == 0:
        raise wrong("0, 0 is in the sea")
    return north, east


Day = Annotated[date, BeforeValidator(_day)]
ClockTime = Annotated[time, BeforeValidator(_clock_time)]


class StopEntry(Entry):
    key: Key
    name: Name
    at: Annotated[tuple[int, int], BeforeValidator(_degrees)]

    @property
    def stop(self) -> Stop:
        return Stop(self.key, self.name, *self.at)


class BandEntry(Entry):
    """What each kilometre costs from so many metres on."""

    from_m: Annotated[int, whole(0, 10**6)]
    fare: Amount


class WaitingEntry(Entry):
    free_minutes: Annotated[int, whole(0, 120)]
    per_minute: Amount


class NightEntry(Entry):
    begins: ClockTime
    ends: ClockTime
    percent: Annotated[int, whole(0, 200)]


class CancellationEntry(Entry):
    fee: Amount
    after_s: Annotated[int, whole(0, 3600)]


def _bands(bands: list[BandEntry]) -> list[BandEntry]:
    if not bands or any(after.from_m <= one.from_m for one, after in pairwise(bands)):
        raise wrong("one band or more, each from farther than the one before")
    return bands


class FareEntry(Entry):
    """A table of fares from a day on."""

    valid_from: Moment
    valid_to: Moment | None = None
    approved_by: Text
    base: Amount
    includes_m: Annotated[int, whole(0, 10**5)]
    per_km: Annotated[list[BandEntry], AfterValidator(_bands)]
    round_to: Amount = 1
    road_factor: Annotated[Fraction, BeforeValidator(_factor)] = Fraction(13, 10)
    waiting: WaitingEntry | None = None
    night: NightEntry | None = None
    cancellation: CancellationEntry | None = None
    commission_percent: Annotated[int, whole(0, 50)] = 0
    vat_percent: Annotated[int, whole(0, 50)] = 0
    honoured_minutes: Annotated[int, whole(1, 60)] = 10
    maximum_km: Annotated[int, whole(1, 1000)] = 100

    @property
    def id(self) -> uuid.UUID:
        return id_of(self.reading.tenant_id, "ride_tariff", self.valid_from.isoformat())

    @property
    def tariff(self) -> Tariff:
        waiting, night, cancellation = self.waiting, self.night, self.cancellation
        return Tariff(
            base_minor=self.base,
            includes_m=self.includes_m,
            bands=tuple((one.from_m, one.fare) for one in self.per_km),
            round_to_minor=self.round_to,
            road_factor=self.road_factor,
            waiting_minor=waiting.per_minute if waiting else 0,
            waiting_free_minutes=waiting.free_minutes if waiting else 0,
            night=Night(night.begins, night.ends, night.percent) if night else None,
            cancellation_minor=cancellation.fee if cancellation else 0,
            cancellation_after_s=cancellation.after_s if cancellation else 0,
            commission_percent=self.commission_percent,
            vat_percent=self.vat_percent,
            honoured_minutes=self.honoured_minutes,
            maximum_m=self.maximum_km * 1_000,
        )

    @property
    def row(self) -> tuple[Any, ...]:
        return (self.tariff.to_data(), self.valid_from, self.valid_to, self.approved_by)


class RidesEntry(Entry):
    """The whole file."""

    stops: list[StopEntry] = Field(default_factory=list)
    fares: list[FareEntry] = Field(default_factory=list)


class DriverEntry(Entry):
    """A driver's papers."""

    plate: Annotated[Text, matching(papers.PLATE, "a plate such as RD 123 B")]
    licence: Name
    licence_until: Day
    insurance_until: Day

    @property
    def row(self) -> tuple[Any, ...]:
        return (self.plate, self.licence, self.licence_until, self.insurance_until)


class MaybeDriver(PersonPart):
    """A person who may be a driver; that is a role, too."""

    driver: DriverEntry | None = None

    def more_roles(self) -> frozenset[str]:
        return super().more_roles() | ({DRIVER} if self.driver else set())


def _driver_of(person: PersonEntry) -> DriverEntry | None:
    return person.part(MaybeDriver).driver


def _adapter(_reading: Reading) -> TypeAdapter[RidesEntry]:
    return TypeAdapter(RidesEntry)


def _check(reading: Reading) -> None:
    said = reading.of(RIDES)
    assert said is not None
    keys = [stop.key for stop in said.stops]
    for number, stop in enumerate(said.stops):
        if keys.index(stop.key) != number:
            stop.place("key").fault("this key stands here twice")
    if len(keys) > STOPS_MAXIMUM:
        said.place("stops").fault(f"at most {STOPS_MAXIMUM} stops; load more with places load")
    froms = [table.valid_from for table in said.fares]
    for number, table in enumerate(said.fares):
        if froms.index(table.valid_from) != number:
            table.place().fault("a table from this day stands here twice")
        if table.per_km[0].from_m != table.includes_m:
            table.place("per_km").fault("the first band is from includes_m on")
        if table.round_to == 0:
            table.place("round_to").fault("at least one unit")
    plates: set[str] = set()
    for person in reading.of(PEOPLE) or []:
        driver = _driver_of(person)
        if driver is None:
            if DRIVER in person.roles:
                person.place("roles").fault(
                    "a driver needs the field driver, with plate and papers"
                )
            continue
        if driver.plate in plates:
            driver.place("plate").fault("this plate stands here twice")
        plates.add(driver.plate)


def _changes(site: Site) -> Iterator[Change]:
    said = site.manifest.of(RIDES)
    yield from _changes_of_stops(site, said.stops)
    yield from _changes_of_fares(site, said.fares)
    known = {
        id: tuple(rest)
        for id, *rest in site.tx.all(
            "SELECT subscriber_id, plate, licence, licence_until, insurance_until FROM driver"
            " WHERE tenant_id = current_tenant()"
        )
    }
    accepted = {
        id
        for (id,) in site.tx.all(
            "SELECT subscriber_id FROM driver_papers WHERE tenant_id = current_tenant()"
            " AND state = 'accepted'"
        )
    }
    owners = {plate: id for id, (plate, *_) in known.items()}
    for person in site.manifest.of(PEOPLE):
        driver = _driver_of(person)
        if driver is None:
            continue
        if owners.get(driver.plate, person.id) != person.id:
            driver.place("plate").fault("another driver has this plate")
        # What staff accepted stays beside the folder, which knew it no sooner.
        if person.id not in accepted and known.get(person.id) != driver.row:
            verb = "changed" if person.id in known else "added"
            write = partial(_write_driver, person.id, driver)
            yield Change(verb, "drivers", person.key, write, Stage.PEOPLE)


def _changes_of_stops(site: Site, stops: list[StopEntry]) -> Iterator[Change]:
    known = {
        key: tuple(rest)
        for key, *rest in site.tx.all(
            "SELECT source_key, path[cardinality(path)], latitude_e7, longitude_e7 FROM place"
            " WHERE tenant_id = current_tenant() AND kind = 'stop'"
        )
    }
    for stop in stops:
        if known.get(stop.key) != (stop.name, *stop.at):
            verb = "changed" if stop.key in known else "added"
            write = partial(_write_stop, stop.stop)
            yield Change(verb, "stops", stop.key, write, Stage.PEOPLE)


def _changes_of_fares(site: Site, fares: list[FareEntry]) -> Iterator[Change]:
    known = {
        valid_from: (terms, valid_from, *rest)
        for terms, valid_from, *rest in site.tx.all(
            "SELECT terms, valid_from, valid_to, approved_by FROM ride_tariff"
            " WHERE tenant_id = current_tenant()"
        )
    }
    for table in fares:
        if known.get(table.valid_from) != table.row:
            verb = "changed" if table.valid_from in known else "added"
            name = f"{table.valid_from:%Y-%m-%d}"
            write = partial(_write_fare, table)
            yield Change(verb, "fares", name, write, Stage.CONFIGURATION)


def _write_stop(stop: Stop, tx: Tx) -> None:
    places.keep(tx, PlacesReading(stops=[stop]))


def _write_fare(table: FareEntry, tx: Tx) -> None:
    terms, *dated = table.row
    tx.execute(
        "INSERT INTO ride_tariff (tenant_id, id, terms, valid_from, valid_to, approved_by)"
        " VALUES (current_tenant(), %s, %s, %s, %s, %s) ON CONFLICT (tenant_id, valid_from)"
        " DO UPDATE SET terms = excluded.terms, valid_to = excluded.valid_to,"
        " approved_by = excluded.approved_by",
        (table.id, to_json(terms), *dated),
    )


def _write_driver(person_id: uuid.UUID, driver: DriverEntry, tx: Tx) -> None:
    tx.execute(
        "INSERT INTO driver (tenant_id, subscriber_id, plate, licence, licence_until,"
        " insurance_until) VALUES (current_tenant(), %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, subscriber_id) DO UPDATE SET plate = excluded.plate,"
        " licence = excluded.licence, licence_until = excluded.licence_until,"
        " insurance_until = excluded.insurance_until",
        (person_id, *driver.row),
    )


RIDES: Section[RidesEntry] = Section(
    name="rides",
    file="rides.yaml",
    adapter=_adapter,
    empty=RidesEntry,
    extends={"person": MaybeDriver},
    roles=(Role(DRIVER),),
    check=_check,
    changes=_changes,
)
