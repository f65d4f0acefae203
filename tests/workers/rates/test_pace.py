"""How often a source is asked, by one poller and by two at once."""

import itertools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from core.rates.quotes import Pair
from providers.flutterwave_rates.fake import Mode
from providers.simulator.process import Fakes
from tests.support.rates import PAIRS, have_polled, poller
from tests.support.workers import MessagingTenant
from workers.rates.poll import Poller
from workers.rates.sources import GAP_S, Asking, source_of


class Watch:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def sleep(self, for_s: float) -> None:
        self.now_s += for_s

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def rates(tenant: MessagingTenant) -> MessagingTenant:
    tenant.admin.execute("TRUNCATE rate")
    have_polled(tenant)
    return tenant


@pytest.mark.usefixtures("rates")
def test_half_a_second_lies_between_two_requests_whatever_they_come_to(fakes: Fakes) -> None:
    asked_at: list[float] = []
    watch = Watch()
    asking = Asking(
        {"flutterwave_rates": source_of("flutterwave_rates", fakes_url=fakes.url, installed=())},
        sleep=watch.sleep,
        monotonic=watch.monotonic,
        before_each=lambda: asked_at.append(watch.now_s),
    )
    fakes.flutterwave.script(
        *(Mode("http", status=503), Mode("error"), Mode("")),  # three tries for the first
        *(Mode("disagree"), Mode("no_amount"), Mode("other_currency"), Mode("")),
    )
    for pair in (*PAIRS, *PAIRS):
        asking.ask(pair)
    assert len(fakes.flutterwave.requests) == 8
    # A lease is renewed before a wait for a next try, too.
    tries = sorted(set(asked_at))
    gaps = [round(after - before, 6) for before, after in itertools.pairwise(tries)]
    assert min(gaps) >= GAP_S == 0.5
    assert 1 <= gaps[0] <= 1.2
    assert 2 <= gaps[1] <= 2.4


def test_stale_pairs_are_asked_for_at_a_pace_too(rates: MessagingTenant, fakes: Fakes) -> None:
    """By workers that know nothing of each other: each makes a source of its own."""

    def fetch(pair: Pair) -> None:
        source = source_of("flutterwave_rates", fakes_url=fakes.url, installed=())
        asking = Asking({"flutterwave_rates": source}, tries=1)
        Poller(rates.database, rates.tenant_id, asking).fetch(pair)

    with ThreadPoolExecutor(len(PAIRS)) as pool:
        list(pool.map(fetch, PAIRS))
    asked_at = sorted(at for at, *_pair in fakes.flutterwave.requests)
    assert len(asked_at) == len(PAIRS)
    gaps = [after - before for before, after in itertools.pairwise(asked_at)]
    assert min(gaps) > GAP_S - 0.2, gaps  # a request may be on its way for longer than the next


def test_who_would_wait_too_long_leaves_it_to_the_poller(
    rates: MessagingTenant, fakes: Fakes
) -> None:
    rates.admin.execute("UPDATE rate_plan SET asks_from = now() + interval '11 seconds'")
    poller(rates, fakes).fetch(PAIRS[0])
    assert not fakes.flutterwave.requests
    assert poller(rates, fakes).run(interval_s=600) is not None


def test_two_pollers_at_once_ask_for_each_pair_once(rates: MessagingTenant, fakes: Fakes) -> None:
    began, came_to = threading.Barrier(2), []

    def poll() -> None:
        one = poller(rates, fakes)
        began.wait()
        came_to.append(one.run(interval_s=600))

    both = [threading.Thread(target=poll) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(ran is not None for ran in came_to) == [False, True]
    asked = Counter(request[1:] for request in fakes.flutterwave.requests)
    assert asked == {(pair.source, pair.destination): 1 for pair in PAIRS}
