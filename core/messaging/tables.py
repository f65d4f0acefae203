"""The tables of messages to people, and of what providers said became of them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    text,
)

from core.db.tables import (
    created_at,
    document,
    id_of,
    metadata,
    moment,
    of_tenant,
    tenant_id,
    words,
)

message = Table(
    "message",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("subscriber_id", nullable=True),
    id_of("conversation_id", nullable=True),
    id_of("service_id"),
    words("template"),
    document("params"),
    Column("content_sealed", LargeBinary),
    id_of("entry_id", nullable=True),
    words("state", default="'queued'"),
    words("reason", nullable=True),
    Column("sent_to", LargeBinary),
    Column("segments", SmallInteger),
    moment("sending_at"),
    moment("accepted_at"),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "state IN ('queued', 'sending', 'unknown', 'accepted', 'delivered', 'failed')",
        name="message_state_check",
    ),
    CheckConstraint(
        "(subscriber_id IS NULL) <> (conversation_id IS NULL)", name="message_whose_check"
    ),
    CheckConstraint(
        "(content_sealed IS NULL) = (conversation_id IS NULL)", name="message_words_check"
    ),
    Index("message_subscriber", "tenant_id", "subscriber_id", text("id DESC")),
    Index(
        "message_conversation",
        "tenant_id",
        "conversation_id",
        text("id DESC"),
        postgresql_where=text("conversation_id IS NOT NULL"),
    ),
    Index("message_entry", "tenant_id", "entry_id", postgresql_where=text("entry_id IS NOT NULL")),
    Index(
        "message_unsettled",
        "tenant_id",
        "state",
        text("id DESC"),
        postgresql_where=text("state IN ('queued', 'sending', 'accepted', 'unknown', 'failed')"),
    ),
    postgresql_partition_by="RANGE (id)",
)

message_receipt = Table(
    "message_receipt",
    metadata,
    tenant_id(),
    words("provider"),
    words("provider_message_id"),
    id_of("message_id"),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "provider", "provider_message_id"),
    Index("message_receipt_message", "tenant_id", "message_id"),
    Index("message_receipt_age", "created_at", postgresql_using="brin"),
)

early_report = Table(
    "early_report",
    metadata,
    tenant_id(),
    words("provider"),
    words("provider_message_id"),
    words("state"),
    words("reason", nullable=True),
    Column("address_lookup", LargeBinary),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "provider", "provider_message_id"),
)

provider_template = Table(
    "provider_template",
    metadata,
    tenant_id(),
    words("provider"),
    words("name"),
    words("language"),
    words("state"),
    words("reason", nullable=True),
    moment("changed_at", nullable=False),
    PrimaryKeyConstraint("tenant_id", "provider", "name", "language"),
    CheckConstraint(
        "state IN ('pending', 'approved', 'paused', 'disabled', 'rejected')",
        name="provider_template_state_check",
    ),
)

opt_out = Table(
    "opt_out",
    metadata,
    of_tenant(),
    id_of("id"),
    Column("address_lookup", LargeBinary, nullable=False),
    words("sender"),
    words("purpose", default="''"),
    Column("is_out", Boolean, nullable=False),
    words("source"),
    words("actor", nullable=True),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("sender = lower(sender)", name="opt_out_sender_check"),
    CheckConstraint("purpose IN ('', 'news', 'reminders')", name="opt_out_purpose_check"),
    CheckConstraint("source IN ('word', 'provider', 'staff')", name="opt_out_source_check"),
    CheckConstraint("(actor IS NOT NULL) = (source = 'staff')", name="opt_out_actor_check"),
    Index("opt_out_address", "tenant_id", "address_lookup", text("id DESC")),
)
