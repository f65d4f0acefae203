"""The tables of savings: organisations, their groups, who is in them, and what they paid in."""

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    Boolean,
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
from sqlalchemy.dialects.postgresql import UUID

from core.db.tables import (
    NOW,
    amount_minor,
    currency,
    id_of,
    metadata,
    moment,
    of_tenant,
    refers,
    tenant_id,
    words,
)

organisation = Table(
    "organisation",
    metadata,
    of_tenant(),
    id_of("id"),
    words("name"),
    PrimaryKeyConstraint("tenant_id", "id"),
)

savings_group = Table(
    "savings_group",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("organisation_id"),
    words("code"),
    words("name"),
    Column("frozen", Boolean, nullable=False, server_default=text("false")),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "code"),
    refers("organisation_id", "organisation"),
)

membership = Table(
    "membership",
    metadata,
    tenant_id(),
    id_of("group_id"),
    id_of("subscriber_id"),
    Column("number", SmallInteger, nullable=False),
    id_of("savings_account_id"),
    Column("joined_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    moment("left_at"),
    Column("member_since", Date),
    PrimaryKeyConstraint("tenant_id", "group_id", "subscriber_id"),
    UniqueConstraint("tenant_id", "subscriber_id", "number"),
    CheckConstraint("number BETWEEN 1 AND 97", name="membership_number_check"),
    refers("group_id", "savings_group"),
    refers("subscriber_id", "subscriber"),
    refers("savings_account_id", "account"),
)

contribution = Table(
    "contribution",
    metadata,
    tenant_id(),
    id_of("entry_id"),
    id_of("group_id"),
    id_of("subscriber_id"),
    amount_minor(),
    amount_minor("fee_minor"),
    currency(),
    PrimaryKeyConstraint("tenant_id", "entry_id"),
    CheckConstraint("amount_minor > 0", name="contribution_amount_minor_check"),
    CheckConstraint("fee_minor >= 0", name="contribution_fee_minor_check"),
    Index("contribution_member", "tenant_id", "subscriber_id", text("entry_id DESC")),
)

savings_area = Table(
    "savings_area",
    metadata,
    of_tenant(),
    id_of("id"),
    id_of("parent_id", nullable=True),
    words("level"),
    Column("depth", SmallInteger, nullable=False),
    words("name"),
    words("place"),
    Column("ancestors", ARRAY(UUID()), nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "depth >= 0 AND (depth = 0) = (parent_id IS NULL)", name="savings_area_depth_check"
    ),
    refers("parent_id", "savings_area"),
    Index("savings_area_level", "tenant_id", "level", "place"),
)

savings_group_area = Table(
    "savings_group_area",
    metadata,
    tenant_id(),
    id_of("group_id"),
    id_of("area_id"),
    PrimaryKeyConstraint("tenant_id", "group_id"),
    refers("group_id", "savings_group"),
    refers("area_id", "savings_area"),
    Index("savings_group_area_area", "tenant_id", "area_id"),
)
