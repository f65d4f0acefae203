"""A tenant with people of several languages and a number for text messages."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from core.approvals.requests import Officer, officer
from core.broadcasts import broadcasts, outcomes, sending
from core.broadcasts.audience import Audience, Listed, Segment
from core.broadcasts.broadcasts import Broadcast, ReplyTo
from core.broadcasts.estimate import Estimate, estimate
from core.broadcasts.number_list import read_list
from core.broadcasts.outcomes import Outcome
from core.tenants.directory import Directory, Service
from providers.simulator.process import Fakes
from tests.support.tenants import KEYS, PROVIDER
from tests.support.workers import MessagingTenant
from values.ids import uuid7
from workers.broadcasts.write import MEASURE, write_broadcast
from workers.sending.send import send_text

SHORT_CODE = "10384"
ANN, BEN = officer("ann", "test"), officer("ben", "test")
WORDS = {"en": "Meeting on Friday.", "rw": "Inama ni ku wa gatanu."}


@dataclass
class Sender:
    """Makes broadcasts of a tenant, and does what its workers do."""

    tenant: MessagingTenant
    service: Service
    directory: Directory = field(repr=False)

    def draft(
        self,
        audience: Audience | None = None,
        words: dict[str, str] | None = None,
        *,
        reply: ReplyTo | None = None,
        again: bool = False,
        by: Officer = ANN,
    ) -> Broadcast:
        with self.tenant.tx() as tx:
            return broadcasts.draft(
                *(tx, KEYS, self.service, audience or Segment(), words or WORDS),
                by=by,
                reply=reply,
                again=again,
            )

    def send(self, audience: Audience | None = None, words: Any = None, **more: Any) -> Broadcast:
        made = self.draft(audience, words, **more)
        with self.tenant.tx() as tx:
            assert sending.send(tx, KEYS, self.service.tenant, made.id, by=ANN, reason="") is None
        return made

    def estimate(self, made: Broadcast) -> Estimate:
        with self.tenant.tx() as tx:
            return estimate(tx, made.writer(KEYS, self.service), MEASURE, made.id)

    def work(self, *, texts: bool = True) -> None:
        """What the workers do, until nothing of it is due."""
        jobs = {"broadcast": write_broadcast, **({"send_text": send_text} if texts else {})}
        for _ in range(50):
            due = self.tenant.admin.execute(
                "SELECT kind, id FROM outbox WHERE state = 'waiting' AND available_at <= now()"
                " AND kind = ANY (%s) ORDER BY kind, id",
                (list(jobs),),
            ).fetchall()
            if not due:
                return
            for kind, id in due:
                jobs[kind](str(self.tenant.tenant_id), str(id))
        raise AssertionError("it never comes to an end")

    def work_text(self, outbox_id: uuid.UUID) -> None:
        send_text(str(self.tenant.tenant_id), str(outbox_id))

    def look_again(self) -> None:
        """As the worker does after a while."""
        self.tenant.admin.execute("UPDATE outbox SET available_at = now() WHERE kind = 'broadcast'")
        self.work()

    def state(self, made: Broadcast) -> str:
        return str(self.tenant.one("SELECT state FROM broadcast WHERE id = %s", made.id)[0])

    def outcomes(self, made: Broadcast) -> list[Outcome]:
        with self.tenant.tx() as tx:
            return list(outcomes.each(tx, KEYS, made))

    def counts(self, made: Broadcast) -> dict[str, int]:
        with self.tenant.tx() as tx:
            return outcomes.counts(tx, made.id)


def listed(text: str, *, with_strangers: bool = False) -> Listed:
    return Listed(read_list(text, "RW"), with_strangers)


@pytest.fixture
def sender(tenant: MessagingTenant, fakes: Fakes) -> Iterator[Sender]:
    id = uuid7()
    tenant.admin.execute(
        "INSERT INTO service (tenant_id, id, provider, channel, code, tree)"
        " VALUES (%s, %s, %s, 'sms', %s, '{}')",
        (tenant.tenant_id, id, PROVIDER, SHORT_CODE),
    )
    tenant.admin.execute(
        "INSERT INTO service_address VALUES (%s, 'sms', %s, %s, %s)",
        (PROVIDER, SHORT_CODE, tenant.tenant_id, id),
    )
    tenant.context()
    directory = Directory(tenant.database)
    service = directory.by_id(id)
    assert service is not None
    yield Sender(tenant, service, directory)
    assert tenant.broken() == []
