"""Servers with a tenant in them, and a world of its own for each test."""

import contextlib
import itertools
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import psycopg
import redis

from app import domains
from app.local import postgres
from app.local.embedded import ensure
from app.operations.migration import migrate
from app.operations.tenant_folder import read_folder, rules
from app.settings import Settings, writes_transcripts
from app.testing.phone import Phone
from app.testing.script import Player, Step, script_of
from core.db.database import Database
from core.db.tables import metadata
from core.manifest.apply import apply
from core.manifest.section import Manifest
from core.money.verify import verify
from core.people.manifest import PEOPLE
from core.people.people import USSD
from core.security.keyring import Keyring
from core.tenants.directory import Directory
from engine.store.sessions import Store
from engine.turn.ussd import Turns
from engine.wording import own_words
from menus.messages import compose

# The same in every run, so that what is computed with it is.
KEY: Final = bytes(range(32))
KEYS: Final = Keyring(KEY)
# Safe when a process is killed; not when the machine is, and then a test is run again.
QUICK: Final = (("fsync", "off"), ("full_page_writes", "off"))


@dataclass(frozen=True)
class Bench:
    """Postgres and Redis with every domain's tables and one tenant. Each `world` is a copy."""

    settings: Settings
    tenant: Manifest
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1), repr=False)

    @classmethod
    @contextlib.contextmanager
    def started(cls, tenant: Path) -> Iterator["Bench"]:
        """Start servers of its own, migrate them, and apply a tenant's folder, PINs included.

        Raises OperatorError, and FolderFaults with all that is wrong with the folder.
        """
        # A socket's path has little room: not in a test's own folder.
        home = Path(tempfile.mkdtemp(prefix="piga"))
        try:
            made = Settings(home=home, key=KEY.hex(), demo=True, postgres_options=QUICK)
            with ensure(made) as settings:
                migrate(settings, say=lambda _: None)
                manifest = read_folder(tenant, demo=True)
                database = Database(settings.database_url)
                apply(database, KEYS, manifest, rules(demo=True))
                database.close()
                yield cls(settings, manifest)
        finally:
            shutil.rmtree(home, ignore_errors=True)

    @contextlib.contextmanager
    def world(self, language: str, name: str = "test") -> Iterator["World"]:
        """The tenant as its folder says, with people who speak `language`, for one test.

        References of the same `name` are the same in every run. Afterwards what every domain says
        of its books must hold.
        """
        copy = f"{postgres.DATABASE}_{next(self._numbers)}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            postgres.create_database(connection, copy, postgres.DATABASE)
        with redis.Redis.from_url(self.settings.redis_url) as client:
            client.flushdb()
        urls = replace(
            self.settings,
            **{
                one: getattr(self.settings, one).replace("/piga?", f"/{copy}?")
                for one in ("database_url", "owner_url", "relay_url", "verify_url")
            },
        )
        world = World(urls, self.tenant, language, name, psycopg.connect(self._url(copy)))
        try:
            yield world
        finally:
            world.close()
        report = verify(urls.verify_url, domains.load().checks)
        assert report.ok, [check for check in report.checks if not check.ok]

    def play(self, script: list[str], language: str, name: str = "test") -> str:
        """The transcript of a script, in a world of its own. Raises NoSuchStep."""
        with self.world(language, name) as world:
            return world.play(script)

    def compare(self, transcript: Path) -> None:
        """Play a file named `<name>.<language>.txt`, and assert that phones show what it says.

        With PIGA_WRITE_TRANSCRIPTS=1 the file is written instead.
        """
        name, language, _ = transcript.name.split(".")
        written = transcript.read_text(encoding="utf-8")
        played = self.play(script_of(written), language, name)
        if writes_transcripts():
            transcript.write_text(played, encoding="utf-8")
            return
        assert played == written, "PIGA_WRITE_TRANSCRIPTS=1 writes it again"

    def table_differences(self, beginning: str) -> list[str]:
        """What the migrated database and the code do not agree on, of the tables whose names begin
        with `beginning`: columns, keys, checks, indexes."""
        import core.tables  # noqa: F401  # puts the core's on the metadata
        from core.migrations.compare import differences

        named = re.compile(rf"(table |column |(constraint|index) \S+ of ){re.escape(beginning)}")
        return [one for one in differences(self.settings.owner_url, metadata) if named.match(one)]

    def _url(self, database: str) -> str:
        """As the superuser, in a database."""
        url = self.settings.database_url
        return url.replace("piga_app@/piga?", f"{postgres.SUPERUSER}@/{database}?")


class World(Player):
    """One test's database, and the turns that serve its phones."""

    def __init__(
        self,
        urls: Settings,
        tenant: Manifest,
        language: str,
        name: str,
        admin: "psycopg.Connection[Any]",
    ) -> None:
        self.urls = urls
        self._language = language
        self._name = name
        self._people = {one.key: one for one in tenant.of(PEOPLE)}
        self._admin = admin
        self._admin.autocommit = True
        self._phones: dict[str, Phone] = {}
        others = [one for one in tenant.languages if one != language]
        self._admin.execute("UPDATE subscriber SET language = %s", (language,))
        self._admin.execute("UPDATE tenant SET languages = %s", ([language, *others],))
        self._database = Database(urls.database_url)
        self._directory = Directory(self._database)
        self._turns = Turns(
            database=self._database,
            store=Store(urls.redis_url),
            keys=KEYS,
            directory=self._directory,
            flows=domains.load().flows,
        )

    def close(self) -> None:
        self._database.close()
        self._admin.close()

    def phone(self, who: str) -> Phone:
        """The phone of a person by their key, `key/2` for their second one, or a bare number."""
        if who not in self._phones:
            key, _, which = who.partition("/")
            number = who if who.startswith("+") else self._people[key].phones[int(which or 1) - 1]
            session_ids = f"{self._name}-{self._language}-{number}"
            self._phones[who] = Phone(self._turns.take, number, session_ids)
        return self._phones[who]

    def rows(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """What the database has, over all tenants. `query` is SQL with %s for each of `params`."""
        return self._admin.execute(query, params).fetchall()

    def texts(self, who: str) -> list[str]:
        """The text messages that were written to a person, in words, oldest first."""
        number = self.phone(who).number
        rows = self.rows(
            "SELECT m.template, m.params, s.language, s.tenant_id FROM address a"
            " JOIN subscriber s ON s.id = a.subscriber_id"
            " JOIN message m ON m.subscriber_id = s.id WHERE a.lookup = %s ORDER BY m.id",
            KEYS.lookup(USSD, number),
        )
        tenants = {one.tenant.id: one.tenant for one in self._services()}
        return [
            compose(
                domains.load().messages[template],
                params,
                language,
                tenants[tenant_id].zone,
                KEYS.approval_code,
                own=own_words(tenants[tenant_id], language),
            )
            for template, params, language, tenant_id in rows
        ]

    def typed(self, step: Step) -> str:
        key = step.who.partition("/")[0]
        return self._people[key].pin if step.typed == "PIN" else step.typed

    def known(self, shown: str) -> str:
        """The references of entries by their numbers."""
        found = self.rows("SELECT reference FROM entry ORDER BY id")
        for number, (reference,) in enumerate(found, start=1):
            shown = shown.replace(reference, f"REF-{number:04}")
        return shown

    def _services(self) -> list[Any]:
        from core.tenants.directory import all_services

        return list(all_services(self._database))
