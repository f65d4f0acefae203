"""Rides as they are written down."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.db.database import Tx
from core.people.people import get as get_person
from core.rides.fares import Place
from core.rides.lifecycle import IS_ACTIVE, IS_TAKEN
from core.security.keyring import Keyring
from values.ids import reference_of, uuid7
from values.messages import OneTimeCode
from values.money import Money


@dataclass(frozen=True, slots=True)
class Ride:
    """A ride. `driver_id` and `plate` while it is somebody's; `hold_id` where the fare is set aside
    in the customer's wallet, else it is paid in cash."""

    id: uuid.UUID
    customer_id: uuid.UUID
    driver_id: uuid.UUID | None
    plate: str | None
    pickup_id: uuid.UUID
    pickup: str
    pickup_latitude_e7: int
    pickup_longitude_e7: int
    destination: str
    destination_latitude_e7: int
    destination_longitude_e7: int
    tariff_id: uuid.UUID
    distance_m: int
    fare_minor: int
    waiting_minor: int
    currency: str
    hold_id: uuid.UUID | None
    state: str
    wrong_codes: int
    stars: int | None
    requested_at: datetime
    accepted_at: datetime | None
    arrived_at: datetime | None

    @property
    def reference(self) -> str:
        return reference_of(self.id)

    @property
    def begins_at(self) -> Place:
        return Place(self.pickup_latitude_e7, self.pickup_longitude_e7)

    @property
    def ends_at(self) -> Place:
        return Place(self.destination_latitude_e7, self.destination_longitude_e7)

    @property
    def is_in_cash(self) -> bool:
        return self.hold_id is None

    @property
    def fare(self) -> Money:
        """As it was shown."""
        return Money(self.fare_minor, self.currency)

    @property
    def total(self) -> Money:
        """The fare and what waiting added to it."""
        return Money(self.fare_minor + self.waiting_minor, self.currency)

    @property
    def distance_km(self) -> str:
        return f"{self.distance_m / 1000:.1f}"

    def money(self, amount_minor: int) -> Money:
        return Money(amount_minor, self.currency)


_SELECT: Final = (
    "SELECT r.id, r.customer_id, r.driver_id, d.plate, r.pickup_id,"
    " p.path[cardinality(p.path)], p.latitude_e7, p.longitude_e7, t.path[cardinality(t.path)],"
    " t.latitude_e7, t.longitude_e7, r.tariff_id, r.distance_m, r.fare_minor,"
    " r.waiting_minor, r.currency, r.hold_id, r.state, r.wrong_codes, r.stars, r.requested_at,"
    " r.accepted_at, r.arrived_at FROM ride r"
    " JOIN place p ON p.tenant_id = r.tenant_id AND p.id = r.pickup_id"
    " JOIN place t ON t.tenant_id = r.tenant_id AND t.id = r.destination_id"
    " LEFT JOIN driver d ON d.tenant_id = r.tenant_id AND d.subscriber_id = r.driver_id"
    " WHERE r.tenant_id = current_tenant()"
)


def _one(tx: Tx, condition: str, params: tuple[Any, ...]) -> Ride | None:
    row = tx.one(f"{_SELECT} AND {condition}", params)
    return Ride(*row) if row else None


def get(tx: Tx, ride_id: uuid.UUID) -> Ride:
    found = _one(tx, "r.id = %s", (ride_id,))
    assert found is not None, "rides are never deleted"
    return found


def find(tx: Tx, ride_id: uuid.UUID) -> Ride | None:
    """A ride by an id that somebody gives; None where there is none."""
    return _one(tx, "r.id = %s", (ride_id,))


def locked(tx: Tx, ride_id: uuid.UUID) -> Ride:
    """A ride that nobody else changes until the end of the transaction."""
    found = _one(tx, "r.id = %s FOR UPDATE OF r", (ride_id,))
    assert found is not None, "rides are never deleted"
    return found


def active_of(tx: Tx, customer_id: uuid.UUID) -> Ride | None:
    """The ride that a customer waits for or is on."""
    return _one(tx, f"r.customer_id = %s AND r.{IS_ACTIVE}", (customer_id,))


def taken_by(tx: Tx, driver_id: uuid.UUID) -> Ride | None:
    """The ride that a driver has taken and not ended."""
    return _one(tx, f"r.driver_id = %s AND r.{IS_TAKEN}", (driver_id,))


# A ride is rated within so many hours of its end.
RATED_WITHIN_HOURS: Final = 24


def to_rate(tx: Tx, customer_id: uuid.UUID) -> Ride | None:
    """The last ride of a customer, where it has no stars yet."""
    return _one(
        tx,
        "r.customer_id = %s AND r.state = 'completed' AND r.stars IS NULL"
        f" AND r.ended_at > now() - interval '{RATED_WITHIN_HOURS} hours'"
        " ORDER BY r.ended_at DESC LIMIT 1",
        (customer_id,),
    )


def rate(tx: Tx, ride_id: uuid.UUID, customer_id: uuid.UUID, stars: int) -> bool:
    """Give a ride one to five stars, once. Whether this call did."""
    row = tx.one(
        "UPDATE ride SET stars = %s WHERE tenant_id = current_tenant() AND id = %s"
        " AND customer_id = %s AND state = 'completed' AND stars IS NULL RETURNING 1",
        (stars, ride_id, customer_id),
    )
    return row is not None


CODE_DIGITS: Final = 4


def code(ride_id: uuid.UUID) -> OneTimeCode:
    """What the customer is texted, and says when getting on."""
    return OneTimeCode(ride_id, 0, CODE_DIGITS)


def digits_of(keys: Keyring, ride_id: uuid.UUID) -> str:
    """The same in digits, to compare with; stored nowhere."""
    return keys.approval_code(ride_id, 0)[-CODE_DIGITS:]


def note(tx: Tx, ride_id: uuid.UUID, step: str, actor_id: uuid.UUID | None) -> None:
    """Write down that a ride took a step, with the COMMIT; nobody did it where the clock did."""
    tx.defer(
        "INSERT INTO ride_event (tenant_id, id, ride_id, step, actor_id)"
        " VALUES (current_tenant(), %s, %s, %s, %s)",
        (uuid7(), ride_id, step, actor_id),
    )


def name_of(tx: Tx, keys: Keyring, subscriber_id: uuid.UUID) -> str:
    """How others see somebody's name."""
    found = get_person(tx, keys, subscriber_id)
    return found.shown_name if found else ""
