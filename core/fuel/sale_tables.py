"""The tables of sales to customers' phones, of their points and of complaints about them."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
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


def _points(name: str, default: str | None = None) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=default and text(default))


def _now(name: str) -> Column[object]:
    return Column(name, moment(name).type, nullable=False, server_default=NOW)


fuel_points_rule = Table(
    "fuel_points_rule",
    metadata,
    of_tenant(),
    id_of("id"),
    document("terms"),
    moment("valid_from", nullable=False),
    words("approved_by"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "valid_from"),
)

fuel_sale = Table(
    "fuel_sale",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("station_id"),
    id_of("shift_id"),
    id_of("attendant_id"),
    id_of("customer_id"),
    id_of("publication_id"),
    words("product"),
    Column("volume_cl", BigInteger, nullable=False),
    amount_minor("amount_minor"),
    amount_minor("discount_minor", default="0"),
    _points("points_used", "0"),
    _points("points_earned", "0"),
    currency(),
    words("state", default="'offered'"),
    words("payment", nullable=True),
    id_of("entry_id", nullable=True),
    _now("offered_at"),
    moment("until", nullable=False),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "volume_cl > 0 AND amount_minor > 0 AND discount_minor >= 0"
        " AND discount_minor < amount_minor AND points_used >= 0 AND points_earned >= 0",
        name="fuel_sale_amounts_check",
    ),
    CheckConstraint("state IN ('offered', 'paid', 'refused')", name="fuel_sale_state_check"),
    CheckConstraint("payment IN ('cash', 'wallet')", name="fuel_sale_payment_check"),
    CheckConstraint(
        "(state = 'paid') = (payment IS NOT NULL AND entry_id IS NOT NULL)",
        name="fuel_sale_paid_check",
    ),
    CheckConstraint("(state <> 'offered') = (ended_at IS NOT NULL)", name="fuel_sale_ended_check"),
    Index(
        "fuel_sale_waiting",
        *("tenant_id", "customer_id", "id"),
        postgresql_where=text("state = 'offered'"),
    ),
    Index("fuel_sale_shift", "tenant_id", "shift_id"),
    refers("station_id", "fuel_station"),
    refers("shift_id", "fuel_shift"),
    refers("attendant_id", "fuel_attendant", to="subscriber_id"),
    refers("customer_id", "subscriber"),
    refers("publication_id", "fuel_publication"),
    refers("product", "fuel_product", to="key"),
)

fuel_points = Table(
    "fuel_points",
    metadata,
    tenant_id(),
    id_of("sale_id"),
    id_of("subscriber_id"),
    _points("earned_points"),
    _points("unused_points"),
    Column("expires_on", Date, nullable=False),
    _now("earned_at"),
    PrimaryKeyConstraint("tenant_id", "sale_id"),
    CheckConstraint(
        "earned_points > 0 AND unused_points >= 0 AND unused_points <= earned_points",
        name="fuel_points_check",
    ),
    Index(
        "fuel_points_unused",
        *("tenant_id", "subscriber_id", "expires_on"),
        postgresql_where=text("unused_points > 0"),
    ),
    refers("sale_id", "fuel_sale"),
    refers("subscriber_id", "subscriber"),
)

fuel_complaint = Table(
    "fuel_complaint",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("sale_id"),
    id_of("station_id"),
    id_of("customer_id"),
    Column("got_cl", BigInteger, nullable=False),
    words("state", default="'open'"),
    words("answer", nullable=True),
    id_of("entry_id", nullable=True),
    _now("filed_at"),
    moment("due_at", nullable=False),
    moment("went_up_at"),
    moment("answered_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "sale_id"),
    CheckConstraint("got_cl >= 0", name="fuel_complaint_got_check"),
    CheckConstraint("state IN ('open', 'late', 'answered')", name="fuel_complaint_state_check"),
    CheckConstraint("answer IN ('given_back', 'right')", name="fuel_complaint_answer_check"),
    CheckConstraint(
        "(state = 'answered') = (answer IS NOT NULL AND answered_at IS NOT NULL)",
        name="fuel_complaint_answered_check",
    ),
    CheckConstraint(
        "(answer = 'given_back') IS TRUE = (entry_id IS NOT NULL)",
        name="fuel_complaint_entry_check",
    ),
    Index(
        "fuel_complaint_unanswered",
        *("tenant_id", "station_id", "id"),
        postgresql_where=text("state <> 'answered'"),
    ),
    refers("sale_id", "fuel_sale"),
    refers("station_id", "fuel_station"),
    refers("customer_id", "subscriber"),
)
