"""The job in this process, against the fake over HTTP: what each answer leaves behind."""

import logging
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.messaging import messages, unknown_texts
from providers.africastalking.fake import Mode
from providers.africastalking.sms import parse_sms_report
from providers.simulator.process import Fakes
from tests.support.callbacks import callbacks_of
from tests.support.tenants import KEYS
from tests.support.workers import QUICK, MessagingTenant, received
from values.ids import uuid7
from workers.jobs.context import install
from workers.sending.send import send_text

NUMBER = "+250788000001"


def send(tenant: MessagingTenant, message: uuid.UUID) -> None:
    send_text(str(tenant.tenant_id), str(tenant.outbox_of(message)))


def make_due(tenant: MessagingTenant) -> None:
    tenant.admin.execute("UPDATE outbox SET available_at = now() WHERE state = 'waiting'")


def test_a_text_is_sent_once_and_its_id_is_known(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.context()
    message = tenant.text(template="welcome", params={"tenant": "Impuye"})
    send(tenant, message)
    send(tenant, message)
    [text] = fakes.texts.find(lambda _: True)
    assert (text.to, text.sender) == (NUMBER, "IMPUYE")
    assert text.text == "Welcome to Impuye! Never tell anyone your PIN, not even our staff."
    assert tenant.state(message) == "accepted"
    assert tenant.row(message) == ("done", 1)
    assert tenant.one("SELECT provider_message_id FROM message_receipt") == (text.id,)


@pytest.mark.parametrize(
    ("mode", "state", "row", "reason", "taken"),
    [
        (Mode("charset"), "accepted", "done", None, 1),
        (Mode("no_id"), "accepted", "done", None, 1),
        (Mode("code", status=403), "failed", "done", "invalid_number", 0),
        (Mode("code", status=406), "failed", "done", "blacklisted", 0),
        (Mode("code", status=500), "queued", "waiting", "gateway_error", 0),
        (Mode("code", status=405), "queued", "waiting", "insufficient_balance", 0),
        (Mode("empty", body="InvalidSenderId"), "queued", "waiting", "invalid_sender", 0),
        (Mode("unauthorized"), "queued", "waiting", "unauthorized", 0),
        (Mode("http", status=429), "queued", "waiting", "throttled", 0),
        (Mode("drop_before"), "unknown", "done", "connection_dropped", 0),
        (Mode("drop_after"), "unknown", "done", "connection_dropped", 1),
        (Mode("http", status=502), "unknown", "done", "http_502", 0),
        (Mode("http", status=502, takes=True), "unknown", "done", "http_502", 1),
        (Mode("xml"), "unknown", "done", "unreadable_answer", 1),
    ],
    ids=lambda value: f"{value.mode}-{value.status}" if isinstance(value, Mode) else None,
)
def test_what_an_answer_leaves_behind(
    tenant: MessagingTenant,
    fakes: Fakes,
    mode: Mode,
    state: str,
    row: str,
    reason: str | None,
    taken: int,
) -> None:
    tenant.context()
    fakes.rest.script([mode])
    message = tenant.text()
    send(tenant, message)
    assert tenant.one("SELECT state, reason FROM message") == (state, reason)
    assert tenant.row(message) == (row, 1)
    # Whatever the answer was, what may have been taken is not sent again.
    for _ in range(3):
        make_due(tenant)
        tenant.context()  # a new worker, that knows of no pause
        send(tenant, message)
    assert len(received(fakes)) == (1 if state == "queued" else taken)
    assert fakes.texts.twice() == []


def test_a_provider_that_cannot_be_reached_costs_one_try_only(tenant: MessagingTenant) -> None:
    """The row that found out has tried; the others wait, and their tries are not used up."""
    tenant.fakes_url = "http://127.0.0.1:9"
    tenant.context()
    found_out, *others = [tenant.text(f"+25078800000{number}") for number in range(4)]
    for message in (found_out, *others):
        send(tenant, message)
    assert tenant.row(found_out) == ("waiting", 1)
    assert {tenant.row(message) for message in others} == {("waiting", 0)}
    assert tenant.states() == {"queued": 4}
    assert tenant.one("SELECT count(*) FROM outbox WHERE available_at > now()") == (4,)


def test_a_pause_ends_with_the_next_text_that_is_taken(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    now = [100.0]
    context = tenant.context()
    breaker = context.breaker
    breaker._clock = lambda: now[0]
    fakes.rest.script([Mode("code", status=405)])
    first, second = tenant.text(), tenant.text("+250788000002")
    send(tenant, first)
    send(tenant, second)
    assert received(fakes) == []
    now[0] += QUICK.pause_alarmed_s + 0.01
    make_due(tenant)
    send(tenant, second)
    send(tenant, first)
    assert len(received(fakes)) == 2
    assert breaker.wait_s("africastalking:impuye") == 0


def test_a_provider_that_answers_nobody_does_not_make_everything_unknown(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    fakes.rest.script([Mode("http", times=None, status=502)])
    # However slow the machine is, the pause does not end between two of them.
    tenant.context().breaker._clock = lambda: 0.0
    all_ = [tenant.text(f"+25078800000{number}") for number in range(5)]
    for message in all_:
        send(tenant, message)
    assert tenant.states() == {"unknown": 1, "queued": 4}
    assert fakes.rest.requests == 1


def test_what_a_text_cost_is_a_row(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.context()
    message = tenant.text()
    send(tenant, message)
    assert tenant.state(message) == "accepted"
    kind, amount_micro, currency = tenant.one(
        "SELECT kind, amount_micro, currency FROM gateway_cost WHERE reference = %s", str(message)
    )
    assert (kind, amount_micro > 0, currency) == ("text", True, "RWF")


def test_an_empty_account_alarms_once_a_pause(
    tenant: MessagingTenant, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.rest.script([Mode("code", times=None, status=405)])
    context = tenant.context()
    now = [0.0]
    context.breaker._clock = lambda: now[0]
    messages_ = [tenant.text() for _ in range(3)]
    for _ in range(4):
        now[0] += 10
        make_due(tenant)
        for message in messages_:
            send(tenant, message)
    alarms = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert [record.getMessage() for record in alarms] == [
        "ALARM africastalking:impuye: The account at the provider has no money left."
        " Texts wait (insufficient_balance)."
    ]


def test_it_gives_up_after_so_many_tries(
    tenant: MessagingTenant, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.rest.script([Mode("code", times=None, status=501)])
    tenant.context(replace(QUICK, attempts_maximum=3))
    message = tenant.text()
    for attempt in (1, 2, 3):
        assert tenant.state(message) == "queued"
        make_due(tenant)
        send(tenant, message)
        assert tenant.row(message)[1] == attempt
    assert tenant.state(message) == "failed"
    assert tenant.row(message) == ("dead", 3)
    assert any("ALARM text" in record.getMessage() for record in caplog.records)


def test_back_off_grows(tenant: MessagingTenant, fakes: Fakes) -> None:
    fakes.rest.script([Mode("code", times=None, status=500)])
    tenant.context(replace(QUICK, backoff_first_s=2.0, backoff_jitter=0.0))
    message = tenant.text()
    waits = []
    for _ in range(5):
        make_due(tenant)
        send(tenant, message)
        [wait] = tenant.one("SELECT extract(epoch FROM available_at - now()) FROM outbox")
        waits.append(round(float(wait)))
    assert waits == [2, 4, 8, 16, 32]


def test_what_came_too_late_is_not_sent(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.context()
    amount = {"$money": [5, "RWF"]}
    gone = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    later = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    late = tenant.text(params={"float": amount, "$until": gone})
    in_time = tenant.text(params={"float": amount, "$until": later})
    old = tenant.text()
    # As if it had been written the day before yesterday: an id says when.
    old_id = uuid7(int((datetime.now(UTC) - timedelta(days=2)).timestamp() * 1000))
    tenant.admin.execute("UPDATE message SET id = %s WHERE id = %s", (old_id, old))
    tenant.admin.execute("UPDATE outbox SET subject_id = %s WHERE subject_id = %s", (old_id, old))
    for message in (late, in_time, old_id):
        send(tenant, message)
    assert [tenant.state(m) for m in (late, in_time, old_id)] == ["failed", "accepted", "failed"]
    assert tenant.one("SELECT reason FROM message WHERE id = %s", late) == ("too_late",)
    assert tenant.one("SELECT reason FROM message WHERE id = %s", old_id) == ("too_old",)
    assert len(received(fakes)) == 1


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("DELETE FROM address", "no_number"),
        (
            "UPDATE address SET identifier_sealed = '\\x00112233445566778899aabb'",
            "unreadable_number",
        ),
        ("UPDATE message SET template = 'of_another_release'", "no_such_text"),
        ("UPDATE message SET params = '{}'", "no_such_text"),
        ("""UPDATE message SET params = params || '{"$until": "soon"}'""", "no_such_text"),
        ("""UPDATE message SET params = params || '{"$until": "2036-01-01"}'""", "no_such_text"),
        ("""UPDATE message SET params = '{"float": {"$money": ["x"]}}'""", "no_such_text"),
        ("UPDATE message SET service_id = gen_random_uuid()", "no_service"),
    ],
)
def test_what_cannot_be_said_fails_with_its_reason(
    tenant: MessagingTenant, fakes: Fakes, spoil: str, reason: str
) -> None:
    tenant.context()
    message = tenant.text()
    tenant.admin.execute(spoil)
    send(tenant, message)
    assert tenant.one("SELECT state, reason FROM message") == ("failed", reason)
    assert received(fakes) == []


def test_the_language_is_the_one_the_person_has_when_it_is_sent(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    tenant.context()
    message = tenant.text(template="welcome", params={"tenant": "Impuye"})
    tenant.admin.execute("UPDATE subscriber SET language = 'sw'")
    send(tenant, message)
    assert received(fakes) == [
        "Karibu Impuye! Usimwambie mtu yeyote PIN yako, hata wafanyakazi wetu."
    ]


def test_a_code_is_in_the_text_and_nowhere_else(
    tenant: MessagingTenant, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tenant.context()
    approval = uuid7()
    code = KEYS.approval_code(approval, 2)
    params = {
        "amount": {"$money": [25_000, "RWF"]},
        "agent": "Marie C. A111",
        "code": {"$code": [str(approval), 2, 6]},
    }
    message = tenant.text(template="approval_code", params=params)
    send(tenant, message)
    [words] = received(fakes)
    assert words.startswith(f"Deposit of 25,000 RWF by agent Marie C. A111. Code: {code}.")
    for table in ("message", "outbox", "message_receipt", "early_report", "audit"):
        dump = tenant.admin.execute(f"SELECT {table}::text FROM {table}").fetchall()
        assert code not in repr(dump)
        assert "788000001" not in repr(dump)
    assert code not in caplog.text
    assert "788000001" not in caplog.text


def test_faults_are_logged_without_a_persons_data(
    tenant: MessagingTenant, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    context = tenant.context()

    def quoting(*_: object) -> str:
        raise RuntimeError(f"cannot read {NUMBER}")

    install(replace(context, directory=type("D", (), {"by_id": quoting})()))
    message = tenant.text()
    send(tenant, message)
    assert "RuntimeError at test_send.py" in caplog.text
    assert NUMBER not in caplog.text
    assert tenant.row(message) == ("working", 1)  # the lease brings it back
    assert received(fakes) == []


def test_who_lost_the_lease_sends_nothing(tenant: MessagingTenant, fakes: Fakes) -> None:
    """A worker that was stopped between its claim and the request finds that it is not its own."""
    tenant.context()
    message = tenant.text()
    outbox_id = tenant.outbox_of(message)
    with tenant.database.transaction(tenant.tenant_id) as tx:
        slow = messages.claim(tx, outbox_id, lease_s=-1)  # has run out already
    assert slow is not None
    send(tenant, message)
    with tenant.database.transaction(tenant.tenant_id) as tx:
        assert not messages.sending(tx, slow)
    with tenant.database.transaction(tenant.tenant_id) as tx:
        messages.not_sent(tx, slow, reason="late", delay_s=0)
    assert tenant.state(message) == "accepted"
    assert tenant.row(message) == ("done", 2)
    assert len(received(fakes)) == 1


def test_an_earlier_try_that_ended_in_the_middle_makes_it_unknown(
    tenant: MessagingTenant, fakes: Fakes
) -> None:
    tenant.context()
    message = tenant.text()
    outbox_id = tenant.outbox_of(message)
    with tenant.database.transaction(tenant.tenant_id) as tx:
        text = messages.claim(tx, outbox_id, lease_s=60)
        assert text is not None
        assert messages.sending(tx, text)
    send(tenant, message)
    assert tenant.state(message) == "sending"  # it may be under way
    tenant.admin.execute("UPDATE outbox SET lease_until = now()")
    send(tenant, message)
    assert tenant.one("SELECT state, reason FROM message") == ("unknown", "worker_lost")
    assert tenant.row(message) == ("done", 2)
    assert received(fakes) == []
    with tenant.database.transaction(tenant.tenant_id) as tx:
        [listed] = unknown_texts.unknown_texts(tx)
    assert (listed.message_id, listed.reason) == (message, "worker_lost")


def test_without_any_credential_texts_wait(
    tenant: MessagingTenant, caplog: pytest.LogCaptureFixture
) -> None:
    tenant.fakes_url = ""
    tenant.context()
    message = tenant.text()
    send(tenant, message)
    assert tenant.row(message) == ("waiting", 1)
    assert "ALARM" in caplog.text


@pytest.mark.parametrize(
    ("report", "reason"),
    [
        ("status=Expired", "Expired"),
        ("status=AbsentSubscriber", "AbsentSubscriber"),
        ("status=Failed&failureReason=UserNotReachable", "UserNotReachable"),
        ("status=Success", None),
    ],
)
def test_a_report_says_why(
    tenant: MessagingTenant, fakes: Fakes, report: str, reason: str | None
) -> None:
    context = tenant.context()
    message = tenant.text()
    send(tenant, message)
    [text] = fakes.texts.find(lambda _: True)
    service = context.directory.by_id(tenant.service_id)
    assert service is not None
    told = parse_sms_report(f"id={text.id}&{report}".encode())
    callbacks_of(tenant.database).store(told, service)
    assert tenant.one("SELECT reason FROM message WHERE id = %s", message) == (reason,)
    assert tenant.state(message) == ("failed" if reason else "delivered")
