"""How statements speak of loans."""

from core.loans import disbursing, member_death, member_transfer, repaying, reversing
from core.money.ledger import StatementLine
from engine.registry import EntryWords
from menus.texts import Text, _


def _group(line: StatementLine) -> Text:
    return _("Loan, {group}", group=str(line.detail.get("name", "")))


def _savings(line: StatementLine) -> Text:
    return str(line.detail.get("name", "")) or _("Savings")


ENTRIES = {
    disbursing.ENTRY_KIND: EntryWords(_group),
    repaying.ENTRY_KIND: EntryWords(_group),
    repaying.REALLOCATION: EntryWords(_group),
    repaying.WRITE_OFF: EntryWords(_group),
    reversing.ENTRY: EntryWords(_group),
    member_death.ENTRY: EntryWords(_savings),
    member_transfer.ENTRY: EntryWords(_savings),
}
