"""Servers that are slow, frozen, cut off or killed while money is on its way: an honest end within
the deadline, nothing twice, and after it the conversation goes on."""

import contextlib
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

import psutil
import psycopg
import pytest

from tests.app.webhooks.conftest import Fragile
from tests.support.chaos.kills import kill
from tests.support.population import PIN
from tests.support.waiting import until
from tests.support.web import ANSWERED_WITHIN_S, KEYS, Phone, Web

pytestmark = pytest.mark.long

NOT_NOW = "END This cannot be done now. Nothing was taken."
# In the tenant's first language, while it is not known who speaks.
NOT_NOW_STRANGER = "END Ibi ntibishobotse ubu. Nta mafaranga yakuweho."
BY_SMS = "END If this went through, we will text you. Dial again to see."
STILL = "END Turacyabikoraho."
RECOVERED_WITHIN_S = 8.0
MEANWHILE_S = 1.5  # less than the deadline that others wait for
# Written together with the COMMIT of a payment, and with nothing else.
RECEIPT = b"contribution_receipt"


@pytest.fixture
def web(fragile: Fragile) -> Iterator[Web]:
    yield fragile.web
    until(fragile.web.is_ready)
    assert "turn failed" not in fragile.web.said()
    fragile.web.verify()


@contextmanager
def posting(phone: Phone, answer: str) -> Iterator[Future[str]]:
    """An answer on its way while the block lasts."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(phone.type, answer)


@contextmanager
def wallet_locked(web: Web, phone: Phone) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """Somebody else holds the row that a payment changes."""
    with psycopg.connect(web.urls.admin_url) as other:
        other.execute(
            "SELECT 1 FROM account w JOIN address a ON a.subscriber_id = w.owner_id"
            " WHERE a.lookup = %s AND w.kind = 'wallet' FOR UPDATE OF w",
            (KEYS.lookup("msisdn", phone.number),),
        )
        yield other
        other.rollback()


def somebody_waits(web: Web) -> bool:
    row = web.admin.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    ).fetchone()
    return row is not None and row[0] > 0


def in_time(phone: Phone) -> None:
    assert phone.took_s < ANSWERED_WITHIN_S


def pays_at_the_next_dial(phone: Phone, amount: int) -> None:
    """Dial until the service is back, and pay what was not paid; it is paid once."""
    until(lambda: phone.dial().startswith("CON "), RECOVERED_WITHIN_S)
    shown = phone.post()
    assert "Saved" not in shown
    assert "Done" not in shown
    if "How much" not in shown:
        phone.type("1", "1")
    assert f"Amount: {amount:,} RWF" in phone.type(str(amount))
    assert f"Saved {amount:,} RWF" in phone.type("1", PIN)
    assert [paid for paid, _, _ in phone.web.paid_by(phone.number)] == [amount]


def is_told_at_the_next_dial(phone: Phone, amount: int) -> None:
    """It is paid, once, with one receipt on its way; and the next dial says so."""
    [(paid, reference, receipts)] = phone.web.paid_by(phone.number)
    assert (paid, receipts) == (amount, 1)
    until(lambda: phone.dial().startswith("CON "), RECOVERED_WITHIN_S)
    shown = phone.post()
    assert f"{amount:,} RWF" in shown
    assert reference in shown
    assert "Ibimina" in shown


# --- slow -----------------------------------------------------------------------------------------


def test_a_lock_that_is_held_too_long(web: Web) -> None:
    phone, other = Phone(web), Phone(web)
    phone.to_pin(1_000)
    other.dial()
    before = web.books()
    with wallet_locked(web, phone), posting(phone, PIN) as answer:
        until(lambda: somebody_waits(web))
        # Whoever needs nothing of it is served meanwhile.
        assert "PIN, language" in other.type("8")
        assert other.took_s < MEANWHILE_S
        assert answer.result() == NOT_NOW
    in_time(phone)
    assert web.books() == before
    pays_at_the_next_dial(phone, 1_000)


def test_a_lock_that_is_let_go_in_time(web: Web) -> None:
    phone = Phone(web)
    phone.to_pin(1_000)
    with wallet_locked(web, phone) as other, posting(phone, PIN) as answer:
        until(lambda: somebody_waits(web))
        other.execute("SELECT pg_sleep(0.5)")
        other.rollback()
        assert "Saved 1,000 RWF" in answer.result()
    assert len(web.paid_by(phone.number)) == 1


def test_a_first_dial_that_cannot_be_answered(web: Web) -> None:
    """It hides nothing of what the dial before has done."""
    phone, stranger = Phone(web), Phone(web)
    phone.to_pin(1_000)
    assert "Saved" in phone.type(PIN)
    with psycopg.connect(web.urls.admin_url) as other:
        other.execute("LOCK TABLE address IN ACCESS EXCLUSIVE MODE")
        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(Phone.dial, (phone, stranger))) == [NOT_NOW_STRANGER] * 2
        in_time(phone)
        other.rollback()
    is_told_at_the_next_dial(phone, 1_000)
    assert stranger.dial().startswith("CON ")


# --- frozen ---------------------------------------------------------------------------------------


def test_postgres_frozen(fragile: Fragile, web: Web) -> None:
    phone, in_menu, new = Phone(web), Phone(web), Phone(web)
    phone.to_pin(1_000)
    in_menu.dial()
    before = web.books()
    with fragile.frozen("postgres"):
        with ThreadPoolExecutor(3) as pool:
            shown = [pool.submit(phone.type, PIN), pool.submit(new.dial)]
            assert "PIN, language" in in_menu.type("8")
            assert in_menu.took_s < MEANWHILE_S
            assert [one.result() for one in shown] == [NOT_NOW, NOT_NOW_STRANGER]
        in_time(phone)
        in_time(new)
        assert new.dial() == NOT_NOW_STRANGER
        in_time(new)
        assert web.ask("GET", "/healthz").status == 200
        assert web.ask("GET", "/readyz").status == 503
    assert web.books() == before
    pays_at_the_next_dial(phone, 1_000)
    assert "Language" in in_menu.type("00", "8")


def test_postgres_frozen_for_a_moment(fragile: Fragile, web: Web) -> None:
    phone = Phone(web)
    phone.to_pin(1_000)
    with posting(phone, PIN) as answer:
        with fragile.frozen("postgres"):
            time.sleep(0.6)
        assert "Saved 1,000 RWF" in answer.result()
    assert len(web.paid_by(phone.number)) == 1


def test_valkey_frozen(fragile: Fragile, web: Web) -> None:
    """Menus go on by walking the text; PIN and money steps do not."""
    phone, in_menu = Phone(web), Phone(web)
    phone.to_pin(1_000)
    in_menu.dial()
    before = web.books()
    with fragile.frozen("valkey"):
        assert phone.type(PIN) == NOT_NOW
        in_time(phone)
        assert "How much" in in_menu.type("1", "1")
        in_time(in_menu)
        assert in_menu.type("1000") == NOT_NOW
        in_time(in_menu)
        assert web.ask("GET", "/readyz").status == 503
    assert web.books() == before
    until(web.is_ready)
    pays_at_the_next_dial(phone, 1_000)
    pays_at_the_next_dial(in_menu, 2_000)


def test_valkey_frozen_while_money_moves(fragile: Fragile, web: Web) -> None:
    """Neither the session nor the reply can be kept, but what is done is done and told."""
    phone = Phone(web)
    phone.to_pin(1_000)
    with wallet_locked(web, phone) as other, posting(phone, PIN) as answer:
        until(lambda: somebody_waits(web))
        with fragile.frozen("valkey"):
            other.rollback()
            assert "Saved 1,000 RWF" in answer.result()
    in_time(phone)
    until(web.is_ready)
    is_told_at_the_next_dial(phone, 1_000)


# --- cut off --------------------------------------------------------------------------------------


def test_a_commit_whose_answer_was_lost(fragile: Fragile, web: Web) -> None:
    phone = Phone(web)
    phone.to_pin(1_000)
    with fragile.proxy.harming(RECEIPT, "lose"):
        assert phone.type(PIN) == BY_SMS
    assert phone.post() == BY_SMS  # a copy learns what the hop learnt
    is_told_at_the_next_dial(phone, 1_000)


def test_a_commit_that_never_arrived(fragile: Fragile, web: Web) -> None:
    """Nobody here can tell it from the one before; the next dial can."""
    phone = Phone(web)
    phone.to_pin(1_000)
    before = web.books()
    with fragile.proxy.harming(RECEIPT, "cut"):
        assert phone.type(PIN) == BY_SMS
    assert web.books() == before
    pays_at_the_next_dial(phone, 1_000)


def test_a_connection_cut_before_the_commit(fragile: Fragile, web: Web) -> None:
    phone = Phone(web)
    phone.to_pin(1_000)
    before = web.books()
    with wallet_locked(web, phone), posting(phone, PIN) as answer:
        until(lambda: somebody_waits(web))
        web.admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        )
        assert answer.result() == NOT_NOW
    assert web.books() == before
    pays_at_the_next_dial(phone, 1_000)


def test_changes_of_a_tenant_are_learnt_after_a_lost_answer(fragile: Fragile, web: Web) -> None:
    """The look-out for changes survives an answer that was lost, whichever it was."""
    for _ in web.workers():
        # On a connection that has seen many, a COMMIT is prepared: the wire does not name it then.
        web.admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = 'piga_app'"
        )
        with fragile.proxy.harming(b"COMMIT", "lose") as came:
            assert came.wait(10)
    phone = Phone(web)
    try:
        web.admin.execute("UPDATE tenant SET paused = true, version = nextval('config_version')")
        until(lambda: all(phone.dial().startswith("END ") for _ in range(8)), RECOVERED_WITHIN_S)
    finally:
        web.admin.execute("UPDATE tenant SET paused = false, version = nextval('config_version')")
    until(lambda: all(phone.dial().startswith("CON ") for _ in range(8)), RECOVERED_WITHIN_S)


# --- killed ---------------------------------------------------------------------------------------


@pytest.fixture
def mortal(fragile: Fragile) -> Iterator[Web]:
    """A server of this test's own: it gives up when its processes are killed too often."""
    log = fragile.web.log.with_name("mortal.log")
    with Web(
        fragile.web.urls, fragile.web.redis_url, log, database_url=fragile.through_proxy
    ) as web:
        until(lambda: len(having(web, "LISTEN")) == 2)
        yield web
        web.verify()


def kill_workers(web: Web) -> None:
    """kill -9 of every process that works turns; the server starts others."""
    for worker in web.workers():
        kill(worker)


def test_killed_before_the_commit(mortal: Web) -> None:
    web, phone = mortal, Phone(mortal)
    phone.to_pin(1_000)
    before = web.books()
    with wallet_locked(web, phone):
        line = threading.Thread(target=_post_and_lose, args=(phone, PIN))
        line.start()
        until(lambda: somebody_waits(web))
        kill_workers(web)
        line.join()
    until(web.is_ready)
    assert web.books() == before
    pays_at_the_next_dial(phone, 1_000)


def test_killed_after_the_commit(fragile: Fragile, mortal: Web) -> None:
    web, phone = mortal, Phone(mortal)
    phone.to_pin(1_000)
    with fragile.proxy.harming(RECEIPT, "hold") as came:
        line = threading.Thread(target=_post_and_lose, args=(phone, PIN))
        line.start()
        assert came.wait(10)
        kill_workers(web)
        line.join()
    until(web.is_ready)
    is_told_at_the_next_dial(phone, 1_000)


def test_killed_and_dialled_again_at_once(fragile: Fragile, mortal: Web) -> None:
    """The killed turn's lock is still there: nobody is told that nothing was taken, and the dial
    after tells the truth."""
    web, phone = mortal, Phone(mortal)
    phone.to_pin(1_000)
    with fragile.proxy.harming(RECEIPT, "hold") as came:
        line = threading.Thread(target=_post_and_lose, args=(phone, PIN))
        line.start()
        assert came.wait(10)
        [working] = having(web, "ESTABLISHED")
        kill(working)
        line.join()
    shown = phone.dial()
    assert shown.startswith(STILL) or "Done: Kopera Twisungane, 1,000 RWF" in shown
    is_told_at_the_next_dial(phone, 1_000)


def having(web: Web, status: str) -> list[psutil.Process]:
    """The processes with a connection in this state."""
    return [
        worker
        for worker in web.workers()
        if any(one.status == status for one in worker.net_connections("tcp"))
    ]


def _post_and_lose(phone: Phone, answer: str) -> None:
    with contextlib.suppress(OSError):  # nobody answers any more
        phone.type(answer)
