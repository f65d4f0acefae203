"""How statements speak of orders."""

from core.money.ledger import StatementLine
from core.orders import billing
from engine.registry import EntryWords
from menus.texts import Text, _


def _order(line: StatementLine) -> Text:
    return _("Order {reference}", reference=str(line.detail.get("name", "")))


ENTRIES = {
    billing.INVOICE: EntryWords(_order),
    billing.PAYMENT: EntryWords(_order),
}
