"""A driver's own steps: at the stop, begun with the customer's code, ended and paid, or not come
to be."""

import hmac
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from core.db.database import Tx
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.ledger import Line
from core.rides import drivers, offers, rides, tariffs
from core.rides.errors import RideCodeLocked, RideOver, TooSoon
from core.rides.lifecycle import RIDE
from core.rides.messages import (
    RideBegun,
    RideEarned,
    RideInCash,
    RidePaid,
    RiderCancelled,
    RiderHere,
    RiderLeft,
)
from core.rides.rides import Ride
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7
from values.money import Money

FARE: Final = "ride_fare"
WRONG_CODES_MAXIMUM: Final = 5
# How long a driver waits at the stop before "nobody came" is taken.
NO_SHOW_AFTER_MINUTES: Final = 5


def require_taken(tx: Tx, driver_id: uuid.UUID) -> Ride:
    """The ride that a driver has taken. Raises RideOver where there is none any more."""
    ride = rides.taken_by(tx, driver_id)
    if ride is None:
        raise RideOver
    return ride


def _mine(tx: Tx, ride_id: uuid.UUID, driver_id: uuid.UUID) -> Ride:
    """A ride that this driver has taken, locked. Raises RideOver."""
    ride = rides.locked(tx, ride_id)
    if ride.driver_id != driver_id:
        raise RideOver
    return ride


_ARRIVED: Final = RIDE.advance("arrive", sets="arrived_at = now()", where="id = %s", returning="1")


def arrive(tx: Tx, keys: Keyring, *, ride_id: uuid.UUID, driver_id: uuid.UUID) -> None:
    """The driver is at the stop: waiting counts from here. Raises RideOver."""
    ride = _mine(tx, ride_id, driver_id)
    if tx.one(_ARRIVED, (ride_id,)) is None:
        raise RideOver
    rides.note(tx, ride_id, "arrive", driver_id)
    drivers.is_at(tx, driver_id, ride.begins_at)
    told = RiderHere(
        rider=rides.name_of(tx, keys, driver_id), plate=ride.plate or "", pickup=ride.pickup
    )
    write_notice(tx, ride.customer_id, told)


_STARTED: Final = RIDE.advance(
    "start", sets="started_at = now(), waiting_minor = %s", where="id = %s", returning="1"
)


def check_code(
    tx: Tx, keys: Keyring, *, ride_id: uuid.UUID, driver_id: uuid.UUID, code: str
) -> bool:
    """Whether it is the customer's code. A wrong one is counted, so this is a transaction of its
    own, and is committed. Raises RideOver, RideCodeLocked."""
    ride = _mine(tx, ride_id, driver_id)
    if ride.wrong_codes >= WRONG_CODES_MAXIMUM:
        raise RideCodeLocked
    if hmac.compare_digest(code, rides.digits_of(keys, ride_id)):
        return True
    tx.execute(
        "UPDATE ride SET wrong_codes = wrong_codes + 1 WHERE tenant_id = current_tenant()"
        " AND id = %s",
        (ride_id,),
    )
    return False


def start(tx: Tx, keys: Keyring, *, ride_id: uuid.UUID, driver_id: uuid.UUID) -> None:
    """Begin the ride, after `check_code`; what waiting costs is known now. Raises RideOver."""
    ride = _mine(tx, ride_id, driver_id)
    waiting_minor = 0
    if ride.arrived_at is not None:
        waited_s = (clock.now() - ride.arrived_at).total_seconds()
        waiting_minor = tariffs.get(tx, ride.tariff_id).waiting_fee_minor(waited_s)
    if tx.one(_STARTED, (waiting_minor, ride_id)) is None:
        raise RideOver
    rides.note(tx, ride_id, "start", driver_id)
    told = RideBegun(
        destination=ride.destination,
        rider=rides.name_of(tx, keys, driver_id),
        plate=ride.plate or "",
    )
    write_notice(tx, ride.customer_id, told)


@dataclass(frozen=True, slots=True)
class Ended:
    """What a driver is told at the end. In cash the whole fare is collected; `earned` is what the
    wallet got."""

    fare: Money
    is_in_cash: bool
    earned: Money
    reference: str


_COMPLETED: Final = RIDE.advance(
    "complete",
    sets="ended_at = now(), entry_id = %s, waiting_minor = %s",
    where="id = %s",
    returning="1",
)


def complete(
    tx: Tx, keys: Keyring, tenant: Tenant, *, ride_id: uuid.UUID, driver_id: uuid.UUID
) -> Ended:
    """The ride is over, and paid: from what was set aside in the customer's wallet, or in cash.

    What waiting added is taken where the wallet has it; where it has not, it is let go, and the
    fare alone is taken: both are told the sum. Raises RideOver.
    """
    ride = _mine(tx, ride_id, driver_id)
    entry_id = None if ride.is_in_cash else uuid7()
    waiting_minor = ride.waiting_minor
    if ride.hold_id is not None:
        ledger.void_hold(tx, ride.hold_id)
        wallet = ledger.account_id(ride.customer_id, ledger.WALLET, ride.currency)
        balance = ledger.balance(tx, wallet)
        assert balance is not None, "something was set aside on it"
        if balance.available_minor < ride.fare_minor + waiting_minor:
            waiting_minor = 0
    if tx.one(_COMPLETED, (entry_id, waiting_minor, ride_id)) is None:
        raise RideOver
    rides.note(tx, ride_id, "complete", driver_id)
    drivers.is_at(tx, driver_id, ride.ends_at)
    total = ride.money(ride.fare_minor + waiting_minor)
    if entry_id is None:
        told = RideInCash(
            fare=total,
            pickup=ride.pickup,
            destination=ride.destination,
            rider=rides.name_of(tx, keys, driver_id),
            reference=ride.reference,
        )
        write_notice(tx, ride.customer_id, told)
        return Ended(total, True, ride.money(0), ride.reference)
    earned = _pay(tx, tenant, ride, total, entry_id)
    return Ended(total, False, earned, reference_of(entry_id))


def _pay(tx: Tx, tenant: Tenant, ride: Ride, total: Money, entry_id: uuid.UUID) -> Money:
    """From the customer's wallet to the driver's, less the operator's part. Answers what the driver
    gets."""
    driver_id = ride.driver_id
    assert driver_id is not None, "it is a ride of the driver's"
    tariff = tariffs.get(tx, ride.tariff_id)
    commission = ride.money(tariff.commission_minor(total.amount_minor))
    earned = ride.money(total.amount_minor - commission.amount_minor)
    customer = ledger.account_id(ride.customer_id, ledger.WALLET, ride.currency)
    driver = ledger.account_id(driver_id, ledger.WALLET, ride.currency)
    fees = ledger.account_id(tenant.id, ledger.FEES, ride.currency)
    lines = [(customer, -total.amount_minor), (driver, earned.amount_minor)]
    lines += [(fees, commission.amount_minor)]
    posted = ledger.post(
        tx,
        key=f"ride:{ride.id}:{FARE}",
        kind=FARE,
        lines=[Line(account, minor) for account, minor in lines if minor],
        currency=ride.currency,
        actor_id=driver_id,
        detail={
            "name": f"{ride.pickup} - {ride.destination}",
            "ride": str(ride.id),
            "fee_minor": 0,
        },
        entry_id=entry_id,
    )
    paid = RidePaid(
        fare=total,
        pickup=ride.pickup,
        destination=ride.destination,
        balance=ride.money(posted.balances[customer]),
        reference=posted.reference,
    )
    write_notice(tx, ride.customer_id, paid, entry_id=entry_id)
    got = RideEarned(
        earned=earned,
        fare=total,
        commission=commission,
        balance=ride.money(posted.balances[driver]),
        reference=posted.reference,
    )
    write_notice(tx, driver_id, got, entry_id=entry_id)
    return earned


_FREED: Final = RIDE.advance(
    "decline",
    sets="driver_id = NULL, accepted_at = NULL, arrived_at = NULL",
    where="id = %s",
    returning="1",
)


def give_up(tx: Tx, keys: Keyring, *, ride_id: uuid.UUID, driver_id: uuid.UUID) -> None:
    """The driver cannot come: another one is asked, and the customer is told. Raises RideOver."""
    ride = _mine(tx, ride_id, driver_id)
    if tx.one(_FREED, (ride_id,)) is None:
        raise RideOver
    rides.note(tx, ride_id, "give up", driver_id)
    told = RiderCancelled(rider=rides.name_of(tx, keys, driver_id))
    write_notice(tx, ride.customer_id, told)
    offers.offer_next(tx, rides.get(tx, ride_id))


_MISSED: Final = RIDE.advance("miss", sets="ended_at = now()", where="id = %s", returning="1")


def miss(tx: Tx, keys: Keyring, *, ride_id: uuid.UUID, driver_id: uuid.UUID) -> None:
    """The customer did not come: the ride ends, and nothing is taken. Raises RideOver, TooSoon
    (params: minutes)."""
    ride = _mine(tx, ride_id, driver_id)
    if ride.arrived_at is None:
        raise RideOver
    if clock.now() - ride.arrived_at < timedelta(minutes=NO_SHOW_AFTER_MINUTES):
        raise TooSoon(minutes=NO_SHOW_AFTER_MINUTES)
    if tx.one(_MISSED, (ride_id,)) is None:
        raise RideOver
    rides.note(tx, ride_id, "miss", driver_id)
    if ride.hold_id is not None:
        ledger.void_hold(tx, ride.hold_id)
    told = RiderLeft(rider=rides.name_of(tx, keys, driver_id), pickup=ride.pickup)
    write_notice(tx, ride.customer_id, told)
