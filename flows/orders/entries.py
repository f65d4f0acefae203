"""How statements speak of orders."""

from core.money.ledger import StatementLine
from core.orders import billing
from core.orders.credit import dues, repaying
from engine.registry import EntryWords
from menus.texts import Text, _


def _order(line: StatementLine) -> Text:
    return _("Order {reference}", reference=str(line.detail.get("name", "")))


def _late(line: StatementLine) -> Text:
    return _("Late: order {reference}", reference=str(line.detail.get("name", "")))


def _repaid(_line: StatementLine) -> Text:
    return _("Credit paid back")


ENTRIES = {
    billing.INVOICE: EntryWords(_order),
    billing.PAYMENT: EntryWords(_order),
    dues.LATE_FEE: EntryWords(_late),
    repaying.REPAYMENT: EntryWords(_repaid),
}
