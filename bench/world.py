"""A database with as many tenants and subscribers as wanted, of which some dial.

The first tenant is the demo's savings business, applied from its folder as an operator would. The
others are copies of it; people come by COPY, since registering a million would take hours.
"""

import hashlib
import uuid
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import psycopg
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from app.local import postgres
from app.local.prepare import prepare
from app.operations.tenant_folder import read_folder, rules
from app.settings import CHECKOUT, Settings
from core.db.database import Database
from core.manifest.apply import apply
from core.manifest.section import Manifest
from core.manifest.services import SERVICES
from core.money import ledger
from core.people.people import USSD
from core.savings.manifest import SAVINGS
from core.security.keyring import Keyring
from values.ids import uuid7

FOLDER = CHECKOUT / "fixtures" / "tenants" / "ibimina"
GROUP = "KOP1"
TEMPLATE = "bench_template"
FIRST_STORE, STORES = 40, 64  # databases of the Valkey that nobody else uses
PROVIDER = "africastalking"
PIN = "2749"
OPENING_MINOR = 1_000_000_000
CHUNK_PEOPLE = 20_000  # those who dial are strewn among the others, chunk by chunk
LOADERS = 2
CURRENCY = "RWF"


@dataclass(frozen=True, slots=True)
class Business:
    """A tenant that is dialled: its USSD code and the path of its webhook."""

    tenant_id: uuid.UUID
    group_id: uuid.UUID
    code: str
    path: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who dials. `msisdn` is of this bench alone."""

    id: uuid.UUID
    business: Business
    msisdn: str


@dataclass(frozen=True, slots=True)
class World:
    """One database with its own Redis database, and who is in it."""

    name: str
    settings: Settings
    filling: int  # subscribers who never dial, numbered from 0
    callers: tuple[Caller, ...]
    hashed: tuple[Caller, ...]  # those whose PIN is hashed at its full cost

    @property
    def subscribers(self) -> int:
        return self.filling + len(self.callers)

    @property
    def tenants(self) -> int:
        return len({caller.business.tenant_id for caller in self.callers})


def _analyze(admin: psycopg.Connection) -> None:
    """Count what has rows, and nothing else, as autovacuum does. A table that was counted while it
    was empty is thought to be so until it is counted again: whoever comes first reads all of it."""
    found = admin.execute(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relpersistence = 'p'"
        " AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
    ).fetchall()
    admin.execute(f"VACUUM (ANALYZE) {', '.join(name for (name,) in found)}".encode())


class Builder:
    """Makes worlds on one pair of servers."""

    def __init__(self, servers: Settings) -> None:
        self._servers = servers
        self.keys = Keyring(servers.key_bytes)
        self._stores = iter(range(FIRST_STORE + 1, STORES))
        self.bare = self._settings(TEMPLATE, FIRST_STORE)
        self._create(TEMPLATE, "template0")
        prepare(self.bare)  # the template of all worlds: migrated, with its key
        self._manifest = read_folder(FOLDER, demo=True)
        self._cheap_hash = cheap_hash(self.keys, PIN)
        self._true_hash = self.keys.hash_pin(PIN)

    def build(
        self, name: str, *, tenants: int, subscribers: int, callers: int, hashed: int = 0
    ) -> World:
        """`callers` are spread over all tenants, the rest of `subscribers` are the first one's.
        `hashed` more have their PIN hashed at its full cost, not at argon2's least."""
        filling = subscribers - callers
        chunks = -(-subscribers // CHUNK_PEOPLE)
        self._create(name, TEMPLATE)
        settings = self._settings(name, next(self._stores))
        database = Database(settings.database_url)
        apply(database, self.keys, self._manifest, rules(demo=True))
        database.close()
        with psycopg.connect(self.admin_url(name), autocommit=True) as admin:
            admin.execute(_ANY_NUMBER_OF_HOPS)
            businesses = [_first(self._manifest, self.keys)]
            businesses += _copies(admin, self.keys, businesses[0], tenants - 1)
            people = [
                Caller(uuid7(), businesses[number % tenants], f"+25072{number:07d}")
                for number in range(callers + hashed)
            ]

            def settle(chunk: int) -> None:
                mine = people[:callers][chunk::chunks]
                rest = range(filling * chunk // chunks, filling * (chunk + 1) // chunks)
                with psycopg.connect(self.admin_url(name), autocommit=True) as loader:
                    # Foreign keys hold by the way the rows are made.
                    loader.execute("SET session_replication_role = replica")
                    loader.execute("SET synchronous_commit = off")
                    _copy_people(loader, self.keys, mine, self._cheap_hash)
                    if rest:
                        _fill(loader, businesses[0], rest, self._cheap_hash)

            with ThreadPoolExecutor(LOADERS) as loaders:
                deque(loaders.map(settle, range(chunks)), maxlen=0)
            _copy_people(admin, self.keys, people[callers:], self._true_hash)
            _analyze(admin)
            admin.execute("CHECKPOINT")
        return World(name, settings, filling, tuple(people[:callers]), tuple(people[callers:]))

    def admin_url(self, name: str) -> str:
        return self._url(postgres.SUPERUSER, name)

    def _url(self, role: str, name: str) -> str:
        return self._servers.database_url.replace("piga_app@/piga", f"{role}@/{name}")

    def _create(self, name: str, template: str) -> None:
        with psycopg.connect(self.admin_url("postgres"), autocommit=True) as admin:
            postgres.create_database(admin, name, template)

    def _settings(self, name: str, store: int) -> Settings:
        return replace(
            self._servers,
            demo=False,
            database_url=self._url("piga_app", name),
            owner_url=self._url(postgres.OWNER, name),
            relay_url=self._url("piga_relay", name),
            verify_url=self._url("piga_verify", name),
            redis_url=self._servers.redis_url.replace("db=0", f"db={store}"),
        )


def cheap_hash(keys: Keyring, pin: str) -> str:
    """A PIN's hash at argon2's least cost, in microseconds: so that a conversation can be measured
    without its hashing. What is verified, and how, is as ever; the cost stands in the hash."""
    pepper = keys._pepper
    kdf = Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost=8, secret=pepper)
    return kdf.derive_phc_encoded(pin.encode())


def _first(manifest: Manifest, keys: Keyring) -> Business:
    service = manifest.of(SERVICES)[0]
    group = next(group for group in manifest.of(SAVINGS).groups if group.code == GROUP)
    return Business(manifest.id, group.id, service.code, _path(keys, service.id))


def _path(keys: Keyring, service_id: uuid.UUID) -> str:
    return f"/hooks/{PROVIDER}/ussd/{keys.hook_secret(PROVIDER, 'ussd', service_id, 1)}"


_COPIED = {
    "service": "provider, channel, settings, tree",
    "tariff": "operation, kind, body, valid_from, valid_to, approved_by",
    "organisation": "name",
    "savings_group": "code, name",
}


def _copies(
    admin: psycopg.Connection, keys: Keyring, first: Business, count: int
) -> list[Business]:
    """More tenants like the first, each under a code of its own."""
    made = []
    for number in range(count):
        tenant_id, service_id, group_id = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
        code = f"*385*{number}#"
        values = {
            "new": tenant_id,
            "old": first.tenant_id,
            "service": service_id,
            "group": group_id,
            "old_group": first.group_id,
            "code": code,
            "slug": f"bench-{number}",
        }
        for statement in _COPY_TENANT:
            admin.execute(statement, values)
        for kind in (ledger.FEES, ledger.SETTLEMENT):
            admin.execute(
                "INSERT INTO account (tenant_id, id, kind, currency, owner_id, guarded)"
                " VALUES (%s, %s, %s, %s, %s, false)",
                (
                    tenant_id,
                    ledger.account_id(tenant_id, kind, CURRENCY),
                    kind,
                    CURRENCY,
                    tenant_id,
                ),
            )
        made.append(Business(tenant_id, group_id, code, _path(keys, service_id)))
    return made


# As many as the machine can: that is what is measured.
_ANY_NUMBER_OF_HOPS = (
    'UPDATE service SET settings = settings || \'{"hops_a_second": 100000,'
    ' "number_hops_a_second": 100000, "open_sessions": 10000000,'
    ' "number_open_sessions": 10000000}\''
)
_COPY_TENANT = (
    "INSERT INTO tenant (id, slug, name, country, calling_code, currency, time_zone, languages,"
    " settings) SELECT %(new)s, %(slug)s, name, country, calling_code, currency, time_zone,"
    " languages, settings FROM tenant WHERE id = %(old)s",
    "INSERT INTO service (tenant_id, id, provider, channel, code, settings, tree)"
    " SELECT %(new)s, %(service)s, provider, channel, %(code)s, settings, tree FROM service"
    " WHERE tenant_id = %(old)s AND channel = 'ussd'",
    "INSERT INTO service_address SELECT provider, channel, code, tenant_id, id FROM service"
    " WHERE id = %(service)s",
    "INSERT INTO tariff (tenant_id, id, operation, kind, body, valid_from, valid_to, approved_by)"
    " SELECT %(new)s, id, operation, kind, body, valid_from, valid_to, approved_by FROM tariff"
    " WHERE tenant_id = %(old)s",
    "INSERT INTO organisation SELECT %(new)s, id, name FROM organisation WHERE tenant_id = %(old)s",
    "INSERT INTO savings_group (tenant_id, id, organisation_id, code, name)"
    " SELECT %(new)s, %(group)s, organisation_id, code, name FROM savings_group"
    " WHERE tenant_id = %(old)s AND id = %(old_group)s",
)


def _copy_people(
    admin: psycopg.Connection, keys: Keyring, people: list[Caller], pin_hash: str
) -> None:
    """Callers with a wallet, and savings in their tenant's group as number 1 of their list."""
    rows = list(_rows_of(people, keys, pin_hash))
    with admin.cursor() as cursor, admin.transaction():
        for table, columns in _PEOPLE.items():
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for into, row in rows:
                    if into == table:
                        copy.write_row(row)


_PEOPLE = {
    "subscriber": "tenant_id, id, name_sealed, language, roles, pin_hash",
    "address": "tenant_id, channel, lookup, subscriber_id, identifier_sealed",
    "account": "tenant_id, id, kind, currency, owner_id, guarded, balance_minor",
    "membership": "tenant_id, group_id, subscriber_id, number, savings_account_id",
}


def _rows_of(
    people: list[Caller], keys: Keyring, pin_hash: str
) -> Iterator[tuple[str, tuple[object, ...]]]:
    for person in people:
        tenant, who = person.business.tenant_id, person.id
        wallet = ledger.account_id(who, ledger.WALLET, CURRENCY)
        savings = ledger.savings_account_id(person.business.group_id, who, CURRENCY)
        name = keys.seal("Uwera Claudine", who.bytes)
        yield "subscriber", (tenant, who, name, "en", ["member"], pin_hash)
        lookup, sealed = keys.lookup(USSD, person.msisdn), keys.seal(person.msisdn, who.bytes)
        yield "address", (tenant, USSD, lookup, who, sealed)
        yield "account", (tenant, wallet, ledger.WALLET, CURRENCY, who, True, OPENING_MINOR)
        yield "account", (tenant, savings, ledger.SAVINGS, CURRENCY, who, True, 0)
        yield "membership", (tenant, person.business.group_id, who, 1, savings)


def filler_account(kind: str, number: int) -> uuid.UUID:
    """The wallet or the savings account of the filling's person of that number."""
    return uuid.UUID(bytes=hashlib.md5(f"{kind}{number}".encode(), usedforsecurity=False).digest())


# Nobody dials for these: names and numbers are noise of the right length.
_ID = (
    "('019a' || lpad(to_hex(i), 8, '0') || '7' || substr(md5(i::text), 1, 3) || '8'"
    " || substr(md5(i::text), 4, 15))::uuid"
)
_FILL = (
    "INSERT INTO subscriber (tenant_id, id, name_sealed, language, roles, pin_hash)"
    f" SELECT %(tenant)s, {_ID}, decode(md5(i::text) || md5((-i)::text) || md5('n' || i), 'hex'),"
    " 'rw', '{member}', %(pin)s FROM generate_series(%(first)s::bigint, %(last)s) i",
    "INSERT INTO address (tenant_id, channel, lookup, subscriber_id, identifier_sealed)"
    f" SELECT %(tenant)s, 'ussd', decode(md5('l' || i), 'hex'), {_ID},"
    " decode(md5(i::text) || md5((-i)::text) || '0123456789abcdef00', 'hex')"
    " FROM generate_series(%(first)s::bigint, %(last)s) i",
    "INSERT INTO account (tenant_id, id, kind, currency, owner_id, guarded, balance_minor)"
    f" SELECT %(tenant)s, md5(kind || i)::uuid, kind, 'RWF', {_ID}, true, %(opening)s"
    " FROM generate_series(%(first)s::bigint, %(last)s) i,"
    " unnest('{wallet,savings}'::text[]) kind",
    "INSERT INTO membership (tenant_id, group_id, subscriber_id, number, savings_account_id)"
    f" SELECT %(tenant)s, %(group)s, {_ID}, 1, md5('savings' || i)::uuid"
    " FROM generate_series(%(first)s::bigint, %(last)s) i",
)


def _fill(admin: psycopg.Connection, business: Business, part: range, pin_hash: str) -> None:
    values = {
        "tenant": business.tenant_id,
        "group": business.group_id,
        "pin": pin_hash,
        "opening": OPENING_MINOR,
        "first": part.start,
        "last": part.stop - 1,
    }
    for statement in _FILL:
        admin.execute(statement, values)
