"""The tables of fuel: products, stations with what stands on them, and published prices."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
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


def _small(name: str) -> Column[int]:
    return Column(name, SmallInteger, nullable=False)


def _number(name: str) -> Column[object]:
    return Column(name, Numeric, nullable=False)


fuel_product = Table(
    "fuel_product",
    metadata,
    of_tenant(),
    words("key"),
    words("name"),
    words("unit"),
    _small("position"),
    PrimaryKeyConstraint("tenant_id", "key"),
    CheckConstraint("unit IN ('litre', 'kilogram')", name="fuel_product_unit_check"),
)

fuel_tariff = Table(
    "fuel_tariff",
    metadata,
    of_tenant(),
    id_of("id"),
    document("terms"),
    moment("valid_from", nullable=False),
    words("approved_by"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "valid_from"),
)

fuel_station = Table(
    "fuel_station",
    metadata,
    of_tenant(),
    id_of("id"),
    Column("number", Integer, nullable=False),
    words("name"),
    words("region"),
    Column("latitude_e7", Integer, nullable=False),
    Column("longitude_e7", Integer, nullable=False),
    id_of("dealer_id", nullable=True),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "number"),
    Index("fuel_station_dealer", "tenant_id", "dealer_id"),
    refers("dealer_id", "subscriber"),
)

fuel_tank = Table(
    "fuel_tank",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("station_id"),
    _small("number"),
    words("product"),
    Column("capacity_l", Integer, nullable=False),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "station_id", "number"),
    CheckConstraint("capacity_l > 0", name="fuel_tank_capacity_check"),
    refers("station_id", "fuel_station"),
    refers("product", "fuel_product", to="key"),
)

fuel_nozzle = Table(
    "fuel_nozzle",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("station_id"),
    id_of("tank_id"),
    _small("pump"),
    _small("number"),
    _small("digits"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "station_id", "number"),
    CheckConstraint("digits >= 5 AND digits <= 9", name="fuel_nozzle_digits_check"),
    refers("station_id", "fuel_station"),
    refers("tank_id", "fuel_tank"),
)

fuel_attendant = Table(
    "fuel_attendant",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    id_of("station_id"),
    Column("wrong_codes", SmallInteger, nullable=False, server_default=text("0")),
    Column("wrong_hour", Integer, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    refers("subscriber_id", "subscriber"),
    refers("station_id", "fuel_station"),
)

fuel_publication = Table(
    "fuel_publication",
    metadata,
    of_tenant(),
    id_of("id"),
    Column("window_first", Date, nullable=False),
    moment("valid_from", nullable=False),
    currency(),
    words("source_sha256"),
    words("submission"),
    id_of("request_id", nullable=True),
    _now("published_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "valid_from"),
)

fuel_price = Table(
    "fuel_price",
    metadata,
    tenant_id(),
    id_of("publication_id"),
    words("product"),
    _number("ex_refinery"),
    _number("company_price"),
    _number("floor"),
    PrimaryKeyConstraint("tenant_id", "publication_id", "product"),
    CheckConstraint(
        "ex_refinery > 0 AND company_price > 0 AND floor > 0", name="fuel_price_above_zero"
    ),
    refers("publication_id", "fuel_publication"),
    refers("product", "fuel_product", to="key"),
)

fuel_price_line = Table(
    "fuel_price_line",
    metadata,
    tenant_id(),
    id_of("publication_id"),
    words("product"),
    _small("position"),
    words("code"),
    words("name"),
    words("part"),
    _number("amount"),
    PrimaryKeyConstraint("tenant_id", "publication_id", "product", "position"),
    CheckConstraint("part IN ('line', 'margin')", name="fuel_price_line_part_check"),
    ForeignKeyConstraint(
        ["tenant_id", "publication_id", "product"],
        ["fuel_price.tenant_id", "fuel_price.publication_id", "fuel_price.product"],
    ),
)

fuel_acknowledgement = Table(
    "fuel_acknowledgement",
    metadata,
    tenant_id(),
    id_of("publication_id"),
    id_of("station_id"),
    id_of("subscriber_id"),
    _now("at"),
    PrimaryKeyConstraint("tenant_id", "publication_id", "station_id"),
    refers("publication_id", "fuel_publication"),
    refers("station_id", "fuel_station"),
    refers("subscriber_id", "subscriber"),
)

_IS_OPEN = text("state = 'open'")

fuel_shift = Table(
    "fuel_shift",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("station_id"),
    _small("pump"),
    id_of("attendant_id"),
    words("state", default="'open'"),
    currency(),
    amount_minor("expected_minor", default="0"),
    amount_minor("cash_minor", default="0"),
    amount_minor("mobile_minor", default="0"),
    amount_minor("cards_minor", default="0"),
    amount_minor("credit_minor", default="0"),
    _now("opened_at"),
    moment("closed_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("state IN ('open', 'closed')", name="fuel_shift_state_check"),
    CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="fuel_shift_closed_check"),
    CheckConstraint(
        "expected_minor >= 0 AND cash_minor >= 0 AND mobile_minor >= 0 AND cards_minor >= 0"
        " AND credit_minor >= 0",
        name="fuel_shift_amounts_check",
    ),
    Index(
        "fuel_shift_of_attendant",
        *("tenant_id", "attendant_id"),
        unique=True,
        postgresql_where=_IS_OPEN,
    ),
    Index(
        "fuel_shift_of_pump",
        *("tenant_id", "station_id", "pump"),
        unique=True,
        postgresql_where=_IS_OPEN,
    ),
    Index("fuel_shift_day", "tenant_id", "opened_at"),
    refers("station_id", "fuel_station"),
    refers("attendant_id", "fuel_attendant", to="subscriber_id"),
)


def _centilitres(name: str, default: str | None = None) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=default and text(default))


fuel_reading = Table(
    "fuel_reading",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("shift_id"),
    id_of("nozzle_id"),
    _centilitres("totaliser_cl"),
    _centilitres("sold_cl", "0"),
    _centilitres("gap_cl", "0"),
    amount_minor("amount_minor", default="0"),
    id_of("publication_id", nullable=True),
    _now("at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "totaliser_cl >= 0 AND sold_cl >= 0 AND gap_cl >= 0 AND amount_minor >= 0",
        name="fuel_reading_amounts_check",
    ),
    Index("fuel_reading_nozzle", "tenant_id", "nozzle_id", "id"),
    Index("fuel_reading_shift", "tenant_id", "shift_id"),
    refers("shift_id", "fuel_shift"),
    refers("nozzle_id", "fuel_nozzle"),
    refers("publication_id", "fuel_publication"),
)
