"""The regulator's price sheets: what they say, and what is wrong with one is said with its cell.

The figures are those of NPA's build-up of January 2025 and its floors of September 2024.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.fuel.price_sheet import PriceSheet, compared, price_sheet, read_price_sheet
from core.fuel.price_window import Window, date_in
from core.spreadsheets.cells import Cell, Sheet
from core.spreadsheets.errors import NotASpreadsheet, OldSpreadsheet
from core.spreadsheets.reading import read_sheets
from tests.core.fuel import workbook
from tests.core.fuel.workbook import Field

TITLE = "EX-PUMP PRICE BUILD-UP: EFFECTIVE 16TH JANUARY 2025"
# Columns: nothing, words, the sheet's letters, premium, kerosene, LPG.
COMPANIES: list[list[Field]] = [
    [],
    [None, TITLE],
    [],
    [None, None, None, "Premium (GHp/Lt)", "Kerosene (GHp/Lt)", "LPG (GHp/Kg)"],
    [None, "EX-REFINERY PRICE", "a"],
    [None, "ENERGY DEBT RECOVERY LEVY", "b", 49, None, 41],
    [None, "ROAD FUND LEVY", "c", 48],
    [None, "ENERGY FUND LEVY", "d", 1, ("D8", "1")],
    [None, "PRICE STABILIZATION AND RECOVERY LEVY", "e", ("=16", "16"), None, 14],
    [None, "SANITATION AND POLLUTION LEVY", "f", 10],
    [None, "ENERGY SECTOR RECOVERY LEVY", "g", 20, None, 18],
    [None, "SPECIAL PETROLEUM TAX", "h", 46, 39, 48],
    [None, "PRIMARY DISTRIBUTION MARGIN", "i", ("10-3+6+6+7", "26"), 26],
    [None, "BOST MARGIN", "j", 12, 12],
    [None, "FUEL MARKING MARGIN", "k", 9, 9],
    [None, "EX-DEPOT*", "l = a+…+k", ("SUM(D5:D15)", "237"), 87, 121],
    [None, "UPPF", "m", 90, 86, 85],
    [None, "MARKETERS MARGIN ", "n"],
    [None, "DEALERS (RETAILERS/OPERATORS) MARGIN ", "o"],
    [None, "LPG FILLING PLANT/PREMIX/MGOLOCAL ADMIN COSTS", "p", None, None, 4.7753],
    [None, "DISTRIBUTION COMPENSATION/PROMOTION MARGIN", "q", None, 7, 5],
    [None, "INDICATIVE MAXIMUM PRICE (EX-PUMP PRICE)**", "r", 327, 180, 215.7753],
    [None, "Notes:"],
    [None, "1) The Ex-Refinery Price is to be inserted by the company, for LPG too."],
]
SUBSIDISED: list[list[Field]] = [
    [None, "PRICE BUILD-UP EFFECTIVE 16TH JANUARY 2025"],
    [None, None, "RFO (GHp/Lt)", "PREMIX (GHp/Lt)"],
    [None, "EX-REFINERY PRICE - CORE", 1152.808609327308, 808.5298382268463],
    [None, "MARINE MIX", None, 84.93614268235294],
    [None, "COST OF BLUE DYE", None, 1.5594],
    [None, "RECOVERY MARGIN", None, -531.4076809091993],
    [None, "EX-REFINERY PRICE", 1152.808609327308, 363.6177],
    [None, "FUEL MARKING MARGIN", None, 9],
    [None, "EX-DEPOT", 1152.808609327308, 372.6177],
    [None, "MARKETERS MARGIN", None, 27.1555],
    [None, "INDICATIVE MAXIMUM PRICE (EX-PUMP PRICE)", 1152.808609327308, 399.7732],
    [],
    [None, "EXPORT PRICES OF PETROLEUM PRODUCTS"],
    [None, None, "US Cents per Litre"],
    [None, None, "ATK", "GASOIL TO THE RIG"],
    [None, "EX-REFINERY PRICE", 90.2866, 84.4074],
    [None, "EXPORT DUTY", 2, 0],
    [None, "TOTAL", 92.2866, 84.4074],
]


def sheet_of(rows: Sequence[Sequence[Field]], name: str = "Sheet1") -> Sheet:
    """Rows as a file's reader would give them."""
    cells = [
        [
            Cell(r, c, None, one[0])
            if isinstance(one, tuple) and not one[1]
            else Cell(r, c, Decimal(one[1]), one[0])
            if isinstance(one, tuple)
            else Cell(r, c, one if isinstance(one, str) else Decimal(repr(one)))
            for c, one in enumerate(row, start=1)
            if one is not None
        ]
        for r, row in enumerate(rows, start=1)
    ]
    return Sheet(name, cells)


def read(rows: Sequence[Sequence[Field]], name: str = "Sheet1") -> PriceSheet:
    return price_sheet([sheet_of(rows, name)])


def changed(row: int, column: int, to: Field) -> list[list[Field]]:
    """The companies' sheet with another value in one cell; both count from 1."""
    rows = [list(one) for one in COMPANIES]
    rows[row - 1] += [None] * (column - len(rows[row - 1]))
    rows[row - 1][column - 1] = to
    return rows


def problems_of(rows: Sequence[Sequence[Field]]) -> list[tuple[str, str]]:
    return [(one.code, one.place) for one in read(rows).problems]


def test_pesewas_are_read_as_cedis() -> None:
    sheet = read(COMPANIES)
    assert sheet.problems == ()
    assert sheet.window == Window(date(2025, 1, 16), date(2025, 1, 31))
    premium, kerosene, lpg = sheet.products
    assert (premium.product, premium.currency, premium.per) == ("premium", "GHS", "litre")
    assert (lpg.product, lpg.per) == ("lpg", "kilogram")
    assert [str(one.added) for one in (premium, kerosene, lpg)] == ["3.27", "1.80", "2.157753"]
    assert {line.code: str(line.amount) for line in premium.lines} == {
        "energy_debt_recovery_levy": "0.49",
        "road_fund_levy": "0.48",
        "energy_fund_levy": "0.01",
        "price_stabilisation_levy": "0.16",
        "sanitation_levy": "0.10",
        "energy_sector_recovery_levy": "0.20",
        "special_petroleum_tax": "0.46",
        "primary_distribution_margin": "0.26",
        "bost_margin": "0.12",
        "fuel_marking_margin": "0.09",
        "uppf": "0.90",
    }


def test_without_an_ex_refinery_price_there_is_no_price() -> None:
    assert all(one.ex_pump is None is one.ex_refinery for one in read(COMPANIES).products)


@pytest.mark.parametrize(
    ("product", "ex_refinery", "published"),
    [("premium", "9.04", "12.31"), ("kerosene", "9.92", "11.72"), ("lpg", "10.97", "13.13")],
)
def test_the_floors_that_were_published(product: str, ex_refinery: str, published: str) -> None:
    found = next(one for one in read(COMPANIES).products if one.product == product)
    assert found.floor(Decimal(ex_refinery)) == Decimal(published)


def test_margins_of_the_company_are_no_part_of_the_floor() -> None:
    premium = read(changed(18, 4, 50)).products[0]
    assert (premium.added, premium.added_to_floor) == (Decimal("3.77"), Decimal("3.27"))


def test_an_ex_refinery_price_in_parts_and_another_block_in_cents() -> None:
    sheet = read(SUBSIDISED)
    assert sheet.problems == ()
    rfo, premix, atk, rig = sheet.products
    assert (rfo.ex_refinery, rfo.added, rfo.ex_pump) == (
        Decimal("11.528086"),
        Decimal(0),
        Decimal("11.53"),
    )
    assert premix.ex_refinery == Decimal("3.636177")
    assert [str(one.amount) for one in premix.ex_refinery_parts][-1] == "-5.314077"
    assert premix.added == Decimal("0.361555")
    assert (atk.product, atk.currency, atk.added) == (
        "aviation_turbine_kerosene",
        "USD",
        Decimal("0.02"),
    )
    assert (rig.product, rig.ex_refinery) == ("gasoil_rig", Decimal("0.844074"))


def test_a_new_levy_is_a_line_like_any_other() -> None:
    premium = read(changed(20, 2, "A LEVY OF NEXT YEAR")).products[2]
    assert premium.lines[-2].code == "a_levy_of_next_year"


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        (changed(13, 4, ("10-3+6+6+7", "")), ("formula_without_value", "D13")),
        (changed(7, 4, "forty"), ("not_a_number", "D7")),
        (changed(16, 5, 88), ("sum_differs", "E16")),
        (changed(22, 6, 215), ("sum_differs", "F22")),
        (changed(4, 4, "Premium (GH₵/Lt)"), ("unit_unlikely", "Premium")),
        (changed(4, 5, "Premium (GHp/Lt)"), ("product_twice", "Premium")),
        (changed(2, 2, "EX-PUMP PRICE BUILD-UP"), ("no_date", "")),
        (changed(2, 2, "BUILD-UP EFFECTIVE 17TH JANUARY 2025"), ("not_a_first_day", "")),
        ([[None, "Dear sir"]], ("no_products", "")),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    rows: list[list[Field]], problem: tuple[str, str]
) -> None:
    assert problem in problems_of(rows)


def test_a_name_that_says_another_date_than_the_title() -> None:
    assert read(COMPANIES, "1ST JANUARY 2025").problems[0].code == "dates_differ"


def test_what_jumped_since_the_last_window() -> None:
    before, now = read(COMPANIES), read(changed(7, 4, 98))
    assert [one.text for one in compared(now, before)] == ["road_fund_levy: was 0.48, and is 0.98."]
    gone = read(changed(7, 4, None))
    assert [one.text for one in compared(gone, before)] == [
        "road_fund_levy: was 0.48, and is no more."
    ]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("EFFECTIVE 16TH JANUARY 2025", date(2025, 1, 16)),
        ("Effective 1st - 15th March, 2024", date(2024, 3, 1)),
        ("PRICE-BUILD-UP-EFFECTIVE-1ST-FEBRUARY-20251", date(2025, 2, 1)),
        ("February 16, 2026", date(2026, 2, 16)),
        ("16/02/2026", date(2026, 2, 16)),
        ("2026-02-16", date(2026, 2, 16)),
        ("31st February 2026", None),
        ("16th January", None),
    ],
)
def test_dates_as_titles_have_them(text: str, day: date | None) -> None:
    assert date_in(text) == day


def test_an_xlsx_gives_values_and_not_formulas(tmp_path: Path) -> None:
    file = workbook.write(tmp_path / "prices.xlsx", {"Ex-Pump": COMPANIES, "More": SUBSIDISED})
    sheet = read_price_sheet(file)
    assert sheet.problems == ()
    assert len(sheet.products) == 7
    assert str(sheet.products[0].added) == "3.27"
    file = workbook.write(
        tmp_path / "unsaved.xlsx", {"Ex-Pump": changed(13, 4, ("10-3+6+6+7", ""))}
    )
    assert read_price_sheet(file).problems[0].place == "D13"


@pytest.mark.parametrize(("mark", "encoding"), [(",", "utf-8-sig"), (";", "cp1252")])
def test_a_csv_of_the_same_layout(tmp_path: Path, mark: str, encoding: str) -> None:
    def field(one: Field) -> str:
        value = one[1] if isinstance(one, tuple) else "" if one is None else str(one)
        return f'"{value}"'

    rows = [[one if one != TITLE else f"{TITLE}, caf\u00e9" for one in row] for row in COMPANIES]
    text = "\r\n".join(mark.join(field(one) for one in row) for row in rows)
    text = text.replace("l = a+…+k", "l").replace("215.7753", "215.7753 ")
    file = tmp_path / "prices.csv"
    file.write_bytes(text.encode(encoding))
    sheet = read_price_sheet(file)
    assert sheet.problems == ()
    assert [str(one.added) for one in sheet.products] == ["3.27", "1.80", "2.157753"]


def test_files_that_are_no_spreadsheets(tmp_path: Path) -> None:
    old = tmp_path / "old.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    with pytest.raises(OldSpreadsheet):
        read_sheets(old)
    for data in (b"PK\x03\x04 and no more", b"\x00\x01\x02", b"%PDF-1.7\x00"):
        other = tmp_path / "other.xlsx"
        other.write_bytes(data)
        with pytest.raises(NotASpreadsheet):
            read_sheets(other)
