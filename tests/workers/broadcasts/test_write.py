"""A broadcast from its draft to the handsets: who gets which words, once, and what became of it."""

import uuid

import pytest

from core.approvals import requests
from core.approvals.errors import SameOfficer
from core.broadcasts import broadcasts, sending, writing
from core.broadcasts.audience import Segment, Strangers, read_filters
from core.broadcasts.broadcasts import ReplyTo
from core.broadcasts.errors import (
    NobodyToSendTo,
    NoServiceToSendFrom,
    NotNow,
    SameAgain,
    WrongAudience,
    WrongWords,
)
from core.messaging import optouts
from core.messaging.optouts import Source
from core.people import people
from providers.simulator.process import Fakes
from tests.support.domains import DOMAINS
from tests.support.tenants import KEYS
from tests.support.workers import MessagingTenant
from tests.workers.broadcasts.conftest import ANN, BEN, SHORT_CODE, Sender, listed

ADDRESSES = [f"+25078800000{n}" for n in range(1, 10)]


def shown(fakes: Fakes) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in fakes.texts.find(lambda _: True):
        found.setdefault(text.to, []).append(text.text)
    return found


def test_each_gets_the_words_in_their_language_from_the_service(
    sender: Sender, tenant: MessagingTenant, fakes: Fakes
) -> None:
    tenant.person("Uwera Claudine", address=ADDRESSES[0], language="rw")
    tenant.person("Mugabo Jean", address=ADDRESSES[1], language="sw")
    made = sender.send(words={"en": "Hi {name}, from {tenant}.", "rw": "Muraho {name}."})
    sender.work()
    assert shown(fakes) == {
        ADDRESSES[0]: ["Muraho Uwera C.."],
        ADDRESSES[1]: ["Hi Mugabo J., from Impuye."],
    }
    assert {text.sender for text in fakes.texts.find(lambda _: True)} == {SHORT_CODE}
    assert sender.counts(made) == {"sent": 2}
    assert sender.state(made) == "running"  # until it is seen that nothing waits any more
    sender.look_again()
    assert sender.state(made) == "done"
    [first, second] = sender.outcomes(made)
    assert (first.name, first.number, first.outcome) == ("Uwera C.", ADDRESSES[0], "sent")
    assert second.at is not None


def test_the_estimate_counts_what_will_be_sent(sender: Sender, tenant: MessagingTenant) -> None:
    tenant.person("Uwera Claudine", address=ADDRESSES[0], language="rw")
    tenant.person("Mugabo Jean", address=ADDRESSES[1], language="sw")
    out = tenant.person("Keza Aline", address=ADDRESSES[2])
    frozen = tenant.person("Ineza Marie", address=ADDRESSES[3])
    with tenant.tx() as tx:
        optouts.opt_out(tx, KEYS, ADDRESSES[2], source=Source.WORD)
        people.freeze(tx, frozen, frozen=True, actor="test", reason="lost")
    long = {"en": "x" * 161, "rw": "Muraho ቅ" + "y" * 70}
    made = sender.draft(words=long)
    said = sender.estimate(made)
    assert (said.people, said.texts, said.segments) == (4, 2, 4)
    assert said.left_out == {"opted_out": 1, "frozen": 1}
    assert said.by_language == {"rw": 1, "en": 1}
    assert said.in_default == 1  # whose language is Swahili
    assert said.cost is None
    tenant.admin.execute(
        "INSERT INTO gateway_cost (tenant_id, kind, reference, day, service_id, network,"
        " amount_micro, currency) VALUES (%s, 'text', '1', current_date, %s, '', 9500000, 'RWF')",
        (tenant.tenant_id, tenant.service_id),
    )
    assert str(sender.estimate(made).cost) == "(Decimal('38.0'), 'RWF')"
    assert out != frozen


def test_words_that_are_too_long_in_somebodys_language_are_refused(
    sender: Sender, tenant: MessagingTenant
) -> None:
    tenant.person(language="rw")
    made = sender.draft(words={"en": "Hello", "rw": "y" * 999})
    with pytest.raises(WrongWords, match="rw: a text would take 7 segments; at most 6"):
        sender.estimate(made)


def test_who_wants_none_or_is_frozen_or_has_no_number_is_an_outcome(
    sender: Sender, tenant: MessagingTenant, fakes: Fakes
) -> None:
    ids = [tenant.person(address=address) for address in ADDRESSES[:4]]
    made = sender.draft()
    with tenant.tx() as tx:  # also what is so only after the draft
        optouts.opt_out(tx, KEYS, ADDRESSES[0], source=Source.WORD)
        people.freeze(tx, ids[1], frozen=True, actor="test", reason="lost")
    tenant.admin.execute(
        "UPDATE address SET detached_at = now() WHERE subscriber_id = %s", (ids[2],)
    )
    with tenant.tx() as tx:
        sending.send(tx, KEYS, sender.service.tenant, made.id, by=ANN, reason="")
    sender.work()
    assert [each.outcome for each in sender.outcomes(made)] == [
        *("opted_out", "frozen", "no_number", "sent")
    ]
    assert list(shown(fakes)) == [ADDRESSES[3]]


def test_a_number_that_several_share_gets_the_words_once(
    sender: Sender, tenant: MessagingTenant, fakes: Fakes
) -> None:
    first, second = tenant.person_at(ADDRESSES[0]), tenant.person("Keza Aline")
    tenant.admin.execute("DELETE FROM address WHERE subscriber_id = %s", (second,))
    tenant.share(ADDRESSES[0], second)
    made = sender.send()
    assert sender.estimate(made).texts == 1
    sender.work()
    assert shown(fakes) == {ADDRESSES[0]: ["Meeting on Friday."]}
    assert [each.outcome for each in sender.outcomes(made)] == ["sent", "sent"]
    named = sender.send(words={"en": "Hi {name}"})
    sender.work()
    assert sorted(shown(fakes)[ADDRESSES[0]][1:]) == ["Hi Jean B.", "Hi Keza A."]
    assert sender.counts(named) == {"sent": 2}
    assert first != second


def test_a_segment_is_people_who_fit_all_filters(sender: Sender, tenant: MessagingTenant) -> None:
    tenant.person("A A", pin="2580", roles=("member",), language="rw", address=ADDRESSES[0])
    tenant.person("B B", roles=("member", "agent"), language="rw", address=ADDRESSES[1])
    tenant.person("C C", roles=("agent",), language="en", address=ADDRESSES[2])

    def who(*said: str) -> set[str]:
        filters = read_filters([*said], roles=("member", "agent"), languages=("en", "rw"))
        return {each.name for each in sender.outcomes(sender.draft(filters, again=True))}

    assert who("role=agent") == {"B B.", "C C."}
    assert who("role=agent,member") == {"A A.", "B B.", "C C."}
    assert who("language=rw", "pin=no") == {"B B."}
    assert who("pin=yes") == {"A A."}
    with pytest.raises(NobodyToSendTo):
        who("role=agent", "pin=yes")
    for wrong in (["colour=red"], ["role="], ["role=king"], ["pin=maybe"], ["role=agent"] * 2):
        with pytest.raises(WrongAudience):
            who(*wrong)
    with pytest.raises(WrongAudience, match="There is no group NONE"):
        who("group=NONE")


def test_a_list_goes_to_its_numbers_whoever_has_them(
    sender: Sender, tenant: MessagingTenant, fakes: Fakes
) -> None:
    person = tenant.person("Uwera Claudine", address=ADDRESSES[0], language="rw")
    tenant.share(ADDRESSES[1], person)  # a second number of the same person
    rows = "number\n0788000002\n0788000001\n0788000009\n"
    with pytest.raises(Strangers) as refused:
        sender.draft(listed(rows))
    assert refused.value.rows == [4]
    assert tenant.count("broadcast") == 0
    made = sender.send(listed(rows, with_strangers=True))
    assert made.people == 2
    sender.work()
    assert shown(fakes) == {
        ADDRESSES[1]: ["Inama ni ku wa gatanu."],
        ADDRESSES[8]: ["Meeting on Friday."],
    }
    assert [(each.person, each.number) for each in sender.outcomes(made)] == [
        (person, ADDRESSES[1]),
        (None, ADDRESSES[8]),
    ]
    kept = tenant.one("SELECT string_agg(t::text, '') FROM broadcast_recipient t")[0]
    assert "250788" not in str(kept)


def test_the_same_again_within_a_day_is_refused(sender: Sender, tenant: MessagingTenant) -> None:
    tenant.person()
    made = sender.send()
    with pytest.raises(SameAgain, match=f"{made.id}, running"):
        sender.draft()
    sender.draft(words={"en": "Other words."})
    with tenant.tx() as tx:
        broadcasts.cancel(tx, made.id, by=ANN)
    sender.draft()
    sender.draft(again=True)


def test_above_the_limit_two_officers_decide(
    sender: Sender, tenant: MessagingTenant, fakes: Fakes
) -> None:
    tenant.admin.execute(
        "UPDATE tenant SET settings = '{\"broadcast_alone\": 1}', version ="
        " nextval('config_version')"
    )
    sender.directory.refresh()
    sender.service = sender.directory.by_id(sender.service.id) or sender.service
    tenant.person(address=ADDRESSES[0])
    tenant.person(address=ADDRESSES[1])
    made = sender.draft()
    with tenant.tx() as tx:
        asked = sending.send(tx, KEYS, sender.service.tenant, made.id, by=ANN, reason="feast")
    assert asked is not None
    sender.work()
    assert (sender.state(made), shown(fakes)) == ("draft", {})
    with tenant.tx() as tx:
        told = sending.SEND.show(tx, KEYS, asked)
    assert told.what == "broadcast to 2 people (everyone): Meeting on Friday."
    with pytest.raises(SameOfficer), tenant.tx() as tx:
        requests.approve(tx, KEYS, DOMAINS.approvals, asked.id, by=ANN)
    with tenant.tx() as tx:
        requests.approve(tx, KEYS, DOMAINS.approvals, asked.id, by=BEN)
    sender.work()
    assert sender.counts(made) == {"sent": 2}


def test_a_pause_takes_back_what_has_not_left_and_it_goes_on_there(
    sender: Sender, tenant: MessagingTenant, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BATCH", 2)
    monkeypatch.setattr(writing, "WAITING_TEXTS_MAXIMUM", 4)
    for address in ADDRESSES:
        tenant.person(address=address)
    made = sender.send()
    sender.work(texts=False)
    assert tenant.count("message", "state = 'queued'") == 4  # and no more, until some have left
    with tenant.tx() as tx:
        assert broadcasts.pause(tx, made.id, by=ANN) == 4
    sender.work()
    assert shown(fakes) == {}
    assert sender.counts(made) == {"waiting": 9}
    with tenant.tx() as tx:
        broadcasts.resume(tx, made.id, by=BEN)
    for _ in range(5):
        sender.look_again()
    assert sender.state(made) == "done"
    assert {address: len(texts) for address, texts in shown(fakes).items()} == dict.fromkeys(
        ADDRESSES, 1
    )
    for verb in (broadcasts.pause, broadcasts.cancel):
        with pytest.raises(NotNow, match="is done"), tenant.tx() as tx:
            verb(tx, made.id, by=ANN)


def test_a_cancelled_one_sends_nothing_more(
    sender: Sender, tenant: MessagingTenant, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BATCH", 2)
    for address in ADDRESSES[:5]:
        tenant.person(address=address)
    made = sender.send()
    sender.work(texts=False)
    [(first,)] = tenant.admin.execute("SELECT id FROM message ORDER BY id LIMIT 1").fetchall()
    sender.work_text(first)
    with tenant.tx() as tx:
        assert broadcasts.cancel(tx, made.id, by=ANN) == 4
    sender.look_again()
    assert sender.counts(made) == {"sent": 1, "cancelled": 4}
    assert len(shown(fakes)) == 1
    with pytest.raises(NotNow, match="cancelled"), tenant.tx() as tx:
        broadcasts.resume(tx, made.id, by=ANN)


def test_a_text_is_taken_back_or_on_its_way_and_never_both(
    sender: Sender, tenant: MessagingTenant, fakes: Fakes
) -> None:
    """A worker has claimed the row when the broadcast is paused."""
    from core.messaging import messages

    tenant.person(address=ADDRESSES[0])
    made = sender.send()
    sender.work(texts=False)
    [(id,)] = tenant.admin.execute("SELECT id FROM message").fetchall()
    with tenant.tx() as tx:
        claimed = messages.claim(tx, id, lease_s=60)
    assert claimed is not None
    with tenant.tx() as tx:
        assert broadcasts.pause(tx, made.id, by=ANN) == 1
    with tenant.tx() as tx:
        assert not messages.sending(tx, claimed)
    with tenant.tx() as tx:
        broadcasts.resume(tx, made.id, by=ANN)
    sender.work(texts=False)
    [(id,)] = tenant.admin.execute("SELECT id FROM message WHERE state = 'queued'").fetchall()
    with tenant.tx() as tx:
        claimed = messages.claim(tx, id, lease_s=60)
    assert claimed is not None
    with tenant.tx() as tx:
        assert messages.sending(tx, claimed)
    with tenant.tx() as tx:
        assert broadcasts.pause(tx, made.id, by=ANN) == 0
    assert sender.counts(made) == {"waiting": 1}


def test_replies_need_a_service_that_is_written_to(sender: Sender, tenant: MessagingTenant) -> None:
    tenant.person()
    dialled = sender.directory.by_id(tenant.service_id)
    assert dialled is not None
    with pytest.raises(NoServiceToSendFrom), tenant.tx() as tx:
        broadcasts.draft(
            *(tx, KEYS, dialled, Segment(), {"en": "Hi"}), by=ANN, reply=ReplyTo("contribute")
        )


def test_the_last_broadcast_says_what_a_reply_begins(
    sender: Sender, tenant: MessagingTenant
) -> None:
    tenant.person(address=ADDRESSES[0])

    def asks_for() -> object:
        return tenant.one("SELECT reply_flow FROM conversation")[0]

    sender.send(reply=ReplyTo("contribute", 3))
    sender.work()
    assert asks_for() == "contribute"
    sender.send(words={"en": "Thank you."})
    sender.work()
    assert asks_for() is None


def test_what_cannot_be_opened_stops_nobody_else(
    sender: Sender, tenant: MessagingTenant, fakes: Fakes
) -> None:
    harmed = tenant.person(address=ADDRESSES[0])
    tenant.person(address=ADDRESSES[1])
    tenant.admin.execute(
        "UPDATE address SET identifier_sealed = 'x' WHERE subscriber_id = %s", (harmed,)
    )
    made = sender.send()
    sender.work()
    assert list(shown(fakes)) == [ADDRESSES[1]]
    assert [each.outcome for each in sender.outcomes(made)] == ["failed", "sent"]


def test_nothing_of_another_tenants_is_seen(sender: Sender, tenant: MessagingTenant) -> None:
    tenant.person()
    made = sender.draft()
    stranger = uuid.uuid4()
    with tenant.database.transaction(stranger) as tx:
        assert broadcasts.newest(tx) == []
        assert tx.one("SELECT count(*) FROM broadcast_recipient") == (0,)
    assert made.people == 1
