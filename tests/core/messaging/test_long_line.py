"""A long line of texts costs each of them no more than a short one, also when Postgres still
believes what it counted before the burst."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from psycopg.abc import Params

from core.db.connection import Row
from core.db.database import Tx
from core.messaging import batches, messages
from core.messaging.messages import Outgoing
from core.outbox.outbox import CLAIM, Claim
from tests.support.servers import DatabaseUrls
from tests.support.workers import MessagingTenant
from values import clock
from values.ids import uuid7

IN_LINE, CLAIMED = 3_000, 50
# An index of three levels and a page of rows for each of the tables of a text, and what is written.
PAGES_A_TEXT = 30


class Counted:
    """Stands for a transaction, and keeps how many pages its query touched."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.pages = 0

    def all(self, query: str, params: Params | None = None) -> list[Row]:
        ((plan,),) = self._tx.all(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", params)
        found = plan[0]["Plan"]
        self.pages = found["Shared Hit Blocks"] + found["Shared Read Blocks"]
        return []


def write(tenant: MessagingTenant, *, sent: bool) -> list[uuid.UUID]:
    """A text to each of many people: long delivered, or all at once in the line."""
    ids = [uuid7() for _ in range(IN_LINE)]
    people = [uuid7() for _ in range(IN_LINE)]
    tenant.admin.execute(
        "INSERT INTO message (tenant_id, id, subscriber_id, service_id, template, params, state)"
        " SELECT %s, id, person, %s, 'welcome', '{}', %s FROM unnest(%s::uuid[], %s::uuid[])"
        " x (id, person)",
        (tenant.tenant_id, tenant.service_id, "delivered" if sent else "queued", ids, people),
    )
    tenant.admin.execute(
        "INSERT INTO outbox (tenant_id, id, kind, priority, subject_id, state, done_at)"
        " SELECT %s, id, 'send_text', 3, id, %s, %s FROM unnest(%s::uuid[]) x (id)",
        (tenant.tenant_id, "done" if sent else "waiting", clock.now() if sent else None, ids),
    )
    return ids


@pytest.fixture(scope="module")
def line(module_database: DatabaseUrls) -> Iterator[tuple[MessagingTenant, list[uuid.UUID]]]:
    """A tenant whose line was empty when its rows were counted, and is long now."""
    tenant = MessagingTenant(module_database, slug="umurongo")
    write(tenant, sent=True)
    tenant.admin.execute("ANALYZE message, outbox")
    yield tenant, write(tenant, sent=False)
    tenant.close()


def pages(tenant: MessagingTenant, work: Any) -> int:
    with tenant.tx() as tx:
        counted = Counted(tx)
        work(counted)
    return counted.pages


def test_many_are_claimed_by_their_ids(line: tuple[MessagingTenant, list[uuid.UUID]]) -> None:
    tenant, ids = line
    last = ids[-CLAIMED:]
    assert pages(tenant, lambda tx: messages.claim_all(tx, last, lease_s=60)) < (
        CLAIMED * PAGES_A_TEXT
    )


def test_many_are_marked_by_their_ids(line: tuple[MessagingTenant, list[uuid.UUID]]) -> None:
    tenant, ids = line
    some = ids[-2 * CLAIMED : -CLAIMED]
    until = clock.now() + timedelta(minutes=1)
    tenant.admin.execute(
        "UPDATE outbox SET state = 'working', lease_until = %s WHERE id = ANY (%s)", (until, some)
    )
    texts = [
        Outgoing(
            Claim(id, id, 1, until, 3), id, "queued", "welcome", {}, tenant.service_id, id,
            None, None, "en", None, None, [], [], None, None,
        )
        for id in some
    ]  # fmt: skip
    assert pages(tenant, lambda tx: batches.sending_all(tx, texts, segments=1)) < (
        CLAIMED * PAGES_A_TEXT
    )


def test_one_is_claimed_by_its_id(line: tuple[MessagingTenant, list[uuid.UUID]]) -> None:
    tenant, ids = line
    params = {"id": ids[IN_LINE // 2], "lease_s": 60}
    assert pages(tenant, lambda tx: tx.all(CLAIM, params)) < PAGES_A_TEXT
