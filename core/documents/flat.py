"""Rows as programs read them: an amount is two columns, its figures and its currency."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from core.documents.table import Column, Row, Value
from values.currencies import minor_digits
from values.money import Money


def flat_names(columns: Sequence[Column]) -> list[str]:
    """The names of the columns, with those of the currencies."""
    names: list[str] = []
    for column in columns:
        names.append(column.name)
        if column.kind == "amount":
            names.append(f"{column.name}_currency")
    return names


def flat(columns: Sequence[Column], row: Row) -> Iterator[Value]:
    """A row's values, with the currencies behind their amounts. Raises ValueError where the row
    has more or fewer values than there are columns."""
    for column, value in zip(columns, row, strict=True):
        if column.kind != "amount":
            yield value
        elif isinstance(value, Money):
            digits = minor_digits(value.currency)
            yield Decimal(value.amount_minor).scaleb(-digits)
            yield value.currency
        else:
            yield from (value, None)
