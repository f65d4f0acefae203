"""The table of requests that two officers decide."""

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, Table, UniqueConstraint, text

from core.db.tables import created_at, document, id_of, metadata, moment, of_tenant, words

approval_request = Table(
    "approval_request",
    metadata,
    of_tenant(),
    id_of("id"),
    words("kind"),
    id_of("subject_id", nullable=True),
    words("key", nullable=True),
    document("params"),
    words("reason"),
    words("state", default="'pending'"),
    words("requested_by"),
    words("decided_by", nullable=True),
    document("result", default=True),
    created_at(),
    moment("expires_at", nullable=False),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "key"),
    CheckConstraint(
        "state IN ('pending', 'approved', 'refused', 'expired')",
        name="approval_request_state_check",
    ),
    CheckConstraint("decided_by <> requested_by", name="approval_request_four_eyes"),
    CheckConstraint(
        "(state IN ('approved', 'refused')) = (decided_by IS NOT NULL)",
        name="approval_request_decided",
    ),
    Index(
        "approval_request_subject",
        "tenant_id",
        "kind",
        "subject_id",
        unique=True,
        postgresql_where=text("state = 'pending' AND subject_id IS NOT NULL"),
    ),
    Index("approval_request_due", "expires_at", postgresql_where=text("state = 'pending'")),
)
