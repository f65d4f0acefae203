"""Texts and their delivery reports: the state only rises, and nothing is guessed."""

import itertools
import threading
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.agents.float_messages import FloatLow
from core.messaging import messages, unknown_texts
from core.messaging.delivery import STATES, apply_report, record_provider_id
from core.messaging.messages import Outgoing
from core.people import numbers
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS
from tests.support.workers import MessagingTenant, lookup
from values.ids import uuid7
from values.money import Money

PROVIDER = "africastalking"
NUMBER, OTHER = "+250788000001", "+250788000002"


@pytest.fixture(scope="module")
def shared(module_database: DatabaseUrls) -> Iterator[MessagingTenant]:
    made = MessagingTenant(module_database)
    yield made
    made.close()


@pytest.fixture
def tenant(shared: MessagingTenant) -> MessagingTenant:
    shared.admin.execute("TRUNCATE outbox, message, message_receipt, early_report")
    return shared


def claimed(tenant: MessagingTenant, message: uuid.UUID) -> Outgoing:
    with tenant.database.transaction(tenant.tenant_id) as tx:
        text = messages.claim(tx, tenant.outbox_of(message), lease_s=60)
    assert text is not None
    return text


def sending(
    tenant: MessagingTenant, number: str = NUMBER, message: uuid.UUID | None = None
) -> Outgoing:
    """A text whose request is under way."""
    text = claimed(tenant, message or tenant.text(number))
    with tenant.database.transaction(tenant.tenant_id) as tx:
        assert messages.sending(tx, text)
    return text


def accepted(tenant: MessagingTenant, text: Outgoing, id: str | None) -> None:
    with tenant.database.transaction(tenant.tenant_id) as tx:
        messages.accepted(tx, text, provider=PROVIDER, provider_message_id=id)


def unknown(tenant: MessagingTenant, text: Outgoing, id: str | None = None) -> None:
    with tenant.database.transaction(tenant.tenant_id) as tx:
        messages.unknown(
            tx, text, reason="answer_timeout", provider=PROVIDER, provider_message_id=id
        )


def report(tenant: MessagingTenant, id: str, state: str | None, number: str | None = NUMBER) -> str:
    with tenant.database.transaction(tenant.tenant_id) as tx:
        return apply_report(
            tx,
            provider=PROVIDER,
            provider_message_id=id,
            state=state,
            reason="AbsentSubscriber" if state == "failed" else None,
            address_lookup=lookup(number) if number else None,
        )


def early(tenant: MessagingTenant) -> int:
    return int(tenant.one("SELECT count(*) FROM early_report")[0])


# --- written ----------------------------------------------------------------------------------


def test_text_and_row_are_written_with_the_commit_in_one_statement(tenant: MessagingTenant) -> None:
    with tenant.database.transaction(tenant.tenant_id) as tx:
        message = messages.write_text(
            tx,
            subscriber_id=tenant.person_at(NUMBER),
            service_id=tenant.service_id,
            message=FloatLow(float=Money(5, "RWF")),
        )
        assert tx.round_trips == 0
    assert tenant.state(message) == "queued"
    assert tenant.row(message) == ("waiting", 0)


# --- reports by id ----------------------------------------------------------------------------


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from(["accepted", "failed", "delivered", None]), max_size=6),
    st.integers(0, 6),
)
def test_any_order_of_reports_and_the_answer_ends_in_the_highest(
    tenant: MessagingTenant, reported: list[str | None], answered_after: int
) -> None:
    """The answer may come between any two of them; the state never falls on the way."""
    tenant.admin.execute("TRUNCATE outbox, message, message_receipt, early_report")
    text = sending(tenant)
    ranks = [STATES.index("sending")]
    answered = False
    for number, state in enumerate(itertools.chain(reported, [None])):
        if number == min(answered_after, len(reported)):
            accepted(tenant, text, "AT1")
            answered = True
            ranks.append(STATES.index(tenant.state(text.id)))
        if number < len(reported):
            report(tenant, "AT1", state)
            ranks.append(STATES.index(tenant.state(text.id)))
    assert answered
    assert ranks == sorted(ranks)
    known = [state for state in reported if state] + ["accepted"]
    assert tenant.state(text.id) == max(known, key=STATES.index)
    assert early(tenant) == 0


def test_the_same_report_again_changes_nothing(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    accepted(tenant, text, "AT1")
    assert report(tenant, "AT1", "delivered") == "advanced"
    before = tenant.one("SELECT message FROM message")
    assert [report(tenant, "AT1", word) for word in ("delivered", "accepted", "failed")] == [
        "old"
    ] * 3
    assert tenant.one("SELECT message FROM message") == before


def test_a_failure_keeps_its_reason(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    accepted(tenant, text, "AT1")
    report(tenant, "AT1", "failed")
    assert tenant.one("SELECT state, reason FROM message") == ("failed", "AbsentSubscriber")


def test_what_failed_at_an_earlier_try_does_not_fail_the_later_one(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    with tenant.database.transaction(tenant.tenant_id) as tx:
        messages.not_sent(tx, text, reason="gateway_error", delay_s=0)
        record_provider_id(tx, text.id, provider=PROVIDER, provider_message_id="AT1")
    assert report(tenant, "AT1", "failed") == "old"
    assert tenant.state(text.id) == "queued"
    again = sending(tenant, message=text.id)
    accepted(tenant, again, "AT2")
    assert report(tenant, "AT1", "failed") == "old"
    assert tenant.state(text.id) == "accepted"
    assert report(tenant, "AT2", "failed") == "advanced"


def test_words_that_nobody_knows_say_nothing(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    accepted(tenant, text, "AT1")
    assert report(tenant, "AT1", None) == "unreadable"
    assert report(tenant, "x" * 500, "delivered") == "unreadable"
    with pytest.raises(ValueError, match="reported"):
        report(tenant, "AT1", "queued")
    assert tenant.state(text.id) == "accepted"


# --- reports whose id nobody knows ------------------------------------------------------------


def test_a_report_before_the_answer_is_kept_and_applied(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    assert report(tenant, "AT1", "delivered") == "kept"
    assert report(tenant, "AT1", "accepted") == "kept"  # late, and lower
    accepted(tenant, text, "AT1")
    assert tenant.state(text.id) == "delivered"
    assert early(tenant) == 0


def test_a_report_without_a_number_before_the_answer_too(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    assert report(tenant, "AT1", "delivered", None) == "kept"
    accepted(tenant, text, "AT1")
    assert tenant.state(text.id) == "delivered"


def test_the_one_unknown_text_is_resolved_by_the_one_report(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    unknown(tenant, text)
    assert report(tenant, "AT1", "accepted") == "advanced"
    assert tenant.state(text.id) == "accepted"
    assert report(tenant, "AT1", "delivered") == "advanced"
    assert tenant.state(text.id) == "delivered"
    with tenant.database.transaction(tenant.tenant_id) as tx:
        assert unknown_texts.unknown_texts(tx) == []


def test_also_when_the_report_came_first(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    assert report(tenant, "AT1", "failed") == "kept"
    unknown(tenant, text)
    assert tenant.one("SELECT state, reason FROM message") == ("failed", "AbsentSubscriber")


@pytest.mark.parametrize("number", [OTHER, None])
def test_a_report_of_another_number_or_none_resolves_nothing(
    tenant: MessagingTenant, number: str | None
) -> None:
    tenant.person_at(OTHER)
    text = sending(tenant)
    unknown(tenant, text)
    assert report(tenant, "AT1", "delivered", number) == "foreign"
    assert tenant.state(text.id) == "unknown"
    assert early(tenant) == 0


def test_two_unknown_texts_and_one_report_stay_unknown(tenant: MessagingTenant) -> None:
    texts = [sending(tenant), sending(tenant)]
    for text in texts:
        unknown(tenant, text)
    assert report(tenant, "AT1", "delivered") == "kept"
    assert report(tenant, "AT2", "failed") == "kept"
    assert {tenant.state(text.id) for text in texts} == {"unknown"}


def test_one_unknown_text_and_two_ids_stay_unknown(tenant: MessagingTenant) -> None:
    """One of them is of a text that somebody else sends with the same account."""
    first = sending(tenant)
    second = sending(tenant)
    report(tenant, "AT1", "delivered")
    report(tenant, "AT2", "delivered")
    unknown(tenant, first)
    with tenant.database.transaction(tenant.tenant_id) as tx:
        messages.failed(tx, second, reason="blacklisted")
    assert tenant.state(first.id) == "unknown"


def test_while_another_text_to_the_number_is_being_sent_nothing_is_decided(
    tenant: MessagingTenant,
) -> None:
    """Its own answer may still claim the report; once it has claimed another, the rest fits."""
    lost = sending(tenant)
    unknown(tenant, lost)
    under_way = sending(tenant)
    assert report(tenant, "AT1", "delivered") == "kept"
    assert tenant.state(lost.id) == "unknown"
    accepted(tenant, under_way, "AT2")
    assert tenant.state(lost.id) == "delivered"
    assert tenant.state(under_way.id) == "accepted"


def test_a_text_accepted_without_an_id_is_a_rival_too(tenant: MessagingTenant) -> None:
    nameless = sending(tenant)
    accepted(tenant, nameless, None)
    lost = sending(tenant)
    unknown(tenant, lost)
    assert report(tenant, "AT1", "delivered") == "kept"
    assert {tenant.state(text.id) for text in (lost, nameless)} == {"unknown", "accepted"}


def test_a_report_from_before_the_text_was_sent_does_not_fit(tenant: MessagingTenant) -> None:
    earlier = sending(tenant)
    report(tenant, "AT0", "delivered")
    with tenant.database.transaction(tenant.tenant_id) as tx:
        messages.failed(tx, earlier, reason="blacklisted")
    text = sending(tenant)
    unknown(tenant, text)
    assert tenant.state(text.id) == "unknown"


def test_an_unknown_text_that_was_given_an_id_waits_for_that_one(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    unknown(tenant, text, "AT1")
    assert report(tenant, "AT2", "failed") == "foreign"
    assert tenant.state(text.id) == "unknown"
    assert report(tenant, "AT1", "delivered") == "advanced"


def test_a_shared_phones_texts_are_rivals(tenant: MessagingTenant) -> None:
    """Two people at one number: a report names the number, not the person."""
    sister = tenant.person_at("+250788000009")
    tenant.admin.execute("DELETE FROM address WHERE subscriber_id = %s", (sister,))
    tenant.share(NUMBER, sister)
    mine = sending(tenant)
    hers = sending(tenant, "+250788000009")
    unknown(tenant, mine)
    unknown(tenant, hers)
    assert report(tenant, "AT1", "delivered") == "kept"
    assert tenant.states() == {"unknown": 2}


def test_a_report_names_the_number_that_the_text_was_sent_to(tenant: MessagingTenant) -> None:
    """Not the one that the person has by then."""
    text = sending(tenant, "+250788000021")
    unknown(tenant, text)
    person = tenant.person_at("+250788000021")
    tenant.share("+250788000022", person)
    tenant.admin.execute(
        "UPDATE address SET detached_at = now() WHERE subscriber_id = %s AND lookup = %s",
        (person, lookup("+250788000021")),
    )
    assert report(tenant, "AT1", "delivered", "+250788000022") == "foreign"
    assert report(tenant, "AT2", "delivered", "+250788000021") == "advanced"
    assert tenant.state(text.id) == "delivered"


def test_a_text_goes_to_the_number_that_is_in_use_when_it_is_sent(tenant: MessagingTenant) -> None:
    first, second = "+250788000031", "+250788000032"
    waiting = tenant.text(first)
    person = tenant.person_at(first)
    tenant.share(second, person)

    def sent_to(message: uuid.UUID) -> bytes | None:
        text = claimed(tenant, message)
        tenant.admin.execute(
            "UPDATE outbox SET state = 'waiting' WHERE subject_id = %s", (message,)
        )
        return text.address_lookup

    assert sent_to(waiting) == lookup(first)
    with tenant.database.transaction(tenant.tenant_id) as tx:
        numbers.was_used(tx, KEYS, person, second)
    assert sent_to(waiting) == lookup(second)
    for number, lookups in ((second, lookup(first)), (first, None)):
        with tenant.database.transaction(tenant.tenant_id) as tx:
            numbers.detach(tx, KEYS, person, number, actor="test", reason="lost")
        assert sent_to(waiting) == lookups
    only = tenant.text(first, to=lookup(second))
    assert sent_to(only) == lookup(second)  # it is told that it was taken out


def test_a_number_with_a_new_sim_gets_no_code(tenant: MessagingTenant) -> None:
    old, new = "+250788000041", "+250788000042"
    person = tenant.person_at(old)
    with tenant.database.transaction(tenant.tenant_id) as tx:
        numbers.attach(tx, KEYS, person, new, actor="test", reason="a second phone")
        numbers.was_used(tx, KEYS, person, new)
    receipt, code = tenant.text(old), tenant.text(old, new_sim_s=3600)
    assert claimed(tenant, receipt).address_lookup == lookup(new)
    assert claimed(tenant, code).address_lookup == lookup(old)
    later = tenant.text(old, new_sim_s=3600)
    tenant.admin.execute("UPDATE address SET sim_changed_at = now() - interval '1 hour'")
    assert claimed(tenant, later).address_lookup == lookup(new)


def test_on_a_shared_phone_a_text_says_whom_it_means(tenant: MessagingTenant) -> None:
    shared = "+250788000051"
    marie = tenant.person("uwimana marie", address=shared)
    tenant.known[shared] = marie
    assert claimed(tenant, tenant.text(shared)).addressee(KEYS) == ""
    marthe = tenant.person("Uwimana Marthe", address=shared)
    tenant.known["marthe"] = marthe
    assert claimed(tenant, tenant.text(shared)).addressee(KEYS) == "Uwimana Marie"
    assert claimed(tenant, tenant.text("marthe")).addressee(KEYS) == "Uwimana Marthe"
    with tenant.database.transaction(tenant.tenant_id) as tx:
        numbers.detach(tx, KEYS, marthe, shared, actor="test", reason="recycled")
    assert claimed(tenant, tenant.text(shared)).addressee(KEYS) == ""
    told = tenant.text("marthe", to=lookup(shared))
    assert claimed(tenant, told).addressee(KEYS) == ""  # whoever has it by now reads no name


def test_a_report_that_no_text_can_mean_is_not_kept(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    accepted(tenant, text, "AT1")
    assert report(tenant, "SOMEBODY ELSE'S", "delivered") == "foreign"
    assert report(tenant, "SOMEBODY ELSE'S", "delivered", None) == "foreign"
    assert early(tenant) == 0


def test_another_tenants_text_is_out_of_reach(tenant: MessagingTenant) -> None:
    text = sending(tenant)
    accepted(tenant, text, "AT1")
    with tenant.database.transaction(uuid7()) as tx:
        answer = apply_report(tx, provider=PROVIDER, provider_message_id="AT1", state="failed")
    assert answer == "foreign"
    assert tenant.state(text.id) == "accepted"


@pytest.mark.parametrize("number", [NUMBER, None])
def test_reports_and_the_answer_at_the_same_time_lose_nothing(
    tenant: MessagingTenant, number: str | None
) -> None:
    """Ten copies of two reports race with the answer, many times over."""
    for round_ in range(25):
        text = sending(tenant)
        id = f"AT{round_}"
        barrier = threading.Barrier(11)

        def post(state: str, id: str = id, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            report(tenant, id, state, number)

        def answer(
            text: Outgoing = text, id: str = id, barrier: threading.Barrier = barrier
        ) -> None:
            barrier.wait()
            accepted(tenant, text, id)

        threads = [
            threading.Thread(target=post, args=(state,)) for state in ("accepted", "delivered") * 5
        ]
        threads.append(threading.Thread(target=answer))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert tenant.state(text.id) == "delivered"
        assert early(tenant) == 0


# --- swept and looked at ----------------------------------------------------------------------


def test_the_sweep_makes_stale_ones_unknown_and_leaves_the_rest(tenant: MessagingTenant) -> None:
    stale, fresh = sending(tenant), sending(tenant, OTHER)
    tenant.admin.execute(
        "UPDATE message SET sending_at = now() - interval '5 minutes' WHERE id = %s", (stale.id,)
    )
    assert unknown_texts.sweep_sending(tenant.database, tenant.relay, older_than_s=120) == 1
    assert unknown_texts.sweep_sending(tenant.database, tenant.relay, older_than_s=120) == 0
    assert tenant.state(stale.id) == "unknown"
    assert tenant.state(fresh.id) == "sending"
    assert report(tenant, "AT1", "delivered") == "advanced"


def test_the_application_cannot_take_a_text_back(tenant: MessagingTenant) -> None:
    tenant.text()
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        tenant.database.transaction(tenant.tenant_id) as tx,
    ):
        tx.execute("DELETE FROM message")
