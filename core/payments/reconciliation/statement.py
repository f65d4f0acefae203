"""A provider's statement, as a CSV file with a header, read row by row."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

from core.payments.reconciliation.runs import Movement
from core.payments.text_errors import WrongStatement
from values.currencies import minor_digits

# Our names, and what a column is called where nobody says otherwise.
COLUMNS: Final = {
    "txid": "txid",
    "amount": "amount",
    "time": "time",
    "currency": "currency",
    "status": "status",
    "fee": "fee",
    "reference": "reference",
}
NEEDED: Final = ("txid", "amount", "time")
HAPPENED: Final = frozenset({"", "successful", "success", "completed", "paid", "ok", "200", "ts"})


@dataclass(frozen=True, slots=True)
class Wallet:
    """Of which wallet a statement is: its currency, and the zone of its days and times."""

    currency: str
    zone: ZoneInfo


def read(
    lines: Iterable[str], wallet: Wallet, columns: Mapping[str, str] | None = None
) -> Iterator[Movement]:
    """The movements of a statement, in its order. What left has an amount below nothing. Raises
    WrongStatement, with the line."""
    rows = csv.reader(lines)
    header = [name.strip().lower() for name in next(rows, [])]
    names = {**COLUMNS, **(columns or {})}
    places = {
        ours: header.index(theirs.strip().lower())
        for ours, theirs in names.items()
        if theirs.strip().lower() in header
    }
    for needed in NEEDED:
        if needed not in places:
            raise WrongStatement(f"The statement has no column {names[needed]}.")
    for row in rows:
        if any(field.strip() for field in row):
            yield _movement(row, places, rows.line_num, wallet)


def _movement(row: list[str], places: Mapping[str, int], line: int, wallet: Wallet) -> Movement:
    def said(name: str) -> str:
        place = places.get(name)
        return row[place].strip() if place is not None and place < len(row) else ""

    where = f"line {line}"
    currency = said("currency").upper() or wallet.currency
    at = _moment(said("time"), wallet.zone, where)
    fee = said("fee")
    return Movement(
        txid=said("txid"),
        amount_minor=_minor(said("amount"), currency, where),
        currency=currency,
        at_s=int(at.timestamp()),
        day=at.astimezone(wallet.zone).date().isoformat(),
        ok=said("status").lower() in HAPPENED,
        fee_minor=_minor(fee, currency, where) if fee else None,
        reference=said("reference"),
        place=where,
    )


def _minor(said: str, currency: str, where: str) -> int:
    try:
        minor = Decimal(said.replace(",", "").replace(" ", "")).scaleb(minor_digits(currency))
    except (InvalidOperation, KeyError):
        raise WrongStatement(f"{where}: {said[:40]!r} is no amount.") from None
    if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) > 10**15:
        raise WrongStatement(f"{where}: {said[:40]!r} is no amount in {currency}.")
    return int(minor)


def _moment(said: str, zone: ZoneInfo, where: str) -> datetime:
    """ISO 8601; without a zone it is the wallet's."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise WrongStatement(f"{where}: {said[:40]!r} is no time.") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)
