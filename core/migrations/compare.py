"""Compare a migrated database with what the tables in the code say."""

from typing import Any

import psycopg
import sqlalchemy
from sqlalchemy import MetaData, create_engine
from sqlalchemy.pool import NullPool

_SCRATCH = "piga_compare"

# All names are read with the schema as the path, so that none of them holds it.
_TABLES = """
    SELECT c.oid, c.relname FROM pg_class c
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition AND c.relname <> 'alembic_version'
"""
_READ = f"""
    WITH one AS ({_TABLES})
    SELECT 'table ' || one.relname,
        concat_ws(' ', pg_get_partkeydef(one.oid), c.reloptions::text)
        FROM one JOIN pg_class c ON c.oid = one.oid
    UNION ALL SELECT concat('column ', one.relname, '.', a.attname),
        concat_ws(' ', format_type(a.atttypid, a.atttypmod),
            CASE WHEN a.attcollation <> t.typcollation THEN 'COLLATE ' || co.collname END,
            CASE WHEN a.attnotnull THEN 'NOT NULL' END,
            'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
        FROM one JOIN pg_attribute a ON a.attrelid = one.oid AND a.attnum > 0
            AND NOT a.attisdropped
        JOIN pg_type t ON t.oid = a.atttypid
        LEFT JOIN pg_collation co ON co.oid = a.attcollation
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    UNION ALL SELECT concat('constraint ', n.conname, ' of ', one.relname),
        pg_get_constraintdef(n.oid)
        FROM one JOIN pg_constraint n ON n.conrelid = one.oid AND n.contype NOT IN ('n', 't')
    UNION ALL SELECT concat('index ', i.indexrelid::regclass, ' of ', one.relname),
        pg_get_indexdef(i.indexrelid)
        FROM one JOIN pg_index i ON i.indrelid = one.oid
    UNION ALL SELECT 'sequence ' || sequencename, concat_ws(' ', data_type, increment_by)
        FROM pg_sequences WHERE schemaname = current_schema()
"""


def differences(owner_url: str, metadata: MetaData) -> list[str]:
    """What the database and the tables of `metadata` do not agree on, a sentence each: tables,
    columns with type, NULL and default, keys, checks, indexes and sequences.

    The tables are made a second time in a schema aside and rolled back, so that Postgres itself
    writes both sides in one form. `owner_url` is a role that may make a schema. Raises
    psycopg.Error.
    """
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(owner_url), poolclass=NullPool
    )
    try:
        with engine.connect() as connection:
            found = _read(connection, "public")
            connection.exec_driver_sql(f"CREATE SCHEMA {_SCRATCH}")
            connection.exec_driver_sql(f"SET LOCAL search_path = {_SCRATCH}")
            metadata.create_all(connection, checkfirst=False)
            said = _read(connection, _SCRATCH)
            connection.rollback()
    finally:
        engine.dispose()
    return [
        f"{name}: the database has {found.get(name, 'none')!r}, the code {said.get(name, 'none')!r}"
        for name in sorted(found.keys() | said.keys())
        if found.get(name) != said.get(name)
    ]


def _read(connection: sqlalchemy.Connection, schema: str) -> dict[str, str]:
    connection.exec_driver_sql(f"SET LOCAL search_path = {schema}")
    rows: list[Any] = list(connection.exec_driver_sql(_READ))
    # An index's definition always says the schema of its table.
    return {name: said.replace(f" {schema}.", " ") for name, said in rows}
