"""The tables of payments: what is asked of providers, and what they moved on our wallets."""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
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
    of_tenant,
    words,
)

KINDS = "kind = ANY (ARRAY['collection', 'disbursement', 'refund'])"

payment = Table(
    "payment",
    metadata,
    of_tenant(),
    id_of("id"),
    words("kind"),
    id_of("reference"),
    words("provider"),
    words("wallet"),
    id_of("wallet_service_id"),
    id_of("subscriber_id"),
    words("operation"),
    id_of("intent_id", nullable=True),
    id_of("refunds_id", nullable=True),
    amount_minor(),
    currency(),
    Column("party_sealed", LargeBinary, nullable=False),
    Column("party_lookup", LargeBinary, nullable=False),
    words("state", default="'created'"),
    words("reason", nullable=True),
    words("provider_id", nullable=True),
    id_of("hold_id", nullable=True),
    id_of("movement_id", nullable=True),
    created_at(),
    moment("submitted_at"),
    moment("asked_at"),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "reference"),
    UniqueConstraint("tenant_id", "intent_id"),
    CheckConstraint(KINDS, name="payment_kind_check"),
    CheckConstraint("amount_minor > 0", name="payment_amount_minor_check"),
    CheckConstraint(
        "state = ANY (ARRAY['created', 'submitted', 'pending', 'unknown', 'paid', 'failed',"
        " 'expired', 'review', 'reversed', 'refunded'])",
        name="payment_state_check",
    ),
    CheckConstraint(
        "movement_id IS NOT NULL OR state NOT IN ('paid', 'reversed', 'refunded')",
        name="payment_moved_check",
    ),
    CheckConstraint("(kind = 'refund') = (refunds_id IS NOT NULL)", name="payment_refunds_check"),
    Index("payment_person", "tenant_id", "subscriber_id", text("created_at DESC")),
    Index(
        "payment_open",
        "tenant_id",
        "created_at",
        postgresql_where=text("state IN ('created', 'submitted', 'pending', 'unknown', 'review')"),
    ),
    postgresql_with={"fillfactor": 80},
)

provider_movement = Table(
    "provider_movement",
    metadata,
    of_tenant(),
    id_of("id"),
    words("wallet"),
    Column("provider_txid", Text(collation="C"), nullable=False),
    words("source"),
    Column("seen_by", ARRAY(Text), nullable=False),
    amount_minor(),
    currency(),
    Column("counterparty_sealed", LargeBinary),
    Column("counterparty_lookup", LargeBinary),
    moment("happened_at", nullable=False),
    words("state", default="'suspense'"),
    id_of("entry_id"),
    id_of("allocation_id", nullable=True),
    id_of("payment_id", nullable=True),
    id_of("text_id", nullable=True),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "wallet", "provider_txid"),
    CheckConstraint("amount_minor <> 0", name="provider_movement_amount_minor_check"),
    CheckConstraint(
        "source = ANY (ARRAY['api', 'callback', 'sms', 'statement'])",
        name="provider_movement_source_check",
    ),
    CheckConstraint(
        "state = ANY (ARRAY['suspense', 'allocated'])", name="provider_movement_state_check"
    ),
    Index("provider_movement_day", "tenant_id", "wallet", "happened_at", "id"),
    Index(
        "provider_movement_suspense",
        "tenant_id",
        "created_at",
        postgresql_where=text("state = 'suspense'"),
    ),
    postgresql_with={"fillfactor": 80},
)

wallet_outage = Table(
    "wallet_outage",
    metadata,
    of_tenant(),
    id_of("wallet_service_id"),
    words("kind"),
    moment("until", nullable=False),
    PrimaryKeyConstraint("tenant_id", "wallet_service_id", "kind"),
    CheckConstraint(KINDS, name="wallet_outage_kind_check"),
)
