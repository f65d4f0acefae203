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
from sqlalchemy.dialects.postgresql import TIMESTAMP

from core.db.tables import (
    NOW,
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

agent_signal = Table(
    "agent_signal",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("agent_id"),
    words("reason"),
    Column("times", Integer, nullable=False),
    words("state", default="'open'"),
    Column("last_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    created_at(),
    moment("ended_at"),
    words("judged_by", nullable=True),
    words("why", nullable=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    refers("agent_id", "agent", to="subscriber_id"),
    CheckConstraint("times > 0", name="agent_signal_times_check"),
    CheckConstraint("state IN ('open', 'cleared', 'confirmed')", name="agent_signal_state_check"),
    CheckConstraint("(state = 'open') = (judged_by IS NULL)", name="agent_signal_judged_check"),
    Index(
        "agent_signal_open",
        "tenant_id",
        "agent_id",
        "reason",
        unique=True,
        postgresql_where=text("state = 'open'"),
    ),
    Index("agent_signal_judged", "tenant_id", "agent_id", "reason", text("ended_at DESC")),
)

sale_reversal = Table(
    "sale_reversal",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("entry_id"),
    id_of("giver_id"),
    id_of("recipient_id"),
    amount_minor(),
    currency(),
    id_of("hold_id", nullable=True),
    words("state", default="'asked'"),
    words("words", default="''"),
    created_at(),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    refers("giver_id", "subscriber"),
    refers("recipient_id", "subscriber"),
    CheckConstraint(
        "state IN ('asked', 'contested', 'done', 'dropped')", name="sale_reversal_state_check"
    ),
    Index(
        "sale_reversal_open",
        "tenant_id",
        "entry_id",
        unique=True,
        postgresql_where=text("state IN ('asked', 'contested')"),
    ),
    Index(
        "sale_reversal_recipient",
        "tenant_id",
        "recipient_id",
        postgresql_where=text("state IN ('asked', 'contested')"),
    ),
)
