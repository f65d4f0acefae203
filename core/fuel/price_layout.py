"""Where the build-ups stand on a sheet: blocks of lines under a row of products.

NPA's sheets have no fixed cells. A block begins with a row that names products, each with its unit
(`Premium (GHp/Lt)`), with their units in the row below, or under one that stands above them all
(`US Cents per Litre`). Below it each
row is a line: its words on the left, an amount per product; an empty cell is nothing to pay. A
block ends with its total or with the next block.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from core.fuel.price_lines import Part, is_known, line_of, product_of, words_of
from core.fuel.price_units import Unit, unit_of, without_unit
from core.spreadsheets.cells import Cell, Sheet

_HEADER_WORDS_MAXIMUM: Final = 8
_NAMED_WITHOUT_A_UNIT: Final = 2
_NOTHING: Final = frozenset({"", "-", "\u2013", "\u2014", "nil", "n/a", "na", "none"})
# What else may head a column.
_NO_PRODUCTS: Final = (["remarks"], ["remark"], ["notes"], ["note"], ["comments"], ["source"])


@dataclass(frozen=True, slots=True)
class Column:
    """One product of a block. `unit` is None where the sheet says none."""

    column: int
    name: str
    product: str
    unit: Unit | None

    @property
    def is_known(self) -> bool:
        return product_of(self.name) is not None


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

    def takes(self, row: Row) -> bool:
        """Whether a row is one of this build-up: below a total only what is known to be a line."""
        if all(one.part is not Part.TOTAL for one in self.rows):
            return True
        return row.part in (Part.LINE, Part.MARGIN, Part.TOTAL) and is_known(row.name)


def blocks_of(sheet: Sheet) -> list[Block]:
    """All build-ups on a sheet, in order."""
    blocks: list[Block] = []
    open_block: Block | None = None
    unit_above: Unit | None = None
    for cells in sheet.rows:
        if open_block is not None and not open_block.rows and len(open_block.columns) == 1:
            unit_above = open_block.columns[0].unit or unit_above  # or it is a title's
        columns = _header(cells, unit_above)
        if columns:
            open_block = Block(columns)
            blocks.append(open_block)
            continue
        if open_block is not None and not open_block.rows and _units_below(cells, open_block):
            continue
        row = _row(cells, open_block) if open_block is not None else None
        if open_block is not None and row is not None and open_block.takes(row):
            open_block.rows.append(row)
            continue
        unit_above = _unit_alone(cells) or unit_above
    return [block for block in blocks if block.rows]


def number_of(cell: Cell) -> Decimal | None:
    """The amount in a cell, also where it is text: `1,152.81`, `(424.21)`, `49.00*`; a dash, nil
    and n/a are nothing.

    Raises ValueError where it is neither an amount nor empty.
    """
    if isinstance(cell.value, Decimal):
        return cell.value
    text = cell.text.replace(",", "").replace(" ", "").rstrip("*\u2020\u00b9\u00b2\u00b3")
    if text.casefold() in _NOTHING:
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
    """The products of a row, where it names some and has no amount. A product that is not known is
    one where its unit stands with it, or where it stands among others that are."""
    if any(isinstance(cell.value, Decimal) for cell in cells):
        return ()
    texts = [cell for cell in cells if isinstance(cell.value, str) and cell.column > 1]
    texts = [cell for cell in texts if len(words_of(cell.text)) <= _HEADER_WORDS_MAXIMUM]
    named = [cell for cell in texts if product_of(_name(cell.text)) is not None]
    with_units = [cell for cell in texts if _name(cell.text) and unit_of(cell.text)]
    sure = [cell for cell in with_units if cell in named or len(with_units) > 1]
    if not sure and len(named) < _NAMED_WITHOUT_A_UNIT:
        return ()  # words of lines stand there; or it is a title
    first = min(cell.column for cell in [*sure, *named])
    found = []
    for cell in texts:
        name = _name(cell.text)
        if cell.column >= first and name and words_of(name)[:1] not in _NO_PRODUCTS:
            code = product_of(name) or "_".join(words_of(name))
            found.append(Column(cell.column, name, code, unit_of(cell.text) or unit_above))
    return tuple(found)


def _units_below(cells: Sequence[Cell], block: Block) -> bool:
    """Whether a row below the products has their units, and nothing else; then they get them."""
    wanted = {column.column for column in block.columns}
    units = {cell.column: unit_of(cell.text) for cell in cells if cell.column in wanted}
    given = [cell for cell in cells if cell.column in units and not _name(cell.text)]
    if not units or len(given) < len(units) or None in units.values():
        return False
    block.columns = tuple(
        replace(column, unit=units.get(column.column) or column.unit) for column in block.columns
    )
    return True


def _name(text: str) -> str:
    """A product's name without its unit: `MGO Foreign - (GHp/Lt)` is MGO Foreign."""
    return without_unit(text).strip(" -\u2013()[]:").strip()


def _unit_alone(cells: Sequence[Cell]) -> Unit | None:
    """The unit that a title says for all that stands below it."""
    for cell in cells:
        unit = unit_of(cell.text)
        if unit is not None:
            return unit
    return None


def _row(cells: Sequence[Cell], block: Block) -> Row | None:
    """A line of the block; None where the row has no words on the left, or no amount."""
    first = block.columns[0].column
    labels = [cell.text for cell in cells if cell.column < first and isinstance(cell.value, str)]
    wanted = {column.column for column in block.columns}
    amounts = {cell.column: cell for cell in cells if cell.column in wanted}
    if not labels or not any(cell.text or cell.formula for cell in amounts.values()):
        return None
    name = _label(labels)
    code, part = line_of(name)
    return Row(code, name, part, amounts)


def _label(labels: Sequence[str]) -> str:
    """The words of a line, where a number or a letter of it may stand beside them."""
    known = (text for text in labels if is_known(text))
    return next(known, None) or max(labels, key=lambda text: sum(map(str.isalpha, text)))


def texts_of(sheet: Sheet) -> Iterator[str]:
    """The rows with words or a date, as text in reading order; titles come first."""
    for cells in sheet.rows:
        said = [cell.text for cell in cells if isinstance(cell.value, str | date)]
        if said:
            yield " | ".join(said)
