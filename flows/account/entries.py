"""How statements speak of an opening balance."""

from core.money import opening
from core.money.ledger import StatementLine
from engine.registry import EntryWords
from menus.texts import Text, _


def _opening(line: StatementLine) -> Text:
    return _("Opening balance")


ENTRIES = {opening.ENTRY_KIND: EntryWords(_opening)}
