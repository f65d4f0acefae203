"""Where the build-ups stand on a sheet: blocks of lines under a row of products.

NPA's sheets have no fixed cells. A block begins with a row that names products, each with its unit
(`Premium (GHp/Lt)`) or under one that stands above them all (`US Cents per Litre`). Below it each
row is a line: its words on the left, an amount per product; an empty cell is nothing to pay. A
block ends with its total, with two empty rows or with the next block.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Final

from core.fuel.price_lines import Part, line_of, product_of, words_of
from core.spreadsheets.cells import Cell, Sheet

_UNIT: Final = re.compile(
    r"(?P<money>gh\s?p|pesewas?|gh\s?[₵¢ȼs]?|cedis?|us\s?cents?|us[d$]?|\$)\s*(?:/|per)\s*"
    r"(?P<per>lt?r?s?|lit(?:er|re)s?|kgs?|kilo(?:gram)?s?)\b",
    re.IGNORECASE,
)
_EMPTY_ROWS_AT_THE_END: Final = 2
_HEADER_WORDS_MAXIMUM: Final = 8


@dataclass(frozen=True, slots=True)
class Unit:
    """In what a column counts: hundredths of a currency or whole units, per litre or kilogram."""

    currency: str
    is_hundredths: bool
    per: str


@dataclass(frozen=True, slots=True)
class Column:
    """One product of a block. `unit` is None where the sheet says none."""

    column: int
    name: str
    product: str
    unit: Unit | None


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a block, with its cells by column."""

    code: str
    name: str
    part: Part
    cells: dict[int, Cell]


@dataclass(slots=True)
class Block:
    """Lines under a row of products."""

    columns: tuple[Column, ...]
    rows: list[Row] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return bool(self.rows) and self.rows[-1].part is Part.TOTAL


def blocks_of(sheet: Sheet) -> list[Block]:
    """All build-ups on a sheet, in order."""
    blocks: list[Block] = []
    open_block: Block | None = None
    unit_above: Unit | None = None
    empty_rows = 0
    for cells in sheet.rows:
        if not cells:
            empty_rows += 1
            if empty_rows >= _EMPTY_ROWS_AT_THE_END:
                open_block = None
            continue
        empty_rows = 0
        columns = _header(cells, unit_above)
        if columns:
            open_block = Block(columns)
            blocks.append(open_block)
            unit_above = None
            continue
        if open_block is not None and not open_block.is_done:
            row = _row(cells, open_block)
            if row is not None:
                open_block.rows.append(row)
            continue
        unit_above = _unit_alone(cells) or unit_above
    return [block for block in blocks if block.rows]


def unit_of(text: str) -> Unit | None:
    """The unit that a text says: `GHp/Lt`, `US Cents per Litre`."""
    found = _UNIT.search(text)
    if found is None:
        return None
    money = found["money"].lower().replace(" ", "")
    per = "kilogram" if found["per"].lower().startswith("k") else "litre"
    if money in ("usd", "us$", "us", "$"):
        return Unit("USD", False, per)
    if money.startswith("us"):
        return Unit("USD", True, per)
    return Unit("GHS", money == "ghp" or money.startswith("pesewa"), per)


def number_of(cell: Cell) -> Decimal | None:
    """The amount in a cell, also where it is text: `1,152.81`, `(424.21)`; a dash is nothing.

    Raises ValueError where it is neither an amount nor empty.
    """
    if isinstance(cell.value, Decimal):
        return cell.value
    text = cell.text.replace(",", "").replace(" ", "")
    if text in ("", "-", "–", "—"):
        return None
    negative = text.startswith("(") and text.endswith(")")
    try:
        number = Decimal(text.strip("()"))
    except InvalidOperation:
        raise ValueError from None
    if not number.is_finite():
        raise ValueError
    return -number if negative else number


def _header(cells: Sequence[Cell], unit_above: Unit | None) -> tuple[Column, ...]:
    """The products of a row, where it names some and has no amount."""
    if any(isinstance(cell.value, Decimal) for cell in cells):
        return ()
    columns = []
    for cell in cells:
        if cell.column == 1 or len(words_of(cell.text)) > _HEADER_WORDS_MAXIMUM:
            continue  # words of lines stand there; or it is a sentence
        unit = unit_of(cell.text)
        name = _name(cell.text)
        product = product_of(name)
        if name and (unit is not None or product is not None):
            code = product or "_".join(words_of(name))
            columns.append(Column(cell.column, name, code, unit or unit_above))
    enough = 1 if any(one.unit for one in columns) else 2
    return tuple(columns) if len(columns) >= enough else ()


def _name(text: str) -> str:
    """A product's name without its unit: `MGO Foreign - (GHp/Lt)` is MGO Foreign."""
    found = _UNIT.search(text)
    name = text[: found.start()] + text[found.end() :] if found else text
    return name.strip(" -–()").replace("( )", "").strip()


def _unit_alone(cells: Sequence[Cell]) -> Unit | None:
    for cell in cells:
        unit = unit_of(cell.text)
        if unit is not None:
            return unit
    return None


def _row(cells: Sequence[Cell], block: Block) -> Row | None:
    """A line of the block; None where the row has no words on the left."""
    first = block.columns[0].column
    labels = [cell for cell in cells if cell.column < first and isinstance(cell.value, str)]
    if not labels:
        return None
    name = labels[0].text
    code, part = line_of(name)
    wanted = {column.column for column in block.columns}
    return Row(code, name, part, {cell.column: cell for cell in cells if cell.column in wanted})


def texts_of(sheet: Sheet) -> Iterator[str]:
    """Every text on a sheet, in reading order; titles come first."""
    for cells in sheet.rows:
        for cell in cells:
            if isinstance(cell.value, str):
                yield cell.text
