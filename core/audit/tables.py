"""The table of the audit trail."""

from sqlalchemy import PrimaryKeyConstraint, Table

from core.db.tables import document, id_of, metadata, tenant_id, words

audit = Table(
    "audit",
    metadata,
    tenant_id(),
    id_of("id"),
    words("actor"),
    words("action"),
    id_of("object_id", nullable=True),
    document("detail", default=True),
    PrimaryKeyConstraint("tenant_id", "id"),
)
