"""One tenant in a database, with people and money: made by the core's own means.

`new_tenant` makes a small one; `write_folder` one of a folder with a manifest. What a test does
with it beside, by a phone or by workers, is in `ussd` and `workers`.
"""

import itertools
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from app.operations.tenant_folder import read_folder
from app.operations.tenant_folder import rules as manifest_rules
from core.db.database import Database, Deadline, Tx
from core.manifest.apply import apply
from core.money import ledger
from core.people import people
from core.security.keyring import Keyring
from core.tenants import directory
from core.tenants.tariffs import Tariff
from tests.support.servers import DatabaseUrls
from tests.support.warm import Warm
from values import ids
from values.ids import uuid7

CURRENCY = "RWF"
KIGALI = ZoneInfo("Africa/Kigali")  # whose midnight begins a day, a month and a report
KEY = bytes(range(32))
KEYS = Keyring(KEY)
PROVIDER = "africastalking"


class Tenant:
    """One tenant of a database. Money comes from its settlement account."""

    currency = CURRENCY

    def __init__(
        self,
        urls: DatabaseUrls,
        tenant_id: uuid.UUID,
        slug: str,
        *,
        database_url: str = "",
        warm: Warm | None = None,
    ) -> None:
        self.urls = urls
        self.tenant_id = tenant_id
        self.slug = slug
        self.keys = KEYS
        self._warm = warm or Warm(urls, database_url)
        self._is_lent = warm is not None
        self.database = self._warm.database
        self._numbers = iter(range(788_000_001, 788_999_999))

    def close(self) -> None:
        if not self._is_lent:
            self._warm.close()

    @contextmanager
    def tx(self, deadline_s: float = 30.0) -> Iterator[Tx]:
        with self.database.transaction(self.tenant_id, Deadline(deadline_s)) as tx:
            yield tx

    def as_turns_have_it(self, *tariffs: Tariff) -> directory.Tenant:
        """The tenant as operations are given it, with these tables of fees and limits."""
        return directory.Tenant(
            id=self.tenant_id,
            slug=self.slug,
            name=self.slug.title(),
            country="RW",
            calling_code="250",
            currency=self.currency,
            zone=KIGALI,
            languages=("en",),
            settings={},
            paused=False,
            paused_flows=frozenset(),
            paused_notice={},
            tariffs=tariffs,
            version=1,
        )

    # -- people ------------------------------------------------------------------------------------

    def person(
        self,
        name: str = "Uwera Claudine",
        pin: str = "",
        address: str = "",
        roles: Sequence[str] = ("member",),
        language: str = "en",
    ) -> uuid.UUID:
        """Somebody new, with an empty wallet."""
        address = address or f"+250{next(self._numbers)}"
        with self.tx() as tx:
            return people.register(
                tx,
                self.keys,
                address=address,
                name=name,
                language=language,
                roles=tuple(roles),
                currency=self.currency,
                pin_hash=self.keys.hash_pin(pin) if pin else None,
            ).id

    def number_of(self, person: uuid.UUID) -> str:
        """Their first number; a number that nobody has where the person is nobody."""
        row = self.admin.execute(
            "SELECT identifier_sealed FROM address WHERE tenant_id = %s AND subscriber_id = %s"
            " ORDER BY created_at LIMIT 1",
            (self.tenant_id, person),
        ).fetchone()
        return self.keys.open(row[0], person.bytes) if row else "+250788999999"

    # -- money -------------------------------------------------------------------------------------

    def collecting(self, kind: str) -> uuid.UUID:
        """The tenant's own account of a kind."""
        return ledger.account_id(self.tenant_id, kind, self.currency)

    def wallet(self, balance_minor: int = 0) -> uuid.UUID:
        """A new person's wallet with that much in it."""
        account = ledger.account_id(self.person(), ledger.WALLET, self.currency)
        if balance_minor:
            self.fund(account, balance_minor)
        return account

    def account(self, kind: str) -> uuid.UUID:
        """A new account of nobody's."""
        id = uuid7()
        with self.tx() as tx:
            ledger.open_account(tx, id=id, kind=kind, currency=self.currency, owner_id=None)
        return id

    def fund(self, account: uuid.UUID, amount_minor: int) -> None:
        self.move(self.collecting(ledger.SETTLEMENT), account, amount_minor)

    def move(
        self,
        source: uuid.UUID,
        target: uuid.UUID,
        amount_minor: int,
        key: str = "",
        hold_id: uuid.UUID | None = None,
    ) -> ledger.Posted:
        with self.tx() as tx:
            return ledger.post(
                tx,
                key=key or str(uuid7()),
                kind="transfer",
                lines=[ledger.Line(source, -amount_minor), ledger.Line(target, amount_minor)],
                currency=self.currency,
                actor_id=None,
                hold_id=hold_id,
            )

    def hold(self, account: uuid.UUID, amount_minor: int) -> uuid.UUID:
        id = uuid7()
        with self.tx() as tx:
            ledger.place_hold(
                tx,
                hold_id=id,
                account_id=account,
                amount_minor=amount_minor,
                currency=self.currency,
                expires_at=None,
            )
        return id

    def void(self, hold_id: uuid.UUID) -> bool:
        with self.tx() as tx:
            return ledger.void_hold(tx, hold_id)

    def balance(self, account: uuid.UUID) -> tuple[int, int]:
        """What is on a guarded account, and what of it is held."""
        with self.tx() as tx:
            found = ledger.balance(tx, account)
        assert found is not None
        return found.balance_minor, found.held_minor

    # -- looking -----------------------------------------------------------------------------------

    @property
    def admin(self) -> "psycopg.Connection[tuple[Any, ...]]":
        """The superuser's connection; a new one where Postgres was killed."""
        return self._warm.admin

    def one(self, query: str, *params: Any) -> tuple[Any, ...]:
        """The only row that the superuser finds."""
        row = self.admin.execute(query, params).fetchone()
        assert row is not None
        return row

    def number(self, query: str, *params: Any) -> int:
        return int(self.one(query, *params)[0])

    def count(self, table: str, where: str = "true", *params: object) -> int:
        """How many rows of this tenant there are."""
        with self.tx() as tx:
            row = tx.one(f"SELECT count(*) FROM {table} WHERE {where}", params)
        assert row is not None
        return int(row[0])

    def broken(self) -> list[str]:
        """The names of the invariants that do not hold, over all tenants."""
        return self._warm.broken()

    def as_superuser(self, statement: str, *params: object) -> None:
        """Break something that neither the application nor the owner could."""
        with psycopg.connect(self.urls.admin_url) as connection:
            connection.execute("SET session_replication_role = replica")  # no foreign keys
            connection.execute(statement, params)


# --- making one -----------------------------------------------------------------------------------


@contextmanager
def new_tenant(urls: DatabaseUrls, slug: str = "first") -> Iterator[Tenant]:
    """A tenant without a service and without people."""
    tenant = Tenant(urls, insert_tenant(urls, slug), slug)
    try:
        yield tenant
    finally:
        tenant.close()


def insert_tenant(
    urls: DatabaseUrls, slug: str, settings: str = "{}", currency: str = CURRENCY
) -> uuid.UUID:
    """A tenant's row and the accounts that belong to the tenant itself."""
    tenant_id = uuid7()
    database = Database(urls.database_url)
    with database.transaction(tenant_id, Deadline(30)) as tx:
        tx.execute(
            "INSERT INTO tenant (id, slug, name, country, calling_code, currency, time_zone,"
            " languages, settings) VALUES (%s, %s, %s, 'RW', '250', %s, 'Africa/Kigali',"
            " '{en,rw,fr,sw}', %s)",
            (tenant_id, slug, slug.title(), currency, settings),
        )
        for kind in (ledger.FEES, ledger.SETTLEMENT):
            ledger.open_account(
                tx,
                id=ledger.account_id(tenant_id, kind, currency),
                kind=kind,
                currency=currency,
                owner_id=tenant_id,
            )
    database.close()
    return tenant_id


def write_folders(database_url: str, folders: Sequence[Path], keys: Keyring = KEYS) -> None:
    """Apply folders with manifests, with the people that they bring to a demo."""
    database = Database(database_url)
    for folder in folders:
        apply(database, keys, read_folder(folder, demo=True), manifest_rules(demo=True))
    database.close()


def fix_ids(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Ids, and so entries, of this time: each a millisecond later than the one before."""
    ticks = itertools.count(int(at.timestamp() * 1000))
    clock = SimpleNamespace(epoch_ns=lambda: next(ticks) * 1_000_000)
    monkeypatch.setattr(ids, "clock", clock)


def idle(tenant: Tenant) -> psycopg.Connection[tuple[object, ...]]:
    """The connection that the next call will be given."""
    connection = tenant.database.borrow(Deadline())
    tenant.database.give_back(connection)
    return connection
