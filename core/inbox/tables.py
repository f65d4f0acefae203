"""The tables of what comes in, and of the conversations that it belongs to."""

from sqlalchemy import (
    TIMESTAMP,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.db.tables import NOW, created_at, id_of, metadata, moment, refers, tenant_id, words

conversation = Table(
    "conversation",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("service_id"),
    words("address_channel"),
    Column("address_lookup", LargeBinary, nullable=False),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("session_sealed", LargeBinary),
    moment("session_until"),
    id_of("subscriber_id", nullable=True),
    Column("sessions", Integer, nullable=False, server_default=text("0")),
    Column("expects_pin", Boolean, nullable=False, server_default=text("false")),
    words("reply_flow", nullable=True),
    moment("reply_until"),
    moment("lease_until"),
    moment("last_inbound_at"),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "service_id", "address_lookup"),
    refers("service_id", "service"),
    Index(
        "conversation_of",
        "tenant_id",
        "subscriber_id",
        postgresql_where=text("session_sealed IS NOT NULL"),
    ),
    Index("conversation_address", "tenant_id", "address_lookup"),
)

inbound_message = Table(
    "inbound_message",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("conversation_id"),
    words("provider"),
    words("provider_message_id"),
    Column("content_sealed", LargeBinary, nullable=False),
    Column("had_pin", Boolean, nullable=False, server_default=text("false")),
    words("state", default="'waiting'"),
    Column("received_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint(
        "tenant_id",
        "conversation_id",
        "provider",
        "provider_message_id",
        name="inbound_message_once",
    ),
    CheckConstraint("state IN ('waiting', 'done', 'failed')", name="inbound_message_state_check"),
    refers("conversation_id", "conversation"),
    Index(
        "inbound_message_waiting",
        "tenant_id",
        "conversation_id",
        "id",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("inbound_message_age", "received_at", postgresql_using="brin"),
)

inbound_file = Table(
    "inbound_file",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("conversation_id"),
    words("kind"),
    words("state", default="'waiting'"),
    words("reason", nullable=True),
    words("mime_type", nullable=True),
    Column("size_bytes", Integer),
    Column("content_sealed", LargeBinary),
    Column("received_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "state IN ('waiting', 'kept', 'refused', 'lost', 'withdrawn')",
        name="inbound_file_state_check",
    ),
    CheckConstraint("(state = 'kept') = (content_sealed IS NOT NULL)", name="inbound_file_kept"),
    refers("conversation_id", "conversation"),
    Index("inbound_file_of", "tenant_id", "conversation_id", "id"),
    Index("inbound_file_age", "received_at", postgresql_using="brin"),
)

party_change = Table(
    "party_change",
    metadata,
    tenant_id(),
    words("provider"),
    words("event_id"),
    Column("before_number", LargeBinary),
    Column("before_id", LargeBinary),
    Column("now_number", LargeBinary),
    Column("now_id", LargeBinary),
    moment("changed_at", nullable=False),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "provider", "event_id"),
)

handover = Table(
    "handover",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    Column("session_sealed", LargeBinary, nullable=False),
    moment("until", nullable=False),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    refers("subscriber_id", "subscriber"),
)

chat_link = Table(
    "chat_link",
    metadata,
    tenant_id(),
    id_of("conversation_id"),
    Column("code_lookup", LargeBinary, nullable=False),
    moment("until", nullable=False),
    PrimaryKeyConstraint("tenant_id", "conversation_id"),
    refers("conversation_id", "conversation"),
    Index("chat_link_code", "tenant_id", "code_lookup"),
)

chat_link_try = Table(
    "chat_link_try",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    Column("tries", SmallInteger, nullable=False),
    moment("until", nullable=False),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    refers("subscriber_id", "subscriber"),
    CheckConstraint("tries >= 0", name="chat_link_try_tries_check"),
)

long_text = Table(
    "long_text",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("service_id"),
    words("provider"),
    Column("address_lookup", LargeBinary, nullable=False),
    Column("address_sealed", LargeBinary, nullable=False),
    words("reference"),
    Column("total", SmallInteger, nullable=False),
    Column("parts_sealed", ARRAY(LargeBinary), nullable=False),
    Column("had_pin", Boolean, nullable=False, server_default=text("false")),
    Column("received_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint(
        *("tenant_id", "service_id", "address_lookup", "reference", "total"),
        name="long_text_once",
    ),
    refers("service_id", "service"),
    Index("long_text_age", "received_at", postgresql_using="brin"),
)
