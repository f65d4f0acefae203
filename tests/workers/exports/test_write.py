"""The job that writes exports: done again, by two at once, and killed."""

import csv
import io
import uuid
from dataclasses import replace

import pytest

from core.exports import exports, parts
from core.exports.exports import Export, Format
from core.lists.listing import Wanted
from tests.support.domains import DOMAINS
from tests.support.tenants import KEYS
from tests.support.waiting import until
from tests.support.workers import MessagingTenant
from values.ids import uuid7
from workers.exports import write
from workers.exports.write import write_export

PEOPLE = DOMAINS.listings["people"]
ROWS = 50_000


def asked(tenant: MessagingTenant, name: str = "people", format: Format = "csv") -> Export:
    with tenant.tx() as tx:
        wanted = Wanted(since=None, until=exports.until_now())
        return exports.ask(tx, DOMAINS.listings[name], format, wanted, by="officer ann")


def found(tenant: MessagingTenant, made: Export) -> Export:
    with tenant.tx() as tx:
        return exports.get(tx, made.id)


def column(tenant: MessagingTenant, made: Export, name: str) -> list[str]:
    file = b"".join(parts.read(tenant.database, KEYS, tenant.tenant_id, made.id, "file"))
    _, names, *rows = csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""))
    return [row[names.index(name)] for row in rows]


def test_it_is_written_once_however_often_the_job_comes(tenant: MessagingTenant) -> None:
    tenant.context(listings=DOMAINS.listings)
    people = {str(tenant.person()) for _ in range(3)}
    made = asked(tenant)
    outbox_id = str(tenant.outbox_of(made.id))
    for _ in range(3):
        write_export(str(tenant.tenant_id), outbox_id)
    ended = found(tenant, made)
    assert (ended.state, ended.rows_read, ended.parts) == ("ready", 3, 1)
    assert {*column(tenant, made, "person")} == people
    assert tenant.row(made.id) == ("done", 1)
    left = tenant.one("SELECT count(*) FROM export_part WHERE stage = 'rows'")
    assert left == (0,)


def test_what_fails_each_time_ends_with_a_sentence(
    tenant: MessagingTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of a list's is an alarm at each try, and no exception's text reaches who asked."""
    tenant.context(
        listings={"people": replace(PEOPLE, query=PEOPLE.query.replace("s.status", "s.stats"))}
    )
    monkeypatch.setattr(write, "TRIES_MAXIMUM", 2)
    made = asked(tenant)
    outbox_id = str(tenant.outbox_of(made.id))
    for _ in range(3):
        write_export(str(tenant.tenant_id), outbox_id)
        tenant.admin.execute("UPDATE outbox SET available_at = now() WHERE state = 'waiting'")
    ended = found(tenant, made)
    assert (ended.state, ended.reason) == ("failed", write.FAILED)
    assert tenant.row(made.id)[0] == "done"


@pytest.mark.long
def test_a_large_export_survives_workers_that_are_killed(tenant: MessagingTenant) -> None:
    """Every row that was there is in the file exactly once."""
    person = tenant.person()
    ids = [uuid7() for _ in range(ROWS)]
    with tenant.admin.cursor().copy(
        "COPY message (tenant_id, id, subscriber_id, service_id, template, params, state)"
        " FROM STDIN"
    ) as copy:
        for id in ids:
            copy.write_row(
                (tenant.tenant_id, id, person, tenant.service_id, "float_low", "{}", "failed")
            )
    made = asked(tenant, "messages")
    kills = 0
    with tenant.running("relay"):
        while (now := found(tenant, made)).is_open:
            worker = tenant.start("default")
            try:
                read = now.rows_read
                wanted = read + 12_000 if kills < 2 else ROWS + 1
                until(
                    lambda: (
                        found(tenant, made).rows_read >= wanted  # noqa: B023
                        or not found(tenant, made).is_open
                    ),
                    within_s=60,
                )
            finally:
                worker.kill()
                worker.wait()
            kills += 1
    ended = found(tenant, made)
    assert (ended.state, ended.rows_read) == ("ready", ROWS)
    assert kills >= 3
    read_ids = column(tenant, made, "message")
    assert len(read_ids) == ROWS
    assert {*read_ids} == {str(id) for id in ids}
    assert isinstance(ended.id, uuid.UUID)
