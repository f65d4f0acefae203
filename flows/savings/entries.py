"""How statements speak of what was saved."""

from core.loans import share_out_paying
from core.money.ledger import StatementLine
from core.savings import contributions, meeting_closing
from engine.registry import EntryWords
from menus.texts import Text, _


def _group(line: StatementLine) -> Text:
    return str(line.detail.get("name", "")) or _("Savings")


def _share_out(line: StatementLine) -> Text:
    return _("Share-out, {group}", group=str(line.detail.get("name", "")))


ENTRIES = {
    contributions.ENTRY_KIND: EntryWords(_group),
    meeting_closing.MEETING_ENTRY: EntryWords(_group),
    meeting_closing.REVERSAL_ENTRY: EntryWords(_group),
    meeting_closing.DIFFERENCE_ENTRY: EntryWords(_group),
    share_out_paying.ENTRY: EntryWords(_share_out),
    share_out_paying.EARNINGS_ENTRY: EntryWords(_group),
    share_out_paying.SOCIAL_ENTRY: EntryWords(_group),
    share_out_paying.CARRY_OVER_ENTRY: EntryWords(_group),
}
