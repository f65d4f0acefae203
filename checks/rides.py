"""Samples of the rides domain."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Final

from checks import samples
from checks.samples import AMOUNT_MINOR, CALLER, CURRENCY, CUSTOMER, FEE_MINOR, Answers
from checks.scenario import Goal, Samples, Scenario, refused_with
from core.rides import (
    booking,
    booking_for,
    drivers,
    driving,
    helping,
    offers,
    papers,
    positions,
    rides,
    sharing,
    stops,
    tariffs,
)
from core.rides.drivers import Driver, Earnings
from core.rides.driving import Ended
from core.rides.errors import (
    BusyRiding,
    CustomerHasRide,
    FareExpired,
    LostBefore,
    NoFares,
    NoStops,
    NotARider,
    NothingNear,
    NotYetTaken,
    OfferOver,
    PapersExpired,
    PlateTaken,
    PositionVague,
    RideCodeLocked,
    RideOver,
    RiderOffDuty,
    RideUnderWay,
    SameStop,
    SharedOften,
    StopUnknown,
    TooFar,
    TooSoon,
)
from core.rides.fares import Fare
from core.rides.offers import Offer
from core.rides.rides import Ride
from core.rides.sharing import Ridden
from core.rides.stops import Stop
from values.ids import reference_of
from values.money import Money

PLATE: Final = "RD 482 K"
STOP_NAMES: Final = (
    *("Kigali Convention Centre", "Nyabugogo Taxi Park", "Kimironko Market", "Remera Giporoso"),
    *("Nyamirambo Kuri 40", "Gikondo Merez", "Kacyiru Hospital", "Kabuga Center", "Zindiro"),
)
STOPS: Final = [
    Stop(uuid.UUID(int=number), name, 1_000 + number, -19_441_000 + number, 300_619_000 + number)
    for number, name in enumerate(STOP_NAMES, start=1)
]
AT: Final = datetime(2026, 11, 30, 8, 15, tzinfo=UTC)
RIDE: Final = Ride(
    id=uuid.UUID(int=41),
    customer_id=CALLER.id,
    driver_id=CUSTOMER.id,
    plate=PLATE,
    pickup_id=STOPS[0].id,
    pickup=STOPS[0].name,
    pickup_latitude_e7=STOPS[0].latitude_e7,
    pickup_longitude_e7=STOPS[0].longitude_e7,
    destination=STOPS[1].name,
    destination_latitude_e7=STOPS[1].latitude_e7,
    destination_longitude_e7=STOPS[1].longitude_e7,
    tariff_id=uuid.UUID(int=42),
    distance_m=42_300,
    fare_minor=AMOUNT_MINOR,
    waiting_minor=FEE_MINOR,
    currency=CURRENCY,
    hold_id=uuid.UUID(int=43),
    state="accepted",
    wrong_codes=0,
    stars=None,
    requested_at=AT,
    accepted_at=AT,
    arrived_at=AT,
)
FARE: Final = Fare(AMOUNT_MINOR, 42_300, 4_102_444_800, str(RIDE.tariff_id))
OFFER: Final = Offer(
    ride_id=RIDE.id,
    pickup=RIDE.pickup,
    destination=RIDE.destination,
    distance_km=RIDE.distance_km,
    fare=RIDE.fare,
    is_in_cash=False,
    left_s=28,
)
RIDDEN: Final = [
    Ridden(uuid.UUID(int=50 + n), STOP_NAMES[n], int(AT.timestamp())) for n in range(4)
]
DRIVER: Final = Driver(
    CALLER.id, PLATE, "RW-A-482716-2031", date(2027, 5, 31), date(2027, 1, 31), STOPS[0].name
)
ENDED: Final = Ended(RIDE.total, False, RIDE.fare, reference_of(RIDE.id))


def _meant(said: object) -> list[Stop]:
    """Of a long answer nine stops, of a short one the one."""
    words = str(getattr(said, "words", ""))
    return STOPS if words.startswith("AAA") else STOPS[:1]


def _is(state: str, **changes: object) -> Answers:
    ride = replace(RIDE, state=state, **changes)  # type: ignore[arg-type]
    return {
        rides.active_of: lambda _id: ride,
        rides.taken_by: lambda _id: ride,
        booking.require_active: lambda _id: ride,
        driving.require_taken: lambda _id: ride,
    }


SAMPLES = Samples(
    answers=MappingProxyType(
        {
            stops.meant: _meant,
            tariffs.fare: lambda *_, **__: FARE,
            booking.require_free: samples.nothing,
            booking.require_active: lambda _id: RIDE,
            booking.book: lambda *_, **__: RIDE,
            booking.cancel: lambda *_, **__: FEE_MINOR,
            booking.cancellation_fee_minor: lambda _ride: FEE_MINOR,
            helping.call: samples.nothing,
            booking_for.require_free: samples.nothing,
            booking_for.book: lambda *_, **__: RIDE,
            sharing.share: lambda *_, **__: True,
            sharing.ridden: lambda _id: RIDDEN,
            sharing.lost: lambda *_, **__: RIDE.reference,
            rides.active_of: lambda _id: RIDE,
            rides.taken_by: lambda _id: RIDE,
            rides.to_rate: lambda _id: RIDE,
            rides.rate: lambda *_: True,
            rides.name_of: lambda *_: CUSTOMER.shown_name,
            drivers.get: lambda _id: DRIVER,
            drivers.require_on_duty: lambda _id: DRIVER,
            drivers.begin_duty: samples.nothing,
            positions.report: samples.nothing,
            positions.minutes_to_pickup: lambda _ride: 12,
            papers.known: lambda _id: DRIVER,
            papers.require_own_plate: lambda _id, _words: PLATE,
            papers.bring: lambda *_, **__: None,
            stops.nearest: lambda _place: STOPS[0],
            drivers.end_duty: samples.nothing,
            drivers.earned_since: lambda *_: Earnings(28, 10 * AMOUNT_MINOR, 10 * AMOUNT_MINOR),
            offers.open_offer: lambda _id: OFFER,
            offers.accept: lambda *_, **__: RIDE,
            offers.refuse: samples.nothing,
            driving.require_taken: lambda _id: RIDE,
            driving.arrive: samples.nothing,
            driving.check_code: lambda *_, **__: True,
            driving.start: samples.nothing,
            driving.complete: lambda *_, **__: ENDED,
            driving.give_up: samples.nothing,
            driving.miss: samples.nothing,
        }
    ),
    scenarios=(
        Scenario(
            "no ride",
            {
                rides.active_of: lambda _id: None,
                rides.taken_by: lambda _id: None,
                offers.open_offer: lambda _id: None,
                drivers.get: lambda _id: replace(DRIVER, stop=None),
            },
        ),
        Scenario(
            "neither ride nor stars",
            {rides.active_of: lambda _id: None, rides.to_rate: lambda _id: None},
        ),
        Scenario("asking riders", _is("offered", driver_id=None, plate=None)),
        Scenario("the rider is here", _is("arrived")),
        Scenario("on the way", _is("started")),
        Scenario(
            "in cash",
            {
                offers.open_offer: lambda _id: replace(OFFER, is_in_cash=True),
                booking.cancellation_fee_minor: lambda _ride: 0,
                booking.cancel: lambda *_, **__: 0,
                driving.complete: lambda *_, **__: replace(
                    ENDED, is_in_cash=True, earned=Money(0, CURRENCY)
                ),
                **_is("started", hold_id=None),
            },
        ),
        Scenario(
            "no stop",
            {
                stops.meant: refused_with(StopUnknown()),
                booking.require_active: refused_with(RideOver()),
                driving.require_taken: refused_with(RideOver()),
            },
        ),
        Scenario(
            "no stop near",
            {stops.meant: refused_with(NothingNear()), stops.nearest: lambda _place: None},
        ),
        Scenario("papers with pictures", {papers.bring: lambda *_, **__: None}, channel="whatsapp"),
        Scenario("no rider yet", {papers.known: lambda _id: None}),
        Scenario("another's plate", {papers.require_own_plate: refused_with(PlateTaken())}),
        Scenario("nobody knows where", {positions.minutes_to_pickup: lambda _ride: None}),
        Scenario(
            "a number that nobody has, and no ride",
            {sharing.share: lambda *_, **__: False, sharing.ridden: lambda _id: []},
        ),
        Scenario(
            "shared and told before",
            {
                sharing.share: refused_with(SharedOften()),
                sharing.lost: refused_with(LostBefore()),
                booking_for.require_free: refused_with(CustomerHasRide()),
            },
        ),
        Scenario(
            "not taken yet, and booked meanwhile",
            {
                sharing.share: refused_with(NotYetTaken()),
                booking_for.book: refused_with(CustomerHasRide()),
            },
        ),
        Scenario("off duty", {drivers.require_on_duty: refused_with(RiderOffDuty())}),
        Scenario("a vague place", {positions.report: refused_with(PositionVague(metres=50))}),
        Scenario("no stops at all", {booking.require_free: refused_with(NoStops())}),
        Scenario("no fares", {booking.require_free: refused_with(NoFares())}),
        Scenario("a ride already", {booking.require_free: refused_with(RideUnderWay())}),
        Scenario("where it starts", {tariffs.fare: refused_with(SameStop())}),
        Scenario("too far", {tariffs.fare: refused_with(TooFar(distance_km=1_240, most_km=1_000))}),
        Scenario(
            "too late",
            {
                booking.book: refused_with(FareExpired()),
                offers.accept: refused_with(OfferOver()),
                offers.refuse: refused_with(OfferOver()),
            },
        ),
        Scenario(
            "no rider",
            {
                drivers.get: refused_with(NotARider()),
                driving.check_code: refused_with(RideCodeLocked()),
            },
        ),
        Scenario(
            "papers are over",
            {
                drivers.get: lambda _id: replace(DRIVER, stop=None),
                drivers.begin_duty: refused_with(PapersExpired()),
                driving.check_code: lambda *_, **__: False,
            },
        ),
        Scenario(
            "busy",
            {
                drivers.end_duty: refused_with(BusyRiding()),
                offers.accept: refused_with(BusyRiding()),
                driving.miss: refused_with(TooSoon(minutes=5)),
                **_is("arrived"),
            },
        ),
    ),
    values=MappingProxyType(
        {
            "pickup": STOPS[0].name,
            "destination": STOPS[1].name,
            "distance_km": "42.3",
            "rider": CUSTOMER.shown_name,
            "plate": PLATE,
            "fare": {"$money": [AMOUNT_MINOR, CURRENCY]},
            "earned": {"$money": [AMOUNT_MINOR, CURRENCY]},
            "commission": {"$money": [FEE_MINOR, CURRENCY]},
            "seconds": 30,
            "licence_day": "31/05/2027",
            "insurance_day": "31/01/2027",
            "why": "The photo of the insurance cannot be read",
            "agent": CUSTOMER.shown_name,
            "customer": CUSTOMER.shown_name,
            "thing": "A red bag with a book and my only keys!",
        }
    ),
    goals=MappingProxyType(
        {
            "book_ride": Goal(messages=8, segments=11),
            "book_ride_for": Goal(messages=8, segments=10),
            "rider_papers": Goal(messages=8, segments=9),
            "register_rider": Goal(messages=10, segments=11),
        }
    ),
)
