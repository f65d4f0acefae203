"""The tables of reminders, and of fines that a meeting left unpaid."""

from sqlalchemy import CheckConstraint, Column, Date, Index, PrimaryKeyConstraint, Table, text

from core.db.tables import (
    NOW,
    amount_minor,
    created_at,
    id_of,
    metadata,
    refers,
    tenant_id,
    words,
)

savings_reminder = Table(
    "savings_reminder",
    metadata,
    tenant_id(),
    words("kind"),
    id_of("subject_id"),
    id_of("subscriber_id"),
    Column("day", Date, nullable=False),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "kind", "subject_id", "subscriber_id", "day"),
    CheckConstraint(
        "kind IN ('meeting', 'instalment', 'late', 'office', 'saving')",
        name="savings_reminder_kind_check",
    ),
    refers("subscriber_id", "subscriber"),
    Index("savings_reminder_age", "created_at", postgresql_using="brin"),
)

savings_reminder_off = Table(
    "savings_reminder_off",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    words("kind"),
    Column("off_at", created_at().type, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("tenant_id", "subscriber_id", "kind"),
    CheckConstraint(
        "kind IN ('meeting', 'instalment', 'late')", name="savings_reminder_off_kind_check"
    ),
    refers("subscriber_id", "subscriber"),
)

savings_fine = Table(
    "savings_fine",
    metadata,
    tenant_id(),
    id_of("meeting_id"),
    id_of("subscriber_id"),
    words("kind"),
    id_of("group_id"),
    amount_minor(),
    id_of("paid_meeting_id", nullable=True),
    PrimaryKeyConstraint("tenant_id", "meeting_id", "subscriber_id", "kind"),
    CheckConstraint("amount_minor > 0", name="savings_fine_amount_minor_check"),
    refers("meeting_id", "savings_meeting"),
    refers("paid_meeting_id", "savings_meeting"),
    refers("group_id", "savings_group"),
    refers("subscriber_id", "subscriber"),
    Index(
        "savings_fine_owed",
        *("tenant_id", "group_id", "subscriber_id"),
        postgresql_where=text("paid_meeting_id IS NULL"),
    ),
)
