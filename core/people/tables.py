"""The tables of people: who they are, where they are reached, and their PINs."""

from sqlalchemy import (
    TIMESTAMP,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
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

ZERO = text("0")

subscriber = Table(
    "subscriber",
    metadata,
    of_tenant(),
    id_of("id"),
    Column("name_sealed", LargeBinary, nullable=False),
    words("language"),
    words("status", default="'active'"),
    Column("roles", ARRAY(Text), nullable=False, server_default=NOTHING),
    Column("birth_year", SmallInteger),
    words("pin_hash", nullable=True),
    Column("pin_attempts", SmallInteger, nullable=False, server_default=ZERO),
    moment("pin_locked_until"),
    moment("pin_set_at"),
    moment("registered_at"),
    moment("pin_reset_at"),
    created_at(),
    Column("pin_locks", SmallInteger, nullable=False, server_default=ZERO),
    moment("erased_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("status IN ('active', 'frozen')", name="subscriber_status_check"),
    CheckConstraint("pin_attempts >= 0", name="subscriber_pin_attempts_check"),
    CheckConstraint("pin_locks >= 0", name="subscriber_pin_locks_check"),
    CheckConstraint(
        "erased_at IS NULL OR (status = 'frozen' AND pin_hash IS NULL)",
        name="subscriber_erased_check",
    ),
    Index("subscriber_frozen", "tenant_id", "id", postgresql_where=text("status = 'frozen'")),
)

address = Table(
    "address",
    metadata,
    tenant_id(),
    words("channel"),
    Column("lookup", LargeBinary, nullable=False),
    id_of("subscriber_id"),
    Column("identifier_sealed", LargeBinary, nullable=False),
    Column(
        "created_at",
        TIMESTAMP(timezone=True),
        nullable=False,
        server_default=text("clock_timestamp()"),
    ),
    words("given_by", default="'phone'"),
    moment("used_at"),
    moment("sim_changed_at"),
    moment("detached_at"),
    PrimaryKeyConstraint("tenant_id", "channel", "lookup", "subscriber_id"),
    refers("subscriber_id", "subscriber"),
    CheckConstraint(
        "given_by IN ('phone', 'folder', 'staff', 'link')", name="address_given_by_check"
    ),
    Index("address_subscriber", "tenant_id", "subscriber_id"),
)

name_word = Table(
    "name_word",
    metadata,
    tenant_id(),
    Column("word_lookup", LargeBinary, nullable=False),
    id_of("subscriber_id"),
    PrimaryKeyConstraint("tenant_id", "word_lookup", "subscriber_id"),
    refers("subscriber_id", "subscriber"),
    Index("name_word_of", "tenant_id", "subscriber_id"),
)

known_id = Table(
    "known_id",
    metadata,
    tenant_id(),
    words("channel"),
    Column("lookup", LargeBinary, nullable=False),
    Column("number_lookup", LargeBinary, nullable=False),
    Column("number_sealed", LargeBinary, nullable=False),
    words("source"),
    Column("seen_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "channel", "lookup"),
    CheckConstraint("source IN ('wire', 'contact')", name="known_id_source_check"),
)

pin_proposal = Table(
    "pin_proposal",
    metadata,
    tenant_id(),
    words("session"),
    words("pin_hash"),
    moment("expires_at", nullable=False),
    PrimaryKeyConstraint("tenant_id", "session"),
)

wrong_pin = Table(
    "wrong_pin",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    Column("wrong_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    Column("day_began_at", TIMESTAMP(timezone=True), nullable=False, server_default=NOW),
    Column("day_times", Integer, nullable=False, server_default=text("1")),
    Column("has_history", Boolean, nullable=False),
    moment("held_at"),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    refers("subscriber_id", "subscriber"),
    Index("wrong_pin_recent", "tenant_id", "wrong_at"),
)

call_back = Table(
    "call_back",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("service_id"),
    id_of("subscriber_id", nullable=True),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("lookup", LargeBinary, nullable=False),
    words("place"),
    words("state", default="'waiting'"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("state IN ('waiting', 'done')", name="call_back_state_check"),
    Index(
        "call_back_waiting",
        "tenant_id",
        "lookup",
        unique=True,
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("call_back_lookup", "tenant_id", "lookup", "id"),
)

first_use = Table(
    "first_use",
    metadata,
    tenant_id(),
    id_of("subscriber_id"),
    words("kind"),
    Column("generation", Integer, nullable=False, server_default=text("1")),
    Column("tries", SmallInteger, nullable=False, server_default=ZERO),
    moment("done_at"),
    created_at(),
    PrimaryKeyConstraint("tenant_id", "subscriber_id"),
    refers("subscriber_id", "subscriber"),
    CheckConstraint("kind IN ('code', 'birth_year')", name="first_use_kind_check"),
    CheckConstraint("generation > 0", name="first_use_generation_check"),
    CheckConstraint("tries >= 0", name="first_use_tries_check"),
)
