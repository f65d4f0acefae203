"""Samples of the fuel domain."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from checks import samples
from checks.samples import AMOUNT_MINOR, CALLER, CURRENCY
from checks.scenario import Samples, Scenario, refused_with
from core.fuel import prices, stations
from core.fuel.errors import (
    NoFuelPrice,
    NoStationNear,
    NoStations,
    NotADealer,
    PricesChanged,
    StationUnknown,
)
from core.fuel.prices import Publication, PumpPrice, StationPrices
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
        Scenario("no price", {prices.at: refused_with(NoFuelPrice())}),
    ),
    values=MappingProxyType(
        {
            "station": STATION_NAMES[0],
            "valid_from": {"$at": "2026-11-30T00:00:00+00:00"},
            "prices": "Petrol 12.85, Diesel 13.52, LPG 14.31",
            "currency": "GHS",
        }
    ),
)
