"""The tables of wet stock: charts, dips, deliveries, and what was reckoned from them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from core.db.tables import (
    NOW,
    document,
    id_of,
    metadata,
    moment,
    of_tenant,
    refers,
    tenant_id,
    words,
)


def _now(name: str) -> Column[object]:
    return Column(name, moment(name).type, nullable=False, server_default=NOW)


def _cl(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Numeric, nullable=nullable)


def _day(name: str) -> Column[object]:
    return Column(name, Date, nullable=False)


fuel_stock_limits = Table(
    "fuel_stock_limits",
    metadata,
    of_tenant(),
    id_of("id"),
    document("terms"),
    moment("valid_from", nullable=False),
    words("approved_by"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "valid_from"),
)

fuel_chart = Table(
    "fuel_chart",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("tank_id"),
    words("certificate"),
    _day("valid_from"),
    document("chart"),
    words("source_sha256"),
    id_of("request_id", nullable=True),
    _now("approved_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "tank_id", "valid_from"),
    refers("tank_id", "fuel_tank"),
)

fuel_dip = Table(
    "fuel_dip",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("tank_id"),
    id_of("chart_id"),
    id_of("dipped_by"),
    _number("dip_mm"),
    _number("water_mm"),
    _cl("volume_cl"),
    _cl("water_cl"),
    _cl("cl_a_mm"),
    _number("temperature_c", nullable=True),
    _number("density_15", nullable=True),
    _cl("standard_cl", nullable=True),
    words("state", default="'entered'"),
    id_of("seen_by", nullable=True),
    _now("dipped_at"),
    moment("ended_at"),
    moment("reckoned_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "dip_mm >= 0 AND water_mm >= 0 AND water_mm <= dip_mm", name="fuel_dip_mm_check"
    ),
    CheckConstraint(
        "volume_cl >= 0 AND water_cl >= 0 AND cl_a_mm > 0", name="fuel_dip_volumes_check"
    ),
    CheckConstraint("state IN ('entered', 'confirmed', 'refused')", name="fuel_dip_state_check"),
    CheckConstraint(
        "(state <> 'entered') = (seen_by IS NOT NULL AND ended_at IS NOT NULL)",
        name="fuel_dip_seen_check",
    ),
    CheckConstraint("seen_by <> dipped_by", name="fuel_dip_two_check"),
    CheckConstraint(
        "(temperature_c IS NULL) = (density_15 IS NULL)"
        " AND (temperature_c IS NULL) = (standard_cl IS NULL)",
        name="fuel_dip_standard_check",
    ),
    Index(
        "fuel_dip_tank",
        *("tenant_id", "tank_id", "dipped_at"),
        postgresql_where=text("state = 'confirmed'"),
    ),
    Index(
        "fuel_dip_entered",
        *("tenant_id", "tank_id", "id"),
        postgresql_where=text("state = 'entered'"),
    ),
    Index(
        "fuel_dip_to_reckon",
        "tenant_id",
        postgresql_where=text("state = 'confirmed' AND reckoned_at IS NULL"),
    ),
    refers("tank_id", "fuel_tank"),
    refers("chart_id", "fuel_chart"),
    refers("dipped_by", "subscriber"),
    refers("seen_by", "subscriber"),
)

fuel_delivery = Table(
    "fuel_delivery",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("tank_id"),
    id_of("received_by"),
    words("waybill"),
    words("seals"),
    _cl("ticket_cl"),
    _number("before_mm"),
    _number("after_mm"),
    _cl("sold_cl"),
    _cl("received_cl"),
    _cl("limit_cl"),
    _cl("short_cl"),
    _now("received_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "waybill", "tank_id"),
    CheckConstraint("before_mm >= 0 AND after_mm > before_mm", name="fuel_delivery_mm_check"),
    CheckConstraint(
        "ticket_cl > 0 AND sold_cl >= 0 AND received_cl > 0 AND limit_cl >= 0 AND short_cl >= 0",
        name="fuel_delivery_volumes_check",
    ),
    Index("fuel_delivery_tank", "tenant_id", "tank_id", "received_at"),
    refers("tank_id", "fuel_tank"),
    refers("received_by", "subscriber"),
)

fuel_stock_day = Table(
    "fuel_stock_day",
    metadata,
    tenant_id(),
    id_of("tank_id"),
    _day("day"),
    _cl("opening_cl"),
    _cl("delivered_cl"),
    _cl("sold_cl"),
    _cl("book_cl"),
    _cl("dip_cl"),
    _cl("variance_cl"),
    _cl("tolerance_cl"),
    _cl("cumulative_cl"),
    _now("reckoned_at"),
    PrimaryKeyConstraint("tenant_id", "tank_id", "day"),
    CheckConstraint(
        "book_cl = opening_cl + delivered_cl - sold_cl AND variance_cl = dip_cl - book_cl",
        name="fuel_stock_day_book_check",
    ),
    Index("fuel_stock_day_day", "tenant_id", "day"),
    refers("tank_id", "fuel_tank"),
)

fuel_stock_alarm = Table(
    "fuel_stock_alarm",
    metadata,
    tenant_id(),
    id_of("tank_id"),
    words("kind"),
    _day("about"),
    _day("seen_on"),
    _cl("litres_cl"),
    _cl("limit_cl"),
    _now("told_at"),
    PrimaryKeyConstraint("tenant_id", "tank_id", "kind", "about"),
    CheckConstraint(
        "kind IN ('sudden', 'slow_trend', 'month', 'delivery')",
        name="fuel_stock_alarm_kind_check",
    ),
    refers("tank_id", "fuel_tank"),
)
