"""The tables of a group's year: what it agreed on, its offices, its own accounts, its meetings."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
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
    refers,
    tenant_id,
    words,
)


def _day(name: str) -> Column[object]:
    return Column(name, Date, nullable=False)


def _maybe_minor(name: str) -> Column[int]:
    return Column(name, BigInteger)


savings_constitution = Table(
    "savings_constitution",
    metadata,
    tenant_id(),
    id_of("group_id"),
    _day("valid_from"),
    _day("valid_until"),
    document("body"),
    PrimaryKeyConstraint("tenant_id", "group_id", "valid_from"),
    CheckConstraint("valid_until > valid_from", name="savings_constitution_days"),
    refers("group_id", "savings_group"),
)

savings_office = Table(
    "savings_office",
    metadata,
    tenant_id(),
    id_of("group_id"),
    words("role"),
    id_of("subscriber_id"),
    _day("valid_from"),
    _day("valid_until"),
    PrimaryKeyConstraint("tenant_id", "group_id", "role", "subscriber_id", "valid_from"),
    CheckConstraint(
        "role IN ('chair', 'secretary', 'treasurer', 'key_holder')",
        name="savings_office_role_check",
    ),
    CheckConstraint("valid_until >= valid_from", name="savings_office_days"),
    refers("group_id", "savings_group"),
    refers("subscriber_id", "subscriber"),
    Index("savings_office_person", "tenant_id", "subscriber_id"),
)

savings_book = Table(
    "savings_book",
    metadata,
    tenant_id(),
    id_of("group_id"),
    id_of("cash_account_id"),
    id_of("loan_fund_account_id"),
    id_of("social_fund_account_id"),
    PrimaryKeyConstraint("tenant_id", "group_id"),
    refers("group_id", "savings_group"),
    refers("cash_account_id", "account"),
    refers("loan_fund_account_id", "account"),
    refers("social_fund_account_id", "account"),
)

savings_meeting = Table(
    "savings_meeting",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("group_id"),
    _day("day"),
    currency(),
    words("state", default="'open'"),
    id_of("opened_by"),
    Column("opened_at", created_at().type, nullable=False, server_default=NOW),
    id_of("recorded_by"),
    amount_minor("opening_loan_minor"),
    amount_minor("opening_social_minor"),
    id_of("confirmed_by", nullable=True),
    _maybe_minor("first_count_minor"),
    id_of("first_counted_by", nullable=True),
    words("first_typed_by", default="''"),
    _maybe_minor("counted_minor"),
    id_of("counted_by", nullable=True),
    words("reason", nullable=True),
    Column("guests", SmallInteger, nullable=False, server_default=text("0")),
    id_of("ended_by", nullable=True),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "state IN ('open', 'recording', 'counted', 'closed', 'stopped')",
        name="savings_meeting_state_check",
    ),
    CheckConstraint(
        "opening_loan_minor >= 0 AND opening_social_minor >= 0",
        name="savings_meeting_opening_check",
    ),
    CheckConstraint("guests >= 0", name="savings_meeting_guests_check"),
    CheckConstraint("counted_by <> first_counted_by", name="savings_meeting_two_count"),
    CheckConstraint(
        "state NOT IN ('counted', 'closed') OR counted_minor = first_count_minor",
        name="savings_meeting_counted_check",
    ),
    refers("group_id", "savings_group"),
    Index(
        "savings_meeting_open",
        *("tenant_id", "group_id"),
        unique=True,
        postgresql_where=text("state IN ('open', 'recording', 'counted')"),
    ),
    Index("savings_meeting_newest", "tenant_id", "group_id", text("id DESC")),
)

savings_meeting_line = Table(
    "savings_meeting_line",
    metadata,
    tenant_id(),
    id_of("meeting_id"),
    id_of("subscriber_id"),
    Column("number", SmallInteger, nullable=False),
    words("attendance", default="'present'"),
    _maybe_minor("saved_minor"),
    id_of("saved_by", nullable=True),
    amount_minor("social_minor", default="0"),
    amount_minor("fine_minor", default="0"),
    document("fines", default=True),
    id_of("entry_id", nullable=True),
    PrimaryKeyConstraint("tenant_id", "meeting_id", "subscriber_id"),
    UniqueConstraint("tenant_id", "meeting_id", "number"),
    CheckConstraint(
        "attendance IN ('present', 'late', 'excused', 'absent')",
        name="savings_meeting_line_attendance_check",
    ),
    CheckConstraint("saved_minor >= 0", name="savings_meeting_line_saved_minor_check"),
    CheckConstraint("social_minor >= 0", name="savings_meeting_line_social_minor_check"),
    CheckConstraint("fine_minor >= 0", name="savings_meeting_line_fine_minor_check"),
    refers("meeting_id", "savings_meeting"),
    refers("subscriber_id", "subscriber"),
)

savings_correction = Table(
    "savings_correction",
    metadata,
    tenant_id(),
    id_of("meeting_id"),
    id_of("corrects_entry_id"),
    id_of("subscriber_id"),
    amount_minor("saved_minor"),
    amount_minor("social_minor"),
    amount_minor("fine_minor"),
    words("reason"),
    id_of("recorded_by"),
    id_of("reversal_entry_id", nullable=True),
    id_of("entry_id", nullable=True),
    PrimaryKeyConstraint("tenant_id", "meeting_id", "corrects_entry_id"),
    CheckConstraint("saved_minor >= 0", name="savings_correction_saved_minor_check"),
    CheckConstraint("social_minor >= 0", name="savings_correction_social_minor_check"),
    CheckConstraint("fine_minor >= 0", name="savings_correction_fine_minor_check"),
    refers("meeting_id", "savings_meeting"),
)

_PURPOSE = "purpose IN ('loan_repayment', 'loan_payout')"

savings_meeting_cash = Table(
    "savings_meeting_cash",
    metadata,
    tenant_id(),
    id_of("meeting_id"),
    words("purpose"),
    id_of("subject_id"),
    id_of("subscriber_id"),
    amount_minor(),
    id_of("recorded_by"),
    id_of("entry_id", nullable=True),
    PrimaryKeyConstraint("tenant_id", "meeting_id", "purpose", "subject_id"),
    CheckConstraint(_PURPOSE, name="savings_meeting_cash_purpose_check"),
    CheckConstraint(
        "(purpose = 'loan_payout' AND amount_minor <= 0)"
        " OR (purpose <> 'loan_payout' AND amount_minor >= 0)",
        name="savings_meeting_cash_sign_check",
    ),
    refers("meeting_id", "savings_meeting"),
    refers("subscriber_id", "subscriber"),
)

savings_cash = Table(
    "savings_cash",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("group_id"),
    words("purpose"),
    id_of("subject_id"),
    id_of("subscriber_id"),
    amount_minor(),
    currency(),
    words("state", default="'pending'"),
    id_of("recorded_by"),
    created_at(),
    moment("expires_at", nullable=False),
    id_of("decided_by", nullable=True),
    moment("decided_at"),
    id_of("entry_id", nullable=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(_PURPOSE, name="savings_cash_purpose_check"),
    CheckConstraint("amount_minor > 0", name="savings_cash_amount_minor_check"),
    CheckConstraint(
        "state IN ('pending', 'approved', 'refused', 'expired')", name="savings_cash_state_check"
    ),
    CheckConstraint(
        "state <> 'approved' OR decided_by IS DISTINCT FROM recorded_by",
        name="savings_cash_two_check",
    ),
    CheckConstraint(
        "(state = 'approved') = (entry_id IS NOT NULL)", name="savings_cash_entry_check"
    ),
    Index(
        "savings_cash_pending",
        *("tenant_id", "subject_id"),
        unique=True,
        postgresql_where=text("state = 'pending'"),
    ),
    Index("savings_cash_group", "tenant_id", "group_id", text("id DESC")),
    refers("group_id", "savings_group"),
    refers("subscriber_id", "subscriber"),
)
