"""What a text waits for, and what ends it, before any request is made."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.messaging import optouts
from core.messaging.optouts import Source
from providers.africastalking.fake import Mode
from providers.contracts.messages import Account
from providers.simulator.process import Fakes
from tests.support.tenants import KEYS
from tests.support.workers import QUICK, MessagingTenant, received
from tests.workers.sending.test_send import make_due, send
from values import clock
from values.messages import Priority
from workers.queue.worker import connect
from workers.sending.accounts import Installed
from workers.sending.rates import Rates

THEIRS = "+250788000001"


def set_up(tenant: MessagingTenant, settings: str) -> None:
    tenant.admin.execute(
        "UPDATE tenant SET settings = settings || %s::jsonb WHERE id = %s",
        (settings, tenant.tenant_id),
    )


def on_service(tenant: MessagingTenant, settings: str) -> None:
    tenant.admin.execute(
        "UPDATE service SET settings = settings || %s::jsonb WHERE id = %s",
        (settings, tenant.service_id),
    )


def test_what_one_person_gets_comes_in_its_order(tenant: MessagingTenant, fakes: Fakes) -> None:
    """The second is not sent before the first, whoever works it; others' texts are."""
    tenant.context(replace(QUICK, backoff_first_s=30.0))
    fakes.rest.script([Mode("code", status=500)])
    first, second = tenant.text(), tenant.text()
    other = tenant.text("+250788000002")
    send(tenant, first)
    send(tenant, second)
    send(tenant, other)
    assert [tenant.state(each) for each in (first, second, other)] == [
        *("queued", "queued", "accepted")
    ]
    assert tenant.row(second) == ("waiting", 0)
    first_at, second_at = (
        tenant.one("SELECT available_at FROM outbox WHERE subject_id = %s", each)[0]
        for each in (first, second)
    )
    assert first_at < second_at < first_at + timedelta(seconds=10)
    for message in (second, first, second):  # too early, then in turn
        make_due(tenant)
        send(tenant, message)
    assert [tenant.state(each) for each in (first, second)] == ["accepted"] * 2


def test_the_last_of_a_line_waits_hardly_longer_than_the_first(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    """An account without money is left alone for an hour; all that stands in line follows then."""
    tenant.context(replace(QUICK, pause_alarmed_s=3_600.0))
    fakes.rest.script([Mode("code", status=405)])
    line = [tenant.text() for _ in range(6)]
    (before,) = tenant.one("SELECT now()")
    for message in line:
        send(tenant, message)
    (after,) = tenant.one("SELECT now()")
    first, last = (
        tenant.one("SELECT available_at FROM outbox WHERE subject_id = %s", each)[0]
        for each in (line[0], line[-1])
    )
    assert first < last < first + (after - before) + timedelta(seconds=1)


def test_whose_job_comes_before_the_first_ones_sends_that_one(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    """Else those who wait, each asking again and again, keep the worker from whom they wait for."""
    tenant.context()
    line = [tenant.text() for _ in range(4)]
    jobs = 0
    while any(tenant.state(each) == "queued" for each in line):
        make_due(tenant)
        if jobs == 0:  # those between were put back a moment ago
            tenant.admin.execute(
                "UPDATE outbox SET available_at = now() + interval '1 hour'"
                " WHERE subject_id = ANY (%s)",
                (line[1:-1],),
            )
        send(tenant, line[-1])  # no other job is ever reached
        jobs += 1
    assert jobs == len(line)
    assert [text.id for text in fakes.texts.find(lambda _: True)] == [
        tenant.one("SELECT provider_message_id FROM message_receipt WHERE message_id = %s", each)[0]
        for each in line
    ]


def test_what_is_urgent_does_not_wait_for_what_is_not(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    tenant.context()
    bulk = tenant.text(priority=Priority.BULK)
    receipt = tenant.text(priority=Priority.RECEIPT)
    code = tenant.text(priority=Priority.CODE)
    late = tenant.text(priority=Priority.BULK)
    for message in (code, late, receipt, bulk):
        send(tenant, message)
    # The last one waits for all that were before it.
    assert [tenant.state(each) for each in (code, late, receipt, bulk)] == [
        *("accepted", "queued", "accepted", "accepted")
    ]


def test_who_is_unknown_or_done_is_not_waited_for(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.context()
    fakes.rest.script([Mode("drop_after"), Mode("code", status=403)])
    texts = [tenant.text() for _ in range(3)]
    for message in texts:
        tenant.context()  # a new worker, that knows of no pause
        send(tenant, message)
    assert [tenant.state(message) for message in texts] == ["unknown", "failed", "accepted"]


def test_opted_out_silences_what_goes_to_many_and_nothing_else(
    tenant: MessagingTenant, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.context()
    tenant.person_at(THEIRS)
    with tenant.tx() as tx:
        optouts.opt_out(tx, KEYS, THEIRS, source=Source.WORD)
    bulk, receipt, code = (
        tenant.text(THEIRS, priority=priority)
        for priority in (Priority.BULK, Priority.RECEIPT, Priority.CODE)
    )
    for message in (bulk, receipt, code):
        send(tenant, message)
    assert [tenant.state(each) for each in (bulk, receipt, code)] == [
        *("failed", "accepted", "accepted")
    ]
    assert tenant.one("SELECT reason FROM message WHERE id = %s", bulk) == ("opted_out",)
    assert tenant.row(bulk) == ("done", 1)
    assert caplog.records == []  # it is as it should be


def test_in_quiet_hours_what_goes_to_many_waits(tenant: MessagingTenant, fakes: Fakes) -> None:
    now = clock.now()
    starts, ends = (f"{now + timedelta(minutes=minutes):%H:%M}" for minutes in (-30, 90))
    # By the clock of who gets it: theirs is Accra's, the tenant's another.
    set_up(tenant, f'{{"quiet_hours": {{"starts": "{starts}", "ends": "{ends}"}}}}')
    tenant.context()
    bulk = tenant.text("+233241234567", priority=Priority.BULK)
    awake = tenant.text("+250788000001", priority=Priority.BULK)  # two hours later there
    receipt = tenant.text("+233241234568")
    for message in (bulk, awake, receipt):
        send(tenant, message)
    assert [tenant.state(each) for each in (bulk, awake, receipt)] == [
        *("queued", "accepted", "accepted")
    ]
    assert tenant.row(bulk) == ("waiting", 0)
    [wait_s] = tenant.one(
        "SELECT extract(epoch FROM available_at - now()) FROM outbox WHERE subject_id = %s", bulk
    )
    assert 88 * 60 < wait_s < 90 * 60 + 300 + (90 * 60 + 300) * 0.2


def test_an_account_gets_no_more_than_it_takes(
    tenant: MessagingTenant, fakes: Fakes, redis_url: str
) -> None:
    account = Account(
        *("impuye", "key"), base_url=fakes.url + "/at", options=(("messages_a_second", "3"),)
    )
    tenant.fakes_url = ""
    with connect(redis_url) as redis:
        tenant.context(accounts=[Installed("ours", "africastalking", account)], rates=Rates(redis))
        texts = [tenant.text(f"+25078800001{number}") for number in range(5)]
        for message in texts:
            send(tenant, message)
    assert [tenant.state(message) for message in texts] == ["accepted"] * 3 + ["queued"] * 2
    assert {tenant.row(message) for message in texts[3:]} == {("waiting", 0)}


def test_without_redis_nothing_that_is_limited_goes_out(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    on_service(tenant, '{"messages_a_second": 5}')
    with connect("redis://127.0.0.1:9") as nobody:
        tenant.context(rates=Rates(nobody))
        message = tenant.text()
        send(tenant, message)
    assert tenant.state(message) == "queued"
    assert tenant.row(message) == ("waiting", 0)
    assert received(fakes) == []


def test_a_text_says_in_how_many_segments_it_went(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.context()
    message = tenant.text()
    send(tenant, message)
    assert tenant.one("SELECT segments FROM message WHERE id = %s", message) == (1,)
