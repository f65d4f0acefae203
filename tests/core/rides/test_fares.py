"""What a ride costs, by the regulator's own figures."""

import random
from datetime import time
from fractions import Fraction

import pytest

from core.rides.fares import Night, Place, Tariff, metres_between
from core.rides.matching import (
    OFFERS_FOR_A_SCORE,
    Candidate,
    cell_of,
    cells_within,
    choose,
)
from values.ids import uuid7

NOON, LATE = time(12), time(23, 30)
RURA_2022 = Tariff(400, 2_000, ((2_000, 117), (40_000, 205)), waiting_minor=21)
NYABUGOGO, REMERA = Place(-19_398_000, 300_446_000), Place(-19_583_000, 301_115_000)


@pytest.mark.parametrize(
    ("distance_m", "fare"),
    [
        *((1, 400), (2_000, 400), (2_001, 400), (2_005, 401), (10_000, 1_336)),
        *((40_000, 4_846), (45_000, 5_871), (100_000, 17_146)),
    ],
)
def test_the_tariff_of_august_2022(distance_m: int, fare: int) -> None:
    assert RURA_2022.fare_minor(distance_m, NOON) == fare


def test_half_goes_up_and_a_step_is_kept_to() -> None:
    by_fifty = Tariff(400, 0, ((0, 100),), round_to_minor=50)
    assert [by_fifty.fare_minor(m, NOON) for m in (249, 250, 749, 750)] == [400, 450, 450, 500]


def test_the_night_goes_over_midnight() -> None:
    night = Tariff(400, 0, ((0, 100),), night=Night(time(22), time(5), 20))
    at = (time(21, 59), time(22), LATE, time(4, 59), time(5))
    assert [night.fare_minor(1_000, one) for one in at] == [500, 600, 600, 600, 500]


def test_each_minute_of_waiting_that_is_begun_counts_after_the_free_ones() -> None:
    waited = (0, 600, 601, 660, 661, 3_600)
    assert [RURA_2022.waiting_fee_minor(one) for one in waited] == [0, 0, 21, 21, 42, 1_050]


def test_a_tariff_is_read_as_it_was_written() -> None:
    whole = Tariff(
        *(400, 2_000, ((2_000, 117),)),
        road_factor=Fraction(5, 4),
        night=Night(time(22), time(5), 20),
        commission_percent=15,
    )
    assert Tariff.from_data(whole.to_data()) == whole
    assert Tariff.from_data(RURA_2022.to_data()) == RURA_2022


def test_distances_are_those_of_a_great_circle() -> None:
    # Worked out by the haversine formula with a mean radius of 6,371.0 km.
    assert metres_between(NYABUGOGO, REMERA) == pytest.approx(7_714, rel=0.002)
    assert RURA_2022.road_m(NYABUGOGO, REMERA) == pytest.approx(7_714 * 1.3, rel=0.002)


def _candidate(metres_north: int, offers: int, accepted: int) -> Candidate:
    place = Place(NYABUGOGO.latitude_e7 + metres_north * 90, NYABUGOGO.longitude_e7)
    return Candidate(uuid7(), place, offers, accepted)


def test_cells_within_a_radius_hold_everybody_who_is() -> None:
    lot = random.Random(1)
    for radius_m in (300, 500, 2_000):
        cells = set(cells_within(NYABUGOGO, radius_m))
        for _ in range(300):
            place = Place(
                NYABUGOGO.latitude_e7 + lot.randint(-200_000, 200_000),
                NYABUGOGO.longitude_e7 + lot.randint(-200_000, 200_000),
            )
            if metres_between(place, NYABUGOGO) <= radius_m:
                assert cell_of(place) in cells


def test_half_goes_by_score_and_half_by_lot_so_that_newcomers_get_work() -> None:
    best = _candidate(50, OFFERS_FOR_A_SCORE, OFFERS_FOR_A_SCORE)
    worse = _candidate(300, OFFERS_FOR_A_SCORE, 2)
    newcomer = _candidate(200, 0, 0)
    lot = random.Random(7)
    found = [best, worse, newcomer]
    chosen = [choose(found, NYABUGOGO, 500, lot) for _ in range(600)]
    # Half by score, and of the other half a third each.
    assert chosen.count(best) == pytest.approx(400, abs=50)
    assert chosen.count(newcomer) == pytest.approx(100, abs=40)
    assert chosen.count(worse) == pytest.approx(100, abs=40)
    assert choose([_candidate(900, 0, 0)], NYABUGOGO, 500, lot) is None
