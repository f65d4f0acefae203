"""How statements speak of what came and went by mobile money."""

from core.money.ledger import StatementLine
from engine.registry import EntryWords
from menus.texts import Text, _


def _provider(line: StatementLine) -> Text:
    return str(line.detail.get("provider", "")) or _("Mobile money")


ENTRIES = {
    kind: EntryWords(_provider)
    for kind in (
        *("deposit", "withdrawal", "mobile_money"),
        *("money_allocated", "refund", "payment_reversed"),
    )
}
