"""A tenant that tells a receiver what happens."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from core.events import subscriptions
from core.events.kinds import KINDS
from tests.support.receiver import Receiver, receiving
from tests.support.tenants import KEYS
from tests.support.workers import MessagingTenant
from workers.events.deliver import deliver_event


@dataclass
class Teller:
    """Subscribes, and does what the workers do."""

    tenant: MessagingTenant
    receiver: Receiver
    secret: str = field(default="", repr=False)

    def subscribe(self, *kinds: str, url: str = "", with_numbers: bool = False) -> uuid.UUID:
        with self.tenant.tx() as tx:
            id, self.secret = subscriptions.subscribe(
                *(tx, KEYS, url or self.receiver.url, kinds or tuple(KINDS)),
                actor="test",
                with_numbers=with_numbers,
                is_demo=True,
            )
        return id

    def work(self) -> None:
        for _ in range(20):
            due = self.tenant.admin.execute(
                "SELECT id FROM outbox WHERE state = 'waiting' AND available_at <= now()"
                " AND kind = 'event' ORDER BY id"
            ).fetchall()
            if not due:
                return
            for (id,) in due:
                deliver_event(str(self.tenant.tenant_id), str(id))
        raise AssertionError("it never comes to an end")

    def later(self) -> None:
        """Every pause and every wait is over."""
        self.tenant.admin.execute("UPDATE outbox SET available_at = now() WHERE kind = 'event'")
        self.tenant.admin.execute("UPDATE event_subscription SET paused_until = NULL")
        self.work()

    def states(self) -> list[tuple[str, str, str | None]]:
        return self.tenant.admin.execute(
            "SELECT kind, state, reason FROM event ORDER BY created_at, kind"
        ).fetchall()


@pytest.fixture
def teller(tenant: MessagingTenant) -> Iterator[Teller]:
    tenant.context()
    with receiving() as receiver:
        yield Teller(tenant, receiver)
