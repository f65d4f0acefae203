"""Tokens: shared, renewed early, fetched by one."""

import threading
import time

import pytest

from providers.contracts.messages import NotSent
from providers.mobile_money.tokens import LIFE_S, Fetched, Tokens
from providers.mtn_momo.tests.conftest import Clock


class Source:
    """Gives tokens of 100 s, one after the other, and counts them; or fails."""

    def __init__(self, life_s: float | None = 100.0) -> None:
        self.given = 0
        self.fails = False
        self.life_s = life_s

    def __call__(self) -> Fetched:
        if self.fails:
            raise NotSent("no_token")
        self.given += 1
        return Fetched(f"t{self.given}", self.life_s)


def test_a_token_serves_until_most_of_its_life_has_gone() -> None:
    clock, source = Clock(), Source()
    tokens = Tokens(clock)
    seen = []
    for after_s in (0, 79, 2, 60, 30):
        clock.now_s += after_s
        seen.append(tokens.get("a", source))
    assert seen == ["t1", "t1", "t2", "t2", "t3"]


def test_while_renewing_fails_the_old_one_serves_until_it_expires() -> None:
    clock, source = Clock(), Source()
    tokens = Tokens(clock)
    tokens.get("a", source)
    source.fails = True
    clock.now_s += 90
    assert tokens.get("a", source) == "t1"
    clock.now_s += 10
    with pytest.raises(NotSent):
        tokens.get("a", source)


def test_one_that_was_refused_is_not_given_again() -> None:
    source = Source()
    tokens = Tokens(Clock())
    assert [tokens.get("a", source), tokens.get("a", source, refused="t1")] == ["t1", "t2"]
    # Somebody else has renewed it already.
    assert tokens.get("a", source, refused="t1") == "t2"
    assert source.given == 2


@pytest.mark.parametrize("life_s", [None, 0, -5, float("inf"), float("nan")])
def test_a_life_that_is_not_to_be_believed(life_s: float | None) -> None:
    clock, source = Clock(), Source(life_s)
    tokens = Tokens(clock)
    tokens.get("a", source)
    clock.now_s += LIFE_S - 1
    source.fails = True
    assert tokens.get("a", source) == "t1"
    clock.now_s += 1
    with pytest.raises(NotSent):
        tokens.get("a", source)


def test_accounts_have_tokens_of_their_own() -> None:
    tokens, source = Tokens(Clock()), Source()
    assert [tokens.get("a", source), tokens.get("b", source), tokens.get("a", source)] == [
        *("t1", "t2", "t1"),
    ]


def test_of_many_threads_one_fetches() -> None:
    source, tokens = Source(), Tokens()
    seen: list[str] = []

    def slow() -> Fetched:
        time.sleep(0.05)
        return source()

    threads = [
        threading.Thread(target=lambda: seen.append(tokens.get("a", slow))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (source.given, seen) == (1, ["t1"] * 8)
