"""The table of alarms."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, PrimaryKeyConstraint, Table, text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from core.db.tables import NOW, id_of, metadata, moment, tenant_id, words

alarm = Table(
    "alarm",
    metadata,
    tenant_id(),
    id_of("id"),
    words("kind"),
    words("subject"),
    words("sentence"),
    words("state", default="'open'"),
    Column("count", Integer, nullable=False),
    Column("first_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    Column("last_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    moment("closed_at"),
    moment("emailed_at"),
    words("closed_by", nullable=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("state IN ('open', 'closed')", name="alarm_state_check"),
    CheckConstraint("(state = 'closed') = (closed_by IS NOT NULL)", name="alarm_closed_check"),
    Index(
        "alarm_open",
        "tenant_id",
        "kind",
        "subject",
        unique=True,
        postgresql_where=text("state = 'open'"),
    ),
)
