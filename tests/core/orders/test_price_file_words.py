"""Headings and packs as traders of several countries write them."""

from pathlib import Path

import openpyxl
import pytest

from core.orders.pack import read_pack
from core.orders.price_file import PriceFile, read_price_file

# A list's two rows: what its one product is read as: name, price in minor units, unit
LISTS = [
    ("Réf.;Désignation;Prix net HT;Marque\nA1;Câble;1,25;X", ("Câble", 125, "piece")),
    ("Libellé;P.U. (FCFA)\nSucre 1kg;1 250", ("Sucre 1kg", 125_000, "1 kg")),
    ("Article;Prix détail;Prix gros\nHuile;16000;15000", ("Huile", 1_500_000, "piece")),
    ("Item;Taille;Prix (F)\nSoda;33cl x 24;9 600F", ("Soda", 960_000, "24 x 33 cl")),
    ("Nom du produit;Emballage;Prix\nHuile 1L;Ctn 12;14.500 FCFA", ("Huile 1L", 1_450_000, None)),
    ("Bidhaa;Bei (TSh)\nSukari 1kg;3,200/=", ("Sukari 1kg", 320_000, "1 kg")),
    ("Jina la bidhaa;Bei ya rejareja;Bei ya jumla\nSukari;3500;3200", ("Sukari", 320_000, None)),
    ("Izina ry'igicuruzwa;Igiciro kuri karito\nIsukari;1200", ("Isukari", 120_000, "piece")),
    ("Produto;Preço (MT)\nAçucar 1kg;85,00 MT", ("Açucar 1kg", 8_500, "1 kg")),
    ("Mercadoria;Unidade;Preço de venda\nArroz;Saco 25kg;1.450,00 MT", ("Arroz", 145_000, "25 kg")),
    ("product_name,selling_price,wholesale_price_per_carton\nSoda,200,185", ("Soda", 18_500, None)),
    ("No,Product,Pkg,Price/Ctn\n1,Oil,12x1L,3360", ("Oil", 336_000, "12 x 1 l")),
    ("ITEM,RETAIL,W/SALE\nOil,120,100", ("Oil", 10_000, "piece")),
    ("Commodity,Unit,Wholesale (Kg)\nMaize,90kg,42.00", ("Maize", 4_200, "90 kg")),
    ("Brand,Product,SKU size,Dealer price\nX,Soap,12x1kg,2450", ("Soap", 245_000, "12 x 1 kg")),
    ("ITEM NAME|PRICE\nBread|55", ("Bread", 5_500, "piece")),
    ("Stock Item,Closing Rate,Std Price\nOil,1,120", ("Oil", 12_000, "piece")),
]
PACKS = {
    "6(84x1.6g)": "504 x 1.6 g",
    "12/500ml": "12 x 500 ml",
    "6/500ml": "6 x 500 ml",
    "500ml/12": "12 x 500 ml",
    "12 x 1/2kg": "12 x 0.5 kg",
    "½kg x 24": "24 x 0.5 kg",
    "250ml*24btls": "24 x 250 ml",
    "3 dozen": "pack of 36",
    "6-pack 330ml": "6 x 330 ml",
    "12 Btls x 750ml": "12 x 750 ml",
    "24 bottles of 300ml": "24 x 300 ml",
    "330ml 24 cans": "24 x 330 ml",
    "1.5L (6 pack)": "6 x 1.5 l",
    "10 x 10's": "pack of 100",
    "30 eggs/tray": "pack of 30",
    "x24": "pack of 24",
    "6 Outer": "pack of 6",
}


def read(path: Path, text: str) -> PriceFile:
    path.write_text(text, encoding="utf-8")
    return read_price_file(path)


@pytest.mark.parametrize(("text", "wanted"), LISTS)
def test_headings_of_several_countries(
    tmp_path: Path, text: str, wanted: tuple[str, int, str | None]
) -> None:
    found = read(tmp_path / "list.csv", text)
    assert not found.problems
    (product,) = found.products
    name, price_minor, unit = wanted
    assert (product.name, product.price_minor) == (name, price_minor)
    assert unit is None or product.pack.unit == unit


@pytest.mark.parametrize(("written", "unit"), PACKS.items())
def test_packs(written: str, unit: str) -> None:
    assert read_pack(written).unit == unit


def test_a_currency_without_decimals_has_only_thousands(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("Product;Price\nRice;14.500\n", encoding="utf-8")
    assert [one.code for one in read_price_file(path).problems] == ["ambiguous_price"]
    assert [one.price_minor for one in read_price_file(path, digits=0).products] == [14_500]


def test_headings_in_two_rows_below_a_merged_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["KIBO TRADERS", None, None, None],
        [None, None, None, None],
        ["Product", "Pack", "Price", None],
        [None, None, "Wholesale", "Retail"],
        ["Oil", "12x1L", "KSh 3,360/=", 300],
        [None, None, None, None],
        ["Rice", "25kg", 3450, 200],
    ):
        sheet.append(row)
    sheet.merge_cells("A1:D1")
    sheet.merge_cells("C3:D3")
    book.save(tmp_path / "list.xlsx")
    found = read_price_file(tmp_path / "list.xlsx")
    assert (found.read, found.problems) == (2, ())
    assert [(one.row, one.price_minor) for one in found.products] == [(5, 336_000), (7, 345_000)]
