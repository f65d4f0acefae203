"""The tables of what is agreed beforehand: a member's next of kin, a group's consent."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from core.db.tables import (
    NOW,
    created_at,
    id_of,
    metadata,
    moment,
    refers,
    tenant_id,
    words,
)

savings_next_of_kin = Table(
    "savings_next_of_kin",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("number_sealed", LargeBinary, nullable=False),
    words("named_by"),
    Column("named_at", created_at().type, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    refers("subscriber_id", "subscriber"),
)

savings_consent = Table(
    "savings_consent",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("group_id"),
    id_of("vote_id"),
    words("bank"),
    Column("valid_until", Date, nullable=False),
    words("recorded_by"),
    Column("recorded_at", created_at().type, nullable=False, server_default=NOW),
    words("revoked_by", nullable=True),
    moment("revoked_at"),
    words("reason", nullable=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "vote_id", "bank"),
    CheckConstraint(
        "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (reason IS NULL)",
        name="savings_consent_revoked_check",
    ),
    refers("group_id", "savings_group"),
    Index("savings_consent_group", "tenant_id", "group_id", text("id DESC")),
)
