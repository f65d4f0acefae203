"""Offering a ride: to one driver at a time, for some seconds each, farther and farther out.

What decides is in the database: of two who accept at once, one finds the ride taken; nobody has two
rides, and no ride two drivers.
"""

import random
import uuid
from dataclasses import dataclass
from typing import Final

from core.db.database import Database, Tx
from core.messaging.notices import write_notice
from core.money import ledger
from core.rides import candidates, matching, rides
from core.rides.errors import BusyRiding, OfferOver
from core.rides.lifecycle import OFFER, RIDE
from core.rides.matching import Plan
from core.rides.messages import (
    NoRiderFound,
    RideOffered,
    RiderComes,
    RideTaken,
    WalletRideOffered,
)
from core.rides.rides import Ride
from core.security.keyring import Keyring
from values.ids import uuid7
from values.money import Money

DUE_MAXIMUM: Final = 500

_OFFERED: Final = RIDE.advance("offer", where="id = %s", returning="1")
# A driver who is offered another ride at this very moment is passed over.
_INSERT: Final = (
    "INSERT INTO ride_offer (tenant_id, id, ride_id, driver_id, expires_at)"
    " VALUES (current_tenant(), %s, %s, %s, now() + make_interval(secs => %s))"
    " ON CONFLICT DO NOTHING RETURNING 1"
)
_ASKED: Final = (
    "SELECT count(*) FROM ride_offer WHERE tenant_id = current_tenant() AND ride_id = %s"
)


def offer_next(tx: Tx, ride: Ride, plan: Plan | None = None) -> bool:
    """Offer a ride that waits to the next driver; end it where nobody is left to ask, or enough
    were. Whether somebody was asked. The ride is locked."""
    plan = plan or Plan()
    asked = tx.one(_ASKED, (ride.id,))
    assert asked is not None
    if asked[0] < plan.offers_maximum:
        pickup = ride.begins_at
        # The same ride and try draw the same lot, so that what was done can be done over.
        lot = random.Random(f"{ride.id}:{asked[0]}")  # noqa: S311  # fairness, not secrecy
        for radius_m in plan.radius_steps_m:
            found = candidates.within(tx, ride, radius_m, plan)
            while (chosen := matching.choose(found, pickup, radius_m, lot)) is not None:
                if tx.one(_INSERT, (uuid7(), ride.id, chosen.driver_id, plan.offer_s)) is not None:
                    _tell(tx, ride, chosen.driver_id, plan)
                    return True
                found = [one for one in found if one is not chosen]
    end_unfound(tx, ride)
    return False


def _tell(tx: Tx, ride: Ride, driver_id: uuid.UUID, plan: Plan) -> None:
    assert tx.one(_OFFERED, (ride.id,)) is not None, "it is locked, and waited"
    rides.note(tx, ride.id, "offer", driver_id)
    kind = RideOffered if ride.is_in_cash else WalletRideOffered
    told = kind(
        pickup=ride.pickup,
        destination=ride.destination,
        distance_km=ride.distance_km,
        fare=ride.fare,
        seconds=plan.offer_s,
    )
    write_notice(tx, driver_id, told)


_EXPIRED: Final = RIDE.advance("expire", sets="ended_at = now()", where="id = %s", returning="1")


def end_unfound(tx: Tx, ride: Ride) -> None:
    """Nobody takes the ride: what was set aside is free again, and the customer is told."""
    if tx.one(_EXPIRED, (ride.id,)) is None:
        return
    rides.note(tx, ride.id, "expire", None)
    if ride.hold_id is not None:
        ledger.void_hold(tx, ride.hold_id)
    write_notice(tx, ride.customer_id, NoRiderFound(pickup=ride.pickup))


@dataclass(frozen=True, slots=True)
class Offer:
    """A ride as its driver is asked about it; `left_s` is rounded up to five seconds."""

    ride_id: uuid.UUID
    pickup: str
    destination: str
    distance_km: str
    fare: Money
    is_in_cash: bool
    left_s: int


def open_offer(tx: Tx, driver_id: uuid.UUID) -> Offer | None:
    """What a driver is asked now."""
    row = tx.one(
        "SELECT ride_id, ceil(extract(epoch FROM expires_at - now()) / 5)::int * 5 FROM ride_offer"
        " WHERE tenant_id = current_tenant()"
        " AND driver_id = %s AND state = 'open' AND expires_at > now()",
        (driver_id,),
    )
    if row is None:
        return None
    ride = rides.get(tx, row[0])
    return Offer(
        ride_id=ride.id,
        pickup=ride.pickup,
        destination=ride.destination,
        distance_km=ride.distance_km,
        fare=ride.fare,
        is_in_cash=ride.is_in_cash,
        left_s=row[1],
    )


_ANSWER: Final = {
    trigger: OFFER.advance(
        trigger,
        where="ride_id = %s AND driver_id = %s AND expires_at > now()",
        returning="1",
    )
    for trigger in ("accept", "refuse")
}
_ACCEPTED: Final = RIDE.advance(
    "accept", sets="driver_id = %s, accepted_at = now()", where="id = %s", returning="1"
)
_DECLINED: Final = RIDE.advance("decline", where="id = %s", returning="1")


def accept(tx: Tx, keys: Keyring, *, ride_id: uuid.UUID, driver_id: uuid.UUID) -> Ride:
    """Take a ride: both are texted. Raises OfferOver, BusyRiding."""
    ride = rides.locked(tx, ride_id)
    if rides.taken_by(tx, driver_id) is not None:
        raise BusyRiding
    if ride.state != "offered" or tx.one(_ANSWER["accept"], (ride_id, driver_id)) is None:
        raise OfferOver
    assert tx.one(_ACCEPTED, (driver_id, ride_id)) is not None, "it is locked, and was offered"
    rides.note(tx, ride_id, "accept", driver_id)
    ride = rides.get(tx, ride_id)
    write_notice(
        tx,
        driver_id,
        RideTaken(
            customer=rides.name_of(tx, keys, ride.customer_id),
            pickup=ride.pickup,
            destination=ride.destination,
            reference=ride.reference,
        ),
    )
    write_notice(
        tx,
        ride.customer_id,
        RiderComes(
            rider=rides.name_of(tx, keys, driver_id),
            plate=ride.plate or "",
            pickup=ride.pickup,
            code=rides.code(ride_id),
            reference=ride.reference,
        ),
    )
    return ride


def refuse(tx: Tx, *, ride_id: uuid.UUID, driver_id: uuid.UUID) -> None:
    """Do not take a ride: the next driver is asked at once. Raises OfferOver."""
    ride = rides.locked(tx, ride_id)
    if ride.state != "offered" or tx.one(_ANSWER["refuse"], (ride_id, driver_id)) is None:
        raise OfferOver
    rides.note(tx, ride_id, "refuse", driver_id)
    look_further(tx, ride_id)


def look_further(tx: Tx, ride_id: uuid.UUID) -> None:
    """The ride waits again, and is offered to the next. It is locked, and nobody's."""
    assert tx.one(_DECLINED, (ride_id,)) is not None, "it is locked, and was offered or taken"
    offer_next(tx, rides.get(tx, ride_id))


_WITHDRAWN: Final = OFFER.advance("withdraw", where="ride_id = %s")


def withdraw(tx: Tx, ride_id: uuid.UUID) -> None:
    """The ride is over: whoever is being asked is asked no more."""
    tx.execute(_WITHDRAWN, (ride_id,))


_LATE: Final = OFFER.advance(
    "expire", where="ride_id = %s AND expires_at <= now()", returning="driver_id"
)


def expire(tx: Tx, ride_id: uuid.UUID) -> bool:
    """Nobody answered in time: ask the next. Whether there was something to do."""
    ride = rides.locked(tx, ride_id)
    if ride.state == "offered":
        late = tx.one(_LATE, (ride_id,))
        if late is None:
            return False
        rides.note(tx, ride_id, "no answer", late[0])
        look_further(tx, ride_id)
        return True
    if ride.state == "requested":
        offer_next(tx, ride)
        return True
    return False


# Offers that are late, and rides that a kill left without one.
_DUE: Final = (
    "SELECT o.tenant_id, o.ride_id FROM ride_offer o"
    " WHERE o.state = 'open' AND o.expires_at <= now()"
    " UNION SELECT r.tenant_id, r.id FROM ride r WHERE r.state = 'requested'"
    f" LIMIT {DUE_MAXIMUM}"
)


def expire_due(app: Database, relay: Database) -> int:
    """Ask the next driver of each ride that waits for one, of all tenants, a ride a transaction.
    Answers how many. `relay` looks across tenants, `app` acts within one."""
    with relay.transaction(None) as tx:
        due = tx.all(_DUE)
    count = 0
    for tenant_id, ride_id in due:
        with app.transaction(tenant_id) as tx:
            count += expire(tx, ride_id)
    return count
