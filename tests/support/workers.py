"""A tenant whose messages are sent: as the fake received them, by processes that can be killed."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from werkzeug.wrappers import Request, Response

from app.settings import CHECKOUT
from core.db.database import Database
from core.messaging.messages import write_text
from core.people.people import add_address
from core.tenants.directory import Directory
from providers.contracts.messages import DeliveryReport
from providers.registry import find
from providers.simulator.hooks import Hook
from providers.simulator.loopback import listen
from providers.simulator.process import Fakes
from tests.support.callbacks import callbacks_of
from tests.support.domains import DOMAINS
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEY, KEYS, PROVIDER, Tenant, insert_tenant
from tests.support.waiting import until
from values.ids import uuid7
from values.messages import Message
from workers.jobs import context
from workers.jobs.context import Context
from workers.limits import LIMITS, Limits

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


ENDS_WELL = ("relay", "schedule")


class MessagingTenant(Tenant):
    """One tenant with one service, whose messages workers send."""

    def __init__(
        self, urls: DatabaseUrls, redis_url: str = "", fakes_url: str = "", slug: str = "impuye"
    ) -> None:
        tenant_id = insert_tenant(urls, slug, settings='{"sms_sender": "IMPUYE"}')
        super().__init__(urls, tenant_id, slug)
        self.redis_url = redis_url
        self.fakes_url = fakes_url
        self.relay = Database(urls.relay_url)
        self.service_id = uuid7()
        self.known: dict[str, uuid.UUID] = {}
        code = f"*384*{slug}#"
        self.admin.execute(
            "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
            " VALUES (%s, %s, %s, 'ussd', %s, '{}')",
            (self.tenant_id, self.service_id, PROVIDER, code),
        )
        self.admin.execute(
            "INSERT INTO service_address VALUES (%s, 'ussd', %s, %s, %s)",
            (PROVIDER, code, self.tenant_id, self.service_id),
        )

    def close(self) -> None:
        super().close()
        self.relay.close()

    # --- people and texts ---------------------------------------------------------------------

    def person_at(self, number: str) -> uuid.UUID:
        """Who is at that number; somebody new at first."""
        if number not in self.known:
            self.known[number] = self.person("Jean Bosco", address=number)
        return self.known[number]

    def share(self, number: str, person: uuid.UUID) -> None:
        """Somebody has that number, too."""
        with self.tx() as tx:
            add_address(tx, self.keys, person, number)

    def text(
        self,
        number: str = "+250788000001",
        template: str = "float_low",
        params: dict[str, Any] | None = None,
        **more: Any,
    ) -> uuid.UUID:
        """Have a text written; its words differ from all others by the amount."""
        amount = {"$money": [next(_amounts), "RWF"]}
        with self.tx() as tx:
            return write_text(
                tx,
                subscriber_id=self.person_at(number),
                service_id=self.service_id,
                message=_stored(template, params or {"float": amount}),
                **more,
            )

    def outbox_of(self, message: uuid.UUID) -> uuid.UUID:
        row = self.one("SELECT id FROM outbox WHERE subject_id = %s", message)
        assert isinstance(row[0], uuid.UUID)
        return row[0]

    # --- looking ------------------------------------------------------------------------------

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
            self.database, KEYS, DOMAINS.messages, limits=limits, fakes_url=self.fakes_url, **more
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
            until(lambda: all(_hears_a_stop(process) for process in processes))
            for process in processes:
                process.terminate()
            for process in processes:
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    raise
        # Whom a test kills ends by a signal, and a worker ends itself where a job hangs.
        ended = dict(zip(roles, processes, strict=True))
        lost = [role for role in ended if role in ENDS_WELL and (ended[role].returncode or 0) > 0]
        assert not lost, f"ended of a fault: {lost}"

    def start(
        self, role: str, limits: Limits = QUICK, stderr: Path | None = None
    ) -> subprocess.Popen[bytes]:
        return start_process(
            role,
            self.urls,
            redis_url=self.redis_url,
            fakes_url=self.fakes_url,
            limits=limits,
            stderr=stderr,
        )


def start_process(
    role: str,
    urls: DatabaseUrls,
    *,
    redis_url: str,
    fakes_url: str,
    limits: Limits = QUICK,
    stderr: Path | None = None,
) -> subprocess.Popen[bytes]:
    """A process of the workers' room: a queue's worker, the relay or the schedule."""
    order = {
        "role": role,
        "database_url": urls.database_url,
        "relay_url": urls.relay_url,
        "redis_url": redis_url,
        "fakes_url": fakes_url,
        "limits": asdict(limits),
    }
    with open(stderr or os.devnull, "ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.support.worker_process", json.dumps(order)],
            cwd=CHECKOUT,
            env=os.environ | {"TEST_KEY": KEY.hex()},
            stdout=log,
            stderr=log,
        )


def _hears_a_stop(process: "subprocess.Popen[bytes]") -> bool:
    """Whether SIGTERM would find a handler by now, or nobody."""
    status = Path(f"/proc/{process.pid}/status")
    if process.poll() is not None or not status.exists():
        return True
    [caught] = re.findall(r"^SigCgt:\s+([0-9a-f]+)$", status.read_text(), re.MULTILINE) or ["0"]
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


_amounts = iter(range(1_000, 10_000_000))


def lookup(number: str) -> bytes:
    return KEYS.lookup("msisdn", number)


@contextmanager
def fakes_with_reports(tenant_of: Callable[[], MessagingTenant], **more: Any) -> Iterator[Fakes]:
    """The fakes, and our side of their delivery reports, over HTTP."""

    def take(environ, start_response):  # type: ignore[no-untyped-def]
        request = Request(environ)
        tenant = tenant_of()
        report = (
            find(PROVIDER)
            .kind("sms-report")
            .parse(request.get_data(), request.headers.get("Content-Type", ""))
        )
        service = Directory(tenant.database).by_id(tenant.service_id)
        assert service is not None
        assert isinstance(report, DeliveryReport)
        callbacks_of(tenant.database).store(report, service)
        return Response("", 200)(environ, start_response)

    ours = listen("127.0.0.1", 0, take)
    thread = threading.Thread(target=ours.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{ours.port}/hooks/africastalking/sms-report/s3cr3t"

    def hooks() -> list[Hook]:
        hook = Hook(
            provider=PROVIDER,
            kind="sms-report",
            tenant=tenant_of().slug,
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
