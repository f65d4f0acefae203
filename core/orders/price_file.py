"""A trader's own price list, CSV or XLSX, read into products: what can be read, and row by row what
cannot. Nothing is guessed: a price that may be two is a problem with its row.

A code is kept in capital letters and digits, so A-12 is A12. In a list without codes each product
gets one made of its name. A row with nothing but words is the category of those below it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Final

from core.orders.pack import Pack, read_pack
from core.orders.price_file_layout import Column, Layout, find_layout, layout_of
from core.pricing.check import AMOUNT_MAXIMUM_MINOR
from core.spreadsheets.cells import Cell, Sheet
from core.spreadsheets.reading import read_sheets

CODE_CHARS_MAXIMUM: Final = 12
NAME_CHARS_MAXIMUM: Final = 80
NO_CATEGORY: Final = "goods"
_TOTALS: Final = re.compile(r"(grand |sub ?)?total\b|e ?& ?o ?e\b|page \d", re.IGNORECASE)
# A currency beside a number: KSh 1,250/=, GH₵ 12.50, 1 250 FCFA, $3.
_CURRENCY: Final = re.compile(
    r"(k\.?sh?s?\.?|kes|gh[s₵¢c]|ghc|₵|₦|ngn|n(?=\d)|ugx|ush|tzs|tsh|rwf|frw|fcfa|xof|xaf|f ?cfa"
    r"|zmw|mzn|mt(?![a-z])|etb|birr|bif|fbu|mwk|mk|rs\.?|r(?=\s?\d)|f(?![a-z])|us ?\$|usd|\$|€"
    r"|eur|£|gbp|/=|/-|=(?=\d))\s*",
    re.IGNORECASE,
)
# Those that have no decimals: 14.500 FCFA has thousands.
_WHOLE: Final = re.compile(r"f ?cfa|xof|xaf|rwf|frw|ugx|ush|bif|fbu", re.IGNORECASE)
_ERRORS: Final = ("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!")


@dataclass(frozen=True, slots=True)
class Product:
    """One product of the list; its price in minor units. `row` is where it stands."""

    row: int
    code: str
    name: str
    pack: Pack
    category: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: `code` is a word for programs, `row` 0 is the whole sheet."""

    sheet: str
    row: int
    code: str
    text: str


@dataclass(frozen=True, slots=True)
class PriceFile:
    """What a file says. `read` counts the rows that should each be a product."""

    read: int
    products: tuple[Product, ...]
    problems: tuple[Problem, ...]


class _Wrong(Exception):
    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code: Final = code
        self.text: Final = text


def read_price_file(path: Path, *, digits: int = 2) -> PriceFile:
    """Read a file whose prices have so many decimals. Raises what `read_sheets` raises."""
    return price_file(read_sheets(path), digits=digits)


def price_file(sheets: Sequence[Sheet], *, digits: int = 2) -> PriceFile:
    """Make sense of sheets: each that has headings of a name and a price is a part of the list."""
    reader = _Reader(digits)
    for sheet in sheets:
        reader.read(sheet)
    if not reader.found:
        text = "No row has headings for a product's name and its price."
        reader.problems.append(Problem(sheets[0].name if sheets else "", 0, "no_headings", text))
    return PriceFile(reader.rows, tuple(reader.products), tuple(reader.problems))


class _Reader:
    """What was read so far, over all sheets: a code stands in one of them once."""

    def __init__(self, digits: int) -> None:
        self._digits = digits
        self._rows_by_code: dict[str, tuple[str, int]] = {}
        self.rows = 0
        self.found = False
        self.products: list[Product] = []
        self.problems: list[Problem] = []

    def read(self, sheet: Sheet) -> None:
        layout = find_layout(sheet.rows)
        if layout is None:
            return
        self.found = True
        point = _decimal_mark(sheet, layout)
        category = NO_CATEGORY
        for row in sheet.rows:
            if not row or row[0].row <= layout.row or layout_of(row) is not None:
                continue
            cells = layout.cells(row)
            if row[0].row == layout.row + 1 and _goes_on(row, cells):
                continue
            if _is_footer(cells):
                continue
            if (words := _words_alone(row)) is not None:
                category = _key(words) or category
                continue
            self.rows += 1
            try:
                product = self._product(cells, row[0].row, category, layout, point)
                self._once(sheet.name, product)
            except _Wrong as wrong:
                place = Problem(sheet.name, row[0].row, wrong.code, wrong.text)
                self.problems.append(place)
            else:
                self.products.append(product)

    def _product(
        self, cells: dict[Column, Cell], row: int, category: str, layout: Layout, point: str
    ) -> Product:
        name = _text(cells.get(Column.NAME))
        if not name:
            raise _Wrong("no_name", "There is no name.")
        if len(name) > NAME_CHARS_MAXIMUM:
            raise _Wrong(
                "name_too_long", f"The name has more than {NAME_CHARS_MAXIMUM} characters."
            )
        if Column.CODE in layout.columns:
            code = _code(cells.get(Column.CODE))
        else:
            code = self._code_of(name)
        price_minor = _price_minor(cells.get(Column.PRICE), self._digits, point)
        own = _key(_text(cells.get(Column.CATEGORY)))
        pack = read_pack(_text(cells.get(Column.PACK)), name)
        return Product(row, code, name, pack, own or category, price_minor)

    def _once(self, sheet: str, product: Product) -> None:
        first = self._rows_by_code.setdefault(product.code, (sheet, product.row))
        if first != (sheet, product.row):
            raise _Wrong(
                "duplicate_code", f"The code {product.code} stands in row {first[1]} already."
            )

    def _code_of(self, name: str) -> str:
        """A code made of a name, the same for the same list."""
        letters = re.sub("[^A-Z0-9]", "", name.upper())[: CODE_CHARS_MAXIMUM - 3] or "P"
        number = 1
        code = letters
        while code in self._rows_by_code:
            number += 1
            code = f"{letters}{number}"
        return code


def _text(cell: Cell | None) -> str:
    """What a cell says; nothing where it is an error of a formula."""
    if cell is None or cell.text in _ERRORS:
        return ""
    value = cell.value
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return f"{value.to_integral_value():f}"
    return cell.text


def _words_alone(row: Sequence[Cell]) -> str | None:
    """The words of a row that has nothing but them; None for any other."""
    said = {cell.text for cell in row if cell.text}
    if len(said) != 1:
        return None
    [words] = said
    return words if any(char.isalpha() for char in words) else None


def _goes_on(row: Sequence[Cell], cells: dict[Column, Cell]) -> bool:
    """Whether a row goes on with the headings above it: "Wholesale" and "Retail" below "Price"."""
    words = [cell.text for cell in row if cell.text]
    return (
        _words_alone(row) is None
        and Column.NAME not in cells
        and not any(re.search(r"\d", said) for said in words)
    )


def _is_footer(cells: dict[Column, Cell]) -> bool:
    said = [_text(cells.get(column)) for column in (Column.CODE, Column.NAME)]
    return any(_TOTALS.match(words) for words in said)


def _key(words: str) -> str:
    return re.sub("[^a-z0-9]+", "_", words.casefold()).strip("_")[:40]


def _code(cell: Cell | None) -> str:
    said = _text(cell)
    if not said:
        raise _Wrong("no_code", "There is no code.")
    code = re.sub(r"[\s./_-]", "", said).upper()
    if not re.fullmatch("[A-Z0-9]+", code):
        raise _Wrong("bad_code", f"The code {said} has other signs than letters and digits.")
    if len(code) > CODE_CHARS_MAXIMUM:
        text = f"The code {said} has more than {CODE_CHARS_MAXIMUM} letters and digits."
        raise _Wrong("code_too_long", text)
    return code


def _decimal_mark(sheet: Sheet, layout: Layout) -> str:
    """The mark that the prices of a sheet have before their decimals, where one says so; else ''.
    1,250.00 says a point, 1.250,50 and 12,5 say a comma."""
    marks = set()
    for row in sheet.rows:
        cell = layout.cells(row).get(Column.PRICE) if row else None
        if cell is not None and isinstance(cell.value, str):
            found = re.search(r"([.,])(\d{1,2})$", _number(cell.text))
            if found:
                marks.add(found[1])
    return marks.pop() if len(marks) == 1 else ""


def _number(text: str) -> str:
    """A price without its currency and spaces."""
    return re.sub(r"[\s'’]", "", _CURRENCY.sub("", text)).removesuffix(".").removesuffix("-")


def _price_minor(cell: Cell | None, digits: int, point: str) -> int:
    if cell is not None and cell.value is None and cell.formula:
        raise _Wrong("formula_without_value", f"{cell.place} is a formula without its value.")
    said = _text(cell)
    if cell is None or not said or said in ("-", "–", "—"):
        raise _Wrong("no_price", "There is no price.")
    price = cell.value if isinstance(cell.value, Decimal) else _read(said, point, digits)
    if not price.is_finite() or price <= 0:
        raise _Wrong("bad_price", f"The price {said} is not above 0.")
    minor = (price * 10**digits).quantize(Decimal(1), ROUND_HALF_UP)
    if not isinstance(cell.value, Decimal) and minor != price * 10**digits:
        raise _Wrong("bad_price", f"The price {said} has more than {digits} decimals.")
    if not 0 < minor <= AMOUNT_MAXIMUM_MINOR:
        raise _Wrong("bad_price", f"The price {said} cannot be.")
    return int(minor)


def _read(said: str, point: str, digits: int) -> Decimal:
    number = _number(said)
    if not re.fullmatch(r"\d[\d.,]*", number) or len(number) > 24:
        raise _Wrong("bad_price", f"The price {said} is no number.")
    for whole in _meanings(number, point, 0 if _WHOLE.search(said) else digits):
        return whole
    raise _Wrong("ambiguous_price", f"The price {said} may be two: with thousands or decimals.")


def _meanings(number: str, point: str, digits: int) -> Iterator[Decimal]:
    """The one number that is meant; none where it may be two. A currency without decimals has only
    thousands."""
    marks = [char for char in number if char in ".,"]
    if not marks:
        yield Decimal(number)
    elif len(set(marks)) == 2 or marks.count(marks[0]) > 1:
        last = marks[-1] if len(set(marks)) == 2 else ""
        other = "".join(set(".,") - {last})
        whole, _, rest = number.rpartition(last) if last else (number, "", "")
        threes = re.split(f"[{re.escape(other)}]", whole)
        if threes[0] and all(len(part) == 3 for part in threes[1:]) and "" not in threes:
            yield Decimal("".join(threes) + (f".{rest}" if rest else ""))
    else:
        mark = marks[0]
        whole, _, rest = number.partition(mark)
        if len(rest) != 3 or len(whole) > 3 or whole == "0":
            yield Decimal(f"{whole}.{rest or 0}")
        elif not digits or (point and point != mark):
            yield Decimal(whole + rest)
        elif point:
            yield Decimal(f"{whole}.{rest}")
        elif mark == ",":
            yield Decimal(whole + rest)
