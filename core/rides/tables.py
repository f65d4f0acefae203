"""The tables of rides: fares, drivers, rides with their events, and offers."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)

from core.db.tables import (
    NOW,
    amount_minor,
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


def _now(name: str) -> Column[object]:
    return Column(name, moment(name).type, nullable=False, server_default=NOW)


ride_tariff = Table(
    "ride_tariff",
    metadata,
    of_tenant(),
    id_of("id"),
    document("terms"),
    moment("valid_from", nullable=False),
    moment("valid_to"),
    words("approved_by"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "valid_from"),
)

driver = Table(
    "driver",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    words("plate"),
    words("licence"),
    Column("licence_until", Date, nullable=False),
    Column("insurance_until", Date, nullable=False),
    id_of("stop_id", nullable=True),
    Column("cell", BigInteger),
    Column("latitude_e7", Integer),
    Column("longitude_e7", Integer),
    moment("seen_at"),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    UniqueConstraint("tenant_id", "plate"),
    CheckConstraint(
        "(cell IS NULL) = (latitude_e7 IS NULL) AND (cell IS NULL) = (longitude_e7 IS NULL)"
        " AND (cell IS NULL) = (seen_at IS NULL) AND (cell IS NULL) = (stop_id IS NULL)",
        name="driver_on_duty_is_somewhere",
    ),
    Index("driver_on_duty", "tenant_id", "cell", postgresql_where=text("cell IS NOT NULL")),
    refers("subscriber_id", "subscriber"),
    refers("stop_id", "place"),
)

_IS_ACTIVE = text("state IN ('requested', 'offered', 'accepted', 'arrived', 'started')")
_IS_TAKEN = text("state IN ('accepted', 'arrived', 'started')")

ride = Table(
    "ride",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("customer_id"),
    id_of("driver_id", nullable=True),
    id_of("pickup_id"),
    id_of("destination_id"),
    id_of("tariff_id"),
    Column("distance_m", Integer, nullable=False),
    amount_minor("fare_minor"),
    amount_minor("waiting_minor", default="0"),
    amount_minor("fee_minor", default="0"),
    currency(),
    id_of("hold_id", nullable=True),
    id_of("entry_id", nullable=True),
    words("state", default="'requested'"),
    Column("wrong_codes", SmallInteger, nullable=False, server_default=text("0")),
    Column("stars", SmallInteger),
    _now("requested_at"),
    moment("accepted_at"),
    moment("arrived_at"),
    moment("started_at"),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "distance_m > 0 AND fare_minor > 0 AND waiting_minor >= 0 AND fee_minor >= 0",
        name="ride_amounts_check",
    ),
    CheckConstraint(
        "state IN ('requested', 'offered', 'accepted', 'arrived', 'started', 'completed',"
        " 'cancelled', 'expired', 'no_show')",
        name="ride_state_check",
    ),
    CheckConstraint(
        "stars IS NULL OR (stars >= 1 AND stars <= 5 AND state = 'completed')",
        name="ride_stars_check",
    ),
    CheckConstraint(
        "(state IN ('accepted', 'arrived', 'started', 'completed', 'no_show'))"
        " <= (driver_id IS NOT NULL)"
        " AND (state IN ('requested', 'offered', 'expired')) <= (driver_id IS NULL)",
        name="ride_driver_check",
    ),
    CheckConstraint(
        "(state IN ('completed', 'cancelled', 'expired', 'no_show')) = (ended_at IS NOT NULL)",
        name="ride_ended_check",
    ),
    Index("ride_of_customer", "tenant_id", "customer_id", unique=True, postgresql_where=_IS_ACTIVE),
    Index("ride_of_driver", "tenant_id", "driver_id", unique=True, postgresql_where=_IS_TAKEN),
    Index("ride_open", "tenant_id", "state", "requested_at", postgresql_where=_IS_ACTIVE),
    Index("ride_past", "tenant_id", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
    Index("ride_past_of_driver", "tenant_id", "driver_id", "ended_at"),
    Index("ride_past_of_customer", "tenant_id", "customer_id", "ended_at"),
    refers("customer_id", "subscriber"),
    refers("driver_id", "driver", to="subscriber_id"),
    refers("pickup_id", "place"),
    refers("destination_id", "place"),
    refers("tariff_id", "ride_tariff"),
)

ride_event = Table(
    "ride_event",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("ride_id"),
    words("step"),
    id_of("actor_id", nullable=True),
    _now("at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    Index("ride_event_ride", "tenant_id", "ride_id"),
    refers("ride_id", "ride"),
)

ride_offer = Table(
    "ride_offer",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("ride_id"),
    id_of("driver_id"),
    words("state", default="'open'"),
    _now("offered_at"),
    moment("expires_at", nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "ride_id", "driver_id"),
    CheckConstraint(
        "state IN ('open', 'accepted', 'refused', 'expired', 'withdrawn')",
        name="ride_offer_state_check",
    ),
    Index(
        "ride_offer_of_ride",
        "tenant_id",
        "ride_id",
        unique=True,
        postgresql_where=text("state = 'open'"),
    ),
    Index(
        "ride_offer_of_driver",
        "tenant_id",
        "driver_id",
        unique=True,
        postgresql_where=text("state = 'open'"),
    ),
    Index("ride_offer_day", "tenant_id", "driver_id", "offered_at"),
    refers("ride_id", "ride"),
    refers("driver_id", "driver", to="subscriber_id"),
)
