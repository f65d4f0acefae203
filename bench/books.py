"""The database alone: TPC-B, the field's measure, beside Piga's posting; the same clients for both.

By this project's driver, where the client's Python counts too; bench/pgbench.py does it without.
"""

import multiprocessing
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any, TypedDict

import psycopg

from bench.world import CURRENCY, Builder, World, filler_account
from core.db.database import Database
from core.money import ledger
from values.ids import uuid7

# Of each branch; the scale is how many branches there are.
ACCOUNTS, TELLERS = 100_000, 10
FEE_MINOR = 10
KIND = "bench"

_TPCB_TABLES = (
    "CREATE TABLE pgbench_branches (bid int NOT NULL, bbalance int, filler char(88))"
    " WITH (fillfactor = 100)",
    "CREATE TABLE pgbench_tellers (tid int NOT NULL, bid int, tbalance int, filler char(84))"
    " WITH (fillfactor = 100)",
    "CREATE TABLE pgbench_accounts (aid int NOT NULL, bid int, abalance int, filler char(84))"
    " WITH (fillfactor = 100)",
    "CREATE TABLE pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp,"
    " filler char(22))",
    "INSERT INTO pgbench_branches SELECT i, 0, '' FROM generate_series(1, {scale}) i",
    f"INSERT INTO pgbench_tellers SELECT i, (i - 1) / {TELLERS} + 1, 0, ''"
    f" FROM generate_series(1, {{scale}} * {TELLERS}) i",
    f"INSERT INTO pgbench_accounts SELECT i, (i - 1) / {ACCOUNTS} + 1, 0, ''"
    f" FROM generate_series(1, {{scale}} * {ACCOUNTS}) i",
    "ALTER TABLE pgbench_branches ADD PRIMARY KEY (bid)",
    "ALTER TABLE pgbench_tellers ADD PRIMARY KEY (tid)",
    "ALTER TABLE pgbench_accounts ADD PRIMARY KEY (aid)",
    "VACUUM (ANALYZE)",
    "CHECKPOINT",
)


@dataclass(frozen=True, slots=True)
class Books:
    """Where the clients go: a database as `pgbench -i` makes it, and a world's ledger."""

    tpcb_url: str
    scale: int
    ledger_url: str
    tenant_id: uuid.UUID
    people: int  # the filling, whose accounts derive from their numbers


def make(builder: Builder, world: World, scale: int) -> Books:
    """Make a database with TPC-B's tables, as `pgbench -i` does, beside the world's ledger."""
    name = f"{world.name}_tpcb"
    with psycopg.connect(builder.admin_url("postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    with psycopg.connect(builder.admin_url(name), autocommit=True) as admin:
        for statement in _TPCB_TABLES:
            admin.execute(statement.format(scale=scale))
    return Books(
        tpcb_url=builder.admin_url(name),
        scale=scale,
        ledger_url=world.settings.database_url,
        tenant_id=world.callers[0].business.tenant_id,
        people=world.filling,
    )


def _tpcb(books: Books) -> Callable[[], None]:
    """pgbench's built-in TPC-B-like script, statement by statement."""
    connection = psycopg.connect(books.tpcb_url, autocommit=True)

    def transaction() -> None:
        aid = random.randint(1, ACCOUNTS * books.scale)
        tid = random.randint(1, TELLERS * books.scale)
        bid, delta = random.randint(1, books.scale), random.randint(-5000, 5000)
        connection.execute("BEGIN")
        connection.execute(
            "UPDATE pgbench_accounts SET abalance = abalance + %s WHERE aid = %s", (delta, aid)
        )
        connection.execute("SELECT abalance FROM pgbench_accounts WHERE aid = %s", (aid,))
        connection.execute(
            "UPDATE pgbench_tellers SET tbalance = tbalance + %s WHERE tid = %s", (delta, tid)
        )
        connection.execute(
            "UPDATE pgbench_branches SET bbalance = bbalance + %s WHERE bid = %s", (delta, bid)
        )
        connection.execute(
            "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime)"
            " VALUES (%s, %s, %s, %s, CURRENT_TIMESTAMP)",
            (tid, bid, aid, delta),
        )
        connection.execute("END")

    return transaction


def _posting(books: Books) -> Callable[[], None]:
    """A contribution's entry, from the wallet into the savings, in a transaction of its own."""
    database = Database(books.ledger_url)

    def transaction() -> None:
        ledger.post(database.autocommit(books.tenant_id), **_entry(books, fee_minor=0))

    return transaction


def _posting_with_a_fee(books: Books) -> Callable[[], None]:
    """The same with a third line, into an account that only collects."""
    database = Database(books.ledger_url)

    def transaction() -> None:
        ledger.post(database.autocommit(books.tenant_id), **_entry(books))

    return transaction


def _posting_hot(books: Books) -> Callable[[], None]:
    """Money that comes in: from the tenant's settlement, which every such entry shares, into
    somebody's wallet."""
    return _one_of(books, hot_share=1.0)


def _posting_mixed(books: Books) -> Callable[[], None]:
    """Every other entry is one of these, every other one between a person's own two accounts."""
    return _one_of(books, hot_share=0.5)


def _posting_into_one_row(books: Books) -> Callable[[], None]:
    """Into one person's account, whose row holds its balance: everybody waits for it."""
    database = Database(books.ledger_url)
    shared = filler_account("savings", 0)

    def transaction() -> None:
        entry = _entry(books, fee_minor=0)
        payer, given = entry["lines"]
        entry["lines"] = [payer, ledger.Line(shared, given.amount_minor)]
        ledger.post(database.autocommit(books.tenant_id), **entry)

    return transaction


def _one_of(books: Books, hot_share: float) -> Callable[[], None]:
    database = Database(books.ledger_url)
    settlement = ledger.account_id(books.tenant_id, ledger.SETTLEMENT, CURRENCY)

    def transaction() -> None:
        entry = _entry(books, fee_minor=0)
        if random.random() < hot_share:
            payer, given = entry["lines"]
            entry["lines"] = [
                ledger.Line(settlement, -given.amount_minor),
                ledger.Line(payer.account_id, given.amount_minor),
            ]
        ledger.post(database.autocommit(books.tenant_id), **entry)

    return transaction


def _posting_among_others(books: Books) -> Callable[[], None]:
    """The entry with its fee in a transaction that could do more, as a flow's does."""
    database = Database(books.ledger_url)

    def transaction() -> None:
        with database.transaction(books.tenant_id) as tx:
            ledger.post(tx, **_entry(books))

    return transaction


class _Entry(TypedDict):
    key: str
    kind: str
    lines: list[ledger.Line]
    currency: str
    actor_id: uuid.UUID | None
    detail: dict[str, Any]
    entry_id: uuid.UUID


def _entry(books: Books, fee_minor: int = FEE_MINOR) -> _Entry:
    person, amount_minor = random.randrange(books.people), random.randint(100, 5_000)
    entry_id = uuid7()
    lines = [
        ledger.Line(filler_account("wallet", person), -amount_minor - fee_minor),
        ledger.Line(filler_account("savings", person), amount_minor),
    ]
    if fee_minor:
        fees = ledger.account_id(books.tenant_id, ledger.FEES, CURRENCY)
        lines.append(ledger.Line(fees, fee_minor))
    return {
        "key": f"{KIND}:{entry_id}",
        "kind": KIND,
        "lines": lines,
        "currency": CURRENCY,
        "actor_id": None,
        "detail": {"code": "KOP1", "name": "Kopera Twisungane", "fee_minor": fee_minor},
        "entry_id": entry_id,
    }


TPCB, POSTING, HOT, MIXED, ONE_ROW, FEE, AMONG = (
    "TPC-B",
    "posting, two lines",
    "posting from settlement, which all share",
    "posting, half from settlement",
    "posting into one person's account",
    "posting with a fee, three lines",
    "the same in a flow's transaction",
)
JOBS: Mapping[str, Callable[[Books], Callable[[], None]]] = {
    TPCB: _tpcb,
    POSTING: _posting,
    HOT: _posting_hot,
    MIXED: _posting_mixed,
    ONE_ROW: _posting_into_one_row,
    FEE: _posting_with_a_fee,
    AMONG: _posting_among_others,
}


def _client(orders: Connection, books: Books) -> None:
    """A client process: does a job for so many seconds whenever it is told to."""
    jobs = {name: begin(books) for name, begin in JOBS.items()}
    while (order := orders.recv()) is not None:
        name, lasts_s = order
        transaction, took_s = jobs[name], list[float]()
        started_s = perf_counter()
        now_s = started_s
        while now_s - started_s < lasts_s:
            transaction()
            before_s, now_s = now_s, perf_counter()
            took_s.append(now_s - before_s)
        orders.send((now_s - started_s, took_s))


class Clients:
    """As many client processes as there are clients; each does every job, one after the other."""

    def __init__(self, count: int, books: Books) -> None:
        context = multiprocessing.get_context("spawn")
        pipes = [context.Pipe() for _ in range(count)]
        self._orders = [ours for ours, _ in pipes]
        self._processes = [
            context.Process(target=_client, args=(theirs, books), daemon=True)
            for _, theirs in pipes
        ]
        for process in self._processes:
            process.start()

    def run(self, job: str, lasts_s: float) -> tuple[float, list[float]]:
        """Transactions a second of all clients together, and what each transaction took."""
        for order in self._orders:
            order.send((job, lasts_s))
        answers = [order.recv() for order in self._orders]
        took_s = [one for _, own in answers for one in own]
        return sum(len(own) / lasted_s for lasted_s, own in answers), took_s

    def close(self) -> None:
        for order in self._orders:
            order.send(None)
        for process in self._processes:
            process.join()
