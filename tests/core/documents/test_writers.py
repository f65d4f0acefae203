"""The same rows as CSV, XLSX and PDF: read back by who else reads such files."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import openpyxl
import pypdf
import pytest

from core.documents.csv_file import without_formula, write_csv
from core.documents.pdf_file import write_pdf
from core.documents.table import About, Column, Row, Table
from core.documents.xlsx_file import write_xlsx
from values.money import Money

COLUMNS = (
    Column("at", "When", "moment"),
    Column("day", "Day", "day"),
    Column("name", "Who", width=2),
    Column("amount", "Amount", "amount"),
    Column("texts", "Texts", "number", width=0.5),
)
AT = datetime(2026, 11, 30, 7, 5, tzinfo=UTC)
# Letters of Twi, Hausa, Ewe, Luganda, French and Yoruba; and what a spreadsheet would run.
LETTERS = "Ɛsi Ɔkyerɛ Ɓala ɗan ƙasa ƴar ŋ Étienne Çœur Ọlá ₵ ₦"
RISKY = '=HYPERLINK("http://x","y")'
ROWS: tuple[Row, ...] = (
    (AT, date(2026, 11, 30), LETTERS, Money(12_000, "RWF"), 1),
    (None, None, RISKY, Money(-1250, "GHS"), 1234),
    (AT, None, 'a "b", c\nd\x00', None, None),
)
ABOUT = About(
    "Payments",
    "Kopera",
    ("as at 2026-11-30 07:05 UTC", "amounts in the currency's own unit"),
    ZoneInfo("Africa/Kigali"),
)


def table(rows: tuple[Row, ...] = ROWS) -> Table:
    return Table("Payments", COLUMNS, rows)


def test_csv_is_rfc_4180_with_units_said_and_no_formula() -> None:
    file = io.BytesIO()
    assert write_csv(ABOUT, table(), file) == 3
    raw = file.getvalue()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\r\n") == 5
    about, names, first, second, third = csv.reader(
        io.StringIO(raw.decode("utf-8-sig"), newline="")
    )
    assert about == [f"Payments · Kopera · {' · '.join(ABOUT.lines)}", "", "", "", "", ""]
    assert names == ["at", "day", "name", "amount", "amount_currency", "texts"]
    assert first == ["2026-11-30T07:05:00+00:00", "2026-11-30", LETTERS, "12000", "RWF", "1"]
    assert second == ["", "", f"'{RISKY}", "-12.50", "GHS", "1234"]
    assert third == ["2026-11-30T07:05:00+00:00", "", 'a "b", c\nd\x00', "", "", ""]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\tx", "\rx", " =1", "＝1", "＠A1", "+25078x"]
)
def test_what_a_spreadsheet_would_run_is_a_text(text: str) -> None:
    assert without_formula(text) == f"'{text}"


def test_no_formula_begins_where_cells_end_at_a_semicolon() -> None:
    """As in French: the file is read so, whatever stands in quotes."""
    assert without_formula("Ann;=1+1") == "Ann;'=1+1"
    assert without_formula("Ann\n @A1; ok") == "Ann\n' @A1; ok"
    assert without_formula("\t=1") == "'\t'=1"


@pytest.mark.parametrize("text", ["", "a=1", "+250788000201", "1-2", "'=1"])
def test_other_texts_are_left_as_they_are(text: str) -> None:
    assert without_formula(text) == text


def test_xlsx_has_figures_moments_and_texts_as_what_they_are() -> None:
    file = io.BytesIO()
    assert write_xlsx(ABOUT, [table()], file) == 3
    sheet = openpyxl.load_workbook(file)["Payments"]
    about, names, first, second, third = sheet.iter_rows()
    assert about[0].value == ABOUT.in_one_line()
    assert [cell.value for cell in names] == [
        *("at", "day", "name", "amount", "amount_currency", "texts")
    ]
    # Excel knows no zones: the moment is the business's own.
    assert str(first[0].value) == "2026-11-30 09:05:00"
    assert str(first[1].value) == "2026-11-30 00:00:00"
    assert [cell.value for cell in first[2:]] == [LETTERS, 12_000, "RWF", 1]
    assert (second[2].value, second[2].data_type) == (RISKY, "s")
    assert Decimal(str(second[3].value)) == Decimal("-12.5")
    assert second[3].number_format == "#,##0.00"
    assert third[2].value == 'a "b", c\nd\ufffd'


def test_more_rows_than_a_sheet_may_have_go_on_in_the_next() -> None:
    file = io.BytesIO()
    rows = tuple((AT, None, f"n{number}", None, number) for number in range(5))
    assert write_xlsx(ABOUT, [table(rows), table(rows[:1])], file, rows_maximum=4) == 6
    book = openpyxl.load_workbook(file)
    assert [(sheet.title, sheet.max_row) for sheet in book] == [
        ("Payments", 4),
        ("Payments 2", 4),
        ("Payments 3", 3),
        ("Payments 4", 3),
    ]
    assert book["Payments 3"]["C3"].value == "n4"


def test_pdf_has_every_row_once_in_letters_of_all_languages() -> None:
    read: list[int] = []

    def rows() -> Iterator[Row]:
        for number in range(200):
            read.append(number)
            yield (AT, None, f"row {number}.", Money(number, "RWF"), number)

    file = io.BytesIO()
    lines = Table("Names", (Column("name", "Izina"),), ((LETTERS,), ("x" * 400,), (RISKY,)))
    whole = Table("Payments", COLUMNS, rows())
    assert write_pdf(ABOUT, [lines, whole], file) == 203
    pages = [page.extract_text() for page in pypdf.PdfReader(file).pages]
    text = "\n".join(pages)
    assert all(text.count(f"row {number}.") == 1 for number in range(200))
    assert len(pages) > 3
    assert all("Amount" in page for page in pages)  # the head stands on each page
    assert LETTERS in text
    assert text.count("x") >= 400
    assert "2026-11-30 09:05" in text
    assert "199 RWF" in text
    assert b"/FontFile2" in file.getvalue()  # the letters travel with the file


def test_a_row_that_does_not_fit_its_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="argument"):
        write_csv(ABOUT, table(((AT, None),)), io.BytesIO())
