"""A tenant with people and money, made with the core's own means, for tests of the core."""

import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Protocol, TypeVar

import psycopg

from core.db.database import Database, Deadline, Tx
from core.money import ledger
from core.people import people
from core.security.keyring import Keyring
from tests.support.domains import verify
from values.ids import uuid7

CURRENCY = "RWF"
KEYS = Keyring(bytes(range(32)))

T = TypeVar("T")


class Urls(Protocol):
    """One database by the roles one can be in it."""

    @property
    def admin_url(self) -> str: ...
    @property
    def owner_url(self) -> str: ...
    @property
    def database_url(self) -> str: ...
    @property
    def relay_url(self) -> str: ...
    @property
    def verify_url(self) -> str: ...


class World:
    """One tenant of a database. Money comes from its settlement account."""

    def __init__(self, urls: Urls, database: Database, slug: str) -> None:
        self.urls = urls
        self.database = database
        self.keys = KEYS
        self.slug = slug
        self.tenant_id = uuid7()
        self._numbers = iter(range(788_000_001, 788_999_999))
        with self.tx() as tx:
            tx.execute(
                "INSERT INTO tenant (id, slug, name, country, calling_code, currency, time_zone,"
                " languages) VALUES (%s, %s, %s, 'RW', '250', %s, 'Africa/Kigali', '{en,rw}')",
                (self.tenant_id, slug, slug.title(), CURRENCY),
            )
            for kind in (ledger.FEES, ledger.SETTLEMENT):
                account = self.collecting(kind)
                ledger.open_account(
                    tx, id=account, kind=kind, currency=CURRENCY, owner_id=self.tenant_id
                )

    @contextmanager
    def tx(self, deadline_s: float = 30.0) -> Iterator[Tx]:
        with self.database.transaction(self.tenant_id, Deadline(deadline_s)) as tx:
            yield tx

    def collecting(self, kind: str) -> uuid.UUID:
        return ledger.account_id(self.tenant_id, kind, CURRENCY)

    def person(self, name: str = "Uwera Claudine", pin: str = "", address: str = "") -> uuid.UUID:
        address = address or f"+250{next(self._numbers)}"
        with self.tx() as tx:
            return people.register(
                tx,
                KEYS,
                address=address,
                name=name,
                language="en",
                roles=("member",),
                currency=CURRENCY,
                pin_hash=KEYS.hash_pin(pin) if pin else None,
            ).id

    def wallet(self, balance_minor: int = 0) -> uuid.UUID:
        """A new person's wallet with that much in it."""
        account = ledger.account_id(self.person(), ledger.WALLET, CURRENCY)
        if balance_minor:
            self.fund(account, balance_minor)
        return account

    def account(self, kind: str) -> uuid.UUID:
        """A new account of nobody's."""
        id = uuid7()
        with self.tx() as tx:
            ledger.open_account(tx, id=id, kind=kind, currency=CURRENCY, owner_id=None)
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
                currency=CURRENCY,
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
                currency=CURRENCY,
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

    def count(self, table: str, where: str = "true", *params: object) -> int:
        with self.tx() as tx:
            row = tx.one(f"SELECT count(*) FROM {table} WHERE {where}", params)
        assert row is not None
        return int(row[0])

    def broken(self) -> list[str]:
        """The names of the invariants that do not hold, over all tenants."""
        report = verify(self.urls.verify_url)
        return [check.name for check in report.checks if not check.ok]

    def as_superuser(self, statement: str, *params: object) -> None:
        """Break something that neither the application nor the owner could."""
        with psycopg.connect(self.urls.admin_url) as connection:
            connection.execute("SET session_replication_role = replica")  # no foreign keys
            connection.execute(statement, params)


@contextmanager
def world(urls: Urls, slug: str = "first") -> Iterator[World]:
    database = Database(urls.database_url)
    try:
        yield World(urls, database, slug)
    finally:
        database.close()


def idle(here: World) -> psycopg.Connection[tuple[object, ...]]:
    """The connection that the next call will be given."""
    connection = here.database.borrow(Deadline())
    here.database.give_back(connection)
    return connection


def at_once(calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Run them all in threads of their own that start together; answers or exceptions, in order."""
    start = Barrier(len(calls))

    def run(call: Callable[[], T]) -> T | Exception:
        start.wait(30)
        try:
            return call()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
