"""What is shown of an account's movements, and that no more is read for it than is shown."""

import uuid
from collections.abc import Iterator
from typing import Any, cast

import psycopg
import pytest
from psycopg.abc import Params

from core.db.connection import Row
from core.db.database import Tx
from core.money import ledger
from tests.support.servers import DatabaseUrls
from tests.support.tenants import CURRENCY, Tenant, new_tenant
from values.ids import uuid7

pytestmark = pytest.mark.every_postgres

KINDS = (ledger.WALLET, ledger.FLOAT)
SHOWN = 3
MOVEMENTS = 4_000
# Of postings and entries together: what is shown from each of two accounts, what is looked at
# beyond it, and the accounts.
ROWS_READ_MAXIMUM = 30


@pytest.fixture(scope="module")
def tenant(module_database: DatabaseUrls) -> Iterator[Tenant]:
    with new_tenant(module_database) as made:
        yield made


def post(tenant: Tenant, source: uuid.UUID, target: uuid.UUID, amount: int, kind: str) -> None:
    with tenant.tx() as tx:
        lines = [ledger.Line(source, -amount), ledger.Line(target, amount)]
        ledger.post(tx, key=str(uuid7()), kind=kind, lines=lines, currency=CURRENCY, actor_id=None)


def agent(tenant: Tenant) -> tuple[uuid.UUID, uuid.UUID, uuid.UUID]:
    """A person with a wallet and a float, and the two."""
    person = tenant.person()
    account = ledger.account_id(person, ledger.FLOAT, CURRENCY)
    with tenant.tx() as tx:
        ledger.open_account(tx, id=account, kind=ledger.FLOAT, currency=CURRENCY, owner_id=person)
    return person, ledger.account_id(person, ledger.WALLET, CURRENCY), account


def receipts(tenant: Tenant, person: uuid.UUID, kinds: tuple[str, ...] = KINDS) -> list[int]:
    with tenant.tx() as tx:
        return [line.amount_minor for line in ledger.receipts(tx, person, kinds, SHOWN)]


def test_receipts_are_the_latest_of_all_accounts_of_those_kinds(tenant: Tenant) -> None:
    person, wallet, float_ = agent(tenant)
    assert receipts(tenant, person) == []
    source = tenant.collecting(ledger.SETTLEMENT)
    for amount, account in ((11, wallet), (12, float_), (13, wallet)):
        post(tenant, source, account, amount, "transfer")
    for account in (float_, wallet):
        post(tenant, source, account, 99, "opening")
    post(tenant, source, tenant.wallet(), 98, "transfer")
    assert receipts(tenant, person) == [13, 12, 11]
    post(tenant, wallet, float_, 5, "transfer")
    assert sorted(receipts(tenant, person)[:2]) == [-5, 5]
    assert receipts(tenant, person, (ledger.WALLET,)) == [-5, 13, 11]
    assert receipts(tenant, person, (ledger.SAVINGS,)) == []


class Explained:
    """Stands for a transaction, and keeps how its query was carried out."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.plan: dict[str, Any] = {}

    def all(self, query: str, params: Params | None = None) -> list[Row]:
        ((plan,),) = self._tx.all(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {query}", params)
        self.plan = plan[0]["Plan"]
        return []


def rows_read(plan: dict[str, Any]) -> float:
    """How many rows its scans have seen, those included that they did not want."""
    own = 0.0
    if "Relation Name" in plan or "Index Name" in plan:
        unwanted = plan.get("Rows Removed by Filter", 0) + plan.get(
            "Rows Removed by Join Filter", 0
        )
        own = (plan["Actual Rows"] + unwanted) * plan["Actual Loops"]
    return own + sum(rows_read(below) for below in plan.get("Plans", ()))


@pytest.fixture(scope="module")
def busy(module_database: DatabaseUrls) -> Iterator[tuple[Tenant, uuid.UUID]]:
    """A tenant of few people, one of whom is in every entry; and that one."""
    with new_tenant(module_database, "busy") as made:
        person, _, float_ = agent(made)
        customer = made.wallet()
        ids = [uuid7() for _ in range(MOVEMENTS)]
        with psycopg.connect(made.urls.admin_url) as admin:
            admin.execute("SET session_replication_role = replica")
            with admin.cursor().copy(
                "COPY entry (tenant_id, id, kind, reference, key, inputs_hash) FROM STDIN"
            ) as copy:
                for id in ids:
                    copy.write_row((made.tenant_id, id, "topup", "x", str(id), b""))
            with admin.cursor().copy(
                "COPY posting (tenant_id, entry_id, ordinal, account_id, amount_minor, currency)"
                " FROM STDIN"
            ) as copy:
                for id in ids:
                    copy.write_row((made.tenant_id, id, 1, float_, -5, CURRENCY))
                    copy.write_row((made.tenant_id, id, 2, customer, 5, CURRENCY))
        yield made, person


@pytest.mark.parametrize("analysed", [False, True])
def test_no_more_is_read_than_is_shown(busy: tuple[Tenant, uuid.UUID], analysed: bool) -> None:
    tenant, person = busy
    with psycopg.connect(tenant.urls.admin_url, autocommit=True) as admin:
        admin.execute(
            "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace)"
        )
        if analysed:
            admin.execute("ANALYZE")
    for who in (person, tenant.person()):  # who is in every entry, and who in none
        float_ = ledger.account_id(who, ledger.FLOAT, CURRENCY)
        with tenant.tx() as tx:
            explained = Explained(tx)
            ledger.receipts(cast(Tx, explained), who, KINDS, SHOWN)
            assert rows_read(explained.plan) <= ROWS_READ_MAXIMUM, explained.plan
            ledger.statement(cast(Tx, explained), float_, SHOWN)
            assert rows_read(explained.plan) <= ROWS_READ_MAXIMUM, explained.plan
