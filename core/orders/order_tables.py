"""The tables of stock and of orders."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.db.tables import (
    amount_minor,
    created_at,
    currency,
    id_of,
    metadata,
    moment,
    of_tenant,
    refers,
    tenant_id,
    words,
)


def _count(name: str, *, nullable: bool = False, default: bool = False) -> Column[int]:
    return Column(
        name, BigInteger, nullable=nullable, server_default=text("0") if default else None
    )


warehouse = Table(
    "warehouse",
    metadata,
    of_tenant(),
    words("code"),
    Column("position", Integer, nullable=False),
    words("name"),
    Column("regions", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    PrimaryKeyConstraint("tenant_id", "code"),
    CheckConstraint("code ~ '^[A-Z0-9]{1,12}$'", name="warehouse_code_check"),
)

stock = Table(
    "stock",
    metadata,
    tenant_id(),
    words("warehouse"),
    words("product"),
    _count("on_hand", default=True),
    _count("reserved", default=True),
    _count("reorder_at", default=True),
    _count("version", default=True),
    PrimaryKeyConstraint("tenant_id", "warehouse", "product"),
    CheckConstraint("reorder_at >= 0", name="stock_reorder_at_check"),
    CheckConstraint("reserved >= 0 AND on_hand >= reserved", name="stock_covers_reserved"),
    refers("warehouse", "warehouse", to="code"),
    refers("product", "product", to="code"),
)

shop_order = Table(
    "shop_order",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("subscriber_id"),
    id_of("quote_id"),
    words("warehouse"),
    words("channel"),
    words("payment"),
    words("state", default="'created'"),
    currency(),
    amount_minor("total_minor"),
    Column("delivered_minor", BigInteger),
    amount_minor("paid_minor", default="0"),
    id_of("hold_id", nullable=True),
    words("deliverer", nullable=True),
    words("reason", nullable=True),
    created_at(),
    moment("reserved_until", nullable=False),
    moment("ended_at"),
    Column("due_on", Date),
    Column("reminded", Integer),
    amount_minor("late_fee_minor", default="0"),
    amount_minor("late_fee_paid_minor", default="0"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "quote_id"),
    CheckConstraint(
        "late_fee_paid_minor >= 0 AND late_fee_paid_minor <= late_fee_minor",
        name="shop_order_late_fee_check",
    ),
    CheckConstraint("due_on IS NULL OR payment = 'credit'", name="shop_order_due_check"),
    CheckConstraint("payment IN ('wallet', 'cash', 'credit')", name="shop_order_payment_check"),
    CheckConstraint(
        "state IN ('created', 'reserved', 'confirmed', 'assigned', 'picked', 'delivered',"
        " 'invoiced', 'settled', 'refused', 'cancelled', 'expired')",
        name="shop_order_state_check",
    ),
    CheckConstraint("total_minor >= 0", name="shop_order_total_minor_check"),
    CheckConstraint(
        "(state IN ('delivered', 'invoiced', 'settled')) = (delivered_minor IS NOT NULL)"
        " AND delivered_minor BETWEEN 0 AND total_minor",
        name="shop_order_delivered_check",
    ),
    CheckConstraint(
        "paid_minor >= 0 AND paid_minor <= coalesce(delivered_minor, 0)",
        name="shop_order_paid_check",
    ),
    Index("shop_order_shop", "tenant_id", "subscriber_id", text("created_at DESC")),
    Index(
        *("shop_order_credit", "tenant_id", "subscriber_id", "due_on"),
        postgresql_where=text("payment = 'credit'"),
    ),
    Index("shop_order_board", "tenant_id", "state", text("created_at DESC")),
    Index(
        "shop_order_due",
        "reserved_until",
        postgresql_where=text("state IN ('created', 'reserved', 'delivered', 'invoiced')"),
    ),
    refers("subscriber_id", "subscriber"),
    refers("quote_id", "price_quote"),
    refers("warehouse", "warehouse", to="code"),
)

shop_order_line = Table(
    "shop_order_line",
    metadata,
    tenant_id(),
    id_of("order_id"),
    Column("number", SmallInteger, nullable=False),
    words("product"),
    _count("quantity"),
    amount_minor("total_minor"),
    _count("delivered", nullable=True),
    words("substitute", nullable=True),
    PrimaryKeyConstraint("tenant_id", "order_id", "number"),
    CheckConstraint("quantity > 0", name="shop_order_line_quantity_check"),
    CheckConstraint("total_minor >= 0", name="shop_order_line_total_minor_check"),
    CheckConstraint("delivered BETWEEN 0 AND quantity", name="shop_order_line_check"),
    refers("order_id", "shop_order"),
    refers("product", "product", to="code"),
)

shop_order_step = Table(
    "shop_order_step",
    metadata,
    tenant_id(),
    id_of("order_id"),
    Column("ordinal", SmallInteger, nullable=False),
    words("step"),
    words("actor", nullable=True),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "order_id", "ordinal"),
    refers("order_id", "shop_order"),
)

stock_movement = Table(
    "stock_movement",
    metadata,
    tenant_id(),
    id_of("id"),
    words("warehouse"),
    words("product"),
    _count("quantity"),
    words("reason"),
    id_of("order_id", nullable=True),
    words("actor", nullable=True),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("quantity <> 0", name="stock_movement_quantity_check"),
    CheckConstraint(
        "reason IN ('opening', 'received', 'counted', 'delivered')",
        name="stock_movement_reason_check",
    ),
    CheckConstraint(
        "(reason = 'delivered') = (order_id IS NOT NULL)", name="stock_movement_order_check"
    ),
    Index("stock_movement_product", "tenant_id", "warehouse", "product"),
    ForeignKeyConstraint(
        ["tenant_id", "warehouse", "product"],
        ["stock.tenant_id", "stock.warehouse", "stock.product"],
    ),
    refers("order_id", "shop_order"),
)
