"""How statements speak of what agents sold, float that moved, and cash."""

from core.agents import (
    cash_out,
    commission,
    float_buying,
    float_moves,
    sale_posting,
    sale_reversal,
)
from core.money.ledger import StatementLine
from engine.registry import EntryWords
from menus.texts import Text, _


def _top_up(line: StatementLine) -> Text:
    """From which agent it came, or to which customer it went."""
    if line.amount_minor > 0:
        return _("from {agent}", agent=str(line.detail.get("agent", "")))
    return _("to {customer}", customer=str(line.detail.get("customer", "")))


def _float(line: StatementLine) -> Text:
    """From which agent it came, or to which it went."""
    if line.amount_minor > 0:
        return _("from {agent}", agent=str(line.detail.get("from", "")))
    return _("to {agent}", agent=str(line.detail.get("to", "")))


def _cash(line: StatementLine) -> Text:
    """Which agent gave it, or to which customer."""
    if line.amount_minor > 0:
        return _("cash to {customer}", customer=str(line.detail.get("customer", "")))
    return _("cash from {agent}", agent=str(line.detail.get("agent", "")))


def _bought(line: StatementLine) -> Text:
    """Out of the wallet into the float, by which provider."""
    return str(line.detail.get("provider", ""))


def _reversed(line: StatementLine) -> Text:
    """Of which receipt."""
    return _("reversed {reference}", reference=str(line.detail.get("of", "")))


def _commission(line: StatementLine) -> Text:
    return _("commission")


ENTRIES = {
    sale_reversal.REVERSED: EntryWords(_reversed),
    commission.ACCRUED: EntryWords(_commission),
    commission.PAID_OUT: EntryWords(_commission),
    commission.TAKEN_BACK: EntryWords(_commission),
    sale_posting.ENTRY_KIND: EntryWords(_top_up, fee_is_in_amount=True),
    float_moves.FLOAT_SALE.name: EntryWords(_float),
    float_moves.FLOAT_RETURN.name: EntryWords(_float),
    float_buying.FLOAT_PURCHASE.name: EntryWords(_bought),
    cash_out.CASH_OUT.name: EntryWords(_cash),
}
