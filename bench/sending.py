"""Messages: what people write to the reply at the provider, and what goes to many, over real HTTP.

The same processes as `piga run` has, with the fake of Africa's Talking at the other end, beside a
bare loop that dequeues from RQ, writes one row and posts one HTTP request.
"""

import contextlib
import http.client
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urlencode

import psycopg
from redis import Redis
from rq import Queue

from app.settings import Settings
from bench import bare_worker, servers
from bench.plan import Plan
from bench.servers import Web
from bench.world import PROVIDER, Builder, Caller, World
from core.db.database import Database, Deadline
from core.messaging.messages import write_text
from core.people.messages import Welcome
from values.messages import Priority

PROCESSES: Final = ("relay", "worker chat", "worker send", "worker bulk")
WITHIN_S: Final = 180.0


@dataclass(slots=True)
class Messages:
    """What was measured. Seconds from a message's arrival to the provider's word that it has the
    reply; messages a second."""

    took_s: list[float] = field(default_factory=list)  # at so many conversations a second
    under_bulk_s: list[float] = field(default_factory=list)  # the same while bulk goes out
    rates: list[float] = field(default_factory=list)  # of replies, as many as go
    bare_rates: list[float] = field(default_factory=list)
    bulk_rates: list[float] = field(default_factory=list)


class Wire:
    """A tenant's number for texts, the processes behind it, and its people."""

    def __init__(self, builder: Builder, world: World, web: Web, fakes_url: str) -> None:
        self.builder, self.world, self.fakes_url = builder, world, fakes_url
        self.admin = psycopg.connect(builder.admin_url(world.name), autocommit=True)
        # The demo's number for text messages.
        self.service_id, self.code = self.admin.execute(
            "SELECT id, code FROM service WHERE channel = 'sms' AND tenant_id = %s LIMIT 1",
            (world.callers[0].business.tenant_id,),
        ).fetchone() or (uuid.UUID(int=0), "")
        secret = builder.keys.hook_secret(PROVIDER, "sms-in", self.service_id, 1)
        self.path = f"/hooks/{PROVIDER}/sms-in/{secret}"
        self.port = web.port
        self.count = 0

    def post(self, connection: http.client.HTTPConnection, caller: Caller) -> None:
        """The gateway hands a message over."""
        self.count += 1
        form = {
            "from": caller.msisdn,
            "to": self.code,
            "id": f"bench-{self.count}",
            "text": "menu",
            "date": "2026-11-20 12:05:00",
        }
        head = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", self.path, urlencode(form), head)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status

    def write(self, callers: Sequence[Caller], a_second: float) -> None:
        """Each of them writes once, so many a second (0: as fast as they are taken)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        started_s = time.perf_counter()
        for number, caller in enumerate(callers):
            if a_second:
                time.sleep(max(0.0, started_s + number / a_second - time.perf_counter()))
            self.post(connection, caller)
        connection.close()

    def answered(self, since: int) -> list[float]:
        """What each message since then took, once all are answered, in seconds."""
        wanted = self.count - since
        query = (
            "SELECT extract(epoch FROM m.accepted_at - i.received_at)::float"
            " FROM inbound_message i JOIN conversation c ON c.id = i.conversation_id"
            " JOIN LATERAL (SELECT accepted_at FROM message m WHERE m.conversation_id = c.id"
            "  AND m.id > i.id ORDER BY m.id LIMIT 1) m ON true"
            " WHERE split_part(i.provider_message_id, '-', 2)::integer > %s"
            " AND m.accepted_at IS NOT NULL"
        )
        until_s = time.monotonic() + WITHIN_S
        while True:
            found = [took for (took,) in self.admin.execute(query, (since,)).fetchall()]
            if len(found) >= wanted:
                return found
            if time.monotonic() > until_s:
                raise RuntimeError(f"{len(found)} of {wanted} messages were answered")
            time.sleep(0.1)

    def rate(self, since: int) -> float:
        """How many a second of the replies to what was written since then went out, once all have:
        from the first one's end to the last one's."""
        wanted = len(self.answered(since))
        took_s = self.admin.execute(
            "SELECT extract(epoch FROM max(accepted_at) - min(accepted_at))::float FROM"
            " (SELECT accepted_at FROM message WHERE conversation_id IS NOT NULL"
            "  ORDER BY id DESC LIMIT %s) m",
            (wanted,),
        ).fetchone() or (1.0,)
        return (wanted - 1) / float(took_s[0])

    def write_to_all(self, callers: Sequence[Caller]) -> None:
        """A notice to each of them, as one of many."""
        database = Database(self.world.settings.database_url)
        with database.transaction(callers[0].business.tenant_id, Deadline(WITHIN_S)) as tx:
            for caller in callers:
                write_text(
                    tx,
                    subscriber_id=caller.id,
                    service_id=self.service_id,
                    message=Welcome(),
                    priority=Priority.BULK,
                )
        database.close()

    def sent_to_all(self) -> float:
        """How many a second of them went out, once all have."""
        left = (
            "SELECT count(*) FROM message WHERE template = 'welcome'"
            " AND state IN ('queued', 'sending')"
        )
        until_s = time.monotonic() + WITHIN_S
        while (self.admin.execute(left).fetchone() or (0,))[0]:
            if time.monotonic() > until_s:
                raise RuntimeError("not all went out")
            time.sleep(0.05)
        count, took_s = self.admin.execute(
            "SELECT count(*), extract(epoch FROM max(accepted_at) - min(sending_at))::float"
            " FROM message WHERE template = 'welcome' AND state = 'accepted'"
        ).fetchone() or (0, 1.0)
        self.admin.execute("DELETE FROM message WHERE template = 'welcome'")
        return float(count / took_s)


def measure(builder: Builder, world: World, plan: Plan) -> Messages:
    """Measure all of it in a world."""
    found = Messages()
    people = [caller for caller in world.callers if caller.business == world.callers[0].business]
    with _wire(builder, world) as (wire, start):
        replies = people[: plan.conversations]
        with start():
            wire.write(people[:20], plan.conversations_a_second)  # warm
            wire.answered(0)
            since = wire.count
            wire.write(replies, plan.conversations_a_second)
            found.took_s = wire.answered(since)
            for _ in range(plan.sending_rounds):
                wire.write_to_all(people[: plan.bulk_texts])
                found.bulk_rates.append(wire.sent_to_all())
            since = wire.count
            wire.write_to_all(people[: plan.bulk_texts])
            wire.write(replies, plan.conversations_a_second)
            found.under_bulk_s = wire.answered(since)
            wire.sent_to_all()
        for _ in range(plan.sending_rounds):
            found.bare_rates.append(_bare_rate(wire, plan.conversations))
            since = wire.count
            wire.write(replies, 0)
            with start():
                found.rates.append(wire.rate(since))
    return found


def _bare_rate(wire: Wire, count: int) -> float:
    """So many jobs are there; how many a second the bare loop does."""
    wire.admin.execute(bare_worker.TABLE)
    with Redis.from_url(wire.world.settings.redis_url) as connection:
        queue = Queue(bare_worker.QUEUE, connection=connection)
        for number in range(count):
            queue.enqueue(bare_worker.send, f"+25073{number:07d}", result_ttl=0)
    extra = {"BENCH_ADMIN_URL": wire.builder.admin_url(wire.world.name)}
    settings = replace(wire.world.settings, fakes_url=wire.fakes_url)
    started_s = time.perf_counter()
    with servers.running((settings, ("bench.bare_worker",)), extra=extra) as [process]:
        if process.process.wait(WITHIN_S):
            raise RuntimeError("the bare loop failed")
        took_s = time.perf_counter() - started_s
    done = wire.admin.execute("SELECT count(*), extract(epoch FROM max(at) - min(at))::float"
                              " FROM bare_message").fetchone()  # fmt: skip
    wire.admin.execute("TRUNCATE bare_message")
    assert done is not None
    assert done[0] == count, done
    return float((count - 1) / (done[1] or took_s))


Start = Callable[[], contextlib.AbstractContextManager[object]]


@contextlib.contextmanager
def _wire(builder: Builder, world: World) -> Iterator[tuple[Wire, Start]]:
    """The wire, and what starts the processes behind it."""
    fakes = (world.settings, ("bench.fakes",))
    with servers.webs(fakes, (world.settings, ("app.cli", "web"))) as (fake, web):
        fakes_url = f"http://127.0.0.1:{fake.port}"
        settings: Settings = replace(world.settings, fakes_url=fakes_url)
        wire = Wire(builder, world, web, fakes_url)

        def start() -> contextlib.AbstractContextManager[object]:
            return servers.running(*((settings, ("app.cli", *name.split())) for name in PROCESSES))

        try:
            yield wire, start
        finally:
            wire.admin.close()
