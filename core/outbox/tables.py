"""The table of what must happen after a transaction."""

from sqlalchemy import (
    TIMESTAMP,
    CheckConstraint,
    Column,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    text,
)

from core.db.tables import NOW, id_of, metadata, moment, tenant_id, words

outbox = Table(
    "outbox",
    metadata,
    tenant_id(),
    id_of("id"),
    words("kind"),
    Column("priority", SmallInteger, nullable=False, server_default=text("2")),
    id_of("subject_id"),
    words("state", default="'waiting'"),
    Column("attempts", SmallInteger, nullable=False, server_default=text("0")),
    Column("available_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    moment("lease_until"),
    moment("done_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "state IN ('waiting', 'queued', 'working', 'done', 'dead')", name="outbox_state_check"
    ),
    CheckConstraint("priority BETWEEN 0 AND 3", name="outbox_priority_check"),
    Index(
        "outbox_due",
        "priority",
        "tenant_id",
        text("greatest(available_at, lease_until)"),
        postgresql_where=text("state IN ('waiting', 'queued', 'working')"),
    ),
    Index("outbox_dead", "tenant_id", "id", postgresql_where=text("state = 'dead'")),
)
