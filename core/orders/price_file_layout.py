"""Where the columns of a trader's price list are: its headings, in the words that people use."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.spreadsheets.cells import Cell

# Titles, addresses and dates stand above the headings.
HEADING_ROWS_MAXIMUM: Final = 60


class Column(StrEnum):
    CODE = "code"
    NAME = "name"
    PACK = "pack"
    PRICE = "price"
    CATEGORY = "category"


# In the order in which one is chosen where several would do. `code` before `name`: Item code.
_WORDS: Final[dict[Column, tuple[str, ...]]] = {
    Column.CODE: (
        *("product code", "item code", "stock code", "material code", "article code", "item no"),
        *("item number", "product no", "product id", "code article", "code produit", "sku"),
        *("part no", "reference", "ref", "ref no", "code", "kode", "msimbo", "kodi"),
    ),
    Column.CATEGORY: (
        *("category", "product group", "product category", "group", "department", "section"),
        *("categorie", "famille", "rayon", "aina", "ubwoko"),
    ),
    Column.PRICE: (
        *("wholesale price", "carton price", "price per carton", "ctn price", "case price"),
        *("price per case", "trade price", "selling price", "sale price", "list price"),
        *("unit price", "price per unit", "new price", "price", "prix de gros", "prix unitaire"),
        *("prix de vente", "prix", "bei ya jumla", "bei", "igiciro", "wholesale", "rate", "wsp"),
    ),
    Column.PACK: (
        *("pack size", "packing", "packaging", "pack", "case size", "units per case", "uom"),
        *("unit of measure", "unit", "size", "conditionnement", "emballage", "unite", "kipimo"),
        *("ingano", "pcs per ctn", "qty per case"),
    ),
    Column.NAME: (
        *("product name", "item name", "product description", "item description", "description"),
        *("description of goods", "product", "item", "items", "products", "name", "particulars"),
        *("designation", "libelle", "produit", "article", "bidhaa", "izina", "igicuruzwa"),
    ),
}
_NEEDED: Final = (Column.NAME, Column.PRICE)
# What stands beside a heading and names no other column: a currency, a tax, a unit.
_BESIDE: Final = re.compile(
    r"\b(ksh|kes|kshs|ghs|ngn|ugx|tzs|rwf|frw|usd|zmw|fcfa|xof|xaf|inc|incl|excl|ex|including"
    r"|excluding|vat|tax|ttc|ht|tva|in|per|the|of|gh|naira|shs|amount|\d+)\b"
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands (1 is A), and in which row its heading is."""

    row: int
    columns: dict[Column, int]

    def cells(self, row: Sequence[Cell]) -> dict[Column, Cell]:
        """The cells of a row by what they are."""
        by_place = {cell.column: cell for cell in row}
        return {
            column: by_place[place] for column, place in self.columns.items() if place in by_place
        }


def find_layout(rows: Sequence[Sequence[Cell]]) -> Layout | None:
    """The first row that has a heading of a name and one of a price; None where there is none."""
    for row in rows[:HEADING_ROWS_MAXIMUM]:
        found = layout_of(row)
        if found is not None:
            return found
    return None


def layout_of(row: Sequence[Cell]) -> Layout | None:
    """What a row of headings says; None where it is no such row."""
    columns: dict[Column, int] = {}
    for column, ranked in _ranked(row):
        if column not in columns and ranked not in columns.values():
            columns[column] = ranked
    if any(column not in columns for column in _NEEDED):
        return None
    return Layout(row[0].row, columns)


def _ranked(row: Sequence[Cell]) -> Iterator[tuple[Column, int]]:
    """Each kind of column with the places that would do, the best first."""
    headings = [(cell.column, heading(cell.text)) for cell in row if cell.text]
    for column, words in _WORDS.items():
        for word in words:
            for place, said in headings:
                if said == word:
                    yield column, place


def heading(text: str) -> str:
    """A heading in small letters without accents, signs and what stands beside it."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char if char.isalnum() or char.isspace() else " " for char in letters
                    if not unicodedata.combining(char))  # fmt: skip
    whole = " ".join(plain.split())
    if any(whole in words for words in _WORDS.values()):
        return whole
    return " ".join(_BESIDE.sub(" ", whole).split())
