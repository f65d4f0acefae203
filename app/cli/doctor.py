"""`piga doctor`: whether everything that Piga leans on is as it must be."""

import platform
import sys
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial

import click
import psycopg
import redis

from app import domains
from app.errors import OperatorError
from app.local.embedded import ensure
from app.operations.database_warnings import all_warnings
from app.operations.ending_tariffs import warnings_of_all
from app.settings import Settings
from core.db.database import Database
from core.migrations import branches as migrations
from core.security.errors import SecretMismatch
from core.security.installation import NotSetUp, require_key
from core.security.keyring import Keyring
from values import clock

POSTGRES_MAJOR_MINIMUM = 15
POSTGRES_MAJOR_TESTED = 18
CONNECT_TIMEOUT_S = 5
CLOCK_OFF_S_MAXIMUM = 2.0

# Every table, whichever domain made it: in our schema, or made elsewhere by our owner. A partition
# is read through its parent only, so it needs no policy and no right of its own. Where rows have a
# tenant, every policy that lets the application see or write some compares it.
_TABLES = r"""
    SELECT c.oid::regclass::text,
        c.relrowsecurity AND c.relforcerowsecurity,
        c.relispartition OR EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid),
        NOT EXISTS (
            SELECT 1 FROM pg_policy p
            CROSS JOIN LATERAL unnest(ARRAY[pg_get_expr(p.polqual, p.polrelid),
                                            pg_get_expr(p.polwithcheck, p.polrelid)]) AS said
            WHERE p.polrelid = c.oid AND p.polpermissive
              AND p.polroles && ARRAY[0::oid, 'piga_app'::regrole::oid]
              AND EXISTS (SELECT 1 FROM pg_attribute a
                          WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
              AND said !~ '^\(\(?tenant_id = (public\.)?current_tenant\(\)\)( AND .*\))?$'),
        c.relispartition OR has_any_column_privilege('piga_app', c.oid, 'SELECT, INSERT, UPDATE')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p')
      AND (n.nspname = 'public'
           OR c.relowner = (SELECT relowner FROM pg_class WHERE oid = to_regclass('public.tenant')))
      AND c.oid IS DISTINCT FROM to_regclass('public.alembic_version')
    ORDER BY 1"""
_TABLE_FAULTS = (
    "row-level security is not forced on",
    "there is no policy on",
    "a policy lets a tenant at other tenants' rows on",
    "the application has no right on",
)
_RIGHTS = "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
# What reaches beyond the database: files and programs of the machine that Postgres runs on.
_REACHES = """
    SELECT rolname FROM pg_roles
    WHERE rolname IN ('pg_read_server_files', 'pg_write_server_files', 'pg_execute_server_program')
      AND pg_has_role(current_user, oid, 'MEMBER') ORDER BY 1"""
_OWNED = """
    SELECT (SELECT count(*) FROM pg_class WHERE relowner = me.oid)
         + (SELECT count(*) FROM pg_proc WHERE proowner = me.oid)
         + (SELECT count(*) FROM pg_namespace WHERE nspowner = me.oid)
         + (SELECT count(*) FROM pg_database WHERE datdba = me.oid)
    FROM pg_roles me WHERE me.rolname = current_user"""
# Where current_user may make something, named as one says it in GRANT and REVOKE.
_MAY_MAKE = """
    SELECT current_user, format('%s ON DATABASE %I', word, current_database())
    FROM unnest(ARRAY['TEMPORARY', 'CREATE']) AS word
    WHERE has_database_privilege(current_database(), word)
    UNION ALL SELECT current_user, format('CREATE ON SCHEMA %I', nspname) FROM pg_namespace
    WHERE nspname !~ '^pg_' AND has_schema_privilege(oid, 'CREATE')"""


class CheckFailed(Exception):
    """What is wrong, in one sentence."""


@click.command()
def doctor() -> None:
    """Check the machine, the servers, the roles' rights and the key: a line each.

    Warned of are tables of fees and limits that end within 30 days, roles that are not as the
    manual has them, and open alarms. The exit code is 0 only when all is well.
    """
    click.echo(f"ok    Python {platform.python_version()}, {platform.system()}")
    with ensure(Settings.load()) as settings:
        found_wrong = [check for check in CHECKS if not is_well(check, settings)]
        if not {_postgres, _schema} & set(found_wrong):
            with closing(Database(settings.database_url)) as database:
                warnings = warnings_of_all(database)
            warnings += all_warnings(settings.database_url, settings.require("relay_url"))
            for line in warnings:
                click.echo(f"warn  {line}")
    if found_wrong:
        sys.exit(1)


def is_well(check: Callable[[Settings], str], settings: Settings) -> bool:
    """Make one check and print its line."""
    try:
        click.echo(f"ok    {check(settings)}")
    except Exception as error:
        click.echo(f"WRONG {_sentence(error)}")
        return False
    return True


def _sentence(error: Exception) -> str:
    if isinstance(error, CheckFailed | SecretMismatch | NotSetUp):
        return str(error)
    # The kind of an error says enough; its text could hold an address with a password.
    return f"A check could not be made: {type(error).__name__}."


def _ask(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S) as connection:
        return connection.execute(query.encode()).fetchall()


def _postgres(settings: Settings) -> str:
    try:
        ((version, number),) = _ask(
            settings.database_url,
            "SELECT current_setting('server_version'), current_setting('server_version_num')::int",
        )
    except psycopg.OperationalError:
        raise CheckFailed("Postgres does not answer at DATABASE_URL.") from None
    assert isinstance(number, int)
    major = number // 10_000
    if not POSTGRES_MAJOR_MINIMUM <= major <= POSTGRES_MAJOR_TESTED:
        raise CheckFailed(f"Postgres {version}: 15 to 18 are supported.")
    return f"Postgres {version} answers"


def _clock(settings: Settings) -> str:
    started_s = time.monotonic()
    ((database_s,),) = _ask(
        settings.database_url, "SELECT extract(epoch FROM clock_timestamp())::float8"
    )
    assert isinstance(database_s, float)
    took_s = time.monotonic() - started_s
    ahead_s = time.time() - took_s / 2 - database_s
    if abs(ahead_s) > CLOCK_OFF_S_MAXIMUM + took_s:
        money = "; no money moves here" if abs(ahead_s) > clock.HOST_OFF_S_MAXIMUM else ""
        offset = clock.describe_offset(ahead_s)
        raise CheckFailed(f"This host's clock is {offset} the database's{money}: set it right.")
    return "This host's clock agrees with the database's"


def _durability(settings: Settings) -> str:
    rows = _ask(
        settings.database_url,
        "SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit',"
        " 'full_page_writes')",
    )
    off = sorted(str(name) for name, setting in rows if setting == "off")
    if off:
        raise CheckFailed(f"Postgres may lose money at a power cut: {', '.join(off)} must be on.")
    return "Postgres writes before it answers"


def _schema(settings: Settings) -> str:
    try:
        config = migrations.config(domains.load().migrations)
    except migrations.BranchFault as fault:
        raise CheckFailed(str(fault)) from None
    try:
        rows = _ask(settings.database_url, "SELECT version_num FROM alembic_version")
    except psycopg.errors.UndefinedTable:
        rows = []
    try:
        found = migrations.reached(config, [str(revision) for (revision,) in rows])
    except migrations.BranchFault as fault:
        raise CheckFailed(str(fault)) from None
    newest = migrations.newest(config)
    behind = {
        f"{branch} is at {found.get(branch, 'nothing')}, not {revision}"
        for branch, revision in newest.items()
        if found.get(branch) != revision
    }
    if behind:
        raise CheckFailed(f"The schema is behind: {'; '.join(sorted(behind))}. Run `piga migrate`.")
    return f"The schema is at {', '.join(found.values())}, the newest"


def _key(settings: Settings) -> str:
    with closing(Database(settings.database_url)) as database:
        require_key(database, Keyring(settings.key_bytes))
    return "PIGA_KEY is the one that this database was set up with"


def _role(settings: Settings, setting: str) -> str:
    try:
        url = settings.require(setting)
    except OperatorError as error:
        raise CheckFailed(str(error)) from None
    ((name,),) = _ask(url, "SELECT current_user")
    ((superuser, bypasses, creates),) = _ask(url, _RIGHTS)
    ((owned,),) = _ask(url, _OWNED)
    if superuser or bypasses:
        raise CheckFailed(f"{name} is above row-level security: it sees every tenant.")
    if reaches := [str(role) for (role,) in _ask(url, _REACHES)]:
        raise CheckFailed(
            f"{name} may reach files of the database's machine: {', '.join(reaches)}."
        )
    if creates or owned:
        raise CheckFailed(f"{name} owns {owned} things, or makes roles: it must only use them.")
    return f"{name} owns nothing and is bound by row-level security"


def _makes_nothing(settings: Settings) -> str:
    """What a role may make, such as a type, could be found instead of ours by a function that
    works with its owner's rights."""
    urls = filter(None, (settings.database_url, settings.relay_url, settings.verify_url))
    found = [(str(name), str(right)) for url in urls for name, right in _ask(url, _MAY_MAKE)]
    if found:
        names = ", ".join(sorted({name for name, _ in found}))
        cure = "; ".join(
            f"REVOKE {right} FROM PUBLIC, {names}"
            for right in sorted({right for _, right in found})
        )
        raise CheckFailed(f"{names} may make things of their own: {cure}.")
    return "No working role makes anything of its own, not even temporarily"


def _tables(settings: Settings) -> str:
    rows = _ask(settings.database_url, _TABLES)
    if not rows:
        raise CheckFailed("There are no tables: run `piga migrate`.")
    faults = []
    for number, fault in enumerate(_TABLE_FAULTS, start=1):
        if names := [str(row[0]) for row in rows if not row[number]]:
            faults.append(f"{fault} {', '.join(names)}")
    if faults:
        raise CheckFailed(f"A table is not as it must be: {'; '.join(faults)}.")
    return (
        f"Row-level security is forced on all {len(rows)} tables, each with its policy and rights"
    )


def _redis(settings: Settings) -> str:
    client = redis.Redis.from_url(settings.redis_url, socket_timeout=CONNECT_TIMEOUT_S)
    with client:
        try:
            info = client.info()
        except redis.RedisError:
            raise CheckFailed("Redis does not answer at REDIS_URL.") from None
    assert isinstance(info, dict)
    if info.get("maxmemory_policy") != "noeviction":
        raise CheckFailed("Redis drops what it likes when memory is short: set noeviction.")
    if not info.get("aof_enabled"):
        raise CheckFailed("Redis forgets sessions at a restart: set appendonly yes.")
    name = info.get("server_name", "redis")
    return f"Redis ({name} {info.get(f'{name}_version')}) answers, keeps a log and evicts nothing"


CHECKS: list[Callable[[Settings], str]] = [
    _postgres,
    _clock,
    _durability,
    _schema,
    _key,
    partial(_role, setting="database_url"),
    partial(_role, setting="relay_url"),
    partial(_role, setting="verify_url"),
    _makes_nothing,
    _tables,
    _redis,
]
