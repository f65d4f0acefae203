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
