"""How statements speak of what was saved."""

from core.money.ledger import StatementLine
from core.savings import contributions, meeting_closing
from engine.registry import EntryWords
from menus.texts import Text, _


def _group(line: StatementLine) -> Text:
    return str(line.detail.get("name", "")) or _("Savings")


ENTRIES = {
    contributions.ENTRY_KIND: EntryWords(_group),
    meeting_closing.MEETING_ENTRY: EntryWords(_group),
    meeting_closing.REVERSAL_ENTRY: EntryWords(_group),
    meeting_closing.DIFFERENCE_ENTRY: EntryWords(_group),
}
