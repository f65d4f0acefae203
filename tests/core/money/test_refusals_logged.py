"""What may well happen is no ERROR in the server's log; a fault is."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.settings import Settings
from core.money import ledger
from core.money.errors import FrozenAccount, HoldGone, InsufficientFunds
from core.people import people
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from values.ids import uuid7


@pytest.fixture
def tenant(database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(database) as made:
        yield made


@pytest.fixture
def log(servers: Settings) -> Path:
    return servers.home / "log" / "postgres.log"


def test_refusals_are_not_errors_in_the_log(tenant: Tenant, log: Path) -> None:
    poor, other = tenant.wallet(10), tenant.wallet(10)
    gone = tenant.hold(other, 5)
    tenant.void(gone)
    person = tenant.person()
    frozen = ledger.account_id(person, ledger.WALLET, CURRENCY)
    with tenant.tx() as tx:
        people.freeze(tx, person, frozen=True, actor="staff", reason="lost")
    already = log.stat().st_size
    with pytest.raises(InsufficientFunds) as short:
        tenant.move(poor, other, 11)
    assert short.value.params["available_minor"] == 10
    with pytest.raises(InsufficientFunds):
        tenant.hold(poor, 11)
    with pytest.raises(FrozenAccount):
        tenant.move(other, frozen, 1)
    with pytest.raises(FrozenAccount):
        tenant.hold(frozen, 1)
    with pytest.raises(HoldGone):
        tenant.move(other, poor, 5, hold_id=gone)

    # A fault on a connection on which somebody was refused is an ERROR.
    with tenant.tx() as tx:
        tx.execute("SELECT 1")
        assert tx.connection is not None
        pid = tx.connection.info.backend_pid
        with pytest.raises(psycopg.Error):
            tx.connection.execute(
                "SELECT post_entry(NULL, %s, 'x', 'x', 'k', '', %s, '{-1,2}', 'RWF', NULL, '{}',"
                " NULL)",
                (uuid7(), sorted((poor, other))),
            )
        tx.connection.execute("ROLLBACK")
    with log.open() as file:
        file.seek(already)
        said = file.read()
    assert f"[{pid}] ERROR:  postings do not sum to zero" in said
    # Other tests of the run have the same server, and the same refusals.
    assert not re.search("ERROR:  (insufficient|frozen|hold gone)", said)


def test_nobody_else_may_quieten_the_log(tenant: Tenant) -> None:
    for url in (tenant.urls.database_url, tenant.urls.relay_url, tenant.urls.verify_url):
        with (
            psycopg.connect(url) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute("SET log_min_messages = fatal")
    with (
        psycopg.connect(tenant.urls.database_url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("SELECT refuse('PG001', 'x')")
