"""What all tables have in common: the one MetaData, and columns of the kinds that come again.

Each domain says its tables in its own `tables.py`, on this `metadata`; `core.tables` puts those of
the core together. They are for what is put together at run time: lists, filters, exports, reports.
A turn and a posting speak SQL to psycopg. The migrations make the tables; a test compares the two.
"""

from sqlalchemy import (
    CHAR,
    TIMESTAMP,
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    MetaData,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

# Names as Postgres gives them to constraints that have none. A check is named in full.
metadata = MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
    }
)

NOW = text("now()")
NOTHING = text("'{}'")


def tenant_id() -> Column[object]:
    """Whose row it is: the first column of nearly every table, and of its keys."""
    return Column("tenant_id", UUID(), nullable=False)


def id_of(name: str, *, nullable: bool = False) -> Column[object]:
    """A UUID, whether of a row here or elsewhere."""
    return Column(name, UUID(), nullable=nullable)


def amount_minor(name: str = "amount_minor", default: str | None = None) -> Column[int]:
    """An amount in minor units of the row's currency."""
    return Column(name, BigInteger, nullable=False, server_default=default and text(default))


def currency() -> Column[str]:
    """An ISO 4217 code."""
    return Column("currency", CHAR(3), nullable=False)


def words(name: str, *, nullable: bool = False, default: str | None = None) -> Column[str]:
    """Text of any length."""
    return Column(name, Text, nullable=nullable, server_default=default and text(default))


def moment(name: str, *, nullable: bool = True) -> Column[object]:
    """A time with its zone; may be absent, since it is usually the end of something."""
    return Column(name, TIMESTAMP(timezone=True), nullable=nullable)


def created_at() -> Column[object]:
    """When the row's transaction began."""
    return Column("created_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW)


def document(name: str, *, default: bool = False) -> Column[object]:
    """A JSON object; an empty one where nothing is said and `default` is set."""
    return Column(name, JSONB, nullable=False, server_default=NOTHING if default else None)


def refers(column: str, table: str, *, to: str = "id") -> ForeignKeyConstraint:
    """A foreign key within the tenant, from a column to another table's, its `id` unless said."""
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.{to}"])


def of_tenant() -> Column[object]:
    """`tenant_id` where it refers to the tenant's own row: in a table that refers to no other."""
    return Column("tenant_id", UUID(), ForeignKey("tenant.id"), nullable=False)
