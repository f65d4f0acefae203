"""All that is in a database, rows and schema, in a form that can be compared."""

import json
from collections import Counter
from typing import Any

import psycopg

from tests.support.servers import DatabaseUrls

# Rows by table, each row as Postgres writes it in JSON.
Content = dict[str, list[dict[str, Any]]]

_TABLES = """
    SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p') AND NOT relispartition AND relname <> 'alembic_version'
    ORDER BY 1
"""
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"


def content(urls: DatabaseUrls) -> Content:
    """Every row of every table, whichever partition it lies in, and how far sequences are."""
    with psycopg.connect(urls.admin_url, options="-c timezone=UTC") as connection:
        found: Content = {
            table: [row for (row,) in connection.execute(f"SELECT to_jsonb(t) FROM {table} t")]
            for (table,) in connection.execute(_TABLES).fetchall()
        }
        for sequence, last in connection.execute(_SEQUENCES).fetchall():
            found[sequence] = [{"last_value": last}]
    return found


def differences(before: Content, after: Content) -> dict[str, str]:
    """What is new or gone: tables, columns, and rows in what columns both sides have."""
    found = dict.fromkeys(after.keys() - before.keys(), "new")
    found |= dict.fromkeys(before.keys() - after.keys(), "gone")
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        columns = [set(rows[0]) if rows else set() for rows in (old, new)]
        if old and new:
            found |= {f"{table}.{column}": "new" for column in columns[1] - columns[0]}
            found |= {f"{table}.{column}": "gone" for column in columns[0] - columns[1]}
        both = columns[0] & columns[1] if old and new else columns[0] | columns[1]
        gone, more = _counted(old, both), _counted(new, both)
        if gone != more:
            gone, more = gone - more, more - gone
            found[table] = (
                f"{gone.total()} rows gone: {[*gone][:2]}, {more.total()} new: {[*more][:2]}"
            )
    return found


def _counted(rows: list[dict[str, Any]], columns: set[str]) -> Counter[str]:
    return Counter(
        json.dumps({name: row[name] for name in columns}, sort_keys=True) for row in rows
    )


_OF_TABLES = (
    "FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition"
)
_WHOLE = "NOT (SELECT c.relispartition FROM pg_class c WHERE c.oid = {})"

# A column that was dropped and added again has another number in the same place.
_PLACE = "row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum)"

_SCHEMA = f"""
    SELECT jsonb_build_array('table', c.relname, c.relkind, c.relowner::regrole, c.relrowsecurity,
        c.relforcerowsecurity, c.reloptions, pg_get_partkeydef(c.oid), c.relacl)
        {_OF_TABLES} AND c.relkind IN ('r', 'p', 'S')
    UNION ALL SELECT jsonb_build_array('column', c.relname, a.attname, a.attacl, {_PLACE},
        format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attcollation::regcollation,
        (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d
            WHERE d.adrelid = c.oid AND d.adnum = a.attnum))
        {_OF_TABLES.replace(" WHERE", ", pg_attribute a WHERE a.attrelid = c.oid AND")}
        AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    UNION ALL SELECT jsonb_build_array('constraint', n.conrelid::regclass, n.conname,
        pg_get_constraintdef(n.oid), n.convalidated)
        FROM pg_constraint n WHERE n.connamespace = 'public'::regnamespace AND n.contype <> 'n'
        AND {_WHOLE.format("n.conrelid")}
    UNION ALL SELECT jsonb_build_array('index', pg_get_indexdef(c.oid))
        {_OF_TABLES} AND c.relkind IN ('i', 'I')
    UNION ALL SELECT jsonb_build_array('policy', p.polrelid::regclass, p.polname, p.polcmd,
        (SELECT array_agg(one::regrole::text ORDER BY 1) FROM unnest(p.polroles) AS one),
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p WHERE {_WHOLE.format("p.polrelid")}
    UNION ALL SELECT jsonb_build_array('function', f.proowner::regrole, f.proacl,
        pg_get_functiondef(f.oid))
        FROM pg_proc f WHERE f.pronamespace = 'public'::regnamespace
    UNION ALL SELECT jsonb_build_array('schema', nspacl)
        FROM pg_namespace WHERE nspname = 'public'
"""


def schema(urls: DatabaseUrls) -> set[str]:
    """What the tables, their columns, constraints, indexes, policies and grants are, and the
    functions; of partitions nothing, for which ones there are is a matter of the date."""
    with psycopg.connect(urls.admin_url) as connection:
        rows = [row for (row,) in connection.execute(_SCHEMA)]
    # The order in which rights were given is no difference.
    return {json.dumps([_sorted(one) for one in row]) for row in rows}


def _sorted(value: Any) -> Any:
    return sorted(value, key=str) if isinstance(value, list) else value
