"""The tables of exports, and of the parts that a file is put together of."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    text,
)

from core.db.tables import (
    created_at,
    document,
    id_of,
    metadata,
    moment,
    of_tenant,
    tenant_id,
    words,
)

export = Table(
    "export",
    metadata,
    of_tenant(),
    id_of("id"),
    words("listing"),
    words("format"),
    document("wanted"),
    words("asked_by"),
    words("state", default="'reading'"),
    words("reason", nullable=True),
    Column("rows_expected", Integer),
    Column("rows_read", Integer, nullable=False, server_default=text("0")),
    Column("parts", Integer, nullable=False, server_default=text("0")),
    id_of("last_key", nullable=True),
    Column("file_bytes", BigInteger),
    created_at(),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("format IN ('csv', 'xlsx', 'pdf')", name="export_format_check"),
    CheckConstraint(
        "state IN ('reading', 'writing', 'ready', 'failed')", name="export_state_check"
    ),
    CheckConstraint("(state = 'ready') = (file_bytes IS NOT NULL)", name="export_file_check"),
    Index("export_asked_by", "tenant_id", "asked_by", text("id DESC")),
    Index("export_age", "created_at", postgresql_using="brin"),
)

export_part = Table(
    "export_part",
    metadata,
    tenant_id(),
    id_of("export_id"),
    words("stage"),
    Column("number", Integer, nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("tenant_id", "export_id", "stage", "number"),
    ForeignKeyConstraint(
        ["tenant_id", "export_id"], ["export.tenant_id", "export.id"], ondelete="CASCADE"
    ),
    CheckConstraint("stage IN ('rows', 'file')", name="export_part_stage_check"),
)
