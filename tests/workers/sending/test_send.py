"""The job in this process, against the fake over HTTP: what each answer leaves behind."""

import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from app.webhooks.callbacks import store
from core.messaging import messages
from providers.africastalking import NAME
from providers.africastalking.fake import Mode
from providers.africastalking.sms import parse_sms_report
from providers.contracts.messages import Account
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS
from tests.support.workers import KEYS, QUICK, House, received
from values.ids import uuid7
from workers.jobs.context import Context, install, make
from workers.sending.send import send_text

NUMBER = "+250788000001"


def send(house: House, message: uuid.UUID) -> None:
    send_text(str(house.tenant), str(house.outbox_of(message)))


def make_due(house: House) -> None:
    house.admin.execute("UPDATE outbox SET available_at = now() WHERE state = 'waiting'")


def test_a_text_is_sent_once_and_its_id_is_known(house: House, fakes: Fakes) -> None:
    house.context()
    message = house.text(template="welcome", params={"tenant": "Impuye"})
    send(house, message)
    send(house, message)
    [text] = fakes.texts.find(lambda _: True)
    assert (text.to, text.sender) == (NUMBER, "IMPUYE")
    assert text.text == "Welcome to Impuye! Never tell anyone your PIN, not even our staff."
    assert house.state(message) == "accepted"
    assert house.row(message) == ("done", 1)
    assert house.one("SELECT provider_message_id FROM message_receipt") == (text.id,)


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
    house: House,
    fakes: Fakes,
    mode: Mode,
    state: str,
    row: str,
    reason: str | None,
    taken: int,
) -> None:
    house.context()
    fakes.rest.script([mode])
    message = house.text()
    send(house, message)
    assert house.one("SELECT state, reason FROM message") == (state, reason)
    assert house.row(message) == (row, 1)
    # Whatever the answer was, what may have been taken is not sent again.
    for _ in range(3):
        make_due(house)
        house.context()  # a new worker, that knows of no pause
        send(house, message)
    assert len(received(fakes)) == (1 if state == "queued" else taken)
    assert fakes.texts.twice() == []


def test_a_provider_that_cannot_be_reached_costs_one_try_only(house: House) -> None:
    """The row that found out has tried; the others wait, and their tries are not used up."""
    house.fakes_url = "http://127.0.0.1:9"
    house.context()
    found_out, *others = [house.text() for _ in range(4)]
    for message in (found_out, *others):
        send(house, message)
    assert house.row(found_out) == ("waiting", 1)
    assert {house.row(message) for message in others} == {("waiting", 0)}
    assert house.states() == {"queued": 4}
    assert house.one("SELECT count(*) FROM outbox WHERE available_at > now()") == (4,)


def test_a_pause_ends_with_the_next_text_that_is_taken(house: House, fakes: Fakes) -> None:
    now = [100.0]
    context = house.context()
    breaker = context.breaker
    breaker._clock = lambda: now[0]
    fakes.rest.script([Mode("code", status=405)])
    first, second = house.text(), house.text()
    send(house, first)
    send(house, second)
    assert received(fakes) == []
    now[0] += QUICK.pause_alarmed_s + 0.01
    make_due(house)
    send(house, second)
    send(house, first)
    assert len(received(fakes)) == 2
    assert breaker.wait_s("africastalking:impuye") == 0


def test_a_provider_that_answers_nobody_does_not_make_everything_unknown(
    house: House, fakes: Fakes
) -> None:
    fakes.rest.script([Mode("http", times=None, status=502)])
    house.context()
    all_ = [house.text() for _ in range(5)]
    for message in all_:
        send(house, message)
    assert house.states() == {"unknown": 1, "queued": 4}
    assert fakes.rest.requests == 1


def test_an_empty_account_alarms_once_a_pause(
    house: House, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.rest.script([Mode("code", times=None, status=405)])
    context = house.context()
    now = [0.0]
    context.breaker._clock = lambda: now[0]
    messages_ = [house.text() for _ in range(3)]
    for _ in range(4):
        now[0] += 10
        make_due(house)
        for message in messages_:
            send(house, message)
    alarms = [r for r in caplog.records if r.levelno == logging.ERROR]
    assert [record.getMessage() for record in alarms] == [
        "ALARM africastalking:impuye: The account at the provider has no money left."
        " Texts wait (insufficient_balance)."
    ]


def test_it_gives_up_after_so_many_tries(
    house: House, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.rest.script([Mode("code", times=None, status=501)])
    house.context(replace(QUICK, attempts_maximum=3))
    message = house.text()
    for attempt in (1, 2, 3):
        assert house.state(message) == "queued"
        make_due(house)
        send(house, message)
        assert house.row(message)[1] == attempt
    assert house.state(message) == "failed"
    assert house.row(message) == ("dead", 3)
    assert any("ALARM text" in record.getMessage() for record in caplog.records)


def test_back_off_grows(house: House, fakes: Fakes) -> None:
    fakes.rest.script([Mode("code", times=None, status=500)])
    house.context(replace(QUICK, backoff_first_s=2.0, backoff_jitter=0.0))
    message = house.text()
    waits = []
    for _ in range(5):
        make_due(house)
        send(house, message)
        [wait] = house.one("SELECT extract(epoch FROM available_at - now()) FROM outbox")
        waits.append(round(float(wait)))
    assert waits == [2, 4, 8, 16, 32]


def test_what_came_too_late_is_not_sent(house: House, fakes: Fakes) -> None:
    house.context()
    amount = {"$money": [5, "RWF"]}
    gone = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    later = (datetime.now(UTC) + timedelta(minutes=5)).isoformat()
    late = house.text(params={"float": amount, "$until": gone})
    in_time = house.text(params={"float": amount, "$until": later})
    old = house.text()
    # As if it had been written the day before yesterday: an id says when.
    old_id = uuid7(int((datetime.now(UTC) - timedelta(days=2)).timestamp() * 1000))
    house.admin.execute("UPDATE message SET id = %s WHERE id = %s", (old_id, old))
    house.admin.execute("UPDATE outbox SET subject_id = %s WHERE subject_id = %s", (old_id, old))
    for message in (late, in_time, old_id):
        send(house, message)
    assert [house.state(m) for m in (late, in_time, old_id)] == ["failed", "accepted", "failed"]
    assert house.one("SELECT reason FROM message WHERE id = %s", late) == ("too_late",)
    assert house.one("SELECT reason FROM message WHERE id = %s", old_id) == ("too_old",)
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
    house: House, fakes: Fakes, spoil: str, reason: str
) -> None:
    house.context()
    message = house.text()
    house.admin.execute(spoil)
    send(house, message)
    assert house.one("SELECT state, reason FROM message") == ("failed", reason)
    assert received(fakes) == []


def test_the_language_is_the_one_the_person_has_when_it_is_sent(house: House, fakes: Fakes) -> None:
    house.context()
    message = house.text(template="welcome", params={"tenant": "Impuye"})
    house.admin.execute("UPDATE subscriber SET language = 'sw'")
    send(house, message)
    assert received(fakes) == [
        "Karibu Impuye! Usimwambie mtu yeyote PIN yako, hata wafanyakazi wetu."
    ]


def test_a_code_is_in_the_text_and_nowhere_else(
    house: House, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house.context()
    approval = uuid7()
    code = KEYS.approval_code(approval, 2)
    params = {
        "amount": {"$money": [25_000, "RWF"]},
        "agent": "Marie C. A111",
        "code": {"$code": [str(approval), 2]},
    }
    message = house.text(template="approval_code", params=params)
    send(house, message)
    [words] = received(fakes)
    assert words.startswith(f"Deposit of 25,000 RWF by agent Marie C. A111. Code: {code}.")
    for table in ("message", "outbox", "message_receipt", "early_report", "audit"):
        dump = house.admin.execute(f"SELECT {table}::text FROM {table}").fetchall()
        assert code not in repr(dump)
        assert "788000001" not in repr(dump)
    assert code not in caplog.text
    assert "788000001" not in caplog.text


def test_faults_are_logged_without_a_persons_data(
    house: House, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    context = house.context()

    def quoting(*_: object) -> str:
        raise RuntimeError(f"cannot read {NUMBER}")

    install(replace(context, directory=type("D", (), {"by_id": quoting})()))
    message = house.text()
    send(house, message)
    assert "RuntimeError at test_send.py" in caplog.text
    assert NUMBER not in caplog.text
    assert house.row(message) == ("working", 1)  # the lease brings it back
    assert received(fakes) == []


def test_who_lost_the_lease_sends_nothing(house: House, fakes: Fakes) -> None:
    """A worker that was stopped between its claim and the request finds that it is not its own."""
    house.context()
    message = house.text()
    outbox_id = house.outbox_of(message)
    with house.app.transaction(house.tenant) as tx:
        slow = messages.claim(tx, outbox_id, lease_s=-1)  # has run out already
    assert slow is not None
    send(house, message)
    with house.app.transaction(house.tenant) as tx:
        assert not messages.sending(tx, slow)
    with house.app.transaction(house.tenant) as tx:
        messages.not_sent(tx, slow, reason="late", delay_s=0)
    assert house.state(message) == "accepted"
    assert house.row(message) == ("done", 2)
    assert len(received(fakes)) == 1


def test_an_earlier_try_that_ended_in_the_middle_makes_it_unknown(
    house: House, fakes: Fakes
) -> None:
    house.context()
    message = house.text()
    outbox_id = house.outbox_of(message)
    with house.app.transaction(house.tenant) as tx:
        text = messages.claim(tx, outbox_id, lease_s=60)
        assert text is not None
        assert messages.sending(tx, text)
    send(house, message)
    assert house.state(message) == "sending"  # it may be under way
    house.admin.execute("UPDATE outbox SET lease_until = now()")
    send(house, message)
    assert house.one("SELECT state, reason FROM message") == ("unknown", "worker_lost")
    assert house.row(message) == ("done", 2)
    assert received(fakes) == []
    with house.app.transaction(house.tenant) as tx:
        [listed] = messages.unknown_texts(tx)
    assert (listed.message_id, listed.reason) == (message, "worker_lost")


def test_without_any_credential_texts_wait(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.fakes_url = ""
    house.context()
    message = house.text()
    send(house, message)
    assert house.row(message) == ("waiting", 1)
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
def test_a_report_says_why(house: House, fakes: Fakes, report: str, reason: str | None) -> None:
    context = house.context()
    message = house.text()
    send(house, message)
    [text] = fakes.texts.find(lambda _: True)
    service = context.directory.by_id(house.service)
    assert service is not None
    store(parse_sms_report(f"id={text.id}&{report}".encode()), service, house.app, KEYS)
    assert house.one("SELECT reason FROM message WHERE id = %s", message) == (reason,)
    assert house.state(message) == ("failed" if reason else "delivered")


@dataclass
class Shared:
    """Two tenants whose texts go out by one account, each under a sender id of its own."""

    context: Context
    ours: House
    theirs: House


@pytest.fixture
def shared(house: House, fakes: Fakes) -> Iterator[Shared]:
    theirs = House(house.urls, fakes.url, slug="twizeyimana")
    house.admin.execute(
        """UPDATE tenant SET settings = '{"sms_sender": "TWIZE"}' WHERE id = %s""",
        (theirs.tenant,),
    )
    account = Account("shared", "key", base_url=fakes.url + "/at")
    context = make(house.app, KEYS, DOMAINS.messages, accounts={NAME: account}, limits=QUICK)
    install(context)
    yield Shared(context, house, theirs)
    context.directory.stop()
    theirs.close()


def test_an_unknown_sender_id_stops_nobody_else_on_its_account(
    shared: Shared, fakes: Fakes, caplog: pytest.LogCaptureFixture
) -> None:
    fakes.rest.senders = frozenset({"TWIZE"})
    stopped = [shared.ours.text() for _ in range(3)]
    sent = [shared.theirs.text() for _ in range(2)]
    for message in (stopped[0], stopped[1]):
        send(shared.ours, message)
    for message in sent:
        send(shared.theirs, message)
    send(shared.ours, stopped[2])
    assert [shared.theirs.state(message) for message in sent] == ["accepted"] * 2
    assert [shared.ours.state(message) for message in stopped] == ["queued"] * 3
    assert fakes.rest.requests == 3  # the first of ours, and theirs
    assert [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR] == [
        "ALARM africastalking:shared IMPUYE: The provider does not know this sender id."
        " Texts wait (invalid_sender)."
    ]


def test_an_account_without_money_stops_all_of_it(shared: Shared, fakes: Fakes) -> None:
    fakes.rest.script([Mode("code", times=None, status=405)])
    ours, theirs = shared.ours.text(), shared.theirs.text()
    send(shared.ours, ours)
    send(shared.theirs, theirs)
    assert fakes.rest.requests == 1
    assert shared.ours.states() == {"queued": 2}


@pytest.mark.parametrize("status", [402, 403, 999])
def test_a_word_about_one_text_does_not_pause_its_account(
    shared: Shared, fakes: Fakes, status: int
) -> None:
    fakes.rest.script([Mode("code", status=status)])
    send(shared.ours, shared.ours.text())
    theirs = shared.theirs.text()
    send(shared.theirs, theirs)
    assert shared.theirs.state(theirs) == "accepted"


def test_a_sender_id_that_is_known_again_is_used_again(shared: Shared, fakes: Fakes) -> None:
    now = [100.0]
    shared.context.breaker._clock = lambda: now[0]
    fakes.rest.senders = frozenset()
    message = shared.ours.text()
    send(shared.ours, message)
    fakes.rest.senders = None
    now[0] += QUICK.pause_alarmed_s + 0.01
    make_due(shared.ours)
    send(shared.ours, message)
    assert shared.ours.state(message) == "accepted"
    assert shared.context.breaker.wait_s("africastalking:shared IMPUYE") == 0
