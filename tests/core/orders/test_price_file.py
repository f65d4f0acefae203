"""Price lists as traders write them."""

from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from app.cli import main
from app.settings import CHECKOUT
from core.orders.pack import read_pack
from core.orders.price_file import PriceFile, price_file
from core.spreadsheets.cells import Sheet
from core.spreadsheets.reading import csv_rows, decoded, read_sheets

HEAD = "Code,Product,Pack,Price (KSh)\n"


def of_csv(text: str | bytes) -> PriceFile:
    data = text.encode() if isinstance(text, str) else text
    return price_file([Sheet("list", list(csv_rows(decoded(data))))])


@pytest.mark.parametrize(
    ("said", "pieces", "size", "unit"),
    [
        ("12x500ml", 12, "500 ml", "12 x 500 ml"),
        ("24 x 1L", 24, "1 l", "24 x 1 l"),
        ("6*1.5 LTR", 6, "1.5 l", "6 x 1.5 l"),
        ("4X12X100GMS", 48, "100 g", "48 x 100 g"),
        ("500ml x 24", 24, "500 ml", "24 x 500 ml"),
        ("Ctn of 24", 24, "", "pack of 24"),
        ("12's", 12, "", "pack of 12"),
        ("1x12", 12, "", "pack of 12"),
        ("50KG", 1, "50 kg", "50 kg"),
        ("0,75 L", 1, "0.75 l", "0.75 l"),
        ("bale", 1, "", "bale"),
        ("", 1, "", "piece"),
    ],
)
def test_packs(said: str, pieces: int, size: str, unit: str) -> None:
    pack = read_pack(said)
    assert (pack.pieces, f"{pack.size} {pack.measure}".strip(), pack.unit) == (pieces, size, unit)


def test_a_pack_in_the_name_counts() -> None:
    assert read_pack("", "Sunlight washing powder 10x1kg").unit == "10 x 1 kg"


@pytest.mark.parametrize(
    ("said", "minor"),
    [
        ("3360", 336_000),
        ('"KSh 3,360.50"', 336_050),
        ('"3,360/="', 336_000),
        ("Ksh.3360/-", 336_000),
        ("GH₵12.50", 1_250),
        ("1 250.00", 125_000),
        ("1'250.00", 125_000),
        ('"1.250,50"', 125_050),
        ('"1,250,000"', 125_000_000),
        ('"1,250"', 125_000),
        ("0.5", 50),
        ("1.250", "ambiguous_price"),
        ("12.345.6", "ambiguous_price"),
        ("1234.567", "bad_price"),
        ("POA", "bad_price"),
        ("0", "bad_price"),
        ("-5", "bad_price"),
        ("-", "no_price"),
        ("", "no_price"),
    ],
)
def test_prices(said: str, minor: int | str) -> None:
    found = of_csv(f"{HEAD}A1,Oil,12x1L,{said}\n")
    assert found.read == 1
    if isinstance(minor, int):
        assert [one.price_minor for one in found.products] == [minor]
    else:
        assert [one.code for one in found.problems] == [minor]


def test_other_prices_say_what_a_point_is() -> None:
    found = of_csv("Code;Désignation;Prix\nA1;Huile;1.250\nA2;Riz;1.250,50\n".encode("cp1252"))
    assert [one.price_minor for one in found.products] == [125_000, 125_050]


def test_a_messy_list() -> None:
    found = of_csv(
        "\ufeffDUKA DISTRIBUTORS LTD,,,\nPrice list as at 1 November 2026,,,\n,,,\n"
        + HEAD
        + "COOKING OILS,,,\n"
        'oil-1,Rina cooking oil,12 x 1L,"3,360.00"\n'
        ",,,\n"
        "OIL5,Rina cooking oil,4x5L,5200\n" + HEAD + "SOAPS,,,\n"
        "OIL1,Bar soap,25's,4200\n"
        ",Powder,12x1kg,3900\n"
        "S#1,Powder,12x1kg,3900\n"
        "1234567890123,Tissue,40,1000\n"
        "S2,,40,1000\n"
        "Total,,,17660\n"
    )
    assert [(one.row, one.code, one.category, one.pack.unit) for one in found.products] == [
        (6, "OIL1", "cooking_oils", "12 x 1 l"),
        (8, "OIL5", "cooking_oils", "4 x 5 l"),
    ]
    assert [(one.row, one.code) for one in found.problems] == [
        (11, "duplicate_code"),
        (12, "no_code"),
        (13, "bad_code"),
        (14, "code_too_long"),
        (15, "no_name"),
    ]
    assert found.read == 7


def test_a_list_without_codes_or_headings() -> None:
    found = of_csv("Item,Rate\nMaize flour 2kg,160\nMaize flour 2kg,165\n")
    assert [one.code for one in found.products] == ["MAIZEFLOU", "MAIZEFLOU2"]
    [problem] = of_csv("Oil,3360\nSoap,4200\n").problems
    assert (problem.row, problem.code) == (0, "no_headings")


def workbook(tmp_path: Path, rows: int, wrong: int) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Price list", None, None, None])
    sheet.merge_cells("A1:D1")
    sheet.append(["SKU", "Description", "Packing", "Carton price"])
    for number in range(rows):
        price = (
            "call" if number % (rows // wrong) == 0 and number // (rows // wrong) < wrong else 9.95
        )
        sheet.append([100_000 + number, f"Product {number}", "12x500ml", price])
    path = tmp_path / "list.xlsx"
    book.save(path)
    return path


@pytest.mark.long
def test_ten_thousand_rows_of_which_37_are_wrong(tmp_path: Path) -> None:
    found = price_file(read_sheets(workbook(tmp_path, 10_000, 37)))
    assert (found.read, len(found.products), len(found.problems)) == (10_000, 9_963, 37)
    assert found.problems[0].row == 3
    assert found.products[0].price_minor == 995


def test_a_formula_counts_by_the_value_beside_it(tmp_path: Path) -> None:
    path = workbook(tmp_path, 4, 1)
    book = openpyxl.load_workbook(path)
    book["Sheet"]["D4"] = "=9*1.1"
    book.save(path)  # no program has worked it out
    found = price_file(read_sheets(path))
    assert [(one.row, one.code) for one in found.problems] == [
        (3, "bad_price"),
        (4, "formula_without_value"),
    ]


def test_nothing_is_half_applied(tmp_path: Path) -> None:
    folder = tmp_path / "trade"
    folder.mkdir()
    demo = CHECKOUT / "fixtures" / "tenants" / "trade"
    for name in ("tenant.yaml", "products.yaml"):
        (folder / name).write_bytes((demo / name).read_bytes())
    before = (folder / "products.yaml").read_bytes()
    path = workbook(tmp_path, 4, 1)
    said = ["orders", "products", "import", str(path), "--into", str(folder)]
    refused = CliRunner().invoke(main, said)
    assert refused.exit_code == 1
    assert "row 3: The price call is no number." in refused.output
    assert (folder / "products.yaml").read_bytes() == before
    assert CliRunner().invoke(main, [*said, "--leave-out", "--dry-run"]).exit_code == 0
    assert (folder / "products.yaml").read_bytes() == before
    done = CliRunner().invoke(main, [*said, "--leave-out"])
    assert "3 new, 0 changed, 0 the same." in done.output
    again = CliRunner().invoke(main, [*said, "--leave-out"])
    assert "0 new, 0 changed, 3 the same." in again.output
    assert b"code: OIL1" in (folder / "products.yaml").read_bytes()
