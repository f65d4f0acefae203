"""The tenant that phones are used with: a folder's people, and the turns that serve them."""

import logging
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import redis

from app.operations.tenant_folder import read_folder
from core.manifest.section import Manifest
from core.messaging import messages
from core.messaging.messages import Outgoing
from core.people.manifest import PEOPLE, PersonEntry
from core.people.people import USSD
from core.tenants import directory
from core.tenants.directory import Directory, Service
from engine.flow import Flow
from engine.registry import Registry
from engine.store.sessions import Store
from engine.turn.seal import SessionSeal
from engine.turn.stored import StoredSession
from engine.turn.ussd import Turns
from engine.wording import own_words
from menus.messages import compose
from tests.support.domains import DOMAINS, FLOWS
from tests.support.ibimina import FOLDER
from tests.support.servers import DatabaseUrls
from tests.support.tenants import KEYS, PROVIDER, Tenant
from tests.support.warm import Warm
from values.ids import reference_of

SPOKEN = ("en", "rw", "fr", "sw")
CODE = "*384*10#"
CODE_SHARED = "*384*11#"
CODE_UCS2 = "*384*12#"

FOUNDED = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
TODAY = datetime(2026, 11, 20, 12, 5, tzinfo=UTC)


@cache
def manifest() -> Manifest:
    """What the folder says, read once: it is frozen, and a reading takes as long as ten hops."""
    return read_folder(FOLDER, demo=True)


class UssdTenant(Tenant):
    """Everything of one test. `turns` may be given other flows, as by a deploy."""

    def __init__(
        self,
        urls: DatabaseUrls,
        redis_url: str,
        *,
        database_url: str = "",
        store_url: str = "",
        warm: Warm | None = None,
    ) -> None:
        self.plan = manifest()
        super().__init__(urls, self.plan.id, self.plan.slug, database_url=database_url, warm=warm)
        # Others than those of the folder's people, which begin at the same one.
        self._numbers = iter(range(788_500_001, 788_999_999))
        self.people: dict[str, PersonEntry] = {one.key: one for one in self.plan.of(PEOPLE)}
        self.store = Store(store_url or redis_url)
        self.redis = redis.Redis.from_url(redis_url)
        self.directory = Directory(self.database)
        self.link_code = ""  # that a chat showed last
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
        super().close()
        self.redis.close()

    @contextmanager
    def watching(self) -> Iterator["UssdTenant"]:
        """Afterwards the books are right, and no turn has failed for a fault of ours."""
        watcher = _Watcher(self.faults)
        log = logging.getLogger("engine")
        log.addHandler(watcher)
        try:
            yield self
        finally:
            log.removeHandler(watcher)
            self.redis.flushdb()
        assert self.broken() == []
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
        with self.tx(deadline_s=5) as tx:
            done = fact(tx, *args, **kwargs)
        self.directory.refresh()
        return done

    def takes_no_mobile_money(self) -> None:
        """Whoever has too little can pay by nothing else."""
        self.admin.execute("UPDATE tenant SET settings = settings - 'wallets'")
        self.change(directory.touch)

    def later(self, minutes: int) -> None:
        """Let time pass for everything that waits, expires or is remembered."""
        by = f"interval '{minutes} minutes'"
        for table, columns in _TIMES.items():
            sets = ", ".join(f"{column} = {column} - {by}" for column in columns)
            self.admin.execute(f"UPDATE {table} SET {sets}")

    # -- looking -----------------------------------------------------------------------------------

    def entries(self, kind: str = "contribution") -> int:
        return self.number("SELECT count(*) FROM entry WHERE kind = %s", kind)

    def id_of(self, key: str) -> uuid.UUID:
        """Of a person of the folder."""
        return self.people[key].id

    def session_hash(self, session_id: str, code: str = CODE) -> str:
        return KEYS.session(PROVIDER, code, session_id)

    def stored(self, session_hash: str, code: str = CODE) -> StoredSession | None:
        data = self.redis.hget(session_key(session_hash), "data")
        assert data is None or isinstance(data, bytes)
        if data is None:
            return None
        opened = SEAL.open(self.service(code), session_hash, data)
        return StoredSession.unpack(opened) if opened else None

    def keep(self, session_hash: str, stored: StoredSession, code: str = CODE) -> None:
        """Keep that of a session, as a turn does."""
        sealed = SEAL.seal_session(self.service(code), session_hash, stored.pack())
        self.redis.hset(session_key(session_hash), "data", sealed)

    def texts(self, who: str) -> list[str]:
        """The text messages that a phone gets (of a key, `key/2` for their second one, or a bare
        number), in words, oldest first: as a worker would send them now. No reply in a chat is
        one."""
        key, _, which = who.partition("/")
        number = who if who.startswith("+") else self.people[key].phones[int(which or 1) - 1]
        rows = self.admin.execute("SELECT id FROM outbox WHERE kind = 'send_text' ORDER BY id")
        claimed = [self._claimed(outbox_id) for (outbox_id,) in rows.fetchall()]
        lookup = KEYS.lookup(USSD, number)
        return [
            self._words(text)
            for text in claimed
            if text and text.address_lookup == lookup and text.template in DOMAINS.messages
        ]

    def _claimed(self, outbox_id: uuid.UUID) -> Outgoing | None:
        text = None
        with suppress(_Undo), self.tx() as tx:
            text = messages.claim(tx, outbox_id, lease_s=60)
            raise _Undo
        return text

    def _words(self, text: Outgoing) -> str:
        tenant = self.service().tenant
        return compose(
            DOMAINS.messages[text.template],
            _at_noon(text.params),
            text.language,
            tenant.zone,
            KEYS.approval_code,
            own=own_words(tenant, text.language),
            addressee=text.addressee(KEYS),
        )

    def codes(self) -> list[str]:
        """The one-time codes that were texted, the last one last."""
        rows = self.admin.execute("SELECT id, code_counter FROM approval ORDER BY id").fetchall()
        return [KEYS.approval_code(*row) for row in rows]

    def tokens(self) -> list[str]:
        """By which payers are known, in the order they were made."""
        rows = self.admin.execute("SELECT token FROM payment_token ORDER BY created_at").fetchall()
        return [str(row[0]) for row in rows]

    def references(self) -> list[str]:
        """Of all entries, in the order they were made."""
        rows = self.admin.execute("SELECT reference FROM entry ORDER BY id").fetchall()
        return [str(row[0]) for row in rows]

    def orders(self) -> list[str]:
        """The references of all orders, in the order they were made."""
        rows = self.admin.execute("SELECT id FROM shop_order ORDER BY id").fetchall()
        return [reference_of(row[0]) for row in rows]

    def loans(self) -> list[str]:
        """The references of all applications for loans, in the order they were made."""
        rows = self.admin.execute("SELECT id FROM loan ORDER BY id").fetchall()
        return [reference_of(row[0]) for row in rows]

    def stations(self) -> dict[str, uuid.UUID]:
        """All fuel stations by their names."""
        return dict(self.admin.execute("SELECT name, id FROM fuel_station").fetchall())

    def shifts(self) -> list[uuid.UUID]:
        """All shifts at pumps, in the order they were opened."""
        rows = self.admin.execute("SELECT id FROM fuel_shift ORDER BY id").fetchall()
        return [row[0] for row in rows]

    def complaints(self) -> list[uuid.UUID]:
        """All complaints about fuel, in the order they were filed."""
        rows = self.admin.execute("SELECT id FROM fuel_complaint ORDER BY id").fetchall()
        return [row[0] for row in rows]

    def deliveries(self) -> list[uuid.UUID]:
        """All deliveries of fuel, in the order they were received."""
        rows = self.admin.execute("SELECT id FROM fuel_delivery ORDER BY id").fetchall()
        return [row[0] for row in rows]

    def rides(self) -> list[uuid.UUID]:
        """All rides, in the order they were booked."""
        return [row[0] for row in self.admin.execute("SELECT id FROM ride ORDER BY id").fetchall()]


def session_key(session_hash: str) -> str:
    return f"s:{{{session_hash[:2]}}}:{session_hash}"


class _Looking(SessionSeal):
    """Opens what is sealed, and says nothing of what is not ours."""

    def _alarm(self, service: Service, session_hash: str) -> None:
        pass


SEAL: Final = _Looking(KEYS)


def with_flow(*changed: type[Flow]) -> Registry:
    """The flows, with some of them as another release has them."""
    return FLOWS.replaced(*changed)


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


class _Undo(Exception):
    """Rolls a transaction back."""


class _Watcher(logging.Handler):
    """Keeps what went wrong in a turn."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        self._kept.append(record.getMessage())
