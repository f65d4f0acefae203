"""The tables of staff: who they are, how they sign in, what they may do, what they have in hand."""

from sqlalchemy import (
    TIMESTAMP,
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from core.db.tables import (
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


def _hash(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _of_member() -> ForeignKeyConstraint:
    return refers("staff_id", "staff_member")


def _now(name: str) -> Column[object]:
    return Column(name, TIMESTAMP(timezone=True), nullable=False, server_default=NOW)


staff_member = Table(
    "staff_member",
    metadata,
    of_tenant(),
    id_of("id"),
    words("handle"),
    words("state", default="'invited'"),
    words("password_hash", nullable=True),
    Column("totp_sealed", LargeBinary),
    Column("totp_step", BigInteger, nullable=False, server_default=text("0")),
    Column("email_sealed", LargeBinary),
    words("language", nullable=True),
    words("invited_by"),
    created_at(),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    UniqueConstraint("tenant_id", "handle"),
    CheckConstraint("handle ~ '^[a-z][a-z0-9.-]{1,39}$'", name="staff_member_handle_check"),
    CheckConstraint("state IN ('invited', 'active', 'revoked')", name="staff_member_state_check"),
    CheckConstraint("(state = 'revoked') = (ended_at IS NOT NULL)", name="staff_member_ended"),
    CheckConstraint("language ~ '^[a-z]{2,3}$'", name="staff_member_language_check"),
)

staff_role = Table(
    "staff_role",
    metadata,
    tenant_id(),
    id_of("staff_id"),
    words("role"),
    words("scope"),
    words("scope_value"),
    words("given_by"),
    _now("given_at"),
    PrimaryKeyConstraint("tenant_id", "staff_id", "role", "scope", "scope_value"),
    _of_member(),
    CheckConstraint(
        "scope IN ('tenant', 'organisation', 'region', 'station')", name="staff_role_scope_check"
    ),
    CheckConstraint("(scope = 'tenant') = (scope_value = '')", name="staff_role_scope_value"),
)

staff_invitation = Table(
    "staff_invitation",
    metadata,
    tenant_id(),
    _hash("token_hash"),
    id_of("staff_id"),
    words("created_by"),
    created_at(),
    moment("expires_at", nullable=False),
    moment("used_at"),
    PrimaryKeyConstraint("tenant_id", "token_hash"),
    _of_member(),
)

staff_passkey = Table(
    "staff_passkey",
    metadata,
    tenant_id(),
    _hash("credential_id"),
    id_of("staff_id"),
    _hash("public_key"),
    Column("sign_count", BigInteger, nullable=False),
    created_at(),
    moment("used_at"),
    PrimaryKeyConstraint("tenant_id", "credential_id"),
    _of_member(),
    Index("staff_passkey_of", "tenant_id", "staff_id"),
)

staff_backup_code = Table(
    "staff_backup_code",
    metadata,
    tenant_id(),
    _hash("code_hash"),
    id_of("staff_id"),
    moment("used_at"),
    PrimaryKeyConstraint("tenant_id", "code_hash"),
    _of_member(),
    Index("staff_backup_code_of", "tenant_id", "staff_id"),
)

staff_device = Table(
    "staff_device",
    metadata,
    tenant_id(),
    _hash("token_hash"),
    id_of("staff_id"),
    created_at(),
    moment("expires_at", nullable=False),
    PrimaryKeyConstraint("tenant_id", "token_hash"),
    _of_member(),
    Index("staff_device_of", "tenant_id", "staff_id"),
)

staff_session = Table(
    "staff_session",
    metadata,
    tenant_id(),
    _hash("token_hash"),
    id_of("staff_id"),
    words("way"),
    created_at(),
    _now("seen_at"),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "token_hash"),
    _of_member(),
    CheckConstraint(
        "way IN ('passkey', 'password', 'invitation', 'demo')", name="staff_session_way_check"
    ),
    Index("staff_session_of", "tenant_id", "staff_id"),
    Index("staff_session_age", "created_at", postgresql_using="brin"),
)

staff_try = Table(
    "staff_try",
    metadata,
    tenant_id(),
    _hash("what"),
    Column("tries", Integer, nullable=False),
    moment("until", nullable=False),
    PrimaryKeyConstraint("tenant_id", "what"),
    CheckConstraint("tries > 0", name="staff_try_tries_check"),
)

staff_challenge = Table(
    "staff_challenge",
    metadata,
    tenant_id(),
    _hash("challenge"),
    _now("used_at"),
    PrimaryKeyConstraint("tenant_id", "challenge"),
)

work_claim = Table(
    "work_claim",
    metadata,
    tenant_id(),
    words("kind"),
    id_of("object_id"),
    words("owner"),
    _now("claimed_at"),
    moment("until", nullable=False),
    PrimaryKeyConstraint("tenant_id", "kind", "object_id"),
)
