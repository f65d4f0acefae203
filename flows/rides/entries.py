"""How statements speak of rides."""

from core.money.ledger import StatementLine
from core.rides import booking, driving
from engine.registry import EntryWords
from menus.texts import Text, _


def _way(line: StatementLine) -> Text:
    return _("Ride, {way}", way=str(line.detail.get("name", "")))


def _cancelled(line: StatementLine) -> Text:
    return _("Ride cancelled, {way}", way=str(line.detail.get("name", "")))


ENTRIES = {
    driving.FARE: EntryWords(_way),
    booking.CANCELLATION: EntryWords(_cancelled),
}
