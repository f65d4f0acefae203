"""The tables of trade credit: terms, applications, accounts, and what of a payment went where."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
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
    refers,
    tenant_id,
    words,
)

credit_policy = Table(
    "credit_policy",
    metadata,
    of_tenant(),
    id_of("id"),
    document("terms"),
    words("approved_by"),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("approved_by <> ''", name="credit_policy_approved_by_check"),
)

credit_application = Table(
    "credit_application",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("subscriber_id"),
    words("state", default="'referred'"),
    Column("score", SmallInteger, nullable=False),
    amount_minor("limit_minor"),
    currency(),
    document("reasons"),
    created_at(),
    words("decided_by", nullable=True),
    moment("decided_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "state IN ('referred', 'approved', 'refused')", name="credit_application_state_check"
    ),
    CheckConstraint("score BETWEEN 0 AND 100", name="credit_application_score_check"),
    CheckConstraint("limit_minor >= 0", name="credit_application_limit_minor_check"),
    CheckConstraint(
        "(state = 'referred') = (decided_by IS NULL)", name="credit_application_decided_check"
    ),
    Index("credit_application_shop", "tenant_id", "subscriber_id", text("created_at DESC")),
    Index(
        "credit_application_waits",
        "tenant_id",
        "created_at",
        postgresql_where=text("state = 'referred'"),
    ),
    refers("subscriber_id", "subscriber"),
)

trade_credit = Table(
    "trade_credit",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    words("state", default="'active'"),
    amount_minor("limit_minor"),
    currency(),
    Column("days", SmallInteger, nullable=False),
    words("reason", nullable=True),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    CheckConstraint("state IN ('active', 'blocked')", name="trade_credit_state_check"),
    CheckConstraint("limit_minor > 0", name="trade_credit_limit_minor_check"),
    CheckConstraint("days > 0", name="trade_credit_days_check"),
    refers("subscriber_id", "subscriber"),
)

credit_repayment = Table(
    "credit_repayment",
    metadata,
    tenant_id(),
    id_of("entry_id"),
    id_of("order_id"),
    amount_minor("invoice_minor"),
    amount_minor("late_fee_minor"),
    PrimaryKeyConstraint("tenant_id", "entry_id", "order_id"),
    CheckConstraint(
        "invoice_minor >= 0 AND late_fee_minor >= 0 AND invoice_minor + late_fee_minor > 0",
        name="credit_repayment_check",
    ),
    refers("order_id", "shop_order"),
)
