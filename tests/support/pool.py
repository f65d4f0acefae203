"""Databases that are used again: each begins as it was copied, and costs a hundredth of a copy.

One is emptied after its use, or gets its rows back. Where its schema, rights or settings are not
as they were, or where it has grown, it is dropped and the next is a new copy.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg

from app.settings import Settings
from tests.support.servers import DatabaseUrls, copied, dropped, urls_of

# Of a table that a test filled; scans of what is deleted would cost the next one.
GROWN_BYTES = 1_000_000

# Keeps the rows of every table that has some, to be put back.
KEEP = """
CREATE SCHEMA kept;
DO $$ DECLARE one record; is_used boolean; BEGIN
    FOR one IN SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'alembic_version'
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one.name) INTO is_used;
        IF is_used THEN
            EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', one.name, one.name);
        END IF;
    END LOOP;
END $$"""
# Most tables nobody has ever written to: they have no file's length. One in partitions never has.
RESTORE = """
DO $$ DECLARE one record; BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT used.relname AS name, kept.oid IS NOT NULL AS is_kept FROM pg_class used
        LEFT JOIN pg_class kept ON kept.relnamespace = to_regnamespace('kept')
            AND kept.relname = used.relname AND kept.relkind = 'r'
        WHERE used.relnamespace = 'public'::regnamespace AND used.relkind IN ('r', 'p')
            AND NOT used.relispartition AND used.relname <> 'alembic_version'
            AND (used.relkind = 'p' OR kept.oid IS NOT NULL OR pg_relation_size(used.oid) > 0)
    LOOP
        EXECUTE format('DELETE FROM public.%I', one.name);
        IF one.is_kept THEN
            EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', one.name, one.name);
        END IF;
    END LOOP;
END $$"""
_SEQUENCES = """
SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence"""
_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend'"""
_LARGEST = """
SELECT max(pg_relation_size(oid)) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"""

# Whoever alters one of these writes a row of it anew, or fewer or more.
_CATALOGS = (
    *("pg_attrdef", "pg_attribute", "pg_constraint", "pg_default_acl", "pg_event_trigger"),
    *("pg_extension", "pg_index", "pg_inherits", "pg_namespace", "pg_policy", "pg_proc"),
    *("pg_publication", "pg_rewrite", "pg_trigger", "pg_type"),
)
_FINGERPRINT = " UNION ALL ".join(
    (
        # A file of another name is no change: emptying and reindexing write these rows, too.
        "SELECT md5(string_agg(concat_ws(' ', oid, relname, relowner, relkind, relacl,"
        " relrowsecurity, relforcerowsecurity, reloptions), ',' ORDER BY oid)) FROM pg_class",
        "SELECT string_agg(version_num, ' ' ORDER BY version_num) FROM alembic_version",
        "SELECT concat_ws(' ', datallowconn, datconnlimit, datdba, datacl) FROM pg_database"
        " WHERE datname = current_database()",
        "SELECT string_agg(concat_ws(' ', setrole, setconfig), ',' ORDER BY setrole)"
        " FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase"
        " WHERE d.datname = current_database()",
        *(f"SELECT concat_ws(' ', count(*), max(xmin::text::bigint)) FROM {one}"
          for one in _CATALOGS),
    )
)  # fmt: skip


class Pool:
    """Copies of one template for this test process, as many as are used at the same time."""

    def __init__(self, servers: Settings, template: str) -> None:
        self._servers = servers
        self._template = template
        self._free: list[str] = []
        self._fingerprints: dict[str, list[tuple[object, ...]]] = {}

    @contextmanager
    def lent(self) -> Iterator[DatabaseUrls]:
        """A database as the template is, for as long as it is needed."""
        name = self._free.pop() if self._free else self._copied()
        try:
            yield urls_of(self._servers, name)
        finally:
            if self._is_as_before(name):
                self._free.append(name)
            else:
                dropped(self._servers, name)

    def _copied(self) -> str:
        name = copied(self._servers, self._template)
        with psycopg.connect(urls_of(self._servers, name).admin_url) as connection:
            self._fingerprints[name] = connection.execute(_FINGERPRINT).fetchall()
        return name

    def _is_as_before(self, name: str) -> bool:
        """It is now, when nobody has changed more than rows."""
        with (
            suppress(psycopg.Error),
            psycopg.connect(urls_of(self._servers, name).admin_url, autocommit=True) as connection,
        ):
            connection.execute(_OTHERS)
            [(largest,)] = connection.execute(_LARGEST).fetchall()
            if largest > GROWN_BYTES:
                return False
            if connection.execute(_FINGERPRINT).fetchall() != self._fingerprints[name]:
                return False
            connection.execute(RESTORE)
            connection.execute(_SEQUENCES)
            return True
        return False
