"""The tables of money: the books, what is held, what was quoted, and what limits are counted on.

Only the ledger's functions write `entry`, `posting`, `hold` and the balances of `account`.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.db.tables import (
    amount_minor,
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

account = Table(
    "account",
    metadata,
    of_tenant(),
    id_of("id"),
    words("kind"),
    currency(),
    id_of("owner_id", nullable=True),
    Column("guarded", Boolean, nullable=False),
    Column("frozen", Boolean, nullable=False, server_default=text("false")),
    amount_minor("balance_minor", default="0"),
    amount_minor("held_minor", default="0"),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("held_minor >= 0 AND balance_minor >= held_minor", name="account_covers_holds"),
    Index("account_owner", "tenant_id", "owner_id", "kind"),
    postgresql_with={"fillfactor": 60},
)

entry = Table(
    "entry",
    metadata,
    tenant_id(),
    id_of("id"),
    words("kind"),
    words("reference"),
    Column("key", Text(collation="C"), nullable=False),
    Column("inputs_hash", LargeBinary, nullable=False),
    id_of("actor_id", nullable=True),
    document("detail", default=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "key"),
)

posting = Table(
    "posting",
    metadata,
    tenant_id(),
    id_of("entry_id"),
    Column("ordinal", SmallInteger, nullable=False),
    id_of("account_id"),
    amount_minor(),
    currency(),
    PrimaryKeyConstraint("tenant_id", "account_id", "entry_id"),
    Index(
        "posting_entry",
        "entry_id",
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    ),
    postgresql_partition_by="RANGE (entry_id)",
)

hold = Table(
    "hold",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("account_id"),
    amount_minor(),
    currency(),
    words("state", default="'pending'"),
    moment("expires_at"),
    id_of("entry_id", nullable=True),
    created_at(),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("amount_minor > 0", name="hold_amount_minor_check"),
    CheckConstraint("state IN ('pending', 'posted', 'voided')", name="hold_state_check"),
    CheckConstraint("(state = 'posted') = (entry_id IS NOT NULL)", name="hold_check"),
    Index("hold_pending", "expires_at", postgresql_where=text("state = 'pending'")),
    Index("hold_account", "tenant_id", "account_id", postgresql_where=text("state = 'pending'")),
)

intent = Table(
    "intent",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("subscriber_id"),
    words("session"),
    words("operation"),
    id_of("payee_id"),
    amount_minor(),
    amount_minor("fee_minor"),
    currency(),
    document("quote"),
    words("state", default="'open'"),
    id_of("entry_id", nullable=True),
    created_at(),
    moment("expires_at", nullable=False),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("amount_minor > 0", name="intent_amount_minor_check"),
    CheckConstraint("fee_minor >= 0", name="intent_fee_minor_check"),
    CheckConstraint("state IN ('open', 'pending', 'done', 'void')", name="intent_state_check"),
    CheckConstraint("(state = 'done') = (entry_id IS NOT NULL)", name="intent_check"),
    Index("intent_recent", "tenant_id", "subscriber_id", text("created_at DESC")),
    Index("intent_session", "tenant_id", "session"),
    Index("intent_age", "created_at", postgresql_using="brin"),
)

spending_limit = Table(
    "spending_limit",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    amount_minor("limit_minor"),
    amount_minor("used_minor", default="0"),
    moment("until", nullable=False),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    CheckConstraint("used_minor BETWEEN 0 AND limit_minor", name="spending_limit_check"),
)

usage_day = Table(
    "usage_day",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    words("operation"),
    Column("day", Date, nullable=False),
    Column("count", Integer, nullable=False),
    amount_minor(),
    PrimaryKeyConstraint("tenant_id", "subscriber_id", "operation", "day"),
    Index("usage_day_age", "day", postgresql_using="brin"),
    postgresql_with={"fillfactor": 70},
)
