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
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, idle, new_tenant
from values.ids import uuid7

pytestmark = pytest.mark.every_postgres


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made
        assert made.broken() == []


def post(
    tenant: Tenant, source: uuid.UUID, target: uuid.UUID, amount_minor: int, key: str = ""
) -> ledger.Posted:
    return ledger.post(
        tenant.database.autocommit(tenant.tenant_id, Deadline(30)),
        key=key or str(uuid7()),
        kind="transfer",
        lines=[ledger.Line(source, -amount_minor), ledger.Line(target, amount_minor)],
        currency=CURRENCY,
        actor_id=None,
        detail={"note": "Uwera \N{LATIN SMALL LETTER E WITH ACUTE} \\ ' \" {}"},
    )


def test_an_entry_of_its_own_is_like_any_other(tenant: Tenant) -> None:
    source, target = tenant.wallet(1000), tenant.wallet()
    posted = post(tenant, source, target, 300, key="own")
    assert (posted.was_new, posted.balances) == (True, {source: 700, target: 300})
    # Also for whoever says it again among other things.
    again = tenant.move(source, target, 300, key="own")
    assert (again.entry_id, again.was_new, again.balances) == (posted.entry_id, False, {})
    with tenant.tx() as tx:
        (line,) = ledger.statement(tx, target, 5)
    assert line.detail == {"note": "Uwera \N{LATIN SMALL LETTER E WITH ACUTE} \\ ' \" {}"}


def test_a_refusal_leaves_nothing_and_a_usable_connection(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    with pytest.raises(InsufficientFunds) as refused:
        post(tenant, source, target, 101, key="over")
    assert refused.value.params["available_minor"] == 100
    assert tenant.count("entry", "key = 'over'") == 0
    post(tenant, source, target, 1, key="taken")
    with pytest.raises(IdempotencyConflict):
        post(tenant, source, target, 2, key="taken")
    assert tenant.balance(source) == (99, 0)


def test_an_entrys_id_is_not_taken_twice(tenant: Tenant) -> None:
    source, target, id = tenant.wallet(100), tenant.wallet(), uuid7()
    for key, expected in (("first", None), ("first", None), ("second", IdempotencyConflict)):
        with pytest.raises(expected) if expected else contextlib.nullcontext():
            ledger.post(
                tenant.database.autocommit(tenant.tenant_id),
                key=f"{id}:{key}",
                kind="transfer",
                lines=[ledger.Line(source, -1), ledger.Line(target, 1)],
                currency=CURRENCY,
                actor_id=None,
                entry_id=id,
            )
    assert tenant.balance(source) == (99, 0)


def test_a_statement_that_the_server_forgot_is_prepared_again(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    post(tenant, source, target, 1)
    idle(tenant).execute("DEALLOCATE post_entry_value")
    assert post(tenant, source, target, 1).balances[source] == 98


def test_inside_a_transaction_that_costs_one_refusal(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    tenant.move(source, target, 1)
    idle(tenant).execute("DEALLOCATE post_entry_value")
    with pytest.raises(Unavailable):
        tenant.move(source, target, 1)
    tenant.move(source, target, 1)
    assert tenant.balance(source) == (98, 0)


def test_a_rollback_forgets_no_statement(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    tenant.move(source, target, 1)
    with pytest.raises(InsufficientFunds):
        tenant.move(source, target, 1000)
    known = idle(tenant).execute("SELECT name FROM pg_prepared_statements").fetchall()
    assert ("post_entry_value",) in known


def test_a_connection_on_which_a_statement_failed_is_not_used_again(tenant: Tenant) -> None:
    """The driver may take a statement for prepared whose place in a failed pipeline was skipped."""
    with tenant.tx() as tx:
        tx.execute("SELECT 1")
    for fail in (_at_first, _alone, _together, _later):
        before = idle(tenant).info.backend_pid
        with pytest.raises(psycopg.errors.DivisionByZero), tenant.tx() as tx:
            fail(tx)
        with tenant.tx() as tx:
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


def test_a_refusal_cannot_be_kept_and_committed(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    with pytest.raises(AssertionError), tenant.tx() as tx, pytest.raises(InsufficientFunds):
        ledger.post(
            tx,
            key="kept",
            kind="transfer",
            lines=[ledger.Line(source, -101), ledger.Line(target, 101)],
            currency=CURRENCY,
            actor_id=None,
        )
    assert tenant.balance(source) == (100, 0)


def test_a_lost_connection_is_given_up_for_another(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    lost = idle(tenant).info.backend_pid
    with psycopg.connect(tenant.urls.admin_url, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (lost,))
    assert post(tenant, source, target, 1).balances[source] == 99
    assert idle(tenant).info.backend_pid != lost


def test_a_deadline_ends_a_wait_for_a_lock(tenant: Tenant) -> None:
    source, target = tenant.wallet(100), tenant.wallet()
    key = str(uuid7())
    with tenant.tx() as tx:
        tx.execute("SELECT 1 FROM account WHERE id = %s FOR UPDATE", (source,))
        with pytest.raises(Unavailable):
            ledger.post(
                tenant.database.autocommit(tenant.tenant_id, Deadline(0.2)),
                key=key,
                kind="transfer",
                lines=[ledger.Line(source, -1), ledger.Line(target, 1)],
                currency=CURRENCY,
                actor_id=None,
            )
    # Whether the server went on without us or not: said again, it is done once.
    tenant.move(source, target, 1, key=key)
    assert tenant.balance(source) == (99, 0)


def test_nobody_posts_into_another_tenant(tenant: Tenant, module_database: DatabaseUrls) -> None:
    source = tenant.wallet(100)
    with new_tenant(module_database, slug="neighbour") as other:
        target = other.wallet()
        with pytest.raises(psycopg.Error) as refused:
            post(tenant, source, target, 1)
        assert refused.value.sqlstate == "PG005"
        assert other.balance(target) == (0, 0)
    assert tenant.balance(source) == (100, 0)
