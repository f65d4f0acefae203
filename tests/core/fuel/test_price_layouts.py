"""One build-up in the layouts in which sheets are sent: the same lines and sums come out of all.

Figures as in test_price_sheet.py.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from core.fuel.price_sheet import PriceSheet, price_sheet
from core.fuel.price_window import date_in, title_date
from core.spreadsheets.cells import Cell, Sheet
from tests.core.fuel.test_price_sheet import COMPANIES, TITLE, changed, read
from tests.core.fuel.workbook import Field

Rows = list[list[Field]]
HEADER = 3


def _header(*cells: Field) -> Rows:
    rows = [list(one) for one in COMPANIES]
    rows[HEADER] = [None, None, None, *cells]
    return rows


def _units_in_the_row_below() -> Rows:
    rows = _header("PREMIUM", "KEROSENE", "LPG")
    rows.insert(HEADER + 1, [None, None, None, "GHp/Lt", "(GHp/Lt)", "GHp/Kg"])
    return rows


def _one_unit_in_the_title() -> Rows:
    """LPG's own stands with it."""
    rows = _header("Petrol (PMS)", "DPK", "LPG (GHp/Kg)")
    rows[1] = [None, f"{TITLE} (GHp/Lt)"]
    return rows


def _unit_above() -> Rows:
    rows = _header("Premium Motor Spirit", "Kerosene", "LPG, pesewas per kilogram")
    rows[2] = [None, None, None, "All prices in pesewas per litre"]
    return rows


def _numbered_rows() -> Rows:
    rows = [list(one) for one in COMPANIES]
    for number, row in enumerate(rows[HEADER + 1 :], start=1):
        row[0] = str(number)
    return rows


def _letters_before_words() -> Rows:
    return [[row[2] if len(row) > 2 else None, *row[1:2], *row[2:]] for row in COMPANIES]


def _empty_rows_between() -> Rows:
    rows = [list(one) for one in COMPANIES]
    rows[10:10] = [[], [], []]
    return rows


def _as_text(field: Field) -> Field:
    if field == 48:
        return "48.00*"
    return "-" if field is None else field


def _amounts_as_text() -> Rows:
    rows = [list(one) for one in COMPANIES]
    rows[HEADER + 1 : 22] = [[*row[:3], *map(_as_text, row[3:])] for row in rows[HEADER + 1 : 22]]
    return rows


def _footnotes() -> Rows:
    rows = [list(one) for one in COMPANIES]
    rows[6][1] = "Road Fund Levy1"
    rows[16][1] = "UPPF \u00b2"
    return rows


def _remarks_and_a_sum_of_taxes() -> Rows:
    rows = _header("Premium (GHp/Lt)", "Kerosene (GHp/Lt)", "LPG (GHp/Kg)", "Remarks")
    rows[6] += [None, None, "see the letter of March"]
    rows.insert(12, [None, "TOTAL TAXES AND LEVIES", None, 190, 40, 121])
    return rows


def _words_of_cedis() -> Rows:
    """In cedis, with units as other programs write them."""
    rows = [list(one) for one in COMPANIES]
    rows[HEADER] = [
        None,
        None,
        None,
        "Premium (GH\u00a2/Litre)",
        "Kerosene GHS per L",
        "LPG [GHC/Kg.]",
    ]
    for row in rows[HEADER + 1 :]:
        for at in range(3, len(row)):
            said = row[at]
            number = said[1] if isinstance(said, tuple) else said
            row[at] = None if number is None else float(Decimal(str(number)) / 100)
    return rows


@pytest.mark.parametrize(
    "layout",
    [
        _units_in_the_row_below,
        _one_unit_in_the_title,
        _unit_above,
        _numbered_rows,
        _letters_before_words,
        _empty_rows_between,
        _amounts_as_text,
        _footnotes,
        _remarks_and_a_sum_of_taxes,
        _words_of_cedis,
    ],
)
def test_every_layout_says_the_same(layout: Callable[[], Rows]) -> None:
    sheet = read(layout())
    assert sheet.problems == ()
    assert [(one.product, one.per, str(one.added)) for one in sheet.products] == [
        ("premium", "litre", "3.27"),
        ("kerosene", "litre", "1.80"),
        ("lpg", "kilogram", "2.157753"),
    ]
    want = [line.code for line in read(COMPANIES).products[0].lines]
    assert [line.code for line in sheet.products[0].lines] == want


def test_a_product_that_is_not_known_is_not_lost() -> None:
    rows = _header("Premium (GHp/Lt)", "Kerosene (GHp/Lt)", "LPG (GHp/Kg)", "Premium 95 (GHp/Lt)")
    rows[6] += [None, None, 48]
    assert ("product_twice", "Premium 95") in [(p.code, p.place) for p in read(rows).problems]
    rows[HEADER][6] = "Bitumen (GHp/Kg)"
    assert read(rows).products[3].product == "bitumen"
    rows[HEADER][6] = "Bitumen"
    assert [(p.code, p.place) for p in read(rows).problems] == [("no_unit", "Bitumen")]


def test_gas_oil_in_two_words_is_gasoil() -> None:
    rows = _header("Gas Oil (GHp/Lt)", "Marine Gas Oil - Foreign (GHp/Lt)", "MGO Local (GHp/Lt)")
    rows[HEADER + 1 :] = changed(22, 6, 215.7753)[HEADER + 1 :]
    assert [one.product for one in read(rows).products] == [
        "gasoil",
        "marine_gasoil_foreign",
        "marine_gasoil_local",
    ]


def test_a_wrong_sum_of_taxes_is_a_problem() -> None:
    rows = _remarks_and_a_sum_of_taxes()
    rows[12][3] = 191
    assert [(one.code, one.place) for one in read(rows).problems] == [("sum_differs", "D13")]


def test_lines_below_a_plain_total_are_lines() -> None:
    rows = [list(one) for one in COMPANIES]
    rows[15][1] = "TOTAL"
    assert [str(one.added) for one in read(rows).products] == ["3.27", "1.80", "2.157753"]


def _dated(value: date | datetime) -> PriceSheet:
    rows = [
        [Cell(1, 1, "EFFECTIVE DATE"), Cell(1, 2, value)],
        [Cell(2, 2, "Premium (GHp/Lt)")],
        [Cell(3, 1, "ROAD FUND LEVY"), Cell(3, 2, Decimal(48))],
        [Cell(4, 1, "UPPF"), Cell(4, 2, Decimal(90))],
    ]
    return price_sheet([Sheet("Sheet1", rows)])


@pytest.mark.parametrize("day", [date(2025, 2, 16), datetime.fromisoformat("2025-02-16")])
def test_a_date_in_a_cell_of_its_own(day: date) -> None:
    found = _dated(day)
    assert found.window is not None
    assert found.window.first == date(2025, 2, 16)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("EFFECTIVE 1ST JANUARY TO 15TH JANUARY, 2025", date(2025, 1, 1)),
        ("16TH - 31ST OF JANUARY 2025", date(2025, 1, 16)),
        ("16th \u2013 28th February, 2025", date(2025, 2, 16)),
        ("1st to 15th Sept. 2025", date(2025, 9, 1)),
        ("16-Jan-25", date(2025, 1, 16)),
        ("16-01-2025", date(2025, 1, 16)),
        ("16/01/25", date(2025, 1, 16)),
        ("16TH JAN '25", date(2025, 1, 16)),
        ("JANUARY 16-31, 2025", date(2025, 1, 16)),
        ("Second pricing window of January 2025", date(2025, 1, 16)),
        ("Window 1: January 2025", date(2025, 1, 1)),
        ("JANUARY 2025, 2ND WINDOW", date(2025, 1, 16)),
    ],
)
def test_dates_in_other_spellings(text: str, day: date) -> None:
    assert date_in(text) == day


def test_the_title_counts_and_not_when_it_was_printed() -> None:
    printed, title = "Printed 14/01/2025", "PRICES EFFECTIVE 16TH JANUARY 2025"
    assert title_date([printed, title]) == date(2025, 1, 16)
    assert title_date([printed, "16.01.2025"]) == date(2025, 1, 16)
    assert title_date([printed]) == date(2025, 1, 14)
    assert title_date(["Dear sir"]) is None
