"""What staff do with a ride: they give it to a driver with whom they have spoken."""

import uuid
from datetime import date
from typing import Final

from core.audit.trail import record
from core.db.database import Tx
from core.messaging.notices import write_notice
from core.rides import offers, rides
from core.rides.errors import BusyRiding
from core.rides.lifecycle import OFFER, RIDE
from core.rides.messages import RideMoved
from core.rides.rides import Ride
from core.security.keyring import Keyring
from core.staff.errors import StaffError
from values.ids import uuid7

OFFER_S: Final = 60
NOT_BEGUN: Final = ("requested", "offered", "accepted", "arrived")


class NoSuchDriver(StaffError):
    """No driver on duty has that plate."""


class RiderBusy(StaffError):
    """That driver has a ride, or is being asked about one."""


class RideMovedOn(StaffError):
    """That ride has begun or ended meanwhile, or is that driver's own. Nothing was done."""


class PapersOver(StaffError):
    """That driver's licence or insurance has ended."""


_FIND: Final = (
    "SELECT d.subscriber_id, least(d.licence_until, d.insurance_until) FROM driver d"
    " JOIN subscriber s ON s.tenant_id = d.tenant_id AND s.id = d.subscriber_id"
    "  AND s.status <> 'frozen'"
    " WHERE d.tenant_id = current_tenant() AND replace(d.plate, ' ', '') = %s"
    " AND d.cell IS NOT NULL"
)
_FREED: Final = RIDE.advance(
    "decline",
    sets="driver_id = NULL, accepted_at = NULL, arrived_at = NULL",
    where="id = %s",
    returning="1",
)
_OFFERED: Final = RIDE.advance("offer", where="id = %s", returning="1")
_AGAIN: Final = OFFER.advance(
    "reopen",
    sets="offered_at = now(), expires_at = now() + make_interval(secs => %s)",
    where="ride_id = %s AND driver_id = %s",
    returning="1",
)
# Whoever is asked about another ride at this moment is not found free.
_ASK: Final = (
    "INSERT INTO ride_offer (tenant_id, id, ride_id, driver_id, expires_at)"
    " SELECT current_tenant(), %(id)s, %(ride)s, %(driver)s,"
    " now() + make_interval(secs => %(seconds)s)"
    " ON CONFLICT DO NOTHING RETURNING 1"
)
_IS_ASKED: Final = (
    "SELECT 1 FROM ride_offer WHERE tenant_id = current_tenant() AND driver_id = %s"
    " AND state = 'open'"
)


def reassign(
    tx: Tx,
    keys: Keyring,
    ride_id: uuid.UUID,
    *,
    plate: str,
    today: date,
    actor: str,
    reason: str,
) -> Ride:
    """Give a ride that has not begun to the driver of a plate, who is on duty and free. Whoever had
    it is told, and so are the new driver and the customer. Raises NoSuchDriver, RiderBusy,
    RideMovedOn, PapersOver."""
    ride = rides.locked(tx, ride_id)
    driver_id = _free(tx, "".join(plate.split()).upper(), today)
    if driver_id in (ride.driver_id, ride.customer_id) or ride.state not in NOT_BEGUN:
        raise RideMovedOn
    _take_back(tx, ride)
    _ask(tx, ride, driver_id)
    rides.note(tx, ride_id, "reassign", driver_id)
    try:
        taken = offers.accept(tx, keys, ride_id=ride_id, driver_id=driver_id)
    except BusyRiding:
        raise RiderBusy from None
    detail = {"plate": taken.plate, "before": ride.plate or "", "reason": reason}
    record(tx, actor, "reassign ride", ride_id, detail)
    return taken


def _free(tx: Tx, plate: str, today: date) -> uuid.UUID:
    row = tx.one(_FIND, (plate,))
    if row is None:
        raise NoSuchDriver
    driver_id, papers_until = row
    if papers_until < today:
        raise PapersOver
    assert isinstance(driver_id, uuid.UUID)
    return driver_id


def _take_back(tx: Tx, ride: Ride) -> None:
    """From whom it is offered to, or who had taken it: it waits again."""
    if ride.state == "requested":
        return
    offers.withdraw(tx, ride.id)
    if tx.one(_FREED, (ride.id,)) is None:
        raise RideMovedOn
    if ride.driver_id is not None:
        write_notice(tx, ride.driver_id, RideMoved(pickup=ride.pickup, reference=ride.reference))


def _ask(tx: Tx, ride: Ride, driver_id: uuid.UUID) -> None:
    """An offer of the desk's: also to somebody who was asked about this ride before."""
    if tx.one(_IS_ASKED, (driver_id,)) is not None or rides.taken_by(tx, driver_id) is not None:
        raise RiderBusy
    if tx.one(_AGAIN, (OFFER_S, ride.id, driver_id)) is None:
        said = {"id": uuid7(), "ride": ride.id, "driver": driver_id, "seconds": OFFER_S}
        if tx.one(_ASK, said) is None:
            raise RiderBusy
    if tx.one(_OFFERED, (ride.id,)) is None:
        raise RideMovedOn
