"""The tables of agents: who sells, what they looked up, sales that wait for an approval,
and float that waits to be taken or given."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
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
OFFERED = text("state = 'offered'")
ASKED = text("state = 'asked'")

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

float_offer = Table(
    "float_offer",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("intent_id"),
    id_of("hold_id"),
    id_of("giver_id"),
    id_of("taker_id"),
    amount_minor(),
    amount_minor("fee_minor"),
    currency(),
    words("state", default="'offered'"),
    Column("counted_on", Date, nullable=False),
    moment("expires_at", nullable=False),
    created_at(),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    refers("giver_id", "agent", to="subscriber_id"),
    refers("taker_id", "agent", to="subscriber_id"),
    CheckConstraint(
        "state IN ('offered', 'taken', 'declined', 'recalled', 'expired')",
        name="float_offer_state_check",
    ),
    Index("float_offer_intent", "tenant_id", "intent_id", unique=True),
    *(
        Index(f"float_offer_{side}", "tenant_id", f"{side}_id", postgresql_where=OFFERED)
        for side in ("taker", "giver")
    ),
    Index("float_offer_due", "expires_at", postgresql_where=OFFERED),
)

float_ask = Table(
    "float_ask",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("asker_id"),
    id_of("giver_id"),
    amount_minor(),
    currency(),
    words("state", default="'asked'"),
    id_of("entry_id", nullable=True),
    moment("expires_at", nullable=False),
    created_at(),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    refers("asker_id", "agent", to="subscriber_id"),
    refers("giver_id", "agent", to="subscriber_id"),
    CheckConstraint("amount_minor > 0", name="float_ask_amount_minor_check"),
    CheckConstraint(
        "state IN ('asked', 'given', 'refused', 'withdrawn', 'expired')",
        name="float_ask_state_check",
    ),
    CheckConstraint("(state = 'given') = (entry_id IS NOT NULL)", name="float_ask_given_check"),
    Index("float_ask_open", "tenant_id", "asker_id", unique=True, postgresql_where=ASKED),
    Index("float_ask_giver", "tenant_id", "giver_id", postgresql_where=ASKED),
    Index("float_ask_due", "expires_at", postgresql_where=ASKED),
)
