"""The table of places: areas and stops, as files brought them."""

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from core.db.tables import id_of, metadata, of_tenant, words

place = Table(
    "place",
    metadata,
    of_tenant(),
    id_of("id"),
    words("kind"),
    words("source_key"),
    words("level"),
    Column("path", ARRAY(Text), nullable=False),
    Column("latitude_e7", Integer),
    Column("longitude_e7", Integer),
    Column("number", Integer),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "kind", "source_key"),
    UniqueConstraint("tenant_id", "number"),
    CheckConstraint("kind IN ('area', 'stop')", name="place_kind_check"),
    CheckConstraint(
        "(kind = 'stop') = (latitude_e7 IS NOT NULL AND longitude_e7 IS NOT NULL)",
        name="place_stop_is_somewhere",
    ),
)
