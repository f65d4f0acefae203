"""Rides of a tenant that has no folder: two stops, a table of fares, a driver, a customer."""

import contextlib
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import orjson
import redis

from core.money import ledger
from core.places import places
from core.places.reading import Reading
from core.places.reading import Stop as ReadStop
from core.rides import booking, drivers, driving, offers, positions, rides, stops, tariffs
from core.rides.fares import Tariff
from core.rides.rides import Ride
from core.rides.stops import Stop
from tests.support.tenants import CURRENCY, KEYS, Tenant
from values.ids import uuid7
from workers.rides.positions import RedisPositions

FARES = Tariff(
    *(400, 2_000, ((2_000, 117),)),
    cancellation_minor=200,
    cancellation_after_s=300,
    commission_percent=10,
)


@contextlib.contextmanager
def positions_in(redis_url: str) -> Iterator[RedisPositions]:
    """An empty Redis has the positions of drivers, for this process."""
    redis.Redis.from_url(redis_url).flushdb()
    made = RedisPositions(redis_url)
    positions.kept_by(lambda: made)
    yield made
    positions.kept_by(lambda: None)
    made.close()


class Riding:
    """A driver on duty, and a customer with money."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.customer, self.driver = tenant.person(), tenant.person("Mbonyi Celestin")
        tenant.fund(ledger.account_id(self.customer, ledger.WALLET, CURRENCY), 50_000)
        there = Reading(
            stops=[
                ReadStop("nyabugogo", "Nyabugogo", -19_398_000, 300_446_000),
                ReadStop("remera", "Remera", -19_583_000, 301_115_000),
            ]
        )
        with tenant.tx() as tx:
            places.keep(tx, there)
            tx.execute(
                "INSERT INTO ride_tariff (tenant_id, id, terms, valid_from, approved_by)"
                " VALUES (current_tenant(), %s, %s, %s, 'Board')",
                (uuid7(), orjson.dumps(FARES.to_data()).decode(), datetime(2020, 1, 1, tzinfo=UTC)),
            )
            tx.execute(
                "INSERT INTO driver (tenant_id, subscriber_id, plate, licence, licence_until,"
                " insurance_until)"
                " VALUES (current_tenant(), %s, 'RD 1 A', '1', '2099-01-01', '2099-01-01')",
                (self.driver,),
            )
            tx.execute(
                "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
                " VALUES (current_tenant(), %s, 'africastalking', 'ussd', '*384*777#', '{}')",
                (uuid7(),),
            )
            self.stops: list[Stop] = stops.all_stops(tx)
        self.on_duty()

    def another_driver(self, name: str, plate: str) -> None:
        id = self.tenant.person(name)
        with self.tenant.tx() as tx:
            tx.execute(
                "INSERT INTO driver (tenant_id, subscriber_id, plate, licence, licence_until,"
                " insurance_until)"
                " VALUES (current_tenant(), %s, %s, '2', '2099-01-01', '2099-01-01')",
                (id, plate),
            )

    def another_customer(self) -> uuid.UUID:
        return self.tenant.person("Keza Ange")

    def everybody_on_duty(self) -> None:
        """All drivers wait at the first stop."""
        ours = self.tenant.as_turns_have_it()
        with self.tenant.tx() as tx:
            for (id,) in tx.all("SELECT subscriber_id FROM driver ORDER BY plate"):
                drivers.begin_duty(tx, ours, id, self.stops[0])

    def plates(self) -> dict[uuid.UUID, str]:
        """The plates of all drivers, by who they are."""
        with self.tenant.tx() as tx:
            return dict(tx.all("SELECT subscriber_id, plate FROM driver ORDER BY plate"))

    def asked(self, ride: Ride) -> uuid.UUID:
        """Who is being asked about a ride."""
        with self.tenant.tx() as tx:
            row = tx.one(
                "SELECT driver_id FROM ride_offer WHERE ride_id = %s AND state = 'open'", (ride.id,)
            )
        assert row is not None
        found: uuid.UUID = row[0]
        return found

    def on_duty(self) -> None:
        with self.tenant.tx() as tx:
            ours = self.tenant.as_turns_have_it()
            drivers.begin_duty(tx, ours, self.driver, self.stops[0])

    def booked(self, *, in_cash: bool = False, customer: uuid.UUID | None = None) -> Ride:
        ours = self.tenant.as_turns_have_it()
        start, end = self.stops
        with self.tenant.tx() as tx:
            return booking.book(
                tx,
                ours,
                customer_id=customer or self.customer,
                pickup_id=start.id,
                destination_id=end.id,
                fare=tariffs.fare(tx, ours, pickup=start, destination=end),
                in_cash=in_cash,
            )

    def taken(self, ride: Ride) -> uuid.UUID:
        """By who is asked; answers who that is."""
        driver_id = self.asked(ride)
        with self.tenant.tx() as tx:
            offers.accept(tx, KEYS, ride_id=ride.id, driver_id=driver_id)
        return driver_id

    def begun(self, ride: Ride) -> uuid.UUID:
        """Taken by who is asked, and begun; answers who that is."""
        driver_id = self.taken(ride)
        with self.tenant.tx() as tx:
            driving.start(tx, KEYS, ride_id=ride.id, driver_id=driver_id)
        return driver_id

    def ended(self, ride: Ride, driver_id: uuid.UUID) -> None:
        told = {"ride_id": ride.id, "driver_id": driver_id}
        with self.tenant.tx() as tx:
            driving.complete(tx, KEYS, self.tenant.as_turns_have_it(), **told)

    def to_the_end(self, ride: Ride) -> None:
        self.ended(ride, self.begun(ride))
        self.on_duty()


def rides_of_each_kind(tenant: Tenant) -> None:
    """One from the wallet, one in cash, one that was cancelled late, and one that is offered."""
    riding = Riding(tenant)
    riding.to_the_end(riding.booked())
    riding.to_the_end(riding.booked(in_cash=True))
    ride = riding.booked()
    riding.taken(ride)
    _long_ago(tenant, ride.id)
    with tenant.tx() as tx:
        booking.cancel(tx, KEYS, ride_id=ride.id, customer_id=riding.customer)
    riding.booked()


def _long_ago(tenant: Tenant, ride_id: uuid.UUID) -> None:
    """As if its driver had accepted ten minutes earlier."""
    with tenant.tx() as tx:
        rides.locked(tx, ride_id)
        tx.execute(
            "UPDATE ride SET accepted_at = accepted_at - interval '10 minutes' WHERE id = %s",
            (ride_id,),
        )
