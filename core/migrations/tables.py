"""What a revision does with tables that tenants share, so that none of them ever sees another's
rows and nobody waits."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID
from sqlalchemy.schema import SchemaItem

from core.migrations.run import LOCK_TIMEOUT_MS

APP, AUDITOR = "piga_app", "piga_verify"

READ_AND_ADD = ("SELECT", "INSERT")
RIGHTS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})


def tenant_table(
    name: str,
    *columns: SchemaItem,
    key: Iterable[str] = ("id",),
    app: Iterable[str] = READ_AND_ADD,
    auditor: bool = False,
) -> sa.Table:
    """Create a table with `tenant_id` as its first column, closed to everybody but one tenant.

    Called in a revision's `upgrade`.

    columns: what follows `tenant_id`: columns, checks, foreign keys.
    key: the primary key's columns after `tenant_id`.
    app: what the application may do with the rows of its tenant: among SELECT, INSERT, UPDATE and
        DELETE. A fact is only added: leave UPDATE and DELETE out where you can.
    auditor: whether `piga ledger verify` reads it, over all tenants.

    Row-level security is on and forced, for the table's owner too; the policy is the one that all
    tables have. `op.drop_table(name)` is the way back.

    Raises ValueError for a right that is none of the four.
    """
    rights = list(app)
    if unknown := set(rights) - RIGHTS:
        raise ValueError(f"no such right: {', '.join(sorted(unknown))}")
    table = op.create_table(
        name,
        sa.Column("tenant_id", UUID(), sa.ForeignKey("tenant.id"), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("tenant_id", *key),
    )
    quoted = op.get_bind().dialect.identifier_preparer.quote(name)
    for statement in (
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
        "CREATE POLICY own_tenant ON {table} USING (tenant_id = current_tenant())",
        *([f"GRANT {', '.join(rights)} ON {{table}} TO {APP}"] if rights else []),
        *(
            [
                f"GRANT SELECT ON {{table}} TO {AUDITOR}",
                f"CREATE POLICY auditor ON {{table}} FOR SELECT TO {AUDITOR} USING (true)",
            ]
            if auditor
            else []
        ),
    ):
        op.execute(statement.format(table=quoted))
    return table


def index_beside_traffic(name: str, table: str, columns: list[str]) -> None:
    """Make an index while others go on writing; a half-made one of an earlier try is dropped.

    Alone in its revision: it is committed by itself, and waits, however long, for everybody who
    began before it.
    """
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True)
        op.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")


@contextmanager
def rows_of_all_tenants(table: str) -> Iterator[None]:
    """In this block the revision reads and writes every tenant's rows of a table.

    Otherwise it sees none: row-level security is forced, and a migration is no tenant's. Until the
    revision is committed nobody else gets the table.
    """
    quoted = op.get_bind().dialect.identifier_preparer.quote(table)
    op.execute(f"ALTER TABLE {quoted} NO FORCE ROW LEVEL SECURITY")
    yield
    op.execute(f"ALTER TABLE {quoted} FORCE ROW LEVEL SECURITY")
