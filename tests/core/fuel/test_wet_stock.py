"""Charts, volumes at 15 °C, and a month of forty stations: each planted loss is found as what it
is, and nothing else is alarmed."""

import math
import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.fuel import volume_correction
from core.fuel.charts import Chart, ChartFile, OutsideChart, read_chart
from core.fuel.stock_file import stock_file
from core.fuel.volume_correction import NotInTable
from core.fuel.wet_stock import Day, Delivery, reconcile
from core.spreadsheets.reading import read_sheets

RADIUS_M, LENGTH_M = 1.25, 6.112
DEPTH_MM = 2_500


def _volume_l(mm: float) -> float:
    """Of a lying cylinder with flat ends."""
    height = mm / 1_000
    segment = RADIUS_M**2 * math.acos((RADIUS_M - height) / RADIUS_M)
    segment -= (RADIUS_M - height) * math.sqrt(2 * RADIUS_M * height - height**2)
    return LENGTH_M * segment * 1_000


ROWS = [(mm, _volume_l(mm)) for mm in range(50, DEPTH_MM + 1, 10)]
CHART = Chart(tuple((Decimal(mm), Decimal(f"{litres:.2f}")) for mm, litres in ROWS))


def chart_file(tmp_path: Path, *lines: str) -> ChartFile:
    path = tmp_path / "chart.csv"
    path.write_text("\n".join(("Dip mm,Litres", *lines)), encoding="utf-8")
    return read_chart(path)


@pytest.mark.parametrize(
    ("density", "temperature", "factor"),
    [
        ("745", "20", "0.99392"),
        ("745", "28", "0.98416"),
        ("745", "30", "0.98171"),
        ("745", "35", "0.97557"),
        ("840", "20", "0.99578"),
        ("840", "28", "0.98900"),
        ("840", "30", "0.98730"),
        ("840", "35", "0.98304"),
        ("780", "15", "1.00000"),
    ],
)
def test_the_table_of_1980(density: str, temperature: str, factor: str) -> None:
    assert volume_correction.factor(Decimal(density), Decimal(temperature)) == Decimal(factor)


@pytest.mark.parametrize(
    ("density", "temperature"), [("0.745", "20"), ("745", "101"), ("652", "0")]
)
def test_what_is_not_in_the_table(density: str, temperature: str) -> None:
    with pytest.raises(NotInTable, match="is from"):
        volume_correction.factor(Decimal(density), Decimal(temperature))


@pytest.mark.parametrize(
    ("mm", "litres"), [("100", "402.5"), ("250", "1561.4"), ("1250", "15001.1"), ("2500", "30002")]
)
def test_a_chart_follows_its_tank(mm: str, litres: str) -> None:
    assert abs(CHART.litres(Decimal(mm)) - Decimal(litres)) < Decimal("0.5")
    between = (CHART.litres(Decimal(50)) + CHART.litres(Decimal(60))) / 2
    assert abs(CHART.litres(Decimal(55)) - between) < Decimal("0.01")


@pytest.mark.parametrize("mm", ["49", "2501"])
def test_nothing_is_said_beyond_a_chart(mm: str) -> None:
    with pytest.raises(OutsideChart, match="the chart has 50 to 2500 mm"):
        CHART.litres(Decimal(mm))


def test_a_certificate_is_read(tmp_path: Path) -> None:
    read = chart_file(tmp_path, "0,66", "10,140", "20,221", "46,473")
    assert read.problems == ()
    assert read.chart is not None
    assert read.chart.dead_stock_l == 66
    assert read.chart.litres(Decimal(5)) == 103


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (("0,66", "20,221", "10,140", "46,473"), (4, "height_not_rising")),
        (("0,66", "10,140", "20,122", "46,473"), (4, "volume_not_rising")),
        (("0,66", "10,140", "20,2220", "30,2300", "40,2390"), (4, "step_unlikely")),
        (("0,66", "10,x", "20,221", "46,473"), (3, "bad_volume")),
        (("0,66", "10,140"), (0, "too_short")),
    ],
)
def test_a_wrong_row_is_named(
    tmp_path: Path, lines: tuple[str, ...], problem: tuple[int, str]
) -> None:
    read = chart_file(tmp_path, *lines)
    assert read.chart is None
    assert problem in [(one.row, one.code) for one in read.problems]


def test_a_chart_that_is_no_certificate_is_doubted(tmp_path: Path) -> None:
    read = chart_file(tmp_path, *(f"{mm},{mm * 12}" for mm in range(0, 200, 10)))
    assert [one.code for one in read.problems] == ["linear", "no_dead_stock"]
    assert read.chart is not None, "a doubt stops nobody"


class Tank:
    """A tank of a month: sales, deliveries and dips to the millimetre, drawn from a seed."""

    def __init__(self, number: int) -> None:
        self.lot = random.Random(number)
        self.litres = 18_000.0
        self.planted: set[str] = set()

    def dip_mm(self) -> Decimal:
        """As somebody reads it: within a millimetre."""
        low, high = 50.0, float(DEPTH_MM)
        while high - low > 0.01:
            middle = (low + high) / 2
            low, high = (middle, high) if _volume_l(middle) < self.litres else (low, middle)
        return Decimal(round(low + self.lot.uniform(-0.5, 0.5)))

    def month(self, plant: str) -> list[Day]:
        bad_day = self.lot.randrange(5, 25)
        days = []
        for number in range(31):
            day = date(2026, 10, 1) + timedelta(days=number)
            sold = self.lot.uniform(2_000, 3_500) if number else 0.0
            self.litres -= sold
            if plant == "slow_trend":
                self.litres -= 35
            if plant == "sudden" and number == bad_day:
                self.litres -= 450
            deliveries = []
            if self.litres < 9_000:
                before = CHART.litres(self.dip_mm())
                is_short = plant == "delivery" and not self.planted
                self.litres += 13_500 - (350 if is_short else 0)
                self.planted |= {"delivery"} if is_short else set()
                received = CHART.litres(self.dip_mm()) - before
                deliveries = [Delivery(Decimal(13_500), received)]
            mm = self.dip_mm()
            metered = Decimal(f"{sold * self.lot.uniform(0.9995, 1.0005):.2f}")
            days.append(
                Day(day, CHART.litres(mm), CHART.litres_a_mm(mm), metered, tuple(deliveries))
            )
        return days


def test_each_planted_loss_of_forty_stations_is_found_and_no_other() -> None:
    plants = {3: "slow_trend", 11: "sudden", 19: "delivery", 42: "slow_trend", 57: "sudden"}
    plants |= {63: "delivery", 77: "sudden"}
    found = {}
    for number in range(80):
        done = reconcile(Tank(number).month(plants.get(number, "")))
        if done.alarms:
            found[number] = "+".join(sorted({alarm.kind for alarm in done.alarms}))
            assert all(alarm.litres < 0 for alarm in done.alarms)
    assert found == plants


def test_days_and_the_month_are_added_up() -> None:
    def day(number: int, dip: int, sold: int) -> Day:
        return Day(date(2026, 10, number), Decimal(dip), Decimal(10), Decimal(sold))

    done = reconcile(
        [day(1, 10_000, 0), day(2, 8_990, 1_000), day(3, 8_040, 1_000), day(4, 8_000, 0)]
    )
    assert [(int(one.book_l), int(one.variance_l), int(one.cumulative_l)) for one in done.days] == [
        (9_000, -10, -10),
        (7_990, 50, 40),
        (8_040, -40, 0),
    ]
    assert [one.per_mille for one in done.days] == [Decimal("-10.0"), Decimal("50.0"), None]
    (gain,) = done.alarms
    assert gain.sentence == "On 2026-10-03 50 l are too much at once; 40 l a day pass."


def test_a_month_beyond_the_leak_rule_is_told() -> None:
    days = [
        Day(date(2026, 10, number), Decimal(20_000 - 1_090 * number), Decimal(60), Decimal(1_000))
        for number in range(1, 9)
    ]
    (alarm,) = reconcile(days).alarms
    assert (alarm.kind, int(alarm.litres), int(alarm.limit_l)) == ("month", -630, 562)


def test_a_file_is_read_with_the_charts_of_its_tanks(tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    lines = (
        "tank,day,dip_mm,sold_l,ticket_l,before_mm,after_mm,sold_during_l",
        "T1,2026-10-01,1250,0,,,,",
        "T1,2026-10-02,1190,915.5,,,,",
        "T1,2026-10-02,,,5000,1190,1560,0",
        "T1,2026-10-02,1100,10,,,,",
        "T2,2026-10-01,1250,0,,,,",
        "T1,2026-10-03,2600,10,,,,",
        'T1,2026-10-03,1100,"1,5x",,,,',
        "T1,2026-10-03,1100,10,5000,,,",
    )
    path.write_text("\n".join(lines), encoding="utf-8")
    read = stock_file(read_sheets(path)[0], {"T1": CHART})
    assert [(one.row, one.code) for one in read.problems] == [
        (5, "day_not_after"),
        (6, "no_chart"),
        (7, "outside_chart"),
        (8, "bad_sold_l"),
        (9, "half_a_delivery"),
    ]
    first, second = read.tanks["T1"]
    assert (first.dip_l, second.sold_l) == (CHART.litres(Decimal(1250)), Decimal("915.5"))
    (delivery,) = second.deliveries
    assert delivery.ticket_l == 5_000
    assert abs(delivery.received_l - 5_300) < 400
