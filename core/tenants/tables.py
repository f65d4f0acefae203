"""The tables of tenants: who is served, at which addresses, at which prices."""

from sqlalchemy import (
    CHAR,
    TIMESTAMP,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from core.db.tables import (
    NOTHING,
    NOW,
    created_at,
    currency,
    document,
    id_of,
    metadata,
    moment,
    of_tenant,
    tenant_id,
    words,
)

installation = Table(
    "installation",
    metadata,
    Column("only_row", Boolean, primary_key=True, server_default=text("true")),
    Column("key_check", LargeBinary, nullable=False),
    created_at(),
    CheckConstraint("only_row", name="installation_only_row_check"),
)

config_version = Sequence("config_version", metadata=metadata)

tenant = Table(
    "tenant",
    metadata,
    Column("id", UUID(), primary_key=True),
    words("slug"),
    words("name"),
    Column("country", CHAR(2), nullable=False),
    words("calling_code"),
    currency(),
    words("time_zone"),
    Column("languages", ARRAY(Text), nullable=False),
    document("settings", default=True),
    Column("paused", Boolean, nullable=False, server_default=text("false")),
    Column("paused_flows", ARRAY(Text), nullable=False, server_default=NOTHING),
    document("paused_notice", default=True),
    Column("version", BigInteger, nullable=False, server_default=text("nextval('config_version')")),
    created_at(),
    UniqueConstraint("slug"),
    CheckConstraint("slug ~ '^[a-z][a-z0-9-]{1,30}$'", name="tenant_slug_check"),
    CheckConstraint("calling_code ~ '^[1-9][0-9]{0,3}$'", name="tenant_calling_code_check"),
    Index("tenant_version", "version"),
)

service = Table(
    "service",
    metadata,
    of_tenant(),
    id_of("id"),
    words("provider"),
    words("channel"),
    words("code"),
    document("settings", default=True),
    document("tree"),
    Column("hook_generation", Integer, nullable=False, server_default=text("1")),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "provider", "channel", "code"),
    CheckConstraint(
        "channel IN ('ussd', 'sms', 'whatsapp', 'payments')", name="service_channel_check"
    ),
    CheckConstraint("hook_generation > 0", name="service_hook_generation_check"),
)

service_address = Table(
    "service_address",
    metadata,
    words("provider"),
    words("channel"),
    words("code"),
    tenant_id(),
    id_of("service_id"),
    PrimaryKeyConstraint("provider", "channel", "code"),
    Index("service_address_service", "service_id"),
)

tariff = Table(
    "tariff",
    metadata,
    of_tenant(),
    id_of("id"),
    words("operation"),
    words("kind"),
    document("body"),
    Column("valid_from", TIMESTAMP(timezone=True), nullable=False),
    moment("valid_to"),
    words("approved_by"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("kind IN ('fee', 'limit', 'commission')", name="tariff_kind_check"),
    CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="tariff_check"),
    Index("tariff_in_force", "tenant_id", "operation", "kind", text("valid_from DESC")),
)

pause = Table(
    "pause",
    metadata,
    tenant_id(),
    words("what"),
    words("name"),
    words("reason"),
    words("actor"),
    Column("since", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    PrimaryKeyConstraint("tenant_id", "what", "name"),
    CheckConstraint("what IN ('provider', 'operation', 'flow', 'tenant')", name="pause_what_check"),
    CheckConstraint("reason <> ''", name="pause_reason_check"),
)

sender_claim = Table(
    "sender_claim",
    metadata,
    of_tenant(),
    words("provider"),
    words("sender_id"),
    PrimaryKeyConstraint("provider", "sender_id"),
    CheckConstraint("sender_id = lower(sender_id)", name="sender_claim_sender_id_check"),
)
