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
        *(
            "prix de vente",
            "p u",
            "prix",
            "bei ya jumla",
            "bei",
            "igiciro",
            "wholesale",
            "rate",
            "wsp",
        ),
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
# Words that tell what a heading is where no list above has it whole: "Jina la bidhaa". A price that
# shops pay goes before any other, one that their customers pay or that the trader paid behind all.
_TOLD: Final[dict[Column, frozenset[str]]] = {
    Column.PRICE: frozenset(
        (
            *("price", "prices", "prc", "prix", "bei", "igiciro", "ibiciro", "preco", "precos"),
            *("tarif", "tarifa", "rate", "cost", "wholesale", "rrp", "mrp", "retail", "pu"),
        )
    ),
    Column.PACK: frozenset(
        (
            *("pack", "packs", "packing", "packaging", "pkg", "size", "conditionnement"),
            *("emballage", "embalagem", "kipimo", "unit", "uom", "unidade", "taille", "format"),
            *("contenance", "volume", "weight", "poids"),
        )
    ),
    Column.CODE: frozenset(
        ("code", "codes", "sku", "ref", "reference", "kodi", "msimbo", "codigo", "barcode")
    ),
    Column.CATEGORY: frozenset(
        ("category", "categorie", "categoria", "group", "famille", "department", "dept")
    ),
    Column.NAME: frozenset(
        (
            *("product", "products", "prod", "item", "items", "itm", "description", "desc"),
            *("designation", "libelle", "produit", "produits", "article", "articles", "bidhaa"),
            *("igicuruzwa", "ibicuruzwa", "produto", "produtos", "descricao", "mercadoria"),
            *("mercadorias", "artigo", "commodity", "commodities", "goods", "denomination"),
            *("title", "name", "nom", "particulars", "drug", "medicine"),
        )
    ),
}
_FOR_SHOPS: Final = frozenset(
    ("wholesale", "wsp", "jumla", "gros", "carton", "ctn", "case", "trade", "karito", "grosso")
)
_FOR_OTHERS: Final = frozenset(
    (
        *("retail", "rejareja", "detail", "rrp", "rsp", "mrp", "cost", "buying", "buy"),
        *("purchase", "achat", "closing", "retalho"),
    )
)
_HEADING_WORDS_MAXIMUM: Final = 6
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
        ranked = []
        for order, (place, said) in enumerate(headings):
            told = said.split()
            if said in words:
                rank = words.index(said)
            elif len(told) <= _HEADING_WORDS_MAXIMUM and _told_by(told) is column:
                rank = len(words) + order
            else:
                continue
            ranked.append((_for_whom(told) if column is Column.PRICE else 0, rank, place))
        for _, _, place in sorted(ranked):
            yield column, place


def _told_by(words: Sequence[str]) -> Column | None:
    """What a heading of these words is; None where they do not tell."""
    return next((column for column, told in _TOLD.items() if not told.isdisjoint(words)), None)


def _for_whom(words: Sequence[str]) -> int:
    """0 for a price that shops pay, 2 for one that others pay."""
    if not _FOR_SHOPS.isdisjoint(words):
        return 0
    return 1 if _FOR_OTHERS.isdisjoint(words) else 2


def heading(text: str) -> str:
    """A heading in small letters without accents, signs and what stands beside it."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char if char.isalnum() or char.isspace() else " " for char in letters
                    if not unicodedata.combining(char))  # fmt: skip
    whole = " ".join(plain.split()).replace("w sale", "wholesale")
    if any(whole in words for words in _WORDS.values()):
        return whole
    return " ".join(_BESIDE.sub(" ", whole).split())
