"""The tables of rates: plans, pairs, changes, runs of the poller; alerts, daily texts, margins."""

from sqlalchemy import (
    CHAR,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from core.db.tables import (
    NOTHING,
    NOW,
    created_at,
    id_of,
    metadata,
    moment,
    of_tenant,
    refers,
    tenant_id,
    words,
)


def _code(name: str) -> Column[str]:
    return Column(name, CHAR(3), nullable=False)


def _number(name: str, *, nullable: bool = False, default: str | None = None) -> Column[object]:
    return Column(name, Numeric, nullable=nullable, server_default=default and text(default))


def _rate(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, Numeric(36, 8), nullable=nullable)


def _count(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))


rate_plan = Table(
    "rate_plan",
    metadata,
    of_tenant(),
    Column("providers", ARRAY(Text), nullable=False),
    words("compared_with", nullable=True),
    Column("interval_s", Integer, nullable=False),
    moment("compared_at"),
    moment("asks_from"),
    PrimaryKeyConstraint("tenant_id"),
    CheckConstraint("interval_s >= 60", name="rate_plan_interval_s_check"),
)

rate_pair = Table(
    "rate_pair",
    metadata,
    of_tenant(),
    _code("source"),
    _code("destination"),
    Column("listed", Boolean, nullable=False, server_default=text("true")),
    id_of("rate_id", nullable=True),
    _number("source_amount", nullable=True),
    _number("destination_amount", nullable=True),
    words("provider", default="''"),
    moment("provider_at"),
    moment("fetched_at"),
    moment("changed_at"),
    Column("changes", ARRAY(Numeric), nullable=False, server_default=NOTHING),
    _number("held_source_amount", nullable=True),
    _number("held_destination_amount", nullable=True),
    words("held_provider", nullable=True),
    moment("held_at"),
    words("held_reason", nullable=True),
    moment("tried_at"),
    moment("refresh_at"),
    PrimaryKeyConstraint("tenant_id", "source", "destination"),
    CheckConstraint("source <> destination", name="rate_pair_source_check"),
    CheckConstraint("(rate_id IS NULL) = (fetched_at IS NULL)", name="rate_pair_rate_id_check"),
)

rate = Table(
    "rate",
    metadata,
    tenant_id(),
    id_of("id"),
    _code("source"),
    _code("destination"),
    _rate("rate"),
    _number("source_amount"),
    _number("destination_amount"),
    words("provider"),
    moment("provider_at"),
    moment("fetched_at", nullable=False),
    words("reason"),
    id_of("corrects", nullable=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("rate > 0", name="rate_rate_check"),
    CheckConstraint(
        "reason IN ('first', 'change', 'confirmed', 'person', 'correction')",
        name="rate_reason_check",
    ),
    Index("rate_by_pair", "tenant_id", "source", "destination", text("id DESC")),
    postgresql_partition_by="RANGE (id)",
)

rate_run = Table(
    "rate_run",
    metadata,
    of_tenant(),
    id_of("id"),
    id_of("holder"),
    Column("started_at", created_at().type, nullable=False, server_default=NOW),
    moment("lease_until", nullable=False),
    moment("ended_at"),
    _count("accepted"),
    _count("unchanged"),
    _count("held"),
    _count("failed"),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("rate_run_open", "tenant_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    Index("rate_run_newest", "tenant_id", text("started_at DESC")),
)

rate_alert = Table(
    "rate_alert",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("subscriber_id"),
    id_of("service_id"),
    _code("source"),
    _code("destination"),
    words("direction"),
    _rate("level"),
    Column("every_time", Boolean, nullable=False),
    words("state", default="'armed'"),
    created_at(),
    id_of("fired_rate_id", nullable=True),
    _rate("fired_rate", nullable=True),
    moment("fired_at"),
    Column("fired_order", Integer),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("direction IN ('above', 'below')", name="rate_alert_direction_check"),
    CheckConstraint("level > 0", name="rate_alert_level_check"),
    CheckConstraint("state IN ('armed', 'fired', 'told', 'over')", name="rate_alert_state_check"),
    refers("subscriber_id", "subscriber"),
    Index(
        "rate_alert_armed",
        *("tenant_id", "source", "destination", "direction", "level"),
        postgresql_where=text("state = 'armed'"),
    ),
    Index(
        "rate_alert_told",
        *("tenant_id", "source", "destination"),
        postgresql_where=text("state = 'told'"),
    ),
    Index(
        "rate_alert_fired",
        *("tenant_id", "fired_at", "fired_order"),
        postgresql_where=text("state = 'fired'"),
    ),
    Index(
        "rate_alert_whose",
        *("tenant_id", "subscriber_id"),
        postgresql_where=text("state <> 'over'"),
    ),
)

rate_daily = Table(
    "rate_daily",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    _code("source"),
    _code("destination"),
    id_of("service_id"),
    Column("hour", SmallInteger, nullable=False),
    Column("last_day", Date, nullable=False),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "subscriber_id", "source", "destination"),
    CheckConstraint("hour BETWEEN 0 AND 23", name="rate_daily_hour_check"),
    refers("subscriber_id", "subscriber"),
    Index("rate_daily_due", "tenant_id", "hour", "last_day"),
)

rate_asked = Table(
    "rate_asked",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    _code("source"),
    _code("destination"),
    id_of("service_id"),
    Column("count", Integer, nullable=False, server_default=text("1")),
    id_of("told_rate_id", nullable=True),
    Column("asked_at", created_at().type, nullable=False, server_default=NOW),
    PrimaryKeyConstraint("tenant_id", "subscriber_id", "source", "destination"),
    refers("subscriber_id", "subscriber"),
    Index("rate_asked_told", "tenant_id", "told_rate_id"),
    Index("rate_asked_age", "asked_at", postgresql_using="brin"),
)

rate_margin = Table(
    "rate_margin",
    metadata,
    of_tenant(),
    _code("source"),
    _code("destination"),
    Column("valid_from", Date, nullable=False),
    _number("from_amount", default="0"),
    _number("percent"),
    id_of("request_id", nullable=True),
    PrimaryKeyConstraint("tenant_id", "source", "destination", "valid_from", "from_amount"),
    CheckConstraint("percent BETWEEN 0 AND 50", name="rate_margin_percent_check"),
)
