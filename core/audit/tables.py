"""The tables of the audit trail, of its chain and of the chain's seals."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from core.db.tables import created_at, document, id_of, metadata, tenant_id, words

audit = Table(
    "audit",
    metadata,
    tenant_id(),
    id_of("id"),
    words("actor"),
    words("action"),
    id_of("object_id", nullable=True),
    document("detail", default=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index(
        "audit_object",
        "tenant_id",
        "object_id",
        text("id DESC"),
        postgresql_where=text("object_id IS NOT NULL"),
    ),
    Index("audit_actor", "tenant_id", "actor", text("id DESC")),
    Index("audit_action", "tenant_id", "action", text("id DESC")),
)
"""Who did what to whom: written in the transaction that does it, and never changed."""

audit_link = Table(
    "audit_link",
    metadata,
    tenant_id(),
    Column("seq", BigInteger, nullable=False),
    id_of("audit_id"),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant_id", "seq"),
    UniqueConstraint("tenant_id", "audit_id"),
)

audit_seal = Table(
    "audit_seal",
    metadata,
    tenant_id(),
    Column("day", Date, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "day"),
)
