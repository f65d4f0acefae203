"""The tables of agents: who sells, what they looked up, and sales that wait for an approval."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from core.db.tables import (
    amount_minor,
    created_at,
    currency,
    id_of,
    metadata,
    moment,
    refers,
    tenant_id,
    words,
)

ZERO = text("0")

agent = Table(
    "agent",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    id_of("parent_id", nullable=True),
    words("level"),
    words("code"),
    Column("frozen", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    UniqueConstraint("tenant_id", "code"),
    CheckConstraint("level IN ('super_agent', 'agent', 'assistant')", name="agent_level_check"),
    refers("subscriber_id", "subscriber"),
    refers("parent_id", "agent", to="subscriber_id"),
)

lookup_hour = Table(
    "lookup_hour",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    moment("hour", nullable=False),
    Column("looked", Integer, nullable=False, server_default=ZERO),
    Column("sold", Integer, nullable=False, server_default=ZERO),
    PrimaryKeyConstraint("tenant_id", "subscriber_id", "hour"),
)

approval = Table(
    "approval",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("intent_id"),
    id_of("hold_id"),
    id_of("requester_id"),
    id_of("approver_id"),
    amount_minor(),
    amount_minor("fee_minor"),
    currency(),
    words("state", default="'pending'"),
    Column("code_counter", Integer, nullable=False, server_default=text("1")),
    Column("code_tries", SmallInteger, nullable=False, server_default=ZERO),
    moment("code_expires_at", nullable=False),
    moment("expires_at", nullable=False),
    created_at(),
    moment("ended_at"),
    words("ended_session", default="''"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "state IN ('pending', 'approved', 'refused', 'expired')", name="approval_state_check"
    ),
    Index(
        "approval_of_approver",
        "tenant_id",
        "approver_id",
        postgresql_where=text("state = 'pending'"),
    ),
    Index("approval_of_requester", "tenant_id", "requester_id", text("created_at DESC")),
    Index("approval_due", "expires_at", postgresql_where=text("state = 'pending'")),
    Index(
        "approval_session",
        "tenant_id",
        "ended_session",
        postgresql_where=text("state = 'approved'"),
    ),
    Index("approval_lately", "tenant_id", "approver_id", text("created_at DESC")),
)
