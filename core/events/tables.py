"""The tables of who is told of events, and of the events."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

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

event_subscription = Table(
    "event_subscription",
    metadata,
    of_tenant(),
    id_of("id"),
    Column("url_sealed", LargeBinary, nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    Column("old_secret_sealed", LargeBinary),
    moment("old_secret_until"),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("with_numbers", Boolean, nullable=False, server_default=text("false")),
    words("state", default="'on'"),
    words("reason", nullable=True),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    moment("paused_until"),
    words("created_by"),
    created_at(),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("state IN ('on', 'off')", name="event_subscription_state_check"),
)

event = Table(
    "event",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("subscription_id"),
    words("kind"),
    id_of("subject_id"),
    words("state", default="'waiting'"),
    words("reason", nullable=True),
    created_at(),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "subscription_id", "kind", "subject_id"),
    refers("subscription_id", "event_subscription"),
    CheckConstraint(
        "state IN ('waiting', 'delivered', 'dead', 'dropped')", name="event_state_check"
    ),
    Index(
        "event_unsettled",
        "tenant_id",
        "subscription_id",
        "state",
        postgresql_where=text("state IN ('waiting', 'dead')"),
    ),
    Index("event_age", "created_at", postgresql_using="brin"),
    Index("event_newest", "tenant_id", text("created_at DESC"), text("id DESC")),
)
