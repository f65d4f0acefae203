"""The drop test: a hop in ten lost, eight hops to go, ten thousand people who pay."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.engine.crowd import HOPS, Wire, call, settle
from tests.support.ussd import UssdTenant

PEOPLE = 10_000
PROCESSES = 2
SLICE = 250


@pytest.mark.long
def test_ten_thousand_people_on_bad_lines(tenant: UssdTenant, redis_url: str) -> None:
    assert HOPS == 8
    settle(tenant, PEOPLE)
    wire = Wire(tenant.urls.database_url, redis_url)
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=fresh) as processes:
        slices = [
            processes.submit(call, wire, first, first + SLICE) for first in range(0, PEOPLE, SLICE)
        ]
        outcomes = sum((one.result() for one in slices), Counter[int]())
    within = [sum(outcomes[redials] for redials in range(most + 1)) for most in range(4)]
    told = ", ".join(f"{count / PEOPLE:.2%} within {most}" for most, count in enumerate(within))
    assert sum(outcomes.values()) == PEOPLE
    assert within[2] >= 0.90 * PEOPLE, told
    assert within[3] >= 0.96 * PEOPLE, told
    # Whoever saw it paid once, nobody paid twice, and who gave up may have paid unseen.
    done = PEOPLE - outcomes[-1]
    paid, payers = tenant.one("SELECT count(*), count(DISTINCT subscriber_id) FROM contribution")
    assert paid == payers
    assert done <= paid <= PEOPLE
    print(told)
