"""Many at once, really in parallel: each text is sent once."""

import random
import threading
from dataclasses import replace

import pytest

from providers.africastalking.fake import Mode
from providers.simulator.process import Fakes
from tests.support.waiting import until
from tests.support.workers import QUICK, MessagingTenant, received
from workers.jobs import context
from workers.sending.send import send_text


def test_twenty_threads_send_the_same_texts(tenant: MessagingTenant, fakes: Fakes) -> None:
    """Every thread is given every text, in an order of its own."""
    fakes.rest.script([Mode("delay", times=None, delay_s=0.002)])
    tenant.context()
    messages = [tenant.text(f"+25078810{n:04d}") for n in range(25)]
    rows = [str(tenant.outbox_of(message)) for message in messages]
    barrier = threading.Barrier(20)

    def run(seed: int) -> None:
        mine = rows[:]
        random.Random(seed).shuffle(mine)
        barrier.wait()
        for row in mine:
            send_text(str(tenant.tenant_id), row)

    threads = [threading.Thread(target=run, args=(seed,)) for seed in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert tenant.states() == {"accepted": 25}
    assert fakes.texts.twice() == []
    assert len(received(fakes)) == fakes.rest.requests == 25


def test_leases_that_run_out_all_the_time_send_nothing_twice(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    """With leases of no length every claim is another one's at once; still no text leaves twice."""
    tenant.context(replace(QUICK, job_lease_s=0.001, attempts_maximum=10_000))
    fakes.rest.script([Mode("delay", times=None, delay_s=0.005)])
    messages = [tenant.text(f"+25078820{n:04d}") for n in range(10)]
    rows = [str(tenant.outbox_of(message)) for message in messages]
    barrier = threading.Barrier(10)

    def run() -> None:
        barrier.wait()
        for _ in range(6):
            for row in rows:
                send_text(str(tenant.tenant_id), row)

    threads = [threading.Thread(target=run) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert fakes.texts.twice() == []
    sent = len(received(fakes))
    states = tenant.states()
    assert set(states) <= {"accepted", "unknown", "queued"}
    # Each that left was answered; what is unknown may be one of them, or never left.
    assert states.get("accepted", 0) <= sent <= 10


@pytest.mark.long
def test_several_relays_and_workers_as_processes(tenant: MessagingTenant, fakes: Fakes) -> None:
    with tenant.running("relay", "relay", "relay", "send", "send", "send", "send"):
        for n in range(150):
            tenant.text(f"+25078830{n % 50:04d}")
        until(lambda: tenant.states() == {"accepted": 150}, 60)
    assert len(received(fakes)) == 150
    assert fakes.texts.twice() == []
    assert tenant.outbox_states() == {"done": 150}


def test_a_worker_without_a_context_says_so() -> None:
    context._current.clear()
    with pytest.raises(RuntimeError, match="piga worker"):
        context.current()
