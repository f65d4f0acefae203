"""A statement of an account as a PDF: in the language of whose it is, amounts as their country
writes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from zoneinfo import ZoneInfo

from core.documents.pdf_file import write_pdf
from core.documents.table import About, Column, Row, Table, Value
from core.money.statements import AccountStatement
from engine.registry import Registry
from menus.texts import Param, _, say
from values.ids import made_at
from values.money import Money


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above: the business, whose account it is, which, and from when until when (the
    end is not in). Moments are shown in `zone`."""

    business: str
    owner: str
    account: str
    since: datetime
    until: datetime
    zone: ZoneInfo
    language: str


def write_statement(
    statement: AccountStatement, heading: Heading, flows: Registry, into: BinaryIO
) -> None:
    """Write it, oldest first, with the balance behind each movement."""
    language = heading.language

    def said(text: Param) -> str:
        return say(text, language)

    def shown(value: Value) -> str:
        match value:
            case datetime():
                return f"{value.astimezone(heading.zone):%d/%m/%Y %H:%M}"
            case Money():
                return said(value)
        return "" if value is None else str(value)

    first = heading.since.astimezone(heading.zone).date()
    last = (heading.until - timedelta(microseconds=1)).astimezone(heading.zone).date()
    about = About(
        said(_("Statement of account")),
        heading.business,
        (
            ", ".join(part for part in (heading.owner, heading.account) if part),
            said(_("From {first} to {last}", first=first, last=last)),
        ),
        heading.zone,
        language,
    )
    columns = (
        Column("at", said(_("Date")), "moment", width=1.3),
        Column("what", said(_("What for")), width=2.2),
        Column("reference", said(_("Reference"))),
        Column("amount", said(_("Amount")), "amount", width=1.2),
        Column("balance", said(_("Balance")), "amount", width=1.2),
    )
    rows = _rows(statement, heading, flows)
    write_pdf(about, [Table(about.title, columns, rows)], into, shown=shown)


def _rows(statement: AccountStatement, heading: Heading, flows: Registry) -> Iterator[Row]:
    language, currency = heading.language, statement.currency
    balance_minor = statement.opening_minor
    opening = say(_("Opening balance"), language)
    yield heading.since, opening, "", None, Money(balance_minor, currency)
    for line in statement.lines:
        balance_minor += line.amount_minor
        yield (
            made_at(line.entry_id),
            say(flows.words_of(line).what(line), language),
            line.reference,
            Money(line.amount_minor, currency),
            Money(balance_minor, currency),
        )
    closing = say(_("Closing balance"), language)
    yield heading.until, closing, "", None, Money(statement.closing_minor, currency)
