"""Where drivers are at this moment, in a real Redis, and what is asked of them by it."""

import uuid
from collections.abc import Iterator

import pytest
import redis

from core.rides import candidates, offers, positions, rides
from core.rides.errors import PositionAhead, PositionOld, PositionVague, RiderOffDuty
from core.rides.fares import Place
from core.rides.matching import Plan
from core.rides.rides import Ride
from tests.support.history_of_rides import booked, on_duty, taken
from tests.support.rides import positions_in
from tests.support.ussd import UssdTenant
from values import clock
from workers.rides.positions import AGAIN_AFTER_S, BUCKET_S, KEPT_S, RedisPositions

NYABUGOGO, REMERA = Place.of_degrees(-1.9398, 30.0446), Place.of_degrees(-1.9583, 30.1115)
TENANT, DRIVER, OTHER = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
NOWHERE_URL = "redis://127.0.0.1:1/0"


def north_of(place: Place, metres: int) -> Place:
    return Place(place.latitude_e7 + metres * 90, place.longitude_e7)


@pytest.fixture
def kept(redis_url: str) -> Iterator[RedisPositions]:
    """Positions in Redis, for this process."""
    with positions_in(redis_url) as made:
        yield made


def _near(kept: RedisPositions, place: Place, radius_m: int = 500) -> list[uuid.UUID]:
    return list(kept.near(TENANT, place, radius_m))


def test_a_position_is_found_within_a_minute_and_not_after_it(kept: RedisPositions) -> None:
    now_s = clock.epoch_s()
    kept.keep(TENANT, DRIVER, north_of(NYABUGOGO, 300), now_s - 55)
    kept.keep(TENANT, OTHER, north_of(NYABUGOGO, 100), now_s - 61)
    assert _near(kept, NYABUGOGO) == [DRIVER]
    assert _near(kept, NYABUGOGO, 200) == []
    assert set(kept.of(TENANT, [DRIVER, OTHER])) == {DRIVER}
    found = kept.of(TENANT, [DRIVER])[DRIVER]
    assert abs(found.latitude_e7 - north_of(NYABUGOGO, 300).latitude_e7) < 100  # a metre
    assert kept.near(uuid.uuid4(), NYABUGOGO, 500) == {}, "another tenant's"


def test_who_went_elsewhere_is_no_longer_where_they_were(kept: RedisPositions) -> None:
    now_s = clock.epoch_s()
    for before_s in (1, 30, 59):
        kept.keep(TENANT, DRIVER, NYABUGOGO, now_s - before_s)
        kept.keep(TENANT, DRIVER, REMERA, now_s)
        assert _near(kept, NYABUGOGO) == []
        assert _near(kept, REMERA) == [DRIVER]


def test_what_comes_late_does_not_stand_for_what_is_newer(kept: RedisPositions) -> None:
    # Both in one minute, whatever the minute is.
    at_s = clock.epoch_s() // BUCKET_S * BUCKET_S
    kept.keep(TENANT, DRIVER, REMERA, at_s + 0.5)
    kept.keep(TENANT, DRIVER, NYABUGOGO, at_s + 0.25)
    assert _near(kept, REMERA) == [DRIVER]
    assert _near(kept, NYABUGOGO) == []


def test_the_nearest_is_first(kept: RedisPositions) -> None:
    now_s = clock.epoch_s()
    kept.keep(TENANT, DRIVER, north_of(NYABUGOGO, 400), now_s)
    kept.keep(TENANT, OTHER, north_of(NYABUGOGO, 50), now_s - BUCKET_S + 5)
    assert _near(kept, NYABUGOGO) == [OTHER, DRIVER]


def test_keys_expire_by_themselves(kept: RedisPositions, redis_url: str) -> None:
    kept.keep(TENANT, DRIVER, NYABUGOGO, clock.epoch_s())
    server = redis.Redis.from_url(redis_url)
    found = server.keys("ride:*")
    assert isinstance(found, list)
    assert len(found) == 2
    for key in found:
        left = server.ttl(key)
        assert isinstance(left, int)
        assert 0 < left <= KEPT_S


@pytest.mark.parametrize(
    ("ahead_s", "accuracy_m", "error"),
    [
        (6, 0, PositionAhead),
        (3_600, 0, PositionAhead),
        (-61, 0, PositionOld),
        (0, 51, PositionVague),
    ],
)
def test_what_is_of_another_time_or_vague_is_refused(
    tenant: UssdTenant,
    kept: RedisPositions,
    ahead_s: float,
    accuracy_m: float,
    error: type[Exception],
) -> None:
    on_duty(tenant, "mbonyi")
    said = {"at_s": clock.epoch_s() + ahead_s, "accuracy_m": accuracy_m}
    with pytest.raises(error):
        tenant.change(positions.report, tenant.id_of("mbonyi"), NYABUGOGO, **said)
    assert kept.near(tenant.tenant_id, NYABUGOGO, 500) == {}


def test_off_duty_nobody_is_followed(tenant: UssdTenant, kept: RedisPositions) -> None:
    with pytest.raises(RiderOffDuty):
        tenant.change(positions.report, tenant.id_of("mbonyi"), NYABUGOGO, at_s=clock.epoch_s())
    assert kept.of(tenant.tenant_id, [tenant.id_of("mbonyi")]) == {}


def _is_at(tenant: UssdTenant, who: str, place: Place) -> None:
    # Not ahead of the clock by more than is allowed: then it is of now.
    tenant.change(positions.report, tenant.id_of(who), place, at_s=clock.epoch_s() + 4)


def _asked(tenant: UssdTenant, who: str) -> bool:
    with tenant.tx() as tx:
        return offers.open_offer(tx, tenant.id_of(who)) is not None


@pytest.mark.usefixtures("kept")
def test_who_is_near_is_asked_wherever_their_duty_began(tenant: UssdTenant) -> None:
    on_duty(tenant, "mbonyi", stop=1)
    on_duty(tenant, "safari", stop=4)  # Kabuga, 20 km off
    _is_at(tenant, "mbonyi", REMERA)
    _is_at(tenant, "safari", north_of(NYABUGOGO, 200))
    ride = booked(tenant, "kabera", in_cash=True)
    assert not _asked(tenant, "mbonyi")
    taken(tenant, ride, "safari")


def _taken_at_the_stop(tenant: UssdTenant) -> Ride:
    ride = booked(tenant, "kabera", in_cash=True)
    taken(tenant, ride, "mbonyi")
    return ride


def test_with_all_positions_lost_drivers_are_at_their_stops(
    tenant: UssdTenant, kept: RedisPositions, redis_url: str
) -> None:
    on_duty(tenant, "mbonyi")
    _is_at(tenant, "mbonyi", REMERA)
    assert list(kept.near(tenant.tenant_id, REMERA, 500)) == [tenant.id_of("mbonyi")]
    redis.Redis.from_url(redis_url).flushall()
    _taken_at_the_stop(tenant)


def test_without_a_redis_drivers_are_at_their_stops_and_it_is_not_waited_for_each_time(
    tenant: UssdTenant, caplog: pytest.LogCaptureFixture
) -> None:
    away = RedisPositions(NOWHERE_URL)
    positions.kept_by(lambda: away)
    try:
        on_duty(tenant, "mbonyi")
        _is_at(tenant, "mbonyi", REMERA)
        _taken_at_the_stop(tenant)
    finally:
        positions.kept_by(lambda: None)
        away.close()
    told = [one for one in caplog.records if "cannot be reached" in one.message]
    assert len(told) == 1, f"asked again only after {AGAIN_AFTER_S} s"


def test_the_customer_is_told_how_long_it_takes_by_where_the_rider_is(
    tenant: UssdTenant, kept: RedisPositions
) -> None:
    on_duty(tenant, "mbonyi")
    ride = _taken_at_the_stop(tenant)
    with tenant.tx() as tx:
        assert positions.minutes_to_pickup(tx, rides.get(tx, ride.id)) is None
    _is_at(tenant, "mbonyi", north_of(NYABUGOGO, 1_500))
    with tenant.tx() as tx:
        # 1,500 m, and 1.3 times that by road, at 20 km/h.
        assert positions.minutes_to_pickup(tx, rides.get(tx, ride.id)) == 6


def _one_of(tenant: UssdTenant, ride: Ride, radius_m: int = 500) -> uuid.UUID | None:
    """Who may be asked, where a plan takes one alone."""
    with tenant.tx() as tx:
        found = candidates.within(tx, ride, radius_m, Plan(candidates_maximum=1))
    return found[0].driver_id if found else None


def test_who_is_known_to_be_elsewhere_leaves_nobody_out(
    tenant: UssdTenant, kept: RedisPositions
) -> None:
    """Both stand at the stop by their duty; the one who was seen last is far away by now."""
    ride = booked(tenant, "kabera", in_cash=True)
    on_duty(tenant, "safari")
    on_duty(tenant, "mbonyi")
    away = tenant.id_of("mbonyi")
    kept.keep(tenant.tenant_id, away, REMERA, clock.epoch_s())
    assert _one_of(tenant, ride) == tenant.id_of("safari")
    kept.keep(tenant.tenant_id, tenant.id_of("safari"), REMERA, clock.epoch_s())
    assert _one_of(tenant, ride) is None


def test_of_many_who_are_near_the_nearest_are_taken(
    tenant: UssdTenant, kept: RedisPositions
) -> None:
    ride = booked(tenant, "kabera", in_cash=True)
    for who, metres in (("safari", 300), ("mbonyi", 200)):
        on_duty(tenant, who)
        place = north_of(NYABUGOGO, metres)
        kept.keep(tenant.tenant_id, tenant.id_of(who), place, clock.epoch_s())
    assert _one_of(tenant, ride) == tenant.id_of("mbonyi")
    assert _one_of(tenant, ride, 100) is None
