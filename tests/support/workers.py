"""A tenant with people, its texts as the fake received them, and processes that can be killed."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
from werkzeug.wrappers import Request, Response

from app.webhooks.callbacks import store
from core.db.database import Database
from core.messaging.messages import write_text
from core.security.keyring import Keyring
from core.tenants.directory import Directory
from providers.registry import find
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS
from values.ids import uuid7
from values.messages import Message
from workers.jobs import context
from workers.jobs.context import Context
from workers.limits import LIMITS, Limits

ROOT = Path(__file__).parents[2]
KEY = bytes(range(32))
KEYS = Keyring(KEY)
# Leases short enough to wait for; everything else as it is.
QUICK = replace(
    LIMITS,
    poll_every_s=0.05,
    poll_slower_s=0.1,
    drain_every_s=0.1,
    queued_lease_s=1.5,
    job_lease_s=2.0,
    backoff_first_s=0.2,
    pause_first_s=0.2,
    pause_longest_s=0.5,
    pause_alarmed_s=1.0,
)


@dataclass(frozen=True)
class Urls:
    """Where the servers of a test are."""

    admin: str
    database: str
    relay: str
    redis: str = ""


@dataclass
class House:
    """One tenant with one service, in one database."""

    urls: Urls
    fakes_url: str = ""
    slug: str = "impuye"
    tenant: uuid.UUID = field(default_factory=uuid7)
    service: uuid.UUID = field(default_factory=uuid7)
    people: dict[str, uuid.UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.app = Database(self.urls.database)
        self.relay = Database(self.urls.relay)
        self._admin = psycopg.connect(self.urls.admin, autocommit=True)
        self.admin.execute(
            "INSERT INTO tenant (id, slug, name, country, calling_code, currency, time_zone,"
            " languages, settings) VALUES (%s, %s, 'Impuye', 'RW', '250', 'RWF', 'Africa/Kigali',"
            """ '{en,rw,fr,sw}', '{"sms_sender": "IMPUYE"}')""",
            (self.tenant, self.slug),
        )
        self.admin.execute(
            "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
            " VALUES (%s, %s, 'africastalking', 'ussd', %s, '{}')",
            (self.tenant, self.service, f"*384*{self.slug}#"),
        )
        self.admin.execute(
            "INSERT INTO service_address VALUES ('africastalking', 'ussd', %s, %s, %s)",
            (f"*384*{self.slug}#", self.tenant, self.service),
        )

    def close(self) -> None:
        self.app.close()
        self.relay.close()
        self._admin.close()

    @property
    def admin(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """The superuser's connection; a new one where Postgres was killed."""
        deadline = time.monotonic() + 20
        while True:
            try:
                self._admin.execute("SELECT 1")
                return self._admin
            except psycopg.OperationalError:
                assert time.monotonic() < deadline, "Postgres does not come back"
                self._admin.close()
                with contextlib.suppress(psycopg.OperationalError):
                    self._admin = psycopg.connect(self.urls.admin, autocommit=True)
                time.sleep(0.05)

    # --- people and texts ---------------------------------------------------------------------

    def person(self, number: str, language: str = "en") -> uuid.UUID:
        """Who is at that number; somebody new at first."""
        if number not in self.people:
            id = self.people[number] = uuid7()
            self.admin.execute(
                "INSERT INTO subscriber (tenant_id, id, name_sealed, language)"
                " VALUES (%s, %s, %s, %s)",
                (self.tenant, id, KEYS.seal("Jean Bosco", id.bytes), language),
            )
            self.address(number, id)
        return self.people[number]

    def address(self, number: str, subscriber: uuid.UUID) -> None:
        self.admin.execute(
            "INSERT INTO address (tenant_id, channel, lookup, subscriber_id, identifier_sealed)"
            " VALUES (%s, 'msisdn', %s, %s, %s)",
            (self.tenant, lookup(number), subscriber, KEYS.seal(number, subscriber.bytes)),
        )

    def text(
        self,
        number: str = "+250788000001",
        template: str = "float_low",
        params: dict[str, Any] | None = None,
        **more: Any,
    ) -> uuid.UUID:
        """Have a text written; its words differ from all others by the amount."""
        amount = {"$money": [next(_amounts), "RWF"]}
        with self.app.transaction(self.tenant) as tx:
            return write_text(
                tx,
                subscriber_id=self.person(number),
                service_id=self.service,
                message=_stored(template, params or {"float": amount}),
                **more,
            )

    def outbox_of(self, message: uuid.UUID) -> uuid.UUID:
        row = self.one("SELECT id FROM outbox WHERE subject_id = %s", message)
        assert isinstance(row[0], uuid.UUID)
        return row[0]

    # --- looking ------------------------------------------------------------------------------

    def one(self, query: str, *params: Any) -> tuple[Any, ...]:
        row = self.admin.execute(query, params).fetchone()
        assert row is not None
        return row

    def state(self, message: uuid.UUID) -> str:
        return str(self.one("SELECT state FROM message WHERE id = %s", message)[0])

    def row(self, message: uuid.UUID) -> tuple[str, int]:
        """State and attempts of the text's outbox row."""
        state, attempts = self.one(
            "SELECT state, attempts FROM outbox WHERE subject_id = %s", message
        )
        return str(state), int(attempts)

    def states(self) -> dict[str, int]:
        rows = self.admin.execute("SELECT state, count(*) FROM message GROUP BY state").fetchall()
        return {str(state): int(count) for state, count in rows}

    def outbox_states(self) -> dict[str, int]:
        rows = self.admin.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall()
        return {str(state): int(count) for state, count in rows}

    def context(self, limits: Limits = QUICK, **more: Any) -> Context:
        """A worker's context in this process, installed."""
        made = context.make(
            self.app, KEYS, DOMAINS.messages, limits=limits, fakes_url=self.fakes_url, **more
        )
        context.install(made)
        return made

    # --- processes ----------------------------------------------------------------------------

    @contextmanager
    def running(
        self, *roles: str, limits: Limits = QUICK, stderr: Path | None = None
    ) -> Iterator[list[subprocess.Popen[bytes]]]:
        """Real processes: `send` and `default` are workers, `relay` and `schedule` themselves."""
        processes = [self.start(role, limits, stderr) for role in roles]
        try:
            yield processes
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    raise

    def start(
        self, role: str, limits: Limits = QUICK, stderr: Path | None = None
    ) -> subprocess.Popen[bytes]:
        order = {
            "role": role,
            "database_url": self.urls.database,
            "relay_url": self.urls.relay,
            "redis_url": self.urls.redis,
            "fakes_url": self.fakes_url,
            "limits": asdict(limits),
        }
        with open(stderr or os.devnull, "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.support.worker_process", json.dumps(order)],
                cwd=ROOT,
                env=os.environ | {"TEST_KEY": KEY.hex()},
                stdout=log,
                stderr=log,
            )


_amounts = iter(range(1_000, 10_000_000))


def lookup(number: str) -> bytes:
    return KEYS.lookup("msisdn", number)


def kill(process: "subprocess.Popen[bytes]") -> None:
    """kill -9, and gone."""
    process.send_signal(signal.SIGKILL)
    process.wait()


def until(holds: Callable[[], Any], within_s: float = 20.0, every_s: float = 0.02) -> Any:
    """Wait until it holds, and answer what it said."""
    deadline = time.monotonic() + within_s
    while True:
        value = holds()
        if value:
            return value
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(every_s)


@contextmanager
def fakes_with_reports(house_of: Callable[[], House], **more: Any) -> Iterator[Fakes]:
    """The fakes, and our side of their delivery reports, over HTTP."""

    def take(environ, start_response):  # type: ignore[no-untyped-def]
        request = Request(environ)
        house = house_of()
        report = (
            find("africastalking")
            .kind("sms-report")
            .parse(request.get_data(), request.headers.get("Content-Type", ""))
        )
        service = Directory(house.app).by_id(house.service)
        assert service is not None
        store(report, service, house.app, KEYS)
        return Response("", 200)(environ, start_response)

    ours = listen("127.0.0.1", 0, take)
    thread = threading.Thread(target=ours.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{ours.port}/hooks/africastalking/sms-report/s3cr3t"

    def hooks() -> list[Hook]:
        hook = Hook(
            provider="africastalking",
            kind="sms-report",
            tenant=house_of().slug,
            service="IMPUYE",
            url=url,
        )
        return [hook]

    with Fakes("127.0.0.1", 0, hooks, **more) as fakes:
        fakes.callbacks.options = fakes.callbacks.options.changed(
            {"dlr": "off", "dlr_delay_s": 0.0, "dlr_gap_s": 0.01, "retry_every_s": 0.05}
        )
        yield fakes
    ours.shutdown()
    ours.server_close()
    thread.join()


def received(fakes: Fakes) -> list[str]:
    """The words of every text that the fake took, in its order."""
    return [text.text for text in fakes.texts.find(lambda _: True)]


def _stored(template: str, params: dict[str, Any]) -> Message:
    """A message of any name and values, as another release may have written it."""

    class Stored(Message):
        name = template
        sentence = ""

        def pack(self) -> dict[str, Any]:
            return params

    return Stored()
