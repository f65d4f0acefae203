"""The tables of loans: products, loans, and what was paid of them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from core.db.tables import (
    NOW,
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


def _small(name: str) -> Column[int]:
    return Column(name, SmallInteger, nullable=False)


def _day(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Date, nullable=nullable)


loan_product = Table(
    "loan_product",
    metadata,
    of_tenant(),
    id_of("id"),
    words("key"),
    words("name"),
    document("terms"),
    moment("valid_from", nullable=False),
    moment("valid_to"),
    words("approved_by"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "key", "valid_from"),
)

loan_provisioning = Table(
    "loan_provisioning",
    metadata,
    of_tenant(),
    moment("valid_from", nullable=False),
    document("bands"),
    words("approved_by"),
    PrimaryKeyConstraint("tenant_id", "valid_from"),
)

_IS_OPEN = text("state IN ('applied', 'guaranteed', 'approved', 'disbursed', 'repaying')")

loan = Table(
    "loan",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("group_id"),
    id_of("borrower_id"),
    id_of("product_id"),
    document("terms"),
    amount_minor("principal_minor"),
    currency(),
    _small("periods"),
    words("state", default="'applied'"),
    words("reason", nullable=True),
    id_of("account_id"),
    _day("disbursed_on", nullable=True),
    id_of("entry_id", nullable=True),
    amount_minor("lost_minor", default="0"),
    words("payout", default="'wallet'"),
    created_at(),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("payout IN ('wallet', 'cash')", name="loan_payout_check"),
    CheckConstraint("principal_minor > 0", name="loan_principal_minor_check"),
    CheckConstraint("lost_minor >= 0", name="loan_lost_minor_check"),
    CheckConstraint(
        "state IN ('applied', 'guaranteed', 'approved', 'disbursed', 'repaying', 'closed',"
        " 'written_off', 'refused', 'withdrawn')",
        name="loan_state_check",
    ),
    CheckConstraint(
        "(disbursed_on IS NULL) = (entry_id IS NULL) AND"
        " (state IN ('disbursed', 'repaying', 'closed', 'written_off')) = (entry_id IS NOT NULL)",
        name="loan_disbursed_check",
    ),
    Index(
        "loan_open", "tenant_id", "borrower_id", "group_id", unique=True, postgresql_where=_IS_OPEN
    ),
    Index("loan_group", "tenant_id", "group_id", "state"),
    ForeignKeyConstraint(
        ["tenant_id", "group_id", "borrower_id"],
        ["membership.tenant_id", "membership.group_id", "membership.subscriber_id"],
    ),
    refers("product_id", "loan_product"),
)

loan_guarantor = Table(
    "loan_guarantor",
    metadata,
    tenant_id(),
    id_of("loan_id"),
    id_of("subscriber_id"),
    amount_minor(),
    words("state", default="'asked'"),
    id_of("hold_id", nullable=True),
    amount_minor("called_minor", default="0"),
    Column("changed_at", created_at().type, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("tenant_id", "loan_id", "subscriber_id"),
    CheckConstraint("amount_minor > 0", name="loan_guarantor_amount_minor_check"),
    CheckConstraint("called_minor BETWEEN 0 AND amount_minor", name="loan_guarantor_called_check"),
    CheckConstraint(
        "state IN ('asked', 'accepted', 'refused', 'released', 'called')",
        name="loan_guarantor_state_check",
    ),
    Index("loan_guarantor_person", "tenant_id", "subscriber_id"),
    refers("loan_id", "loan"),
    refers("subscriber_id", "subscriber"),
)

loan_decision = Table(
    "loan_decision",
    metadata,
    tenant_id(),
    id_of("loan_id"),
    id_of("subscriber_id"),
    words("role"),
    Column("approved", Boolean, nullable=False),
    words("reason", nullable=True),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "loan_id", "subscriber_id"),
    refers("loan_id", "loan"),
)

loan_instalment = Table(
    "loan_instalment",
    metadata,
    tenant_id(),
    id_of("loan_id"),
    _small("version"),
    _small("number"),
    _day("planned_on"),
    _day("due_on"),
    amount_minor("principal_minor"),
    amount_minor("interest_minor"),
    amount_minor("fee_minor", default="0"),
    PrimaryKeyConstraint("tenant_id", "loan_id", "version", "number"),
    CheckConstraint(
        "principal_minor >= 0 AND interest_minor >= 0 AND fee_minor >= 0",
        name="loan_instalment_check",
    ),
    Index("loan_instalment_due", "tenant_id", "due_on"),
    refers("loan_id", "loan"),
)

loan_payment = Table(
    "loan_payment",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("loan_id"),
    id_of("payer_id"),
    words("source"),
    _day("paid_on"),
    amount_minor(),
    Column("settles", Boolean, nullable=False, server_default=text("false")),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("amount_minor > 0", name="loan_payment_amount_minor_check"),
    CheckConstraint(
        "source IN ('wallet', 'guarantor', 'cash', 'share_out')", name="loan_payment_source_check"
    ),
    Index("loan_payment_loan", "tenant_id", "loan_id"),
    refers("loan_id", "loan"),
)

loan_split = Table(
    "loan_split",
    metadata,
    tenant_id(),
    id_of("entry_id"),
    id_of("payment_id"),
    id_of("loan_id"),
    amount_minor("penalty_minor"),
    amount_minor("fee_minor"),
    amount_minor("interest_minor"),
    amount_minor("principal_minor"),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "entry_id", "payment_id"),
    Index("loan_split_loan", "tenant_id", "loan_id"),
    refers("payment_id", "loan_payment"),
)

loan_reversal = Table(
    "loan_reversal",
    metadata,
    tenant_id(),
    id_of("payment_id"),
    id_of("entry_id"),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "payment_id"),
    refers("payment_id", "loan_payment"),
)

loan_penalty = Table(
    "loan_penalty",
    metadata,
    tenant_id(),
    id_of("loan_id"),
    _small("number"),
    _day("day"),
    _small("ordinal"),
    amount_minor(),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "loan_id", "number", "day", "ordinal"),
    CheckConstraint("amount_minor <> 0", name="loan_penalty_amount_minor_check"),
    refers("loan_id", "loan"),
)
