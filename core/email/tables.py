"""The tables of e-mail: by which server a tenant sends, and what it sent."""

from sqlalchemy import (
    TIMESTAMP,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    text,
)

from core.db.tables import NOW, created_at, id_of, metadata, moment, of_tenant, words

email_account = Table(
    "email_account",
    metadata,
    of_tenant(),
    words("host"),
    Column("port", Integer, nullable=False),
    words("security"),
    words("username", default="''"),
    Column("password_sealed", LargeBinary),
    words("sender"),
    words("sender_name", default="''"),
    words("changed_by"),
    Column("changed_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    PrimaryKeyConstraint("tenant_id"),
    CheckConstraint("port BETWEEN 1 AND 65535", name="email_account_port_check"),
    CheckConstraint("security IN ('starttls', 'tls', 'none')", name="email_account_security_check"),
)

email = Table(
    "email",
    metadata,
    of_tenant(),
    id_of("id"),
    id_of("subscriber_id", nullable=True),
    id_of("staff_id", nullable=True),
    words("kind"),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("address_lookup", LargeBinary, nullable=False),
    Column("content_sealed", LargeBinary),
    words("state", default="'queued'"),
    words("reason", nullable=True),
    created_at(),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("state IN ('queued', 'sent', 'bounced', 'failed')", name="email_state_check"),
    CheckConstraint(
        "(content_sealed IS NOT NULL) = (state = 'queued')", name="email_content_check"
    ),
    Index("email_address", "tenant_id", "address_lookup", text("id DESC")),
    Index("email_age", "created_at", postgresql_using="brin"),
)
