"""The rates of a day or a month as a file: CSV, a part at a time.

    served_from,fetched_at,provider_at,source,destination,source_amount,destination_amount,rate,…

First what was served as it began, as `opening`; then each change, in the order in which they were
served. `piga rates replay` reads such a file.
"""

import csv
import io
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Final

from core.db.database import Tx
from values.ids import floor_of, made_at

COLUMNS: Final = (
    *("served_from", "fetched_at", "provider_at", "source", "destination"),
    *("source_amount", "destination_amount", "rate", "provider", "reason"),
)
ROWS_AT_ONCE: Final = 2_000
_SELECT: Final = (
    "id, fetched_at, provider_at, source, destination, source_amount, destination_amount, rate,"
    " provider"
)
Transaction = Callable[[], AbstractContextManager[Tx]]


class BadPeriod(ValueError):
    """Neither a day such as 2026-11-30 nor a month such as 2026-11."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `begins` up to `ends`, as the file's name says."""

    name: str
    begins: datetime
    ends: datetime


def period_of(said: str, zone: tzinfo) -> Period:
    """The day or month that was said, by the tenant's clock. Raises BadPeriod."""
    if not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", said, re.ASCII):
        raise BadPeriod
    try:
        begins = datetime.strptime(f"{said}-01"[:10], "%Y-%m-%d").replace(tzinfo=zone)
        if len(said) == len("2026-11-30"):
            ends = begins + timedelta(days=1)
        else:
            ends = (begins + timedelta(days=31)).replace(day=1)
        begins.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadPeriod from None
    return Period(said, begins, ends)


def lines(transaction: Transaction, period: Period) -> Iterator[bytes]:
    """The file. Each part is read in a transaction of its own, so that none lasts while somebody
    loads slowly."""
    first, end = _bound(period.begins), _bound(period.ends)
    with transaction() as tx:
        opening = tx.all(
            f"SELECT r.* FROM rate_pair p CROSS JOIN LATERAL (SELECT {_SELECT}, 'opening' FROM rate"
            "  WHERE tenant_id = current_tenant() AND source = p.source"
            "  AND destination = p.destination AND id < %s ORDER BY id DESC LIMIT 1) r"
            " WHERE p.tenant_id = current_tenant() ORDER BY p.source, p.destination",
            (first,),
        )
    yield _written([COLUMNS])
    yield _written(map(_row, opening))
    rows: list[Any] = [None]
    while rows:
        with transaction() as tx:
            rows = tx.all(
                f"SELECT {_SELECT}, reason FROM rate WHERE tenant_id = current_tenant()"
                " AND id >= %s AND id < %s ORDER BY id LIMIT %s",
                (first, end, ROWS_AT_ONCE),
            )
        if rows:
            yield _written(map(_row, rows))
            first = uuid.UUID(int=rows[-1][0].int + 1)


def _bound(moment: datetime) -> uuid.UUID:
    return floor_of(max(0, int(moment.timestamp() * 1_000)))


def _row(row: Sequence[Any]) -> list[str]:
    id, fetched_at, provider_at, source, destination, *numbers, provider, reason = row
    return [
        *(made_at(id).isoformat(), fetched_at.astimezone(UTC).isoformat()),
        provider_at.astimezone(UTC).isoformat() if provider_at else "",
        *(source, destination, *(f"{number:f}" for number in numbers), provider, reason),
    ]


def _written(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()
