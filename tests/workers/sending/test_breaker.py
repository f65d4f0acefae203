import pytest

from workers.limits import Limits
from workers.sending.breaker import Breaker

LIMITS = Limits(pause_first_s=1.0, pause_longest_s=8.0, pause_alarmed_s=300.0)


def breaker() -> tuple[Breaker, list[float]]:
    now = [50.0]
    return Breaker(LIMITS, lambda: now[0]), now


def test_pauses_double_up_to_the_longest_and_end_with_a_success() -> None:
    one, now = breaker()
    assert one.wait_s("a") == 0
    lengths = []
    for _ in range(5):
        lengths.append(one.trip("a"))
        assert one.wait_s("a") == lengths[-1]
        now[0] += lengths[-1]
        assert one.wait_s("a") == 0
    assert lengths == [1, 2, 4, 8, 8]
    one.close("a")
    assert one.trip("a") == 1


def test_accounts_do_not_stand_in_for_each_other() -> None:
    one, _ = breaker()
    one.trip("a")
    assert one.wait_s("b") == 0


def test_an_alarm_is_news_once_until_it_is_over() -> None:
    one, now = breaker()
    assert one.alarm("a") == (300, True)
    now[0] += 301
    assert one.alarm("a") == (300, False)
    one.close("a")
    assert one.alarm("a") == (300, True)
    one.close("a")
    one.trip("a")
    assert one.alarm("a")[1]


def test_what_is_back_is_not_swamped() -> None:
    """After a pause so many a second at first, twice as many after each while, and then all."""
    one, now = breaker()
    one.trip("a")
    now[0] += 1
    one.close("a")
    sent: list[float] = []
    while now[0] < 51 + LIMITS.recovery_s + 1:
        now[0] += one.slow_s("a")
        sent.append(now[0] - 51)
        if len(sent) > 3 and sent[-1] == sent[-4]:
            break
    in_second = [sum(1 for at in sent if second <= at < second + 1) for second in (0, 10, 20)]
    assert in_second[0] == pytest.approx(LIMITS.recovery_first_a_second, abs=3)
    assert in_second[1] == pytest.approx(2 * LIMITS.recovery_first_a_second, abs=4)
    assert in_second[2] == pytest.approx(4 * LIMITS.recovery_first_a_second, abs=8)
    assert sent[-1] == pytest.approx(LIMITS.recovery_s, abs=1)
    assert one.slow_s("a") == one.slow_s("b") == 0


def test_what_was_never_away_is_not_slow() -> None:
    one, _ = breaker()
    one.close("a")
    assert one.slow_s("a") == 0
