"""A provider that is down for an hour, with the hour made short: the leases and pauses are."""

import itertools
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from app.local.ports import free_port
from providers.simulator.process import Fakes
from tests.support.waiting import until
from tests.support.workers import QUICK, MessagingTenant
from values.messages import Priority

PEOPLE, TEXTS_EACH = 20, 6
DOWN_S = 5.0
# An hour with pauses of up to 30 s is 120 of the longest pauses; so are these 5 s.
LIMITS = replace(
    QUICK,
    pause_first_s=0.02,
    pause_longest_s=0.04,
    backoff_first_s=0.02,
    backoff_longest_s=1.0,
    recovery_first_a_second=20.0,
    recovery_doubles_s=1.0,
    recovery_s=4.0,
)


@pytest.mark.long
def test_nothing_is_lost_the_order_holds_and_no_storm_follows(tenant: MessagingTenant) -> None:
    port = free_port()
    tenant.fakes_url = f"http://127.0.0.1:{port}"
    people = [f"+25078840{number:04d}" for number in range(PEOPLE)]
    written: dict[str, list[int]] = {number: [] for number in people}
    amounts = itertools.count(1)
    with tenant.running("relay", "send", "send", "bulk", limits=LIMITS):
        for _ in range(TEXTS_EACH):
            for number in people:
                amount = next(amounts)
                tenant.text(
                    number,
                    params={"float": {"$money": [amount, "RWF"]}},
                    priority=Priority.BULK if number in people[:4] else None,
                )
                written[number].append(amount)
        down_until = time.monotonic() + DOWN_S
        until(lambda: tenant.outbox_states().get("waiting", 0) > 0)
        while time.monotonic() < down_until:
            assert set(tenant.states()) <= {"queued", "sending"}
            time.sleep(0.2)
        with Fakes("127.0.0.1", port, lambda: []) as fakes:
            until(lambda: tenant.states() == {"accepted": PEOPLE * TEXTS_EACH}, 60)
            texts = list(fakes.texts.find(lambda _: True))
            assert fakes.texts.twice() == []
    assert len(texts) == PEOPLE * TEXTS_EACH
    got: dict[str, list[int]] = {number: [] for number in people}
    for text in texts:  # in the order in which they were accepted
        got[text.to].append(int("".join(filter(str.isdecimal, text.text.partition(":")[2]))))
    assert got == written
    in_second = Counter(int(datetime.fromisoformat(text.at).timestamp()) for text in texts)
    # Of three workers each has 20 a second at first, and twice as many after a second.
    assert max(in_second.values()) <= 3 * 20 * (1 + 2)
    assert tenant.outbox_states() == {"done": PEOPLE * TEXTS_EACH}
