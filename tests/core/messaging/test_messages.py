"""Texts and their delivery reports: the state only rises, and nothing is guessed."""

import itertools
import threading
import uuid
from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.agents.messages import FloatLow
from core.messaging import messages
from core.messaging.delivery import STATES, apply_report, record_provider_id
from core.messaging.messages import Outgoing
from tests.support.servers import Database
from tests.support.workers import House, Urls, lookup
from values.ids import uuid7
from values.money import Money

PROVIDER = "africastalking"
NUMBER, OTHER = "+250788000001", "+250788000002"


@pytest.fixture(scope="module")
def shared(module_database: Database) -> Iterator[House]:
    urls = Urls(module_database.admin_url, module_database.database_url, module_database.relay_url)
    made = House(urls)
    yield made
    made.close()


@pytest.fixture
def house(shared: House) -> House:
    shared.admin.execute("TRUNCATE outbox, message, message_receipt, early_report")
    return shared


def claimed(house: House, message: uuid.UUID) -> Outgoing:
    with house.app.transaction(house.tenant) as tx:
        text = messages.claim(tx, house.outbox_of(message), lease_s=60)
    assert text is not None
    return text


def sending(house: House, number: str = NUMBER, message: uuid.UUID | None = None) -> Outgoing:
    """A text whose request is under way."""
    text = claimed(house, message or house.text(number))
    with house.app.transaction(house.tenant) as tx:
        assert messages.sending(tx, text)
    return text


def accepted(house: House, text: Outgoing, id: str | None) -> None:
    with house.app.transaction(house.tenant) as tx:
        messages.accepted(tx, text, provider=PROVIDER, provider_message_id=id)


def unknown(house: House, text: Outgoing, id: str | None = None) -> None:
    with house.app.transaction(house.tenant) as tx:
        messages.unknown(
            tx, text, reason="answer_timeout", provider=PROVIDER, provider_message_id=id
        )


def report(house: House, id: str, state: str | None, number: str | None = NUMBER) -> str:
    with house.app.transaction(house.tenant) as tx:
        return apply_report(
            tx,
            provider=PROVIDER,
            provider_message_id=id,
            state=state,
            reason="AbsentSubscriber" if state == "failed" else None,
            address_lookup=lookup(number) if number else None,
        )


def early(house: House) -> int:
    return int(house.one("SELECT count(*) FROM early_report")[0])


# --- written ----------------------------------------------------------------------------------


def test_text_and_row_are_written_with_the_commit_in_one_statement(house: House) -> None:
    with house.app.transaction(house.tenant) as tx:
        message = messages.write_text(
            tx,
            subscriber_id=house.person(NUMBER),
            service_id=house.service,
            message=FloatLow(float=Money(5, "RWF")),
        )
        assert tx.round_trips == 0
    assert house.state(message) == "queued"
    assert house.row(message) == ("waiting", 0)


# --- reports by id ----------------------------------------------------------------------------


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(st.sampled_from(["accepted", "failed", "delivered", None]), max_size=6),
    st.integers(0, 6),
)
def test_any_order_of_reports_and_the_answer_ends_in_the_highest(
    house: House, reported: list[str | None], answered_after: int
) -> None:
    """The answer may come between any two of them; the state never falls on the way."""
    house.admin.execute("TRUNCATE outbox, message, message_receipt, early_report")
    text = sending(house)
    ranks = [STATES.index("sending")]
    answered = False
    for number, state in enumerate(itertools.chain(reported, [None])):
        if number == min(answered_after, len(reported)):
            accepted(house, text, "AT1")
            answered = True
            ranks.append(STATES.index(house.state(text.id)))
        if number < len(reported):
            report(house, "AT1", state)
            ranks.append(STATES.index(house.state(text.id)))
    assert answered
    assert ranks == sorted(ranks)
    known = [state for state in reported if state] + ["accepted"]
    assert house.state(text.id) == max(known, key=STATES.index)
    assert early(house) == 0


def test_the_same_report_again_changes_nothing(house: House) -> None:
    text = sending(house)
    accepted(house, text, "AT1")
    assert report(house, "AT1", "delivered") == "advanced"
    before = house.one("SELECT message FROM message")
    assert [report(house, "AT1", word) for word in ("delivered", "accepted", "failed")] == [
        "old"
    ] * 3
    assert house.one("SELECT message FROM message") == before


def test_a_failure_keeps_its_reason(house: House) -> None:
    text = sending(house)
    accepted(house, text, "AT1")
    report(house, "AT1", "failed")
    assert house.one("SELECT state, reason FROM message") == ("failed", "AbsentSubscriber")


def test_what_failed_at_an_earlier_try_does_not_fail_the_later_one(house: House) -> None:
    text = sending(house)
    with house.app.transaction(house.tenant) as tx:
        messages.not_sent(tx, text, reason="gateway_error", delay_s=0)
        record_provider_id(tx, text.id, provider=PROVIDER, provider_message_id="AT1")
    assert report(house, "AT1", "failed") == "old"
    assert house.state(text.id) == "queued"
    again = sending(house, message=text.id)
    accepted(house, again, "AT2")
    assert report(house, "AT1", "failed") == "old"
    assert house.state(text.id) == "accepted"
    assert report(house, "AT2", "failed") == "advanced"


def test_words_that_nobody_knows_say_nothing(house: House) -> None:
    text = sending(house)
    accepted(house, text, "AT1")
    assert report(house, "AT1", None) == "unreadable"
    assert report(house, "x" * 500, "delivered") == "unreadable"
    with pytest.raises(ValueError, match="reported"):
        report(house, "AT1", "queued")
    assert house.state(text.id) == "accepted"


# --- reports whose id nobody knows ------------------------------------------------------------


def test_a_report_before_the_answer_is_kept_and_applied(house: House) -> None:
    text = sending(house)
    assert report(house, "AT1", "delivered") == "kept"
    assert report(house, "AT1", "accepted") == "kept"  # late, and lower
    accepted(house, text, "AT1")
    assert house.state(text.id) == "delivered"
    assert early(house) == 0


def test_a_report_without_a_number_before_the_answer_too(house: House) -> None:
    text = sending(house)
    assert report(house, "AT1", "delivered", None) == "kept"
    accepted(house, text, "AT1")
    assert house.state(text.id) == "delivered"


def test_the_one_unknown_text_is_resolved_by_the_one_report(house: House) -> None:
    text = sending(house)
    unknown(house, text)
    assert report(house, "AT1", "accepted") == "advanced"
    assert house.state(text.id) == "accepted"
    assert report(house, "AT1", "delivered") == "advanced"
    assert house.state(text.id) == "delivered"
    with house.app.transaction(house.tenant) as tx:
        assert messages.unknown_texts(tx) == []


def test_also_when_the_report_came_first(house: House) -> None:
    text = sending(house)
    assert report(house, "AT1", "failed") == "kept"
    unknown(house, text)
    assert house.one("SELECT state, reason FROM message") == ("failed", "AbsentSubscriber")


@pytest.mark.parametrize("number", [OTHER, None])
def test_a_report_of_another_number_or_none_resolves_nothing(
    house: House, number: str | None
) -> None:
    house.person(OTHER)
    text = sending(house)
    unknown(house, text)
    assert report(house, "AT1", "delivered", number) == "foreign"
    assert house.state(text.id) == "unknown"
    assert early(house) == 0


def test_two_unknown_texts_and_one_report_stay_unknown(house: House) -> None:
    texts = [sending(house), sending(house)]
    for text in texts:
        unknown(house, text)
    assert report(house, "AT1", "delivered") == "kept"
    assert report(house, "AT2", "failed") == "kept"
    assert {house.state(text.id) for text in texts} == {"unknown"}


def test_one_unknown_text_and_two_ids_stay_unknown(house: House) -> None:
    """One of them is of a text that somebody else sends with the same account."""
    first = sending(house)
    second = sending(house)
    report(house, "AT1", "delivered")
    report(house, "AT2", "delivered")
    unknown(house, first)
    with house.app.transaction(house.tenant) as tx:
        messages.failed(tx, second, reason="blacklisted")
    assert house.state(first.id) == "unknown"


def test_while_another_text_to_the_number_is_being_sent_nothing_is_decided(house: House) -> None:
    """Its own answer may still claim the report; once it has claimed another, the rest fits."""
    lost = sending(house)
    unknown(house, lost)
    under_way = sending(house)
    assert report(house, "AT1", "delivered") == "kept"
    assert house.state(lost.id) == "unknown"
    accepted(house, under_way, "AT2")
    assert house.state(lost.id) == "delivered"
    assert house.state(under_way.id) == "accepted"


def test_a_text_accepted_without_an_id_is_a_rival_too(house: House) -> None:
    nameless = sending(house)
    accepted(house, nameless, None)
    lost = sending(house)
    unknown(house, lost)
    assert report(house, "AT1", "delivered") == "kept"
    assert {house.state(text.id) for text in (lost, nameless)} == {"unknown", "accepted"}


def test_a_report_from_before_the_text_was_sent_does_not_fit(house: House) -> None:
    earlier = sending(house)
    report(house, "AT0", "delivered")
    with house.app.transaction(house.tenant) as tx:
        messages.failed(tx, earlier, reason="blacklisted")
    text = sending(house)
    unknown(house, text)
    assert house.state(text.id) == "unknown"


def test_an_unknown_text_that_was_given_an_id_waits_for_that_one(house: House) -> None:
    text = sending(house)
    unknown(house, text, "AT1")
    assert report(house, "AT2", "failed") == "foreign"
    assert house.state(text.id) == "unknown"
    assert report(house, "AT1", "delivered") == "advanced"


def test_a_shared_phones_texts_are_rivals(house: House) -> None:
    """Two people at one number: a report names the number, not the person."""
    sister = house.person("+250788000009")
    house.admin.execute("DELETE FROM address WHERE subscriber_id = %s", (sister,))
    house.address(NUMBER, sister)
    mine = sending(house)
    hers = sending(house, "+250788000009")
    unknown(house, mine)
    unknown(house, hers)
    assert report(house, "AT1", "delivered") == "kept"
    assert house.states() == {"unknown": 2}


def test_a_report_that_no_text_can_mean_is_not_kept(house: House) -> None:
    text = sending(house)
    accepted(house, text, "AT1")
    assert report(house, "SOMEBODY ELSE'S", "delivered") == "foreign"
    assert report(house, "SOMEBODY ELSE'S", "delivered", None) == "foreign"
    assert early(house) == 0


def test_another_tenants_text_is_out_of_reach(house: House) -> None:
    text = sending(house)
    accepted(house, text, "AT1")
    with house.app.transaction(uuid7()) as tx:
        answer = apply_report(tx, provider=PROVIDER, provider_message_id="AT1", state="failed")
    assert answer == "foreign"
    assert house.state(text.id) == "accepted"


@pytest.mark.parametrize("number", [NUMBER, None])
def test_reports_and_the_answer_at_the_same_time_lose_nothing(
    house: House, number: str | None
) -> None:
    """Ten copies of two reports race with the answer, many times over."""
    for round_ in range(25):
        text = sending(house)
        id = f"AT{round_}"
        barrier = threading.Barrier(11)

        def post(state: str, id: str = id, barrier: threading.Barrier = barrier) -> None:
            barrier.wait()
            report(house, id, state, number)

        def answer(
            text: Outgoing = text, id: str = id, barrier: threading.Barrier = barrier
        ) -> None:
            barrier.wait()
            accepted(house, text, id)

        threads = [
            threading.Thread(target=post, args=(state,)) for state in ("accepted", "delivered") * 5
        ]
        threads.append(threading.Thread(target=answer))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert house.state(text.id) == "delivered"
        assert early(house) == 0


# --- swept and looked at ----------------------------------------------------------------------


def test_the_sweep_makes_stale_ones_unknown_and_leaves_the_rest(house: House) -> None:
    stale, fresh = sending(house), sending(house, OTHER)
    house.admin.execute(
        "UPDATE message SET sending_at = now() - interval '5 minutes' WHERE id = %s", (stale.id,)
    )
    assert messages.sweep_sending(house.app, house.relay, older_than_s=120) == 1
    assert messages.sweep_sending(house.app, house.relay, older_than_s=120) == 0
    assert house.state(stale.id) == "unknown"
    assert house.state(fresh.id) == "sending"
    assert report(house, "AT1", "delivered") == "advanced"


def test_the_application_cannot_take_a_text_back(house: House) -> None:
    house.text()
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege),
        house.app.transaction(house.tenant) as tx,
    ):
        tx.execute("DELETE FROM message")
