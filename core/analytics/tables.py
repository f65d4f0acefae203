"""The table of the turn log: one row a turn, never a word of what was typed."""

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table

from core.db.tables import id_of, metadata, tenant_id, words

turn = Table(
    "turn",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("service_id"),
    words("session"),
    id_of("subscriber_id", nullable=True),
    Column("number", Integer, nullable=False),
    words("place"),
    words("outcome"),
    words("language"),
    Column("took_us", Integer, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("turn_session", "tenant_id", "session"),
    postgresql_partition_by="RANGE (id)",
)
