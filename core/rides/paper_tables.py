"""The tables of riders' papers: as they were brought, and who was reminded that they end."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    text,
)

from core.db.tables import NOW, id_of, metadata, moment, refers, tenant_id, words

driver_papers = Table(
    "driver_papers",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("subscriber_id"),
    words("plate"),
    words("licence"),
    Column("licence_until", Date, nullable=False),
    Column("insurance_until", Date, nullable=False),
    id_of("licence_file_id", nullable=True),
    id_of("insurance_file_id", nullable=True),
    id_of("brought_by"),
    Column("brought_at", moment("brought_at").type, nullable=False, server_default=NOW),
    words("state", default="'waiting'"),
    words("reason", nullable=True),
    words("decided_by", nullable=True),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "state IN ('waiting', 'accepted', 'refused', 'replaced')", name="driver_papers_state_check"
    ),
    CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="driver_papers_ended_check"),
    Index(
        "driver_papers_waiting",
        "tenant_id",
        "subscriber_id",
        unique=True,
        postgresql_where=text("state = 'waiting'"),
    ),
    refers("subscriber_id", "subscriber"),
    refers("brought_by", "subscriber"),
)

driver_reminder = Table(
    "driver_reminder",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    words("paper"),
    Column("until", Date, nullable=False),
    Column("days", SmallInteger, nullable=False),
    Column("reminded_at", moment("reminded_at").type, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("tenant_id", "subscriber_id", "paper", "until", "days"),
    CheckConstraint("paper IN ('licence', 'insurance')", name="driver_reminder_paper_check"),
    refers("subscriber_id", "driver", to="subscriber_id"),
)
