"""A group's share-out as a PDF, a row for each member: in a language of the group's, amounts as
their country writes them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO
from zoneinfo import ZoneInfo

from core.documents.pdf_file import write_pdf
from core.documents.table import About, Column, Row, Table, Value
from core.savings.share_outs import PartRow, ShareOutRow
from menus.texts import Param, _, say
from values.money import Money


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above: the business. Moments are shown in `zone`."""

    business: str
    zone: ZoneInfo
    language: str


def write_share_out(
    share_out: ShareOutRow, parts: Sequence[PartRow], heading: Heading, into: BinaryIO
) -> None:
    """Write it by the members' numbers, and what all of it comes to."""
    language, currency = heading.language, share_out.currency

    def said(text: Param) -> str:
        return say(text, language)

    def shown(value: Value) -> str:
        if isinstance(value, Money):
            return said(value)
        return "" if value is None else str(value)

    first, last = share_out.cycle_from, share_out.cycle_until
    about = About(
        said(_("Share-out, {group}", group=share_out.group)),
        heading.business,
        (said(_("From {first} to {last}", first=first, last=last)),),
        heading.zone,
        language,
    )
    columns = (
        Column("number", said(_("Number")), "number", width=0.6),
        Column("name", said(_("Name")), width=1.6),
        *(
            Column(name, said(title), "amount", width=1.2)
            for name, title in (
                ("saved", _("Saved")),
                ("part", _("Part")),
                ("loan", _("Loan")),
                ("cash", _("In cash")),
                ("wallet", _("To wallets")),
            )
        ),
    )
    rows: list[Row] = [
        (one.number, one.name, *(Money(minor, currency) for minor in _amounts(one)))
        for one in parts
    ]
    totals = (sum(amounts) for amounts in zip(*map(_amounts, parts), strict=True))
    rows.append((None, said(_("All")), *(Money(minor, currency) for minor in totals)))
    write_pdf(about, [Table(about.title, columns, rows)], into, shown=shown)


def _amounts(one: PartRow) -> tuple[int, ...]:
    return one.saved_minor, one.part_minor, one.netted_minor, one.cash_minor, one.wallet_minor
