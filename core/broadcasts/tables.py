"""The tables of broadcasts, and of whom each goes to."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from core.db.tables import (
    created_at,
    id_of,
    metadata,
    moment,
    of_tenant,
    refers,
    tenant_id,
    words,
)

broadcast = Table(
    "broadcast",
    metadata,
    of_tenant(),
    id_of("id"),
    id_of("service_id"),
    words("audience"),
    words("group_name", default="''"),
    Column("words_sealed", LargeBinary, nullable=False),
    Column("fingerprint", LargeBinary, nullable=False),
    words("reply_flow", nullable=True),
    Column("reply_days", SmallInteger, nullable=False, server_default=text("7")),
    Column("people", Integer, nullable=False),
    words("state", default="'draft'"),
    words("created_by"),
    created_at(),
    moment("started_at"),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    refers("service_id", "service"),
    CheckConstraint(
        "state IN ('draft', 'running', 'paused', 'done', 'cancelled')",
        name="broadcast_state_check",
    ),
    Index("broadcast_fingerprint", "tenant_id", "fingerprint"),
    Index("broadcast_age", "created_at", postgresql_using="brin"),
)

broadcast_recipient = Table(
    "broadcast_recipient",
    metadata,
    tenant_id(),
    id_of("broadcast_id"),
    Column("number", Integer, nullable=False),
    id_of("subscriber_id", nullable=True),
    Column("address_sealed", LargeBinary),
    Column("address_lookup", LargeBinary),
    id_of("message_id", nullable=True),
    words("state", default="'waiting'"),
    words("reason", nullable=True),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "broadcast_id", "number"),
    UniqueConstraint("tenant_id", "broadcast_id", "subscriber_id"),
    ForeignKeyConstraint(
        ["tenant_id", "broadcast_id"],
        ["broadcast.tenant_id", "broadcast.id"],
        ondelete="CASCADE",
    ),
    refers("subscriber_id", "subscriber"),
    CheckConstraint("number > 0", name="broadcast_recipient_number_check"),
    CheckConstraint(
        "state IN ('waiting', 'written', 'skipped')", name="broadcast_recipient_state_check"
    ),
    CheckConstraint(
        "subscriber_id IS NOT NULL OR address_sealed IS NOT NULL",
        name="broadcast_recipient_whom_check",
    ),
    CheckConstraint(
        "(state = 'written') = (message_id IS NOT NULL)",
        name="broadcast_recipient_written_check",
    ),
    Index(
        "broadcast_recipient_waiting",
        "tenant_id",
        "broadcast_id",
        "number",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("broadcast_recipient_address", "tenant_id", "broadcast_id", "address_lookup"),
    Index(
        "broadcast_recipient_message",
        "tenant_id",
        "message_id",
        postgresql_where=text("message_id IS NOT NULL"),
    ),
)
