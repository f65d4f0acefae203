"""How statements speak of fuel."""

from core.fuel import complaints, sale_payment
from core.money.ledger import StatementLine
from engine.registry import EntryWords
from menus.texts import Text, _


def _fuel(line: StatementLine) -> Text:
    return _("Fuel, {station}", station=str(line.detail.get("name", "")))


def _points(line: StatementLine) -> Text:
    return _("Points for fuel, {station}", station=str(line.detail.get("name", "")))


def _given_back(line: StatementLine) -> Text:
    return _("Fuel given back, {station}", station=str(line.detail.get("name", "")))


ENTRIES = {
    complaints.ENTRY: EntryWords(_given_back),
    sale_payment.SALE_ENTRY: EntryWords(_fuel),
    sale_payment.CASH_ENTRY: EntryWords(_fuel),
    sale_payment.POINTS_ENTRY: EntryWords(_points),
}
