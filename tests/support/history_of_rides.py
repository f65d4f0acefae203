"""Rides in every state, in a database with a history."""

from datetime import date

from core.rides import (
    booking,
    drivers,
    driving,
    offers,
    paper_reminders,
    papers,
    rides,
    stops,
    tariffs,
)
from core.rides.papers import Papers
from core.rides.rides import Ride
from tests.support.tenants import KEYS
from tests.support.ussd import UssdTenant
from values.ids import uuid7


def on_duty(tenant: UssdTenant, who: str, stop: int = 1) -> None:
    """Somebody waits for rides at a stop, by its number."""
    with tenant.tx() as tx:
        found = next(one for one in stops.all_stops(tx) if one.number == stop)
    tenant.change(drivers.begin_duty, tenant.service().tenant, tenant.id_of(who), found)


def booked(
    tenant: UssdTenant, who: str, *, in_cash: bool = False, start: int = 1, end: int = 2
) -> Ride:
    """Somebody books a ride between stops, by their numbers."""
    ours = tenant.service().tenant
    with tenant.tx() as tx:
        known = {one.number: one for one in stops.all_stops(tx)}
        fare = tariffs.fare(tx, ours, pickup=known[start], destination=known[end])
    ride: Ride = tenant.change(
        booking.book,
        ours,
        customer_id=tenant.id_of(who),
        pickup_id=known[start].id,
        destination_id=known[end].id,
        fare=fare,
        in_cash=in_cash,
    )
    return ride


def taken(tenant: UssdTenant, ride: Ride, who: str = "mbonyi") -> None:
    """The driver who is asked takes the ride."""
    tenant.change(offers.accept, KEYS, ride_id=ride.id, driver_id=tenant.id_of(who))


def begun(tenant: UssdTenant, ride: Ride, who: str = "mbonyi") -> None:
    """The driver came, and the customer has said the code."""
    driver = {"ride_id": ride.id, "driver_id": tenant.id_of(who)}
    tenant.change(driving.arrive, KEYS, **driver)
    code = rides.digits_of(KEYS, ride.id)
    assert tenant.change(driving.check_code, KEYS, **driver, code=code)
    tenant.change(driving.start, KEYS, **driver)


def ended(tenant: UssdTenant, ride: Ride, who: str = "mbonyi") -> None:
    """The ride is over, and paid."""
    told = {"ride_id": ride.id, "driver_id": tenant.id_of(who)}
    tenant.change(driving.complete, KEYS, tenant.service().tenant, **told)


def waits_for_long(tenant: UssdTenant, ride: Ride, who: str = "mbonyi") -> None:
    """The driver came, waited for 15 minutes, and typed a wrong code before the right one."""
    driver = {"ride_id": ride.id, "driver_id": tenant.id_of(who)}
    tenant.change(driving.arrive, KEYS, **driver)
    tenant.admin.execute(
        "UPDATE ride SET arrived_at = arrived_at - interval '15 minutes' WHERE id = %s", (ride.id,)
    )
    right = rides.digits_of(KEYS, ride.id)
    wrong = f"{(int(right) + 1) % 10_000:04d}"
    assert not tenant.change(driving.check_code, KEYS, **driver, code=wrong)
    tenant.change(driving.start, KEYS, **driver)


def cancelled_late(tenant: UssdTenant) -> None:
    """A driver was on the way for ten minutes when the customer cancelled."""
    ride = booked(tenant, "kabera")
    taken(tenant, ride)
    tenant.admin.execute(
        "UPDATE ride SET accepted_at = accepted_at - interval '10 minutes' WHERE id = %s",
        (ride.id,),
    )
    told = {"ride_id": ride.id, "customer_id": tenant.id_of("kabera")}
    assert tenant.change(booking.cancel, KEYS, **told)


def papers_of(until: date, plate: str = "RE 330 C") -> Papers:
    """Papers that all hold until a day."""
    return Papers(plate, "RW-A-33", until, until, uuid7(), uuid7())


def papers_are_brought(tenant: UssdTenant) -> None:
    """Some that staff accept and that end, some refused, and some that wait."""
    who = tenant.id_of("safari")
    today = tenant.service().tenant.today()
    for until, reason in ((today, ""), (date(2032, 1, 31), "No picture"), (date(2033, 1, 31), "")):
        theirs = papers_of(until)
        tenant.change(papers.bring, KEYS, subscriber_id=who, papers=theirs, brought_by=who)
        with tenant.tx() as tx:
            (waiting,) = papers.waiting(tx)
        if reason:
            tenant.change(papers.refuse, waiting.id, actor="clerk", reason=reason)
        elif until == today:
            tenant.change(papers.accept, waiting.id, today=today, actor="clerk")
            assert tenant.change(paper_reminders.remind, today)


def what_is_ridden(tenant: UssdTenant) -> None:
    """One paid from the wallet, one in cash, one that nobody took, and one under way."""
    papers_are_brought(tenant)
    on_duty(tenant, "mbonyi")
    for in_cash in (False, True):
        ride = booked(tenant, "kabera", in_cash=in_cash)
        taken(tenant, ride)
        waits_for_long(tenant, ride)
        ended(tenant, ride)
        on_duty(tenant, "mbonyi")
    tenant.change(rides.rate, ride.id, tenant.id_of("kabera"), 4)
    cancelled_late(tenant)
    on_duty(tenant, "mbonyi")
    tenant.admin.execute("UPDATE ride_tariff SET valid_to = '2099-01-01Z'")
    late = booked(tenant, "kabera", in_cash=True)
    tenant.change(offers.refuse, ride_id=late.id, driver_id=tenant.id_of("mbonyi"))
    under_way = booked(tenant, "kabera")
    taken(tenant, under_way)
    begun(tenant, under_way)
