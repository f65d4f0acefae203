"""kill -9 of the workers of conversations while people write: each message is worked once, in its
order, and answered once."""

import random
import time
from collections.abc import Iterator

import pytest

from providers.simulator.process import Fakes
from tests.support.chaos.kills import kill
from tests.support.servers import DatabaseUrls
from tests.support.texter import Texter
from tests.support.ussd import UssdTenant
from tests.support.waiting import until
from tests.support.workers import start_process

pytestmark = pytest.mark.long

WORKERS = 2
MEMBERS = ["uwera", "habimana", "mukamana", "juma", "bizimana"]  # each at a phone of their own
ALONE = ["habimana", "juma", "bizimana"]  # in one group each: they are not asked which
# What each writes, all at once, and how the replies to it begin: one for the five greetings.
CHOICE = "1)"  # of a group
WRITTEN = ["hi", "Muraho", "hi", "menu", "hello", "1", CHOICE, "500", "yes"]
ANSWERED = [
    "Ibimina\n1 Save",
    "Save in which group?",
    "How much for ",
    "Save in ",
    "Dial *384*10# to finish",
]


@pytest.fixture
def savings(ussd_database: DatabaseUrls, redis_url: str) -> Iterator[UssdTenant]:
    made = UssdTenant(ussd_database, redis_url)
    with made.watching():
        yield made
    made.close()


@pytest.mark.parametrize("seed", [1, 2])
def test_workers_killed_while_many_write(
    savings: UssdTenant, redis_url: str, fakes: Fakes, seed: int
) -> None:
    chance = random.Random(seed)
    texters = [Texter(savings, savings.people[key].phones[0]) for key in MEMBERS]
    alone = [texters[MEMBERS.index(key)] for key in ALONE]

    def start(role: str):  # type: ignore[no-untyped-def]
        return start_process(role, savings.urls, redis_url=redis_url, fakes_url=fakes.url)

    def waiting() -> int:
        return savings.number("SELECT count(*) FROM inbound_message WHERE state = 'waiting'")

    relay, workers = start("relay"), [start("chat") for _ in range(WORKERS)]
    try:
        for texter in texters:
            for text in WRITTEN[:5]:
                texter.post(text)
        until(lambda: waiting() < len(texters) * 5, within_s=30)
        for written in WRITTEN[5:]:
            for texter in texters:
                if written != CHOICE or texter not in alone:
                    texter.post(written)
            time.sleep(chance.uniform(0.05, 0.5))
            one = chance.randrange(WORKERS)
            kill(workers[one])
            workers[one] = start("chat")
        until(lambda: waiting() == 0, within_s=60)
    finally:
        for process in (relay, *workers):
            kill(process)

    assert savings.admin.execute(
        "SELECT state, count(*) FROM inbound_message GROUP BY state"
    ).fetchall() == [("done", len(texters) * len(WRITTEN) - len(alone))]
    for texter in texters:
        replies = texter.replies()
        # A greeting that came once the first was answered is answered again, and nothing else.
        opened = [reply for reply in replies if reply.startswith(ANSWERED[0])]
        assert replies[: len(opened)] == opened
        assert 1 <= len(opened) <= 5, replies
        rest = replies[len(opened) :]
        answered = ANSWERED[2:] if texter in alone else ANSWERED[1:]
        assert len(rest) == len(answered)
        assert all(reply.startswith(begins) for reply, begins in zip(rest, answered, strict=True))
    # Nobody's answer is another's: what waits for a dial is each one's own.
    assert savings.number("SELECT count(*) FROM handover") == len(texters)
    assert savings.number("SELECT count(*) FROM message WHERE template = 'reply'") == sum(
        len(texter.replies()) for texter in texters
    )
