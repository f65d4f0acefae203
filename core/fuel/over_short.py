"""What was over and short at the ends of shifts, for who settles it with the attendants."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.db.database import Tx

LISTED_MAXIMUM: Final = 10_000


class TooManyShifts(ValueError):
    """More than are listed, so that no sum leaves one out. The text says so."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A shift that has ended: what its meters expect and what was counted, in minor units; what it
    sold, and what ran before it while nobody had a shift, in centilitres."""

    id: uuid.UUID
    attendant_id: uuid.UUID
    station_number: int
    pump: int
    opened_at: datetime
    closed_at: datetime
    currency: str
    expected_minor: int
    counted_minor: int
    sold_cl: int
    gap_cl: int

    @property
    def difference_minor(self) -> int:
        """Above 0 over, below it short."""
        return self.counted_minor - self.expected_minor


_ENDED: Final = (
    "SELECT s.id, s.attendant_id, t.number, s.pump, s.opened_at, s.closed_at, s.currency,"
    " s.expected_minor, s.cash_minor + s.mobile_minor + s.cards_minor + s.credit_minor,"
    " r.sold_cl, r.gap_cl FROM fuel_shift s"
    " JOIN fuel_station t ON t.tenant_id = s.tenant_id AND t.id = s.station_id"
    " CROSS JOIN LATERAL (SELECT coalesce(sum(sold_cl), 0)::bigint AS sold_cl,"
    "  coalesce(sum(gap_cl), 0)::bigint AS gap_cl FROM fuel_reading f"
    "  WHERE f.tenant_id = s.tenant_id AND f.shift_id = s.id) r"
    " WHERE s.tenant_id = current_tenant() AND s.state = 'closed'"
    " AND s.opened_at >= %s AND s.opened_at < %s ORDER BY t.number, s.pump, s.opened_at LIMIT %s"
)


def ended(tx: Tx, begins: datetime, ends: datetime) -> list[Ended]:
    """The shifts that were opened within a time and have ended, by station, pump and time. Raises
    TooManyShifts."""
    rows = tx.all(_ENDED, (begins, ends, LISTED_MAXIMUM + 1))
    if len(rows) > LISTED_MAXIMUM:
        raise TooManyShifts(f"These are more than {LISTED_MAXIMUM:,} shifts: ask for fewer days.")
    return [Ended(*row) for row in rows]


def by_attendant(shifts: list[Ended]) -> dict[uuid.UUID, int]:
    """What each attendant is over (above 0) or short, in minor units, added up."""
    found: dict[uuid.UUID, int] = {}
    for one in shifts:
        found[one.attendant_id] = found.get(one.attendant_id, 0) + one.difference_minor
    return found
