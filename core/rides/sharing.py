"""A customer lets somebody know which ride they are on, and finds what they left on one."""

import uuid
from dataclasses import dataclass
from typing import Final

from core.alarms import alarms
from core.audit.trail import record
from core.db.database import Tx
from core.messaging.notices import write_notice
from core.people import people
from core.rides import rides
from core.rides.errors import LostBefore, NotYetTaken, SharedOften
from core.rides.messages import LeftOnRide, TripShared
from core.security.keyring import Keyring

SHARED_MAXIMUM: Final = 3
SHARE, LOST = "share", "lost"
LOST_KIND: Final = "ride_lost_property"
LOST_WITHIN_DAYS: Final = 7
LOST_SHOWN_MAXIMUM: Final = 4


def share(
    tx: Tx, keys: Keyring, *, ride_id: uuid.UUID, customer_id: uuid.UUID, number: str
) -> bool:
    """Text to a number (E.164) who drives its customer where. A number that nobody here has cannot
    be texted: the customer gets the text to send on. Answers whether it went to the number. Raises
    NotYetTaken, SharedOften."""
    ride = rides.locked(tx, ride_id)
    if ride.customer_id != customer_id or ride.driver_id is None:
        raise NotYetTaken
    if _count(tx, ride_id, SHARE) >= SHARED_MAXIMUM:
        raise SharedOften
    told = TripShared(
        customer=rides.name_of(tx, keys, customer_id),
        rider=rides.name_of(tx, keys, ride.driver_id),
        plate=ride.plate or "",
        pickup=ride.pickup,
        destination=ride.destination,
        reference=ride.reference,
    )
    there = [one for one in people.identify(tx, keys, number) if not one.frozen]
    write_notice(tx, there[0].id if there else customer_id, told)
    rides.note(tx, ride_id, SHARE, customer_id)
    return bool(there)


_COUNT: Final = (
    "SELECT count(*) FROM ride_event WHERE tenant_id = current_tenant() AND ride_id = %s"
    " AND step = %s"
)


def _count(tx: Tx, ride_id: uuid.UUID, step: str) -> int:
    row = tx.one(_COUNT, (ride_id, step))
    assert row is not None
    return int(row[0])


@dataclass(frozen=True, slots=True)
class Ridden:
    """A ride that somebody was on, and when it ended (seconds since 1970)."""

    id: uuid.UUID
    destination: str
    ended_s: int


_RIDDEN: Final = (
    "SELECT r.id, t.path[cardinality(t.path)], extract(epoch FROM r.ended_at)::bigint FROM ride r"
    " JOIN place t ON t.tenant_id = r.tenant_id AND t.id = r.destination_id"
    " WHERE r.tenant_id = current_tenant() AND r.customer_id = %s AND r.state = 'completed'"
    f" AND r.ended_at > now() - interval '{LOST_WITHIN_DAYS} days'"
    f" ORDER BY r.ended_at DESC LIMIT {LOST_SHOWN_MAXIMUM}"
)


def ridden(tx: Tx, customer_id: uuid.UUID) -> list[Ridden]:
    """The rides of a customer's last days, the newest first."""
    return [Ridden(*row) for row in tx.all(_RIDDEN, (customer_id,))]


def lost(tx: Tx, keys: Keyring, *, ride_id: uuid.UUID, customer_id: uuid.UUID, what: str) -> str:
    """Something was left on a ride: its driver is texted, and staff see it until it is settled.
    Answers the ride's reference. Raises LostBefore."""
    ride = rides.locked(tx, ride_id)
    assert ride.customer_id == customer_id, "theirs were shown"
    assert ride.driver_id is not None, "it was ridden"
    if _count(tx, ride_id, LOST):
        raise LostBefore
    told = LeftOnRide(thing=what, pickup=ride.pickup, destination=ride.destination)
    write_notice(tx, ride.driver_id, told)
    sentence = f"Something was left on ride {ride.reference}, plate {ride.plate}: {what}"
    alarms.record(tx, kind=LOST_KIND, subject=ride.reference, sentence=sentence, count=1)
    rides.note(tx, ride_id, LOST, customer_id)
    record(tx, f"subscriber {customer_id}", "report lost property", ride_id, {})
    return ride.reference
