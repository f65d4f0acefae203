"""A customer books a ride, and cancels it."""

import uuid
from datetime import timedelta
from typing import Final

from core.db.database import Tx
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.ledger import Line
from core.rides import offers, rides, tariffs
from core.rides.errors import FareExpired, NoStops, RideOver, RideUnderWay
from core.rides.fares import Fare
from core.rides.lifecycle import IS_ACTIVE, RIDE
from core.rides.messages import CancellationPaid, CustomerCancelled
from core.rides.rides import Ride
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.ids import reference_of, uuid7

CANCELLATION: Final = "ride_cancellation"


def require_free(tx: Tx, customer_id: uuid.UUID) -> None:
    """Raises RideUnderWay, and NoStops and NoFares where there is nothing to book."""
    if rides.active_of(tx, customer_id) is not None:
        raise RideUnderWay
    if tx.one("SELECT 1 FROM place WHERE tenant_id = current_tenant() AND kind = 'stop'") is None:
        raise NoStops
    tariffs.in_force(tx, clock.now())


def require_active(tx: Tx, customer_id: uuid.UUID) -> Ride:
    """The ride that a customer waits for or is on. Raises RideOver where there is none."""
    ride = rides.active_of(tx, customer_id)
    if ride is None:
        raise RideOver
    return ride


_INSERT: Final = (
    "INSERT INTO ride (tenant_id, id, customer_id, pickup_id, destination_id, tariff_id,"
    " distance_m, fare_minor, currency, hold_id)"
    " VALUES (current_tenant(), %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    f" ON CONFLICT (tenant_id, customer_id) WHERE {IS_ACTIVE} DO NOTHING RETURNING 1"
)


def book(
    tx: Tx,
    tenant: Tenant,
    *,
    customer_id: uuid.UUID,
    pickup_id: uuid.UUID,
    destination_id: uuid.UUID,
    fare: Fare,
    in_cash: bool,
    requested_by: uuid.UUID | None = None,
) -> Ride:
    """Book a ride at the fare that was shown, and ask the first driver in the same transaction.

    Not in cash, the fare is set aside in the customer's wallet until the ride ends. `requested_by`
    is who did it for them. Raises FareExpired, RideUnderWay, InsufficientFunds, FrozenAccount.
    """
    if clock.epoch_s() > fare.honoured_until_s:
        raise FareExpired
    ride_id = uuid7()
    hold_id = None if in_cash else uuid7()
    written = tx.one(
        _INSERT,
        (
            *(ride_id, customer_id, pickup_id, destination_id, uuid.UUID(fare.tariff_id)),
            *(fare.distance_m, fare.fare_minor, tenant.currency, hold_id),
        ),
    )
    if written is None:
        raise RideUnderWay
    if hold_id is not None:
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=ledger.account_id(customer_id, ledger.WALLET, tenant.currency),
            amount_minor=fare.fare_minor,
            currency=tenant.currency,
            expires_at=None,
        )
    rides.note(tx, ride_id, "request", requested_by or customer_id)
    ride = rides.get(tx, ride_id)
    offers.offer_next(tx, ride)
    return ride


_CANCELLED: Final = RIDE.advance(
    "cancel", sets="ended_at = now(), fee_minor = %s", where="id = %s", returning="1"
)


def cancellation_fee_minor(tx: Tx, ride: Ride) -> int:
    """What it costs a customer to cancel now: only a ride from the wallet costs something, late."""
    if ride.hold_id is None or ride.accepted_at is None:
        return 0
    tariff = tariffs.get(tx, ride.tariff_id)
    if clock.now() - ride.accepted_at <= timedelta(seconds=tariff.cancellation_after_s):
        return 0
    return min(tariff.cancellation_minor, ride.fare_minor)


def cancel(tx: Tx, keys: Keyring, *, ride_id: uuid.UUID, customer_id: uuid.UUID) -> int:
    """The customer cancels before the ride has begun. Answers the fee in minor units, which the
    driver who had taken it gets. Raises RideOver."""
    ride = rides.locked(tx, ride_id)
    fee_minor = cancellation_fee_minor(tx, ride)
    if ride.customer_id != customer_id or tx.one(_CANCELLED, (fee_minor, ride_id)) is None:
        raise RideOver
    rides.note(tx, ride_id, "cancel", customer_id)
    offers.withdraw(tx, ride_id)
    if ride.hold_id is not None:
        ledger.void_hold(tx, ride.hold_id)
    if fee_minor:
        _charge(tx, ride, fee_minor)
    if ride.driver_id is not None:
        told = CustomerCancelled(
            customer=rides.name_of(tx, keys, customer_id),
            pickup=ride.pickup,
            fee=ride.money(fee_minor),
        )
        write_notice(tx, ride.driver_id, told)
    return fee_minor


def _charge(tx: Tx, ride: Ride, fee_minor: int) -> None:
    """The fee goes from the customer's wallet, where it was set aside, to the driver's."""
    assert ride.driver_id is not None, "somebody had accepted"
    entry_id = uuid7()
    ledger.post(
        tx,
        key=f"ride:{ride.id}:{CANCELLATION}",
        kind=CANCELLATION,
        lines=[
            Line(ledger.account_id(ride.customer_id, ledger.WALLET, ride.currency), -fee_minor),
            Line(ledger.account_id(ride.driver_id, ledger.WALLET, ride.currency), fee_minor),
        ],
        currency=ride.currency,
        actor_id=ride.customer_id,
        detail={"name": ride.pickup, "ride": str(ride.id), "fee_minor": 0},
        entry_id=entry_id,
    )
    tx.execute(
        "UPDATE ride SET entry_id = %s WHERE tenant_id = current_tenant() AND id = %s",
        (entry_id, ride.id),
    )
    told = CancellationPaid(fee=ride.money(fee_minor), reference=reference_of(entry_id))
    write_notice(tx, ride.customer_id, told, entry_id=entry_id)
