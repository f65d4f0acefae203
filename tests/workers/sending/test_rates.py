"""Rates as Redis counts them: by its clock, and for all workers as one."""

import time
from collections.abc import Iterator

import pytest
from redis import Redis

from workers.queue.worker import connect
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
