"""Rates beside those of another source, once a day: a mistake that a source repeats is found so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from core.db.database import Tx
from core.rates.judging import change_of
from core.rates.pairs import Rate, all_served
from core.rates.quotes import Pair, Poll

EVERY: Final = timedelta(days=1)
# A middle rate of central banks, and what a transfer costs, are this far apart without a reason.
USUAL: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Difference:
    """A rate of ours and another source's; `change` is ours relative to theirs."""

    pair: Pair
    ours: Decimal
    theirs: Decimal
    change: Decimal


def take_day(tx: Tx, now: datetime) -> list[Rate]:
    """All rates, for who compares them today; nothing where that was done within the day."""
    row = tx.one(
        "UPDATE rate_plan SET compared_at = %s WHERE tenant_id = current_tenant()"
        " AND (compared_at IS NULL OR compared_at <= %s) RETURNING true",
        (now, now - EVERY),
    )
    return all_served(tx) if row else []


def leave_day(tx: Tx) -> None:
    """The day's comparison was broken off: it is to be done anew."""
    tx.execute("UPDATE rate_plan SET compared_at = NULL WHERE tenant_id = current_tenant()")


def compare(rate: Rate, poll: Poll) -> Difference | None:
    """The difference, where it is more than usual."""
    change = change_of(poll.rate, rate.rate)
    if abs(change) <= USUAL:
        return None
    return Difference(rate.pair, rate.rate, poll.rate, change)
