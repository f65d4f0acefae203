"""Rows as they are kept between reading and writing: typed JSON, compressed, sealed."""

import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

import orjson

from core.documents.table import Row, Value
from values.money import Money

# The key of what JSON has no type for.
_MONEY: Final = "m"
_MOMENT: Final = "t"
_DAY: Final = "d"
_DECIMAL: Final = "n"


def pack(rows: Sequence[Row]) -> bytes:
    return zlib.compress(orjson.dumps([[_plain(value) for value in row] for row in rows]), level=1)


def unpack(packed: bytes) -> Iterator[Row]:
    for row in orjson.loads(zlib.decompress(packed)):
        yield [_value(value) for value in row]


def _plain(value: Value) -> Any:
    match value:
        case Money():
            return {_MONEY: [value.amount_minor, value.currency]}
        case datetime():
            return {_MOMENT: value.isoformat()}
        case date():
            return {_DAY: value.isoformat()}
        case Decimal():
            return {_DECIMAL: str(value)}
    return value


def _value(plain: Any) -> Value:
    match plain:
        case {"m": [amount_minor, currency]}:
            return Money(amount_minor, currency)
        case {"t": moment}:
            return datetime.fromisoformat(moment)
        case {"d": day}:
            return date.fromisoformat(day)
        case {"n": number}:
            return Decimal(number)
    value: Value = plain
    return value
