"""An agent books a ride for a customer who is there, and pays the rider in cash."""

import uuid

from core.agents import agents
from core.db.database import Tx
from core.messaging.notices import write_notice
from core.rides import booking, rides
from core.rides.errors import CustomerHasRide, RideUnderWay
from core.rides.fares import Fare
from core.rides.messages import RideBookedForYou
from core.rides.rides import Ride
from core.security.keyring import Keyring
from core.tenants.directory import Tenant


def require_free(tx: Tx, customer_id: uuid.UUID) -> None:
    """Raises CustomerHasRide, NoStops, NoFares."""
    try:
        booking.require_free(tx, customer_id)
    except RideUnderWay:
        raise CustomerHasRide from None


def book(
    tx: Tx,
    keys: Keyring,
    tenant: Tenant,
    *,
    agent_id: uuid.UUID,
    customer_id: uuid.UUID,
    pickup_id: uuid.UUID,
    destination_id: uuid.UUID,
    fare: Fare,
) -> Ride:
    """Book it in cash, at the fare that was shown. The customer is texted who did, and has the ride
    under My ride as any other: its code goes to them alone. Raises FareExpired, CustomerHasRide,
    and what `agents.get` raises."""
    agents.get(tx, agent_id)
    try:
        ride = booking.book(
            tx,
            tenant,
            customer_id=customer_id,
            pickup_id=pickup_id,
            destination_id=destination_id,
            fare=fare,
            in_cash=True,
            requested_by=agent_id,
        )
    except RideUnderWay:
        raise CustomerHasRide from None
    told = RideBookedForYou(
        agent=rides.name_of(tx, keys, agent_id),
        pickup=ride.pickup,
        destination=ride.destination,
        fare=ride.fare,
        reference=ride.reference,
    )
    write_notice(tx, customer_id, told)
    agents.count_sale(tx, agent_id)
    return ride
