"""Intents: what a confirmation showed is claimed once, however often and by whomever."""

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import psycopg
import pytest

from core.db.database import Tx
from core.money import day_limits, intents
from core.money.errors import IntentExpired, IntentVoid, LimitReached, SessionSpent
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from tests.support.waiting import at_once
from values.ids import uuid7

pytestmark = pytest.mark.every_postgres

DAY = date(2026, 1, 31)


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


def until_somebody_waits(tenant: Tenant) -> None:
    """Until another connection waits for a lock that is held here."""
    until = time.monotonic() + 5
    with psycopg.connect(tenant.urls.admin_url, autocommit=True) as looking:
        while looking.execute(_WAITERS).fetchone() == (0,):
            assert time.monotonic() < until, "nobody waits"
            time.sleep(0.01)


_WAITERS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def opened(
    tenant: Tenant, person: uuid.UUID, payee: uuid.UUID, amount: int = 500, session: str = ""
) -> intents.Opened:
    with tenant.tx() as tx:
        return open_one(tx, person, payee, amount, session)


def open_one(
    tx: Tx, person: uuid.UUID, payee: uuid.UUID, amount: int = 500, session: str = ""
) -> intents.Opened:
    return intents.open_intent(
        tx,
        id=uuid7(),
        subscriber_id=person,
        session=session or uuid7().hex,
        operation="contribute",
        payee_id=payee,
        amount_minor=amount,
        fee_minor=10,
        currency=CURRENCY,
        quote={"name": "Kopera"},
    )


def claim(
    tenant: Tenant, intent: uuid.UUID, person: uuid.UUID, entry: uuid.UUID | None
) -> tuple[intents.Intent, bool]:
    with tenant.tx() as tx:
        return intents.claim(tx, intent, person, entry_id=entry)


def test_an_intent_is_claimed_once_and_answered_again(tenant: Tenant) -> None:
    person, entry = tenant.person(), uuid7()
    id = opened(tenant, person, uuid7()).id
    intent, ours = claim(tenant, id, person, entry)
    assert (ours, intent.state, intent.entry_id) == (True, "done", entry)
    assert (intent.amount_minor, intent.fee_minor, intent.quote) == (500, 10, {"name": "Kopera"})
    again, ours = claim(tenant, id, person, uuid7())
    assert (ours, again.entry_id) == (False, entry)


def test_twenty_claims_at_once_and_one_of_them_takes_it(tenant: Tenant) -> None:
    person = tenant.person()
    id = opened(tenant, person, uuid7()).id
    answers = at_once([lambda: claim(tenant, id, person, uuid7())] * 20)
    found = [answer for answer in answers if not isinstance(answer, Exception)]
    assert len(found) == 20
    assert sum(ours for _, ours in found) == 1
    assert len({intent.entry_id for intent, _ in found}) == 1


def test_nobody_claims_anothers_intent(tenant: Tenant) -> None:
    id = opened(tenant, tenant.person(), uuid7()).id
    with pytest.raises(IntentVoid):
        claim(tenant, id, tenant.person(), uuid7())


def test_after_a_no_it_cannot_be_claimed(tenant: Tenant) -> None:
    person = tenant.person()
    id = opened(tenant, person, uuid7()).id
    with tenant.tx() as tx:
        intents.void(tx, id, person)
    with pytest.raises(IntentVoid):
        claim(tenant, id, person, uuid7())


def test_a_new_confirmation_voids_the_one_before(tenant: Tenant) -> None:
    person = tenant.person()
    first, second = opened(tenant, person, uuid7()).id, opened(tenant, person, uuid7()).id
    with pytest.raises(IntentVoid):
        claim(tenant, first, person, uuid7())
    assert claim(tenant, second, person, uuid7())[1]


def test_after_its_time_it_cannot_be_claimed(tenant: Tenant) -> None:
    person = tenant.person()
    id = opened(tenant, person, uuid7()).id
    with tenant.tx() as tx:
        tx.execute("UPDATE intent SET expires_at = now() WHERE id = %s", (id,))
    with pytest.raises(IntentExpired):
        claim(tenant, id, person, uuid7())


def test_a_pending_intent_ends_once(tenant: Tenant) -> None:
    person, entry = tenant.person(), uuid7()
    id = opened(tenant, person, uuid7()).id
    assert claim(tenant, id, person, None)[0].state == "pending"
    for given in (entry, None, uuid7()):
        with tenant.tx() as tx:
            intents.finish(tx, id, given)
    with tenant.tx() as tx:
        found = intents.get(tx, id, person)
    assert found is not None
    assert (found.state, found.entry_id) == ("done", entry)


def test_the_same_again_is_noticed_within_ten_minutes(tenant: Tenant) -> None:
    person, payee = tenant.person(), uuid7()
    first = opened(tenant, person, payee)
    assert first.duplicate_age_s is None
    assert opened(tenant, person, payee).duplicate_age_s is None  # shown twice, done never
    claim(tenant, opened(tenant, person, payee).id, person, uuid7())
    assert opened(tenant, person, payee).duplicate_age_s in range(5)
    assert opened(tenant, person, payee, amount=501).duplicate_age_s is None
    assert opened(tenant, person, uuid7()).duplicate_age_s is None
    assert opened(tenant, tenant.person(), payee).duplicate_age_s is None
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE intent SET created_at = created_at - %s, ended_at = ended_at - %s"
            " WHERE subscriber_id = %s",
            (*[timedelta(seconds=intents.SAME_AGAIN_S + 1)] * 2, person),
        )
    assert opened(tenant, person, payee).duplicate_age_s is None


@pytest.mark.parametrize("entry", [uuid7(), None], ids=["done", "pending"])
def test_the_same_that_is_being_claimed_is_waited_for(
    tenant: Tenant, entry: uuid.UUID | None
) -> None:
    """On the person's other phone, say: it is asked about, though it was not committed yet."""
    person, payee = tenant.person(), uuid7()
    id = opened(tenant, person, payee).id
    with ThreadPoolExecutor(1) as other_phone:
        with tenant.tx() as tx:
            intents.claim(tx, id, person, entry_id=entry)
            second = other_phone.submit(opened, tenant, person, payee)
            until_somebody_waits(tenant)
            assert not second.done()
        assert second.result(timeout=5).duplicate_age_s in range(5)


def test_of_two_opened_at_once_one_is_void(tenant: Tenant) -> None:
    """Neither was asked about: both must not be taken."""
    person, payee = tenant.person(), uuid7()
    with ThreadPoolExecutor(1) as other_phone:
        with tenant.tx() as tx:
            first = open_one(tx, person, payee)
            second = other_phone.submit(opened, tenant, person, payee)
            until_somebody_waits(tenant)
            assert not second.done()
        assert second.result(timeout=5).duplicate_age_s is None
    with pytest.raises(IntentVoid):
        claim(tenant, first.id, person, uuid7())
    assert claim(tenant, second.result().id, person, uuid7())[1]


def test_the_same_again_counts_from_its_end(tenant: Tenant) -> None:
    """Shown, held and approved, each as late as can be: it was done just now."""
    person, payee = tenant.person(), uuid7()
    id = opened(tenant, person, payee).id
    claim(tenant, id, person, None)
    asked = timedelta(seconds=intents.INTENT_LIFE_S + intents.HOLD_S)
    with tenant.tx() as tx:
        tx.execute(
            "UPDATE intent SET created_at = created_at - %s, ended_at = ended_at - %s"
            " WHERE id = %s",
            (asked, timedelta(seconds=intents.HOLD_S), id),
        )
    assert opened(tenant, person, payee).duplicate_age_s in range(
        intents.HOLD_S, intents.HOLD_S + 5
    )
    with tenant.tx() as tx:
        intents.finish(tx, id, uuid7())
    assert opened(tenant, person, payee).duplicate_age_s in range(5)
    just_in = timedelta(seconds=intents.SAME_AGAIN_S - 5)
    for earlier, noticed in ((just_in, True), (timedelta(seconds=5), False)):
        with tenant.tx() as tx:
            tx.execute(
                "UPDATE intent SET created_at = created_at - %s, ended_at = ended_at - %s"
                " WHERE subscriber_id = %s",
                (earlier, earlier, person),
            )
        assert (opened(tenant, person, payee).duplicate_age_s is not None) is noticed


def test_what_was_given_up_is_not_the_same_again(tenant: Tenant) -> None:
    person, payee = tenant.person(), uuid7()
    id = opened(tenant, person, payee).id
    claim(tenant, id, person, None)
    with tenant.tx() as tx:
        intents.finish(tx, id, None)
    assert opened(tenant, person, payee).duplicate_age_s is None


def use(tenant: Tenant, person: uuid.UUID, amount: int, limit: int) -> bool:
    with tenant.tx() as tx:
        usage = day_limits.Usage(person, "contribute", DAY, amount, limit)
        day_limits.count(tx, usage, currency=CURRENCY)
    return True


def test_a_days_limit_is_kept_by_all_at_once(tenant: Tenant) -> None:
    person = tenant.person()
    answers = at_once([lambda: use(tenant, person, 300, 1_000)] * 10)
    assert sum(answer is True for answer in answers) == 3
    assert sum(isinstance(answer, LimitReached) for answer in answers) == 7
    with tenant.tx() as tx:
        row = tx.one(
            "SELECT count, amount_minor FROM usage_day WHERE subscriber_id = %s", (person,)
        )
    assert row == (3, 900)
    assert use(tenant, person, 100, 1_000)
    with pytest.raises(LimitReached):
        use(tenant, tenant.person(), 1_001, 1_000)


def test_what_a_session_did_is_told(tenant: Tenant) -> None:
    person, entry, one, other = tenant.person(), uuid7(), uuid7().hex, uuid7().hex

    def told(session: str = one) -> tuple[str, uuid.UUID | None] | None:
        with tenant.tx() as tx:
            found = intents.of_session(tx, [tenant.person(), person], session)
        return (found.state, found.entry_id) if found else None

    id = opened(tenant, person, uuid7(), session=one).id
    assert told() is None
    claim(tenant, id, person, None)
    assert told() == ("pending", None)
    claim(tenant, opened(tenant, person, uuid7(), session=other).id, person, entry)
    assert told() == ("pending", None)
    assert told(other) == ("done", entry)
    assert told("another") is None
    with tenant.tx() as tx:
        assert intents.of_session(tx, [tenant.person()], one) is None


@pytest.mark.parametrize("entry", [uuid7(), None], ids=["done", "pending"])
def test_a_session_pays_once(tenant: Tenant, entry: uuid.UUID | None) -> None:
    person, session = tenant.person(), uuid7().hex
    claim(tenant, opened(tenant, person, uuid7(), session=session).id, person, entry)
    with pytest.raises(SessionSpent):
        opened(tenant, person, uuid7(), session=session)
    with pytest.raises(SessionSpent):  # whoever it is that speaks in it
        opened(tenant, tenant.person(), uuid7(), session=session)
    opened(tenant, person, uuid7(), session=uuid7().hex)


def test_a_session_asks_again_for_ten_minutes(tenant: Tenant) -> None:
    person, session = tenant.person(), uuid7().hex
    for _ in range(3):
        opened(tenant, person, uuid7(), session=session)
    aged = (
        "UPDATE intent SET created_at = created_at - make_interval(secs => %s) WHERE session = %s"
    )
    tenant.as_superuser(aged, intents.SESSION_OLD_S - 5, session)
    opened(tenant, person, uuid7(), session=session)
    tenant.as_superuser(aged, 5, session)
    with pytest.raises(SessionSpent):
        opened(tenant, person, uuid7(), session=session)


def test_a_session_that_is_ended_leaves_nothing_open(tenant: Tenant) -> None:
    person, session = tenant.person(), uuid7().hex
    id = opened(tenant, person, uuid7(), session=session).id
    with tenant.tx() as tx:
        assert intents.end_session(tx, [tenant.person()], session) is None
        assert intents.end_session(tx, [person], "another") is None
    with tenant.tx() as tx:
        assert intents.end_session(tx, [person], session) is None
    with pytest.raises(IntentVoid):
        claim(tenant, id, person, uuid7())


def test_who_ends_a_session_waits_for_whoever_claims(tenant: Tenant) -> None:
    person, entry, session = tenant.person(), uuid7(), uuid7().hex
    id = opened(tenant, person, uuid7(), session=session).id
    with ThreadPoolExecutor(1) as threads, tenant.tx() as tx:
        intents.claim(tx, id, person, entry_id=entry)

        def end() -> intents.Intent | None:
            with tenant.tx() as other:
                return intents.end_session(other, [person], session)

        ended = threads.submit(end)
        with pytest.raises(TimeoutError):
            ended.result(0.2)
        tx.commit()
        found = ended.result()
    assert found is not None
    assert (found.id, found.entry_id) == (id, entry)
