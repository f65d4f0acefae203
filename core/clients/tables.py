"""The tables of the API's clients."""

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

from core.db.tables import created_at, document, id_of, metadata, moment, of_tenant, words

api_key = Table(
    "api_key",
    metadata,
    of_tenant(),
    id_of("id"),
    words("name"),
    Column("key_hash", LargeBinary, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    words("created_by"),
    created_at(),
    Column("expires_at", TIMESTAMP(timezone=True), nullable=False),
    moment("revoked_at"),
    moment("used_at"),
    Column("codes_an_hour", Integer),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "key_hash"),
    CheckConstraint("codes_an_hour >= 0", name="api_key_codes_an_hour_check"),
    CheckConstraint("name ~ '^[a-z][a-z0-9-]{1,39}$'", name="api_key_name_check"),
)

api_result = Table(
    "api_result",
    metadata,
    of_tenant(),
    words("client"),
    words("idempotency_key"),
    document("fields"),
    Column("status", SmallInteger, nullable=False),
    Column("body_sealed", LargeBinary, nullable=False),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "client", "idempotency_key"),
)
