"""A tenant with people, and the turns that serve their phones: real Postgres, real Valkey."""

import itertools
import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
import redis

from app.operations.tenant_folder import read_folder
from app.operations.tenant_folder import rules as manifest_rules
from core.db.database import Database, Deadline
from core.manifest.apply import apply
from core.manifest.section import Manifest
from core.people.manifest import PEOPLE, PersonEntry
from core.people.people import USSD
from core.security import keyring
from core.security.keyring import Keyring
from core.tenants import directory
from core.tenants.directory import Directory, Service
from engine.flow import Flow
from engine.store.sessions import Store
from engine.turn.stored import StoredSession
from engine.turn.ussd import Turns
from engine.wording import own_words
from menus.messages import compose
from tests.support.domains import DOMAINS, FLOWS, verify
from tests.support.servers import Database as Urls
from values import ids

KEY = bytes(range(32))
KEYS = Keyring(KEY)
FOLDER = Path(__file__).parent / "ibimina"
PROVIDER = "africastalking"
CODE = "*384*10#"
CODE_SHARED = "*384*11#"
CODE_UCS2 = "*384*12#"

FOUNDED = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)


def manifest() -> Manifest:
    return read_folder(FOLDER, demo=True)


def found(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write the tenant into an empty database."""
    with monkeypatch.context() as patched:
        fix_ids(patched, FOUNDED)
        # A PIN's hash says what it costs to verify, so a cheap one keeps hundreds of tests quick.
        patched.setattr(keyring, "ARGON2_MEMORY_KIB", 64)
        patched.setattr(keyring, "ARGON2_ITERATIONS", 1)
        database = Database(database_url)
        apply(database, KEYS, manifest(), manifest_rules(demo=True))
        database.close()


def fix_ids(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """Ids, and so entries, of this time: each a millisecond later than the one before."""
    ticks = itertools.count(int(at.timestamp() * 1000))
    clock = SimpleNamespace(epoch_ns=lambda: next(ticks) * 1_000_000)
    monkeypatch.setattr(ids, "clock", clock)


class House:
    """Everything of one test. `turns` may be given other flows, as by a deploy."""

    def __init__(
        self, urls: Urls, redis_url: str, *, database_url: str = "", store_url: str = ""
    ) -> None:
        self.urls = urls
        self.plan = manifest()
        self.people: dict[str, PersonEntry] = {one.key: one for one in self.plan.of(PEOPLE)}
        self.tenant_id = self.plan.id
        self.database = Database(database_url or urls.database_url)
        self.admin = psycopg.connect(urls.admin_url, autocommit=True)
        self.store = Store(store_url or redis_url)
        self.redis = redis.Redis.from_url(redis_url)
        self.directory = Directory(self.database)
        self.faults: list[str] = []
        self.faults_are_expected = False
        self.turns = self.deployed(FLOWS)

    def deployed(self, flows: Any) -> Turns:
        """The turns of a process that has these flows."""
        return Turns(
            database=self.database,
            store=self.store,
            keys=KEYS,
            directory=self.directory,
            flows=flows,
        )

    def close(self) -> None:
        self.database.close()
        self.admin.close()
        self.redis.close()

    @contextmanager
    def watching(self) -> Iterator["House"]:
        """Afterwards the books are right, and no turn has failed for a fault of ours."""
        watcher = _Watcher(self.faults)
        log = logging.getLogger("engine")
        log.addHandler(watcher)
        try:
            yield self
        finally:
            log.removeHandler(watcher)
            self.redis.flushdb()
        report = verify(self.urls.verify_url)
        assert report.ok, [check for check in report.checks if not check.ok]
        assert self.faults_are_expected or not self.faults, "\n".join(self.faults)

    # -- the tenant --------------------------------------------------------------------------------

    def service(self, code: str = CODE) -> Service:
        found = self.directory.find(PROVIDER, "ussd", code)
        assert found is not None
        return found[0]

    def speak(self, language: str) -> None:
        """Everybody speaks this language, and whoever is new is spoken to in it."""
        others = [one for one in self.plan.languages if one != language]
        self.admin.execute("UPDATE subscriber SET language = %s", (language,))
        self.admin.execute("UPDATE tenant SET languages = %s", ([language, *others],))
        self.change(directory.touch)

    def change(self, fact: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Change the core behind the back of all conversations; live at once."""
        with self.database.transaction(self.tenant_id, Deadline(5)) as tx:
            done = fact(tx, *args, **kwargs)
        self.directory.refresh()
        return done

    def later(self, minutes: int) -> None:
        """Let time pass for everything that waits, expires or is remembered."""
        by = f"interval '{minutes} minutes'"
        for table, columns in _TIMES.items():
            sets = ", ".join(f"{column} = {column} - {by}" for column in columns)
            self.admin.execute(f"UPDATE {table} SET {sets}")

    # -- looking -----------------------------------------------------------------------------------

    def one(self, query: str, *params: Any) -> tuple[Any, ...]:
        row = self.admin.execute(query, params).fetchone()
        assert row is not None
        return row

    def number(self, query: str, *params: Any) -> int:
        return int(self.one(query, *params)[0])

    def entries(self, kind: str = "contribution") -> int:
        return self.number("SELECT count(*) FROM entry WHERE kind = %s", kind)

    def id(self, key: str) -> uuid.UUID:
        return self.people[key].id

    def session_hash(self, session_id: str, code: str = CODE) -> str:
        return KEYS.session(PROVIDER, code, session_id)

    def stored(self, session_hash: str) -> StoredSession | None:
        data = self.redis.hget(session_key(session_hash), "data")
        assert data is None or isinstance(data, bytes)
        return StoredSession.decode(data) if data else None

    def texts(self, who: str) -> list[str]:
        """The text messages that were written to a person (a key, or a phone's number), in words,
        oldest first."""
        number = who if who.startswith("+") else self.people[who].phones[0]
        rows = self.admin.execute(
            "SELECT m.template, m.params, s.language FROM address a"
            " JOIN subscriber s ON s.id = a.subscriber_id"
            " JOIN message m ON m.subscriber_id = s.id WHERE a.lookup = %s ORDER BY m.id",
            (KEYS.lookup(USSD, number),),
        ).fetchall()
        tenant = self.service().tenant
        return [
            compose(
                DOMAINS.messages[template],
                _at_noon(params),
                language,
                tenant.zone,
                KEYS.approval_code,
                own=own_words(tenant, language),
            )
            for template, params, language in rows
        ]

    def codes(self) -> list[str]:
        """The one-time codes that were texted, the last one last."""
        rows = self.admin.execute("SELECT id, code_counter FROM approval ORDER BY id").fetchall()
        return [KEYS.approval_code(*row) for row in rows]

    def references(self) -> list[str]:
        """Of all entries, in the order they were made."""
        rows = self.admin.execute("SELECT reference FROM entry ORDER BY id").fetchall()
        return [str(row[0]) for row in rows]


def session_key(session_hash: str) -> str:
    return f"s:{{{session_hash[:2]}}}:{session_hash}"


def with_flow(*changed: type[Flow]) -> dict[str, type[Flow]]:
    """The flows, with some of them as another release has them."""
    return {**FLOWS, **{flow.name: flow for flow in changed}}


_TIMES = {
    "intent": ("created_at", "expires_at", "ended_at"),
    "approval": ("created_at", "expires_at", "code_expires_at"),
    "hold": ("created_at", "expires_at"),
    "pin_proposal": ("expires_at",),
    "subscriber": ("pin_locked_until",),
}


def _at_noon(params: dict[str, Any]) -> dict[str, Any]:
    """Times as they are in every run."""
    return {
        name: {"$at": TODAY.isoformat()} if isinstance(value, dict) and "$at" in value else value
        for name, value in params.items()
    }


class _Watcher(logging.Handler):
    """Keeps what went wrong in a turn."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(record.getMessage())
