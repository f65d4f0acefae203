"""Many texts in few requests: each as if it had gone alone."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.messaging import optouts
from core.messaging.optouts import Source
from providers.africastalking.fake import Mode, Rule
from providers.contracts.messages import Account
from providers.simulator.process import Fakes
from tests.support.tenants import KEYS
from tests.support.waiting import until
from tests.support.workers import QUICK, MessagingTenant, received
from tests.workers.sending.test_send import make_due
from values.messages import Priority
from workers.queue.worker import connect
from workers.sending.accounts import Installed
from workers.sending.bulk import send_bulk
from workers.sending.policy import WAIT_JITTER
from workers.sending.rates import Rates

# Longer than any test takes. Twice in a row it is another length.
ONE_PAUSE = replace(QUICK, pause_first_s=600.0, pause_longest_s=3_600.0, pause_alarmed_s=600.0)
SAME = {"float": {"$money": [500, "RWF"]}}
PEOPLE = [f"+2507880001{number:02}" for number in range(12)]


def write(tenant: MessagingTenant, numbers: Sequence[str] = PEOPLE) -> list[uuid.UUID]:
    return [tenant.text(to, params=SAME, priority=Priority.BULK) for to in numbers]


def send_all(tenant: MessagingTenant, texts: Sequence[uuid.UUID]) -> None:
    send_bulk(str(tenant.tenant_id), ",".join(str(tenant.outbox_of(text)) for text in texts))


def test_what_says_the_same_goes_in_one_request(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.context()
    texts = write(tenant)
    send_all(tenant, texts)
    send_all(tenant, texts)
    assert fakes.rest.requests == 1
    assert len(received(fakes)) == 12
    assert fakes.texts.twice() == []
    assert tenant.states() == {"accepted": 12}
    assert tenant.outbox_states() == {"done": 12}
    ids = {text.to: text.id for text in fakes.texts.find(lambda _: True)}
    kept = tenant.admin.execute("SELECT provider_message_id FROM message_receipt").fetchall()
    assert {id for (id,) in kept} == set(ids.values())
    count, micro = tenant.one(
        "SELECT count(*), min(amount_micro) FROM gateway_cost WHERE reference = ANY (%s)",
        [str(text) for text in texts],
    )
    assert (count, micro > 0) == (12, True)
    assert tenant.one("SELECT min(segments), max(segments) FROM message") == (1, 1)


def test_what_says_something_else_goes_by_itself(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.context()
    texts = write(tenant, PEOPLE[:4])
    texts.append(tenant.text(PEOPLE[5], priority=Priority.BULK))
    send_all(tenant, texts)
    assert fakes.rest.requests == 2
    assert tenant.states() == {"accepted": 5}


def test_who_said_stop_gets_none(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.context()
    with tenant.tx() as tx:
        optouts.opt_out(tx, KEYS, PEOPLE[3], source=Source.WORD)
        optouts.opt_out(tx, KEYS, PEOPLE[4], sender="ANOTHER", source=Source.PROVIDER)
    texts = write(tenant)
    send_all(tenant, texts)
    assert fakes.rest.requests == 1
    assert {text.to for text in fakes.texts.find(lambda _: True)} == {*PEOPLE} - {PEOPLE[3]}
    assert tenant.one("SELECT reason FROM message WHERE id = %s", texts[3]) == ("opted_out",)


def test_two_who_share_a_number_get_one_each(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.context()
    texts = write(tenant, PEOPLE[:2])
    other = tenant.person("Jean Bosco", address="+250788999999")
    tenant.share(PEOPLE[0], other)
    tenant.admin.execute(
        "UPDATE address SET detached_at = now() WHERE subscriber_id = %s AND lookup = %s",
        (other, KEYS.lookup("msisdn", "+250788999999")),
    )
    tenant.known["their other one"] = other
    texts.append(tenant.text("their other one", params=SAME, priority=Priority.BULK))
    send_all(tenant, texts)
    to = [text.to for text in fakes.texts.find(lambda _: True)]
    assert sorted(to) == [PEOPLE[0], PEOPLE[0], PEOPLE[1]]


def test_one_that_is_refused_stops_nobody_else(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.context()
    fakes.rest.rules[PEOPLE[1]] = Rule(code=403)
    fakes.rest.rules[PEOPLE[2]] = Rule(code=500)
    texts = write(tenant)
    send_all(tenant, texts)
    assert tenant.states() == {"accepted": 10, "failed": 1, "queued": 1}
    assert tenant.row(texts[2]) == ("waiting", 1)
    make_due(tenant)
    del fakes.rest.rules[PEOPLE[2]]
    send_all(tenant, [texts[2]])
    assert tenant.states() == {"accepted": 11, "failed": 1}


@pytest.mark.parametrize(
    ("mode", "state"),
    [
        (Mode("drop_before"), "unknown"),
        (Mode("drop_after"), "unknown"),
        (Mode("xml"), "unknown"),
        (Mode("code", status=405), "queued"),
        (Mode("http", status=429), "queued"),
        (Mode("unauthorized"), "queued"),
    ],
    ids=lambda value: value.mode if isinstance(value, Mode) else None,
)
def test_what_is_true_of_the_request_is_true_of_each(
    tenant: MessagingTenant, fakes: Fakes, mode: Mode, state: str
) -> None:
    context = tenant.context(ONE_PAUSE)
    fakes.rest.script([mode])
    texts = write(tenant)
    send_all(tenant, texts)
    assert fakes.rest.requests == 1
    assert tenant.states() == {state: 12}
    pause_s = context.breaker.wait_s("africastalking:impuye", "africastalking:impuye texts")
    assert 0 < pause_s <= 600  # paused once, not twelve times
    if state == "unknown":
        make_due(tenant)
        send_all(tenant, texts)
        assert fakes.rest.requests == 1


def test_nobody_listens_and_nothing_is_lost(tenant: MessagingTenant, fakes: Fakes) -> None:
    tenant.fakes_url = "http://127.0.0.1:9"
    context = tenant.context()
    texts = write(tenant)
    send_all(tenant, texts)
    assert tenant.states() == {"queued": 12}
    assert context.breaker.wait_s("africastalking:impuye texts") <= context.limits.pause_first_s


def test_an_account_gets_no_more_at_once_than_it_takes(
    tenant: MessagingTenant, fakes: Fakes, redis_url: str
) -> None:
    account = Account(
        *("impuye", "key"), base_url=fakes.url + "/at", options=(("messages_a_second", "5"),)
    )
    tenant.fakes_url = ""
    (before,) = tenant.one("SELECT now()")
    with connect(redis_url) as redis:
        tenant.context(accounts=[Installed("x", "africastalking", account)], rates=Rates(redis))
        send_all(tenant, write(tenant))
    assert tenant.states() == {"accepted": 5, "queued": 7}
    # The nth of the others waits n fifths of a second, and a little by chance, from a moment that
    # was between these two.
    waits = tenant.admin.execute(
        "SELECT extract(epoch FROM available_at - %s)::float, extract(epoch FROM available_at"
        " - now())::float FROM outbox WHERE state = 'waiting' ORDER BY id",
        (before,),
    ).fetchall()
    assert len(waits) == 7
    for place, (since_before_s, from_now_s) in enumerate(waits, start=1):
        assert from_now_s <= place / 5 * (1 + WAIT_JITTER)
        assert since_before_s >= place / 5


def test_reports_find_their_texts(tenant: MessagingTenant, fakes: Fakes) -> None:
    fakes.callbacks.options = fakes.callbacks.options.changed({"dlr": "on"})
    tenant.context()
    send_all(tenant, write(tenant))
    assert until(lambda: tenant.states() == {"delivered": 12})
    assert tenant.one("SELECT count(*) FROM early_report") == (0,)


def test_a_provider_without_batches_gets_one_at_a_time(
    tenant: MessagingTenant, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    from providers.africastalking.send import SmsSender

    monkeypatch.delattr(SmsSender, "send_many")
    tenant.context()
    send_all(tenant, write(tenant, PEOPLE[:3]))
    assert fakes.rest.requests == 3
    assert tenant.states() == {"accepted": 3}
