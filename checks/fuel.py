"""Samples of the fuel domain."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from checks import fuel_sales, fuel_stock, samples
from checks.samples import AMOUNT_MINOR, CALLER, CURRENCY, CUSTOMER
from checks.scenario import Goal, Samples, Scenario, refused_with
from core.fuel import prices, shifts, station_codes, stations
from core.fuel.errors import (
    MeterBelow,
    MeterTooFar,
    NoFuelPrice,
    NoPumpFree,
    NoShift,
    NoStationNear,
    NoStations,
    NotADealer,
    NotAnAttendant,
    PricesChanged,
    ShiftUnderWay,
    StationCodeLocked,
    StationUnknown,
)
from core.fuel.prices import Publication, PumpPrice, StationPrices
from core.fuel.shifts import Needed, Nozzle, Reckoned, Shift
from core.fuel.stations import Station
from values.money import Money

STATION_NAMES: Final = (
    *("Osu Oxford Street", "Tema Community 1", "Kumasi Adum", "Takoradi Harbour"),
    *("Cape Coast Pedu", "Tamale Lamashegu", "Ho Civic Centre", "Sunyani Central", "Wa Kpongu"),
)
STATIONS: Final = [
    Station(uuid.UUID(int=number), number, name, "Greater Accra", 55_560_000, -1_826_000, CALLER.id)
    for number, name in enumerate(STATION_NAMES, start=101)
]
PUBLICATION: Final = Publication(uuid.UUID(int=51), datetime(2026, 11, 16, tzinfo=UTC), CURRENCY)
PRICES: Final = StationPrices(
    STATIONS[0],
    PUBLICATION,
    tuple(
        PumpPrice(name.lower(), name, "litre", Money(AMOUNT_MINOR, CURRENCY))
        for name in ("Petrol", "Diesel", "Kerosene")
    ),
)
NOZZLES: Final = [
    Nozzle(uuid.UUID(int=60 + number), number, 7, "premium", "Kerosene", 123_400_000)
    for number in (1, 2)
]
SHIFT: Final = Shift(
    uuid.UUID(int=70), STATIONS[0].id, 12, CALLER.id, CURRENCY, datetime(2026, 11, 30, tzinfo=UTC)
)
LAST: Final = "1234000.00"


def _needed(*_: object) -> list[Needed]:
    """One nozzle in the middle of whose shift the price changed."""
    return [Needed(NOZZLES[0], PUBLICATION), Needed(NOZZLES[0], None)]


def _meant(said: object) -> list[Station]:
    """Of a long answer nine stations, of a short one the one."""
    words = str(getattr(said, "words", ""))
    return STATIONS if words.startswith("AAA") else STATIONS[:1]


SAMPLES = Samples(
    answers=MappingProxyType(
        {
            stations.meant: _meant,
            stations.of_dealer: lambda _id: STATIONS,
            prices.at: lambda station, _at: replace(PRICES, station=station),
            prices.waiting_for: lambda _id: PRICES,
            prices.acknowledge: samples.nothing,
            station_codes.check: lambda *_, **__: True,
            shifts.require_free: lambda _id: STATIONS[0],
            shifts.free_pumps: lambda _id: [11, 12],
            shifts.nozzles_of: lambda *_: NOZZLES,
            shifts.begin: lambda *_, **__: SHIFT,
            shifts.require_open: lambda _id: SHIFT,
            shifts.needed: _needed,
            shifts.reckon: lambda *_: Reckoned(123_456_78, AMOUNT_MINOR),
            shifts.end: lambda *_, **__: Reckoned(123_456_78, AMOUNT_MINOR),
            **fuel_sales.SAMPLES.answers,
            **fuel_stock.SAMPLES.answers,
        }
    ),
    scenarios=(
        Scenario("no prices wait", {prices.waiting_for: lambda _id: None}),
        Scenario(
            "no stations",
            {
                stations.meant: refused_with(NoStations()),
                stations.of_dealer: refused_with(NotADealer()),
            },
        ),
        Scenario(
            "no station of that name",
            {
                stations.meant: refused_with(StationUnknown()),
                prices.acknowledge: refused_with(PricesChanged()),
            },
        ),
        Scenario("no station near", {stations.meant: refused_with(NoStationNear())}),
        Scenario(
            "no price",
            {
                prices.at: refused_with(NoFuelPrice()),
                shifts.require_free: refused_with(NotAnAttendant()),
                shifts.require_open: refused_with(NoShift()),
            },
        ),
        Scenario(
            "a shift already",
            {
                shifts.free_pumps: refused_with(NoPumpFree()),
                station_codes.check: refused_with(StationCodeLocked()),
                shifts.reckon: refused_with(PricesChanged()),
            },
        ),
        Scenario(
            "nothing sold",
            {
                shifts.require_free: refused_with(ShiftUnderWay()),
                shifts.reckon: lambda *_: Reckoned(0, 0),
                shifts.end: lambda *_, **__: Reckoned(0, 0),
            },
        ),
        Scenario(
            "a meter that goes back",
            {
                shifts.begin: refused_with(MeterBelow(last=LAST)),
                shifts.reckon: refused_with(MeterTooFar(last=LAST)),
                station_codes.check: lambda *_, **__: False,
            },
        ),
        *fuel_sales.SAMPLES.scenarios,
        *fuel_stock.SAMPLES.scenarios,
    ),
    values=MappingProxyType(
        {
            "station": STATION_NAMES[0],
            "valid_from": {"$at": "2026-11-30T00:00:00+00:00"},
            "prices": "Petrol 12.85, Diesel 13.52, LPG 14.31",
            "currency": "GHS",
            "pump": 12,
            "attendant": CUSTOMER.shown_name,
            "litres": "12345.67",
            "expected": {"$money": [10 * AMOUNT_MINOR, CURRENCY]},
            "counted": {"$money": [10 * AMOUNT_MINOR, CURRENCY]},
            **fuel_sales.SAMPLES.values,
            **fuel_stock.SAMPLES.values,
        }
    ),
    goals=MappingProxyType(
        {
            "close_shift": Goal(messages=8, segments=9),
            **fuel_sales.SAMPLES.goals,
            **fuel_stock.SAMPLES.goals,
        }
    ),
)
