"""Rates as Redis counts them: by its clock, and for all workers as one."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from values.messages import Priority
from workers.queue.worker import connect
from workers.sending import policy
from workers.sending.policy import Level, Rate
from workers.sending.rates import Rates, Taken


@pytest.fixture
def redis(redis_url: str) -> Iterator[Redis]:
    with connect(redis_url) as connection:
        yield connection


def test_a_pair_has_its_burst_and_then_one_in_six_seconds(redis: Redis) -> None:
    rates, pair = Rates(redis), Level("pair s p", Rate(1, 6.0, 45))
    assert [rates.take([pair]).may for _ in range(45)] == [1] * 45
    refused = rates.take([pair])
    assert refused.may == 0
    assert 5.5 < refused.wait_s <= 6.0
    assert rates.take([Level("pair s other", Rate(1, 6.0, 45))]) == Taken(1, 0.0)
    assert 260_000 < int(str(redis.pttl("rate:pair s p"))) <= 270_000  # empty then, and forgotten


def test_what_waited_may_go(redis: Redis) -> None:
    rates, one = Rates(redis), Level("account fast", Rate(20, 1.0, 2))
    assert [rates.take([one]).may for _ in range(3)] == [1, 1, 0]
    time.sleep(rates.take([one]).wait_s + 0.002)
    assert rates.take([one]).may == 1


def test_many_at_once_get_what_there_is_room_for(redis: Redis) -> None:
    rates, one = Rates(redis), Level("account bulk", Rate(10, 1.0, 10))
    found = rates.take([one], 100)
    assert found.may == 10
    assert 0.08 < found.wait_s <= 0.1
    assert rates.take([one], 100).may == 0


def test_who_finds_one_level_full_uses_up_none(redis: Redis) -> None:
    rates = Rates(redis)
    account, pair = Level("account a", Rate(5, 1.0, 5)), Level("pair a", Rate(1, 60.0, 1))
    assert rates.take([account, pair]).may == 1
    for _ in range(20):
        assert rates.take([account, pair]).may == 0
    assert rates.take([account], 9).may == 4


def test_without_limits_redis_is_not_asked() -> None:
    class Nobody:
        def register_script(self, script: str) -> "Nobody":
            return self

        def __call__(self, **more: object) -> None:
            raise AssertionError

    assert Rates(Nobody()).take([], 7) == Taken(7, 0.0)  # type: ignore[arg-type]
    assert Rates(None).take([Level("x", Rate(1, 1.0, 1))]) == Taken(1, 0.0)


def test_a_portfolio_reaches_so_many_people_in_a_moving_day(redis: Redis) -> None:
    rates = Rates(redis)
    assert [rates.reach("meta:1", person, 3) for person in ("a", "b", "a", "c")] == [0.0] * 4
    wait_s = rates.reach("meta:1", "d", 3)
    assert 86_390 < wait_s <= 86_400
    assert rates.reach("meta:1", "b", 3) == 0.0  # who was reached counts once
    assert rates.reach("meta:2", "d", 3) == 0.0
    assert 86_390_000 < int(str(redis.pttl("reached:meta:1"))) <= 86_400_000


def test_who_was_reached_leaves_after_the_day(redis: Redis) -> None:
    rates = Rates(redis)
    assert [rates.reach("meta:short", person, 2, within_s=0.3) for person in "ab"] == [0.0, 0.0]
    wait_s = rates.reach("meta:short", "c", 2, within_s=0.3)
    assert 0 < wait_s <= 0.3
    time.sleep(wait_s + 0.01)
    assert rates.reach("meta:short", "c", 2, within_s=0.3) == 0.0


def test_many_workers_give_away_no_place_twice(redis_url: str) -> None:
    """Each with a connection of its own, all at once."""

    def ask(worker: int) -> int:
        with connect(redis_url) as own:
            rates = Rates(own)
            return sum(rates.reach("meta:all", f"{worker} {n}", 50) == 0 for n in range(20))

    with ThreadPoolExecutor(8) as workers:
        assert sum(workers.map(ask, range(8))) == 50


def test_fewer_places_wait_for_as_many_as_are_too_many(redis: Redis) -> None:
    """Where there are more than may be, such as for what goes to many: the oldest leave first."""
    rates = Rates(redis)
    for person in "abcd":
        rates.reach("meta:less", person, 4, within_s=0.5)
        time.sleep(0.05)
    first, third = rates.reach("meta:less", "e", 4, 0.5), rates.reach("meta:less", "e", 2, 0.5)
    assert third > first + 0.09


def test_what_goes_to_many_leaves_people_to_receipts() -> None:
    assert [policy.people_within(priority, 250) for priority in Priority] == [250, 250, 250, 200]
    assert policy.people_within(Priority.BULK, 1) == 1
    assert Rates(None).reach("meta:1", "a", 1) == 0.0
