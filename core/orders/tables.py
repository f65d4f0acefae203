"""The tables of orders: products, prices, shops and quotes."""

from sqlalchemy import (
    TIMESTAMP,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

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

product = Table(
    "product",
    metadata,
    of_tenant(),
    words("code"),
    words("category"),
    Column("position", Integer, nullable=False),
    document("names"),
    document("units"),
    Column("sold", Boolean, nullable=False, server_default=text("true")),
    PrimaryKeyConstraint("tenant_id", "code"),
    CheckConstraint("code ~ '^[A-Z0-9]{1,12}$'", name="product_code_check"),
)

price_book = Table(
    "price_book",
    metadata,
    of_tenant(),
    id_of("id"),
    words("version"),
    words("published"),
    words("approved_by"),
    Column("published_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    Column("is_folders", Boolean, nullable=False, server_default=text("true")),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("approved_by <> ''", name="price_book_approved_by_check"),
    Index("price_book_newest", "tenant_id", text("published_at DESC"), text("id DESC")),
)

shop = Table(
    "shop",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    words("region", default="''"),
    Column("price_groups", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    refers("subscriber_id", "subscriber"),
)

price_quote = Table(
    "price_quote",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("subscriber_id", nullable=True),
    id_of("price_book_id"),
    document("asked"),
    document("priced"),
    currency(),
    amount_minor("total_minor"),
    words("coupon_rule", default="''"),
    created_at(),
    moment("expires_at", nullable=False),
    moment("confirmed_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    refers("subscriber_id", "subscriber"),
    refers("price_book_id", "price_book"),
    CheckConstraint("total_minor >= 0", name="price_quote_total_minor_check"),
    CheckConstraint("expires_at > created_at", name="price_quote_check"),
    Index(
        *("price_quote_coupon", "tenant_id", "coupon_rule", "subscriber_id"),
        postgresql_where=text("coupon_rule <> ''"),
    ),
    Index("price_quote_open", "expires_at", postgresql_where=text("confirmed_at IS NULL")),
)
