"""The tables of what happened and what it cost: never a word of what was typed."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    text,
)

from core.db.tables import created_at, id_of, metadata, moment, tenant_id, words

turn = Table(
    "turn",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("service_id"),
    words("session"),
    id_of("subscriber_id", nullable=True),
    Column("number", Integer, nullable=False),
    words("place"),
    words("outcome"),
    words("language"),
    Column("took_us", Integer, nullable=False),
    words("network", default="''"),
    words("screen_key", nullable=True),
    Column("screen_sealed", LargeBinary),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("turn_session", "tenant_id", "session"),
    Index(
        "turn_subscriber",
        "tenant_id",
        "subscriber_id",
        text("id DESC"),
        postgresql_where=text("subscriber_id IS NOT NULL"),
    ),
    postgresql_partition_by="RANGE (id)",
)

gateway_cost = Table(
    "gateway_cost",
    metadata,
    tenant_id(),
    words("kind"),
    words("reference"),
    Column("day", Date, nullable=False),
    id_of("service_id"),
    words("network"),
    Column("amount_micro", BigInteger, nullable=False),
    words("currency"),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "kind", "reference"),
    CheckConstraint("kind IN ('session', 'text')", name="gateway_cost_kind_check"),
    CheckConstraint("amount_micro >= 0", name="gateway_cost_amount_micro_check"),
    Index("gateway_cost_day", "tenant_id", "day"),
    Index("gateway_cost_age", "created_at", postgresql_using="brin"),
)

message_meter = Table(
    "message_meter",
    metadata,
    tenant_id(),
    id_of("service_id"),
    Column("month", Date, nullable=False),
    Column("messages", Integer, nullable=False),
    PrimaryKeyConstraint("tenant_id", "service_id", "month"),
    CheckConstraint("messages > 0", name="message_meter_messages_check"),
)

funnel_day = Table(
    "funnel_day",
    metadata,
    tenant_id(),
    Column("day", Date, nullable=False),
    id_of("service_id"),
    words("language"),
    words("network"),
    words("place"),
    *(
        Column(name, Integer, nullable=False)
        for name in ("came", "ended", "dropped", "back", "wrong", "refused")
    ),
    Column("turns", BigInteger, nullable=False),
    Column("numbers", BigInteger, nullable=False),
    PrimaryKeyConstraint("tenant_id", "day", "service_id", "language", "network", "place"),
)

funnel_mark = Table(
    "funnel_mark",
    metadata,
    tenant_id(),
    moment("counted_until", nullable=False),
    PrimaryKeyConstraint("tenant_id"),
)
