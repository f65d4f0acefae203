"""A closed day's sheet as PDF: the figures that were signed, and every difference."""

from collections.abc import Iterator
from datetime import datetime
from typing import BinaryIO, Final

from core.documents.pdf_file import write_pdf
from core.documents.table import About, Column, Row, Table
from core.payments.reconciliation import sheet
from core.payments.reconciliation.compare import MATCHED
from core.payments.reconciliation.days import Closed, Day
from values.money import Money
from values.said import said

KINDS: Final = {
    "matched": said("the same on both sides"),
    "amount": said("another amount"),
    "currency": said("another currency"),
    "fee": said("another fee"),
    "status": said("another state"),
    "wrong_day": said("on another day"),
    "duplicate": said("twice"),
    "ours_only": said("with us only"),
    "theirs_only": said("with them only"),
}


def write(into: BinaryIO, day: Day, closed: Closed, whose: str, *, is_signed: bool) -> None:
    """Write it."""
    made = closed.created_at.astimezone(day.zone)
    signed = "The signature is right." if is_signed else "THE SIGNATURE IS WRONG."
    lines = (
        f"Closed by {closed.closed_by} at {made:%Y-%m-%d %H:%M}. {signed}",
        f"SHA-256 of the sheet: {bytes(closed.sheet_digest).hex()}",
    )
    about = About(f"{day.wallet} on {day.day}", whose, lines, day.zone)
    tables = [_figures(day, closed)]
    if closed.sheet is not None:
        tables.append(_differences(day, closed.sheet))
    write_pdf(about, tables, into)


def _figures(day: Day, closed: Closed) -> Table:
    columns = (
        Column("kind", "What", width=2.0),
        Column("count", "Count", "number"),
        Column("ours", "Ours", "amount"),
        Column("theirs", "Theirs", "amount"),
        Column("difference", "Difference", "amount"),
    )

    def row(name: str, count: int, ours_minor: int, theirs_minor: int) -> Row:
        amounts = (ours_minor, theirs_minor, ours_minor - theirs_minor)
        return (name, count, *(Money(one, day.currency) for one in amounts))

    figures = closed.figures
    rows = [
        row(KINDS[name], one["count"], one["ours_minor"], one["theirs_minor"])
        for name in KINDS
        if (one := figures["classes"].get(name)) is not None
    ]
    rows.append(row("total", figures["count"], figures["ours_minor"], figures["theirs_minor"]))
    return Table("Figures", columns, rows)


def _differences(day: Day, text: str) -> Table:
    columns = (
        Column("kind", "What", width=1.3),
        Column("txid", "Transaction", width=1.8),
        Column("ours", "Ours", "amount"),
        Column("theirs", "Theirs", "amount"),
        Column("at", "When", "moment", width=1.2),
        Column("place", "Where", width=0.8),
    )

    def rows() -> Iterator[Row]:
        for one in sheet.differences_of(text):
            at = one["ours_at"] or one["theirs_at"]
            currency = one["currency"]
            yield (
                *(_what(one), one["txid"]),
                *(Money(int(one[name]), currency) for name in ("ours_minor", "theirs_minor")),
                *(datetime.fromisoformat(at) if at else None, one["place"]),
            )

    return Table("Differences", columns, rows())


def _what(one: dict[str, str]) -> str:
    """The class of a difference; of what is the same on both sides, what the texts lack."""
    if one["class"] != MATCHED:
        return KINDS[one["class"]]
    return "with no text" if one["third"] == "no" else "a text has another amount"
