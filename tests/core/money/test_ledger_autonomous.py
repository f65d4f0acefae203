"""One entry in one round trip: what it shares with an entry among others, and what a lost or
forgetful connection does to it."""

import contextlib
import uuid
from collections.abc import Iterator

import psycopg
import pytest

from core.db.database import Deadline, Tx
from core.db.errors import Unavailable
from core.money import ledger
from core.money.errors import IdempotencyConflict, InsufficientFunds
from tests.support.servers import Database
from tests.support.world import CURRENCY, World, idle, world
from values.ids import uuid7


@pytest.fixture(scope="module")
def here(module_database: Database) -> Iterator[World]:
    with world(module_database) as made:
        yield made
        assert made.broken() == []


def post(
    here: World, source: uuid.UUID, target: uuid.UUID, amount_minor: int, key: str = ""
) -> ledger.Posted:
    return ledger.post(
        here.database.autocommit(here.tenant_id, Deadline(30)),
        key=key or str(uuid7()),
        kind="transfer",
        lines=[ledger.Line(source, -amount_minor), ledger.Line(target, amount_minor)],
        currency=CURRENCY,
        actor_id=None,
        detail={"note": "Uwera \N{LATIN SMALL LETTER E WITH ACUTE} \\ ' \" {}"},
    )


def test_an_entry_of_its_own_is_like_any_other(here: World) -> None:
    source, target = here.wallet(1000), here.wallet()
    posted = post(here, source, target, 300, key="own")
    assert (posted.was_new, posted.balances) == (True, {source: 700, target: 300})
    # Also for whoever says it again among other things.
    again = here.move(source, target, 300, key="own")
    assert (again.entry_id, again.was_new, again.balances) == (posted.entry_id, False, {})
    with here.tx() as tx:
        (line,) = ledger.statement(tx, target, 5)
    assert line.detail == {"note": "Uwera \N{LATIN SMALL LETTER E WITH ACUTE} \\ ' \" {}"}


def test_a_refusal_leaves_nothing_and_a_usable_connection(here: World) -> None:
    source, target = here.wallet(100), here.wallet()
    with pytest.raises(InsufficientFunds) as refused:
        post(here, source, target, 101, key="over")
    assert refused.value.params["available_minor"] == 100
    assert here.count("entry", "key = 'over'") == 0
    post(here, source, target, 1, key="taken")
    with pytest.raises(IdempotencyConflict):
        post(here, source, target, 2, key="taken")
    assert here.balance(source) == (99, 0)


def test_an_entrys_id_is_not_taken_twice(here: World) -> None:
    source, target, id = here.wallet(100), here.wallet(), uuid7()
    for key, expected in (("first", None), ("first", None), ("second", IdempotencyConflict)):
        with pytest.raises(expected) if expected else contextlib.nullcontext():
            ledger.post(
                here.database.autocommit(here.tenant_id),
                key=f"{id}:{key}",
                kind="transfer",
                lines=[ledger.Line(source, -1), ledger.Line(target, 1)],
                currency=CURRENCY,
                actor_id=None,
                entry_id=id,
            )
    assert here.balance(source) == (99, 0)


def test_a_statement_that_the_server_forgot_is_prepared_again(here: World) -> None:
    source, target = here.wallet(100), here.wallet()
    post(here, source, target, 1)
    idle(here).execute("DEALLOCATE post_entry_value")
    assert post(here, source, target, 1).balances[source] == 98


def test_inside_a_transaction_that_costs_one_refusal(here: World) -> None:
    source, target = here.wallet(100), here.wallet()
    here.move(source, target, 1)
    idle(here).execute("DEALLOCATE post_entry_value")
    with pytest.raises(Unavailable):
        here.move(source, target, 1)
    here.move(source, target, 1)
    assert here.balance(source) == (98, 0)


def test_a_rollback_forgets_no_statement(here: World) -> None:
    source, target = here.wallet(100), here.wallet()
    here.move(source, target, 1)
    with pytest.raises(InsufficientFunds):
        here.move(source, target, 1000)
    known = idle(here).execute("SELECT name FROM pg_prepared_statements").fetchall()
    assert ("post_entry_value",) in known


def test_a_connection_on_which_a_statement_failed_is_not_used_again(here: World) -> None:
    """The driver may take a statement for prepared whose place in a failed pipeline was skipped."""
    with here.tx() as tx:
        tx.execute("SELECT 1")
    for fail in (_at_first, _alone, _together, _later):
        before = idle(here).info.backend_pid
        with pytest.raises(psycopg.errors.DivisionByZero), here.tx() as tx:
            fail(tx)
        with here.tx() as tx:
            assert tx.one("SELECT pg_backend_pid()") != (before,), fail.__name__


FAULT = "SELECT 1 / 0"


def _at_first(tx: Tx) -> None:
    tx.execute(FAULT)


def _alone(tx: Tx) -> None:
    tx.execute("SELECT 1")
    tx.execute(FAULT)


def _together(tx: Tx) -> None:
    tx.execute("SELECT 1")
    tx.pipeline((FAULT, None), ("SELECT 1", None))


def _later(tx: Tx) -> None:
    tx.execute("SELECT 1")
    tx.defer(FAULT)


def test_a_refusal_cannot_be_kept_and_committed(here: World) -> None:
    source, target = here.wallet(100), here.wallet()
    with pytest.raises(AssertionError), here.tx() as tx, pytest.raises(InsufficientFunds):
        ledger.post(
            tx,
            key="kept",
            kind="transfer",
            lines=[ledger.Line(source, -101), ledger.Line(target, 101)],
            currency=CURRENCY,
            actor_id=None,
        )
    assert here.balance(source) == (100, 0)


def test_a_lost_connection_is_given_up_for_another(here: World) -> None:
    source, target = here.wallet(100), here.wallet()
    lost = idle(here).info.backend_pid
    with psycopg.connect(here.urls.admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (lost,))
    assert post(here, source, target, 1).balances[source] == 99
    assert idle(here).info.backend_pid != lost


def test_a_deadline_ends_a_wait_for_a_lock(here: World) -> None:
    source, target = here.wallet(100), here.wallet()
    key = str(uuid7())
    with here.tx() as tx:
        tx.execute("SELECT 1 FROM account WHERE id = %s FOR UPDATE", (source,))
        with pytest.raises(Unavailable):
            ledger.post(
                here.database.autocommit(here.tenant_id, Deadline(0.2)),
                key=key,
                kind="transfer",
                lines=[ledger.Line(source, -1), ledger.Line(target, 1)],
                currency=CURRENCY,
                actor_id=None,
            )
    # Whether the server went on without us or not: said again, it is done once.
    here.move(source, target, 1, key=key)
    assert here.balance(source) == (99, 0)


def test_nobody_posts_into_another_tenant(here: World, module_database: Database) -> None:
    source = here.wallet(100)
    with world(module_database, slug="neighbour") as other:
        target = other.wallet()
        with pytest.raises(psycopg.Error) as refused:
            post(here, source, target, 1)
        assert refused.value.sqlstate == "PG005"
        assert other.balance(target) == (0, 0)
    assert here.balance(source) == (100, 0)
