"""Read the regulator's price build-up from its own spreadsheet, and say what is wrong with it.

An amount is in whole units of a currency (cedis, dollars) per litre or kilogram, to four places of
a pesewa; the sheets count in pesewas (GHp). What is missing is never guessed: a cell that cannot be
read is a problem with its place, and its line is left out of the sums.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

from core.fuel.price_layout import Block, Column, Row, blocks_of, number_of, texts_of
from core.fuel.price_lines import EX_REFINERY, Part
from core.fuel.price_window import Window, date_in, title_date
from core.spreadsheets.cells import Sheet
from core.spreadsheets.reading import read_sheets

_PLACES_HUNDREDTHS: Final = Decimal("0.000001")  # four places of a pesewa
_SUM_TOLERANCE: Final = Decimal("0.0001")  # a hundredth of a pesewa
_PUMP_PLACES: Final = Decimal("0.01")
# Since 2020 the lines of a product have added to 0.8 to 4 cedis a litre.
_CEDIS_ADDED_MINIMUM: Final = Decimal("0.10")
_CEDIS_ADDED_MAXIMUM: Final = Decimal(40)
JUMP: Final = Decimal("0.25")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong and where: a cell such as D13, a product, or '' for the whole file."""

    code: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """What one tax, levy or margin adds. A negative one takes away."""

    code: str
    name: str
    amount: Decimal
    part: Part = Part.LINE


@dataclass(frozen=True, slots=True)
class Product:
    """A product's build-up. `currency` and `per` say what each amount is: GHS per litre.

    `ex_refinery` is None where the company has to put its own; then there is no price.
    """

    product: str
    name: str
    currency: str
    per: str
    lines: tuple[Line, ...]
    ex_refinery: Decimal | None
    ex_refinery_parts: tuple[Line, ...] = ()

    @property
    def added(self) -> Decimal:
        """What all lines add to the ex-refinery price."""
        return sum((line.amount for line in self.lines), Decimal())

    @property
    def added_to_floor(self) -> Decimal:
        """The same without the two margins that a company sets itself."""
        amounts = (line.amount for line in self.lines if line.part is not Part.MARGIN)
        return sum(amounts, Decimal())

    def floor(self, ex_refinery: Decimal | None = None) -> Decimal | None:
        """The lowest price at the pump that the regulator allows, for its ex-refinery floor."""
        base = self.ex_refinery if ex_refinery is None else ex_refinery
        return None if base is None else _at_the_pump(base + self.added_to_floor)

    @property
    def ex_pump(self) -> Decimal | None:
        return None if self.ex_refinery is None else _at_the_pump(self.ex_refinery + self.added)


@dataclass(frozen=True, slots=True)
class PriceSheet:
    """What a file says. `window` is None where no date was found."""

    window: Window | None
    products: tuple[Product, ...]
    problems: tuple[Problem, ...]


def read_price_sheet(path: Path) -> PriceSheet:
    """Read a file. Raises what `read_sheets` raises."""
    return price_sheet(read_sheets(path), file_name=path.stem)


def price_sheet(sheets: Iterable[Sheet], *, file_name: str = "") -> PriceSheet:
    """Make sense of sheets: all products of all build-ups on them, in order."""
    problems: list[Problem] = []
    products: list[Product] = []
    dates: list[date] = []
    for sheet in sheets:
        found = list(_products(sheet, problems))
        products += found
        day = title_date(texts_of(sheet)) or date_in(sheet.name)
        if found and day is not None:
            dates.append(day)
            named = date_in(sheet.name)
            if named is not None and named != day:
                text = f"The sheet's name says {named}, its title {day}."
                problems.append(Problem("dates_differ", sheet.name, text))
    day = dates[0] if dates else date_in(file_name)
    if not products:
        problems.append(Problem("no_products", "", "No product with its unit was found."))
    if day is None:
        problems.append(Problem("no_date", "", "No date was found in a title or a name."))
    elif day != Window.of(day).first:
        text = f"{day} is not the first day of a price window."
        problems.append(Problem("not_a_first_day", "", text))
    if any(other != day for other in dates):
        text = "Sheets of one file have different dates: " + ", ".join(map(str, dates)) + "."
        problems.append(Problem("dates_differ", "", text))
    problems += _doubles(products)
    return PriceSheet(Window.of(day) if day else None, tuple(products), tuple(problems))


def compared(now: PriceSheet, before: PriceSheet) -> Iterator[Problem]:
    """What changed so much since another sheet that somebody should look at it."""
    earlier = {(one.product, one.currency): one for one in before.products}
    for product in now.products:
        old = earlier.get((product.product, product.currency))
        if old is None:
            continue
        amounts = {line.code: line.amount for line in product.lines}
        had = {line.code: line.amount for line in old.lines}
        for code in sorted(amounts.keys() | had.keys()):
            text = _change(had.get(code), amounts.get(code))
            if text:
                yield Problem("jump", product.product, f"{code}: {text}")


def _change(old: Decimal | None, new: Decimal | None) -> str:
    if new is None:
        return f"was {old}, and is no more."
    if old is None:
        return f"{new} is new."
    return f"was {old}, and is {new}." if abs(new - old) > JUMP * abs(old) else ""


def _products(sheet: Sheet, problems: list[Problem]) -> Iterator[Product]:
    for block in blocks_of(sheet):
        for column in block.columns:
            if not column.is_known and all(column.column not in row.cells for row in block.rows):
                continue  # remarks, or an empty column
            if column.unit is None:
                text = f"The sheet does not say in what {column.name} is counted."
                problems.append(Problem("no_unit", column.name, text))
            else:
                yield _product(block, column, problems)


def _product(block: Block, column: Column, problems: list[Problem]) -> Product:
    assert column.unit is not None
    reading = _Reading(column, problems)
    parts: list[Line] = []
    lines: list[Line] = []
    ex_refinery: Decimal | None = None
    for row in block.rows:
        amount = reading.amount(row)
        if row.part is Part.EX_REFINERY and amount is not None:
            # A sum of parts is taken as stated: its parts were rounded one by one.
            is_sum = row.code == EX_REFINERY and parts
            ex_refinery = amount if is_sum or ex_refinery is None else ex_refinery + amount
        if row.part in (Part.SUBTOTAL, Part.TOTAL) or (row.code == EX_REFINERY and parts):
            reading.require_sum(row, amount, [*parts, *lines])
        elif amount is not None and row.part is Part.EX_REFINERY:
            parts.append(Line(row.code, row.name, amount, row.part))
        elif amount is not None:
            lines.append(Line(row.code, row.name, amount, row.part))
    product = Product(
        product=column.product,
        name=column.name,
        currency=column.unit.currency,
        per=column.unit.per,
        lines=tuple(lines),
        ex_refinery=ex_refinery,
        ex_refinery_parts=tuple(parts) if len(parts) > 1 else (),
    )
    reading.require_likely(product)
    return product


@dataclass(frozen=True, slots=True)
class _Reading:
    """One column being read."""

    column: Column
    problems: list[Problem]

    def amount(self, row: Row) -> Decimal | None:
        """The line's amount in whole units; None where the cell is empty or cannot be read."""
        cell = row.cells.get(self.column.column)
        if cell is None:
            return None
        if cell.formula and (cell.value is None or cell.value == cell.formula):
            text = f"{row.name} is a formula without its value; save the file in a spreadsheet."
            self.problems.append(Problem("formula_without_value", cell.place, text))
            return None
        try:
            number = number_of(cell)
        except ValueError:
            self.problems.append(Problem("not_a_number", cell.place, f"{row.name} is no number."))
            return None
        if number is None:
            return None
        assert self.column.unit is not None
        whole = number / 100 if self.column.unit.is_hundredths else number
        return _plain(whole.quantize(_PLACES_HUNDREDTHS, ROUND_HALF_UP))

    def require_sum(self, row: Row, stated: Decimal | None, lines: list[Line]) -> None:
        """A total that the sheet states is that of the lines above it, or is a problem; one of
        taxes or margins leaves the product out, or begins below the total before."""
        reckoned = _sum(lines)
        sums = [reckoned]
        if row.part is Part.SUBTOTAL:
            added = [line for line in lines if line.part is not Part.EX_REFINERY]
            sums += [_sum(added[first:]) for first in range(len(added))]
        if stated is not None and all(abs(stated - one) > _SUM_TOLERANCE for one in sums):
            place = row.cells[self.column.column].place
            text = f"{row.name} says {stated}, and the lines above it add up to {_plain(reckoned)}."
            self.problems.append(Problem("sum_differs", place, text))

    def require_likely(self, product: Product) -> None:
        """Pesewas that were read as cedis, or the other way round, are a hundred times off."""
        if product.currency != "GHS" or len(product.lines) < _LINES_TO_JUDGE_BY:
            return
        if not _CEDIS_ADDED_MINIMUM <= product.added <= _CEDIS_ADDED_MAXIMUM:
            text = (
                f"All lines of {product.name} add {_plain(product.added)} cedis:"
                " are these the units that the sheet says?"
            )
            self.problems.append(Problem("unit_unlikely", product.name, text))


_LINES_TO_JUDGE_BY: Final = 5


def _sum(lines: list[Line]) -> Decimal:
    return sum((line.amount for line in lines), Decimal())


def _doubles(products: list[Product]) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for product in products:
        key = (product.product, product.currency)
        if key in seen:
            text = f"{product.name} is in the file twice, in {product.currency}."
            yield Problem("product_twice", product.name, text)
        seen.add(key)


def _at_the_pump(price: Decimal) -> Decimal:
    return price.quantize(_PUMP_PLACES, ROUND_HALF_UP)


def _plain(amount: Decimal) -> Decimal:
    """Without zeros at the end beyond the second place: 0.490000 is 0.49."""
    short = amount.normalize()
    exponent = short.as_tuple().exponent
    assert isinstance(exponent, int)
    return short.quantize(_PUMP_PLACES) if exponent > -2 else short


def to_data(sheet: PriceSheet, ex_refinery: Mapping[str, Decimal]) -> dict[str, object]:
    """As `piga fuel prices read --json` prints it. `ex_refinery` gives floors for products."""
    return {
        "window": {"from": str(sheet.window.first), "to": str(sheet.window.last)}
        if sheet.window
        else None,
        "products": [_data_of(one, ex_refinery.get(one.product)) for one in sheet.products],
        "problems": [
            {"code": one.code, "place": one.place, "text": one.text} for one in sheet.problems
        ],
    }


def _data_of(product: Product, ex_refinery: Decimal | None) -> dict[str, object]:
    floor = product.floor(ex_refinery)
    return {
        "product": product.product,
        "name": product.name,
        "currency": product.currency,
        "per": product.per,
        "lines": [_line_data(line) for line in product.lines],
        "added": str(_plain(product.added)),
        "added_without_margins": str(_plain(product.added_to_floor)),
        "ex_refinery": None if product.ex_refinery is None else str(_plain(product.ex_refinery)),
        "ex_refinery_parts": [_line_data(line) for line in product.ex_refinery_parts],
        "ex_pump": None if product.ex_pump is None else str(product.ex_pump),
        "floor": None if floor is None else str(floor),
    }


def _line_data(line: Line) -> dict[str, str]:
    return {"code": line.code, "name": line.name, "amount": str(line.amount)}
