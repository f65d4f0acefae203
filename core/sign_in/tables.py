"""The tables of people who sign in."""

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
    id_of,
    metadata,
    moment,
    of_tenant,
    refers,
    tenant_id,
    words,
)

sign_in_code = Table(
    "sign_in_code",
    metadata,
    of_tenant(),
    id_of("id"),
    words("client"),
    Column("address_lookup", LargeBinary, nullable=False),
    Column("by_sms", Boolean, nullable=False),
    id_of("subscriber_id", nullable=True),
    Column("tries", SmallInteger, nullable=False, server_default=text("0")),
    created_at(),
    moment("expires_at", nullable=False),
    moment("used_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    refers("subscriber_id", "subscriber"),
    Index("sign_in_code_number", "tenant_id", "address_lookup", text("id DESC")),
    Index("sign_in_code_client", "tenant_id", "client", text("created_at DESC")),
)

sign_in = Table(
    "sign_in",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("subscriber_id"),
    Column("address_lookup", LargeBinary, nullable=False),
    words("client"),
    created_at(),
    moment("expires_at", nullable=False),
    moment("ended_at"),
    words("reason", nullable=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    refers("subscriber_id", "subscriber"),
    CheckConstraint(
        "reason IN ('signed_out', 'token_reused', 'staff', 'erased')", name="sign_in_reason_check"
    ),
    CheckConstraint("(ended_at IS NULL) = (reason IS NULL)", name="sign_in_ended"),
    Index("sign_in_person", "tenant_id", "subscriber_id", text("created_at DESC")),
)

refresh_token = Table(
    "refresh_token",
    metadata,
    tenant_id(),
    Column("token_hash", LargeBinary, nullable=False),
    id_of("sign_in_id"),
    created_at(),
    moment("used_at"),
    PrimaryKeyConstraint("tenant_id", "token_hash"),
    refers("sign_in_id", "sign_in"),
    Index("refresh_token_sign_in", "tenant_id", "sign_in_id"),
)
