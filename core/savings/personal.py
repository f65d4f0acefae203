"""What of groups is personal."""

from typing import Final

from core.lists.personal import HoldsBack, Personal

_THEIRS: Final = "subscriber_id = %(person)s"
_KEPT: Final = "the group's book stays whole, under an id that names nobody"

PERSONAL: Final = (
    Personal(
        "membership",
        whose=_THEIRS,
        shown=(
            *("group_id", "number", "savings_account_id", "joined_at", "left_at"),
            "member_since",
        ),
        kept=_KEPT,
        emptied={"left_at": "coalesce(left_at, now())"},
    ),
    Personal(
        "contribution",
        whose=_THEIRS,
        shown=("entry_id", "group_id", "amount_minor", "fee_minor", "currency"),
        kept=_KEPT,
    ),
    Personal(
        "savings_office",
        whose=_THEIRS,
        shown=("group_id", "role", "valid_from", "valid_until"),
        kept=_KEPT,
    ),
    Personal(
        "savings_meeting_line",
        whose=_THEIRS,
        shown=(
            *("meeting_id", "number", "attendance", "saved_minor", "social_minor", "fine_minor"),
            *("fines", "entry_id"),
        ),
        kept=_KEPT,
    ),
    Personal(
        "savings_correction",
        whose=_THEIRS,
        shown=(
            *("meeting_id", "corrects_entry_id", "saved_minor", "social_minor", "fine_minor"),
            *("reason", "entry_id"),
        ),
        kept=_KEPT,
    ),
    Personal(
        "savings_meeting_cash",
        whose=_THEIRS,
        shown=("meeting_id", "purpose", "subject_id", "amount_minor", "entry_id"),
        kept=_KEPT,
    ),
    Personal(
        "savings_cash",
        whose=_THEIRS,
        shown=(
            *("id", "group_id", "purpose", "subject_id", "amount_minor", "currency", "state"),
            *("created_at", "decided_at", "entry_id"),
        ),
        kept=_KEPT,
    ),
    Personal(
        "savings_fine",
        whose=_THEIRS,
        shown=("meeting_id", "group_id", "kind", "amount_minor", "paid_meeting_id"),
        kept=_KEPT,
    ),
    Personal(
        "savings_reminder",
        whose=_THEIRS,
        shown=("kind", "subject_id", "day", "created_at"),
        goes=True,
    ),
    Personal("savings_reminder_off", whose=_THEIRS, shown=("kind", "off_at"), goes=True),
    Personal(
        "savings_next_of_kin",
        whose=_THEIRS,
        shown=("named_by", "named_at"),
        sealed={"name_sealed": "subscriber_id", "number_sealed": "subscriber_id"},
        goes=True,
    ),
    Personal("savings_ballot", whose=_THEIRS, shown=("vote_id", "number", "cast_at"), kept=_KEPT),
    Personal(
        "savings_share_out_line",
        whose=_THEIRS,
        shown=(
            *("share_out_id", "wants", "saved_minor", "part_minor", "netted_minor", "cash_minor"),
            *("wallet_minor", "rounded_minor", "entry_id"),
        ),
        kept=_KEPT,
    ),
)

HOLDS_BACK: Final = (
    HoldsBack(
        "They have an office in a group: give it to somebody else first.",
        "SELECT 1 FROM savings_office WHERE tenant_id = current_tenant()"
        " AND subscriber_id = %(person)s AND valid_until >= current_date LIMIT 1",
    ),
    HoldsBack(
        "They are written down in a meeting that is not closed.",
        "SELECT 1 FROM savings_meeting_line l JOIN savings_meeting m ON m.tenant_id = l.tenant_id"
        " AND m.id = l.meeting_id WHERE l.tenant_id = current_tenant()"
        " AND l.subscriber_id = %(person)s AND m.state IN ('open', 'recording', 'counted') LIMIT 1",
    ),
    HoldsBack(
        "A group that they have saved in shares out now.",
        "SELECT 1 FROM savings_share_out_line l JOIN savings_share_out s"
        " ON s.tenant_id = l.tenant_id AND s.id = l.share_out_id"
        " WHERE l.tenant_id = current_tenant() AND l.subscriber_id = %(person)s"
        " AND s.state IN ('proposed', 'frozen', 'paid') LIMIT 1",
    ),
)
