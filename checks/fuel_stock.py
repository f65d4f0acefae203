"""Samples of fuel's dips and deliveries."""

import uuid
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Final

from checks import samples
from checks.samples import CUSTOMER
from checks.scenario import Goal, Samples, Scenario, refused_with
from core.fuel import deliveries, dips
from core.fuel.charts import Chart
from core.fuel.deliveries import Came
from core.fuel.dips import Entered, Measured
from core.fuel.errors import (
    DipOutside,
    DipOver,
    NoChart,
    NotAnAttendant,
    NothingCame,
    NotMeasurable,
    PumpSells,
    WaterAboveDip,
    WaybillKnown,
)
from core.fuel.kept_charts import Tank
from core.fuel.stations import Station

STATION: Final = Station(
    uuid.UUID(int=101), 101, "Osu Oxford Street", "Greater Accra", 55_560_000, -1_826_000, None
)
OTHER: Final = replace(STATION, id=uuid.UUID(int=102), number=102, name="Tema Community 1")
TANKS: Final = [
    Tank(uuid.UUID(int=90 + number), STATION.id, number, key, name, 45_000)
    for number, (key, name) in enumerate(
        (("premium", "Petrol"), ("gasoil", "Diesel"), ("kerosene", "Kerosene")), start=1
    )
]
CHART: Final = Chart(((Decimal(50), Decimal(143)), (Decimal(2_500), Decimal(45_000))))
MEASURED: Final = Measured(
    *(uuid.UUID(int=95), Decimal("1234.5"), Decimal(20), 2_234_567, 12_345, 1_530),
    since_cl=-1_234_567,
    temperature_c=Decimal("31.5"),
    density_15=Decimal(745),
    standard_cl=2_199_999,
)
PLAIN: Final = Measured(uuid.UUID(int=95), Decimal(0), Decimal(0), 0, 0, 1_530)
ENTERED: Final = Entered(
    *(uuid.UUID(int=96), STATION.name, 3, "Kerosene", Decimal("1234.5"), Decimal(20)),
    *(2_234_567, CUSTOMER.id),
)
CAME: Final = Came(1_310_000, 6_750, 40_000)

SAMPLES = Samples(
    answers=MappingProxyType(
        {
            dips.works_at: lambda _id: [STATION, OTHER],
            dips.tanks: lambda _id: TANKS,
            dips.require_still: samples.nothing,
            dips.chart_today: lambda _id: (uuid.UUID(int=95), CHART),
            dips.measure: lambda *_, **__: MEASURED,
            dips.enter: lambda **_: ENTERED.id,
            dips.waiting_for: lambda _id: ENTERED,
            dips.confirm: samples.nothing,
            dips.refuse: samples.nothing,
            deliveries.require_new: samples.nothing,
            deliveries.require_height: samples.nothing,
            deliveries.reckon: lambda *_, **__: CAME,
            deliveries.receive: lambda **_: "A1B2C3D4",
        }
    ),
    scenarios=(
        Scenario(
            "one station, no water",
            {
                dips.works_at: lambda _id: [STATION],
                dips.measure: lambda *_, **__: replace(PLAIN, since_cl=1_234_567),
                dips.waiting_for: lambda _id: None,
                deliveries.reckon: lambda *_, **__: replace(CAME, short_cl=0),
            },
        ),
        Scenario("the first dip", {dips.measure: lambda *_, **__: PLAIN}),
        Scenario(
            "no chart",
            {
                dips.works_at: refused_with(NotAnAttendant()),
                dips.chart_today: refused_with(NoChart()),
            },
        ),
        Scenario(
            "a tank without a chart",
            {
                dips.chart_today: refused_with(NoChart()),
                dips.confirm: refused_with(DipOver()),
                dips.refuse: refused_with(DipOver()),
            },
        ),
        Scenario(
            "a pump sells",
            {
                dips.require_still: refused_with(PumpSells(pump=12)),
                deliveries.require_new: refused_with(WaybillKnown()),
            },
        ),
        Scenario(
            "above the tank",
            {
                dips.measure: refused_with(DipOutside(least="50", most="2500")),
                deliveries.require_height: refused_with(DipOutside(least="50", most="2500")),
            },
        ),
        Scenario(
            "water above the dip",
            {
                dips.measure: refused_with(WaterAboveDip(last="1234.5")),
                deliveries.require_height: refused_with(NothingCame(last="1234.5")),
            },
        ),
        Scenario("no such density", {dips.measure: refused_with(NotMeasurable())}),
        Scenario(
            "received meanwhile",
            {
                dips.enter: refused_with(PumpSells(pump=12)),
                deliveries.receive: refused_with(WaybillKnown()),
            },
        ),
    ),
    values=MappingProxyType(
        {
            "tank": 3,
            "mm": "1234.5",
            "waybill": "WB-01723/26",
            "ticket": "13500.00",
            "received": "13100.00",
        }
    ),
    goals=MappingProxyType(
        {"enter_dip": Goal(messages=9, segments=9), "receive_fuel": Goal(messages=11, segments=11)}
    ),
)
