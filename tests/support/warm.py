"""Connections to a test's database that may outlive it.

What Postgres has read of its catalogs, compiled and planned for one test it need not do for the
next: a new connection costs a short conversation more than one that was used before.
"""

import contextlib
import threading
import time
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from core.db.database import Database
from tests.support.domains import broken
from tests.support.servers import DatabaseUrls

BACK_WITHIN_S = 20.0

_Connection = psycopg.Connection[tuple[Any, ...]]


class Warm:
    """The application's pool, the superuser's connection and the auditor's, each made when it is
    first wanted; `database_url` is the pool's, where it is another than the database's own.

    `is_killed` says that the test may kill its Postgres: then a connection is asked before it is
    used, since it may be about to go.
    """

    def __init__(
        self, urls: DatabaseUrls, database_url: str = "", *, is_killed: bool = True
    ) -> None:
        self._urls = urls
        self._is_killed = is_killed
        self.database = Database(database_url or urls.database_url)
        self._kept: dict[str, _Connection] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        self.database.close()
        while self._kept:
            self._kept.popitem()[1].close()

    @property
    def admin(self) -> _Connection:
        """The superuser's connection; a new one where Postgres was killed."""
        return self._connection(self._urls.admin_url)

    def broken(self) -> list[str]:
        """The names of the invariants that the books break, in one snapshot."""
        auditor = self._connection(self._urls.verify_url)
        with auditor.transaction():
            auditor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            return broken(auditor)

    def _connection(self, url: str) -> _Connection:
        with self._lock:
            found = self._kept.pop(url, None)
            if found is not None and self._is_lost(found):
                with contextlib.suppress(psycopg.Error):
                    found.close()
                found = None
            self._kept[url] = found or _connected(url)
            return self._kept[url]

    def _is_lost(self, connection: _Connection) -> bool:
        if connection.closed:
            return True
        if self._is_killed and connection.pgconn.transaction_status == TransactionStatus.IDLE:
            try:
                connection.execute("SELECT 1")
            except psycopg.OperationalError:
                return True
        return False


def _connected(url: str) -> _Connection:
    deadline = time.monotonic() + BACK_WITHIN_S
    while True:
        try:
            return psycopg.connect(url, autocommit=True)
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "Postgres does not come back"
            time.sleep(0.05)
