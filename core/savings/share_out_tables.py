"""The tables of a group's votes, and of its share-outs."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    text,
)

from core.db.tables import (
    NOW,
    amount_minor,
    created_at,
    currency,
    id_of,
    metadata,
    moment,
    refers,
    tenant_id,
    words,
)


def _small(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, SmallInteger, nullable=nullable)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _at(name: str) -> Column[object]:
    return Column(name, created_at().type, nullable=False, server_default=NOW)


savings_vote = Table(
    "savings_vote",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("group_id"),
    words("kind"),
    words("question"),
    _flag("secret"),
    _small("quorum_percent"),
    _small("members"),
    words("state", default="'open'"),
    id_of("opened_by"),
    _at("opened_at"),
    moment("ends_at", nullable=False),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint("kind IN ('yes_no', 'names', 'share_out')", name="savings_vote_kind_check"),
    CheckConstraint(
        "state IN ('open', 'carried', 'lost', 'no_quorum', 'cancelled')",
        name="savings_vote_state_check",
    ),
    CheckConstraint("quorum_percent BETWEEN 1 AND 100", name="savings_vote_quorum_check"),
    refers("group_id", "savings_group"),
    Index("savings_vote_group", "tenant_id", "group_id", text("id DESC")),
    Index("savings_vote_due", "ends_at", postgresql_where=text("state = 'open'")),
)

savings_vote_choice = Table(
    "savings_vote_choice",
    metadata,
    tenant_id(),
    id_of("vote_id"),
    _small("number"),
    id_of("subscriber_id", nullable=True),
    Column("votes", Integer, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("tenant_id", "vote_id", "number"),
    CheckConstraint("votes >= 0", name="savings_vote_choice_votes_check"),
    refers("vote_id", "savings_vote"),
)

savings_ballot = Table(
    "savings_ballot",
    metadata,
    tenant_id(),
    id_of("vote_id"),
    id_of("subscriber_id"),
    _small("number", nullable=True),
    _at("cast_at"),
    PrimaryKeyConstraint("tenant_id", "vote_id", "subscriber_id"),
    refers("vote_id", "savings_vote"),
    refers("subscriber_id", "subscriber"),
)

_ON = text("state IN ('proposed', 'frozen', 'paid')")

savings_share_out = Table(
    "savings_share_out",
    metadata,
    tenant_id(),
    id_of("id"),
    id_of("group_id"),
    id_of("vote_id"),
    currency(),
    Column("cycle_from", Date, nullable=False),
    Column("cycle_until", Date, nullable=False),
    _flag("with_social"),
    words("state", default="'proposed'"),
    id_of("proposed_by"),
    _at("proposed_at"),
    id_of("frozen_by", nullable=True),
    Column("frozen_on", Date),
    Column("fund_minor", amount_minor().type),
    Column("carry_over_minor", amount_minor().type),
    id_of("paid_by", nullable=True),
    id_of("closed_by", nullable=True),
    moment("ended_at"),
    PrimaryKeyConstraint("tenant_id", "id"),
    CheckConstraint(
        "state IN ('proposed', 'frozen', 'paid', 'closed', 'rejected', 'cancelled')",
        name="savings_share_out_state_check",
    ),
    CheckConstraint("paid_by <> frozen_by", name="savings_share_out_two_check"),
    CheckConstraint(
        "state NOT IN ('frozen', 'paid', 'closed') OR (frozen_by IS NOT NULL"
        " AND frozen_on IS NOT NULL AND fund_minor IS NOT NULL AND carry_over_minor IS NOT NULL)",
        name="savings_share_out_paid_check",
    ),
    refers("group_id", "savings_group"),
    refers("vote_id", "savings_vote"),
    Index("savings_share_out_on", *("tenant_id", "group_id"), unique=True, postgresql_where=_ON),
    Index("savings_share_out_group", "tenant_id", "group_id", text("id DESC")),
)

savings_share_out_line = Table(
    "savings_share_out_line",
    metadata,
    tenant_id(),
    id_of("share_out_id"),
    id_of("subscriber_id"),
    words("wants", default="'wallet'"),
    amount_minor("saved_minor", default="0"),
    amount_minor("part_minor", default="0"),
    id_of("loan_id", nullable=True),
    amount_minor("netted_minor", default="0"),
    amount_minor("cash_minor", default="0"),
    amount_minor("wallet_minor", default="0"),
    amount_minor("rounded_minor", default="0"),
    id_of("entry_id", nullable=True),
    PrimaryKeyConstraint("tenant_id", "share_out_id", "subscriber_id"),
    CheckConstraint("wants IN ('wallet', 'cash')", name="savings_share_out_line_wants_check"),
    CheckConstraint(
        "saved_minor >= 0 AND netted_minor >= 0 AND cash_minor >= 0 AND wallet_minor >= 0"
        " AND rounded_minor >= 0"
        " AND part_minor = netted_minor + cash_minor + wallet_minor + rounded_minor",
        name="savings_share_out_line_amounts_check",
    ),
    CheckConstraint(
        "netted_minor = 0 OR loan_id IS NOT NULL", name="savings_share_out_line_loan_check"
    ),
    refers("share_out_id", "savings_share_out"),
    refers("subscriber_id", "subscriber"),
)
