"""What a company publishes: the regulator's floors, its own margins, and what is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.fuel.build_up import (
    Company,
    Proposed,
    below_floor,
    deadline,
    jumps,
    proposed,
)
from core.fuel.errors import BadPrices
from core.fuel.price_sheet import price_sheet
from core.fuel.price_window import Window
from core.fuel.tariffs import Tariff
from tests.core.fuel.test_price_sheet import COMPANIES, changed, sheet_of

MARGINS = Tariff(
    marketers_margin={"premium": Decimal("0.5001"), "lpg": Decimal("0.7")},
    dealers_margin={"premium": Decimal("0.30")},
    by_station={201: {"premium": Decimal("0.35")}},
    round_to_minor=1,
)
# NPA's ex-refinery floors of September 2024, for which it published these floors at the pump.
FLOORS = {"premium": Decimal("9.04"), "kerosene": Decimal("9.92"), "lpg": Decimal("10.97")}
PUBLISHED = {"premium": "12.31", "kerosene": "11.72", "lpg": "13.13"}


def _company(sold: dict[str, str], **changes: Decimal) -> Company:
    prices = {product: price + Decimal("0.36") for product, price in FLOORS.items()}
    return Company("GHS", sold, {**prices, **changes}, FLOORS, MARGINS)


def _of(company: Company) -> Proposed:
    return proposed(price_sheet([sheet_of(COMPANIES)]), company, "abc", "Letter 4")


def test_the_floors_are_those_that_the_regulator_published() -> None:
    margins = Tariff({**dict.fromkeys(FLOORS, Decimal(0))}, {}, {}, 1)
    sold = {"premium": "litre", "kerosene": "litre", "lpg": "kilogram"}
    company = Company("GHS", sold, FLOORS, FLOORS, margins)
    found = {one.product: str(one.floor(2)) for one in _of(company).products}
    assert found == PUBLISHED


def test_a_request_keeps_the_build_up_to_its_last_place() -> None:
    wanted = _of(_company({"premium": "litre", "lpg": "kilogram"}))
    assert Proposed.from_params(wanted.to_params()) == wanted
    premium, lpg = wanted.products
    assert premium.company_price == Decimal("9.40") + Decimal("3.27") + Decimal("0.5001")
    assert lpg.company_price == Decimal("11.33") + Decimal("2.157753") + Decimal("0.7")
    assert premium.lines[-1].part == "margin"


@pytest.mark.parametrize(
    ("sold", "said"),
    [
        ({"premium": "kilogram"}, "premium is sold by the kilogram, and the file has it by the"),
        ({"gasoil": "litre"}, "gasoil is sold, and is not in the file in GHS"),
        ({"kerosene": "litre"}, "the table of margins has none of the company for kerosene"),
    ],
)
def test_what_is_missing_is_said(sold: dict[str, str], said: str) -> None:
    with pytest.raises(BadPrices, match=said):
        _of(_company(sold))


def test_what_is_wrong_with_the_file_stops_it() -> None:
    wrong = price_sheet([sheet_of(changed(16, 4, 238))])
    with pytest.raises(BadPrices, match=r"D16: EX-DEPOT\* says 2.38"):
        proposed(wrong, _company({"premium": "litre"}), "abc", "Letter 4")
    with pytest.raises(BadPrices, match="how the regulator was told"):
        proposed(price_sheet([sheet_of(COMPANIES)]), _company({"premium": "litre"}), "abc", " ")


def test_a_pump_below_the_floor_is_named() -> None:
    cheap = _of(_company({"premium": "litre"}, premium=Decimal("8.22")))
    sold = {101: ["premium"], 201: ["premium"], 301: ["lpg"]}
    assert [*below_floor(cheap.products, sold, MARGINS, 2)] == [
        "premium at station 101 is 12.29, below the floor of 12.31",
        "station 301 sells lpg, which has no price",
    ]


@pytest.mark.parametrize(
    ("round_to", "price"), [(1, 1311), (5, 1310), (10, 1310), (50, 1300), (100, 1300)]
)
def test_a_price_is_rounded_once_half_up(round_to: int, price: int) -> None:
    margins = Tariff({}, {}, {}, round_to)
    assert margins.at_the_pump(Decimal("12.8"), Decimal("0.305"), 2) == price
    assert Tariff.from_data(margins.to_data()) == margins
    assert Tariff({}, {}, {}, 1).at_the_pump(Decimal("1738.5"), Decimal(0), 0) == 1739


@pytest.mark.parametrize(
    ("first", "day"),
    [
        (date(2026, 12, 1), 30),  # a Tuesday
        (date(2026, 11, 16), 13),  # a Monday: the Friday before
        (date(2026, 11, 1), 30),  # a Sunday
    ],
)
def test_the_regulator_is_told_by_noon_of_the_working_day_before(first: date, day: int) -> None:
    by = deadline(Window.of(first), ZoneInfo("Africa/Accra"))
    assert (by.day, by.hour) == (day, 12)
    assert by < datetime.combine(first, datetime.min.time(), UTC)


def test_what_jumped_is_said() -> None:
    (premium,) = _of(_company({"premium": "litre"})).products
    before = {line.code: line.amount for line in premium.lines}
    del before["road_fund_levy"]
    before |= {"uppf": Decimal("0.60"), "old_levy": Decimal("0.05"), "bost_margin": Decimal("0.1")}
    assert [*jumps(premium.lines, before)] == [
        "old_levy was 0.05, and is no more",
        "road_fund_levy 0.48 is new",
        "uppf was 0.60, and is 0.90",
    ]
