"""Movements of an account as lines of a screen."""

from datetime import datetime
from zoneinfo import ZoneInfo

from core.money.ledger import StatementLine
from engine.registry import Registry
from menus.texts import Day, Text, _
from values.money import Money


def statement_text(lines: list[StatementLine], flows: Registry, zone: ZoneInfo) -> Text:
    """One line a movement, newest first: day, signed amount, the fee in it, what for."""
    if not lines:
        return _("No transactions yet.")
    listed: Text = ""
    for line in lines:
        on = datetime.fromtimestamp(line.at_ms / 1000, zone).date()
        one = _line(
            Day(on),
            Money(line.amount_minor, line.currency),
            Money(int(line.detail.get("fee_minor", 0)), line.currency),
            flows.words_of(line).what(line),
        )
        listed = _("{before}\n{line}", before=listed, line=one) if listed else one
    return listed


def _line(day: Day, moved: Money, fee: Money, what: Text) -> Text:
    """The receipt of a payment tells amount and fee apart; so what left names the fee in it."""
    if moved.amount_minor >= 0 or not fee.amount_minor:
        return _("{day} {amount} {what}", day=day, amount=moved, what=what)
    return _("{day} {amount} (fee {fee}) {what}", day=day, amount=moved, fee=fee, what=what)
