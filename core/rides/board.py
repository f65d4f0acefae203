"""The board: which rides are under way and who is on duty, as staff see them; SOS first."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.alarms import alarms
from core.db.database import Tx
from core.rides import positions, stops
from core.rides.fares import Place, metres_between
from core.rides.helping import SOS
from core.rides.lifecycle import IS_ACTIVE, IS_TAKEN
from core.rides.stops import Stop
from values.ids import reference_of

RIDES_MAXIMUM: Final = 500
DRIVERS_MAXIMUM: Final = 500
STATES: Final = ("requested", "offered", "accepted", "arrived", "started")


@dataclass(frozen=True, slots=True)
class Shown:
    """A ride on the board: `plate` is of who has it or is asked, `asked` how many were asked."""

    id: uuid.UUID
    state: str
    pickup: str
    destination: str
    plate: str | None
    since: datetime
    fare_minor: int
    currency: str
    is_in_cash: bool
    asked: int
    calls_for_help: bool = False

    @property
    def reference(self) -> str:
        return reference_of(self.id)


# `since` is when it came to be in its state, as far as that is a time of its own.
_RIDES: Final = (
    "SELECT r.id, r.state, p.path[cardinality(p.path)], t.path[cardinality(t.path)], d.plate,"
    " coalesce(r.started_at, r.arrived_at, r.accepted_at, o.offered_at, r.requested_at),"
    " r.fare_minor, r.currency, r.hold_id IS NULL,"
    " (SELECT count(*) FROM ride_offer f WHERE f.tenant_id = r.tenant_id AND f.ride_id = r.id)"
    " FROM ride r"
    " JOIN place p ON p.tenant_id = r.tenant_id AND p.id = r.pickup_id"
    " JOIN place t ON t.tenant_id = r.tenant_id AND t.id = r.destination_id"
    " LEFT JOIN ride_offer o ON o.tenant_id = r.tenant_id AND o.ride_id = r.id AND o.state = 'open'"
    " LEFT JOIN driver d ON d.tenant_id = r.tenant_id"
    "  AND d.subscriber_id = coalesce(r.driver_id, o.driver_id)"
    f" WHERE r.tenant_id = current_tenant() AND r.{IS_ACTIVE}"
    " AND (%(state)s = '' OR r.state = %(state)s)"
    " AND (%(stop)s::uuid IS NULL OR r.pickup_id = %(stop)s)"
    f" ORDER BY r.requested_at LIMIT {RIDES_MAXIMUM}"
)


def under_way(
    tx: Tx, *, state: str = "", stop_id: uuid.UUID | None = None, words: str = ""
) -> list[Shown]:
    """Rides that have not ended: who calls for help first, then who waits longest. `words` are a
    part of a plate or of a reference."""
    called = {one.subject for one in alarms.open_of_tenant(tx) if one.kind == SOS}
    rows = tx.all(_RIDES, {"state": state, "stop": stop_id})
    found = [Shown(*(*row, reference_of(row[0]) in called)) for row in rows]
    part = "".join(words.split()).upper()
    if part:
        found = [one for one in found if part in _plain(one.plate) + " " + one.reference.upper()]
    return sorted(found, key=lambda one: not one.calls_for_help)


def _plain(plate: str | None) -> str:
    return (plate or "").replace(" ", "")


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A driver on duty. `near` and `metres` say where they are now, None where it is not known;
    `ride` is the reference of the one they have."""

    id: uuid.UUID
    plate: str
    stop: str
    seen_at: datetime
    near: str | None
    metres: int | None
    ride_id: uuid.UUID | None

    @property
    def ride(self) -> str:
        return reference_of(self.ride_id) if self.ride_id else ""


_ON_DUTY: Final = (
    "SELECT d.subscriber_id, d.plate, p.path[cardinality(p.path)], d.seen_at, r.id FROM driver d"
    " JOIN place p ON p.tenant_id = d.tenant_id AND p.id = d.stop_id"
    " LEFT JOIN ride r ON r.tenant_id = d.tenant_id AND r.driver_id = d.subscriber_id"
    f"  AND r.{IS_TAKEN}"
    " WHERE d.tenant_id = current_tenant() AND d.cell IS NOT NULL"
    f" ORDER BY (r.id IS NULL) DESC, d.plate LIMIT {DRIVERS_MAXIMUM}"
)


def on_duty(tx: Tx) -> list[OnDuty]:
    """Who may be asked, those without a ride first."""
    rows = tx.all(_ON_DUTY)
    here = positions.known().of(tx.tenant_id, [row[0] for row in rows])
    known = stops.all_stops(tx) if here else []
    return [
        OnDuty(id, plate, stop, seen_at, *_nearest(known, here.get(id)), ride_id)
        for id, plate, stop, seen_at, ride_id in rows
    ]


def _nearest(known: Sequence[Stop], place: Place | None) -> tuple[str | None, int | None]:
    if place is None or not known:
        return None, None
    metres, _, name = min((metres_between(place, one.place), one.number, one.name) for one in known)
    return name, metres


@dataclass(frozen=True, slots=True)
class Step:
    """What happened to a ride, and to whom where it was somebody: a driver by their plate."""

    at: datetime
    step: str
    who: str


_STEPS: Final = (
    "SELECT e.at, e.step, CASE WHEN e.actor_id = r.customer_id THEN 'customer'"
    " ELSE coalesce(d.plate, '') END FROM ride_event e"
    " JOIN ride r ON r.tenant_id = e.tenant_id AND r.id = e.ride_id"
    " LEFT JOIN driver d ON d.tenant_id = e.tenant_id AND d.subscriber_id = e.actor_id"
    " WHERE e.tenant_id = current_tenant() AND e.ride_id = %s ORDER BY e.id"
)


def steps_of(tx: Tx, ride_id: uuid.UUID) -> list[Step]:
    """All that happened to a ride, in its order."""
    return [Step(*row) for row in tx.all(_STEPS, (ride_id,))]
