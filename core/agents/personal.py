"""What of agents is personal."""

from typing import Final

from core.lists.personal import HoldsBack, Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "agent",
        whose=_THEIRS,
        shown=("level", "code", "frozen"),
        kept="the code stands on receipts of others; it sells no more",
        emptied={"frozen": "true"},
    ),
    Personal(
        "agent_signal",
        whose="agent_id = %(person)s",
        shown=("id", "reason", "times", "state", "created_at", "ended_at", "why"),
        kept="what was looked at and judged, under an id that names nobody",
    ),
    Personal(
        "sale_reversal",
        whose="recipient_id = %(person)s OR giver_id = %(person)s",
        shown=("id", "entry_id", "amount_minor", "currency", "state", "words", "created_at"),
        kept="what two officers reversed, under ids that name nobody",
        emptied={"words": "''"},
    ),
    Personal(
        "float_offer",
        whose="giver_id = %(person)s OR taker_id = %(person)s",
        shown=("id", "amount_minor", "fee_minor", "currency", "state", "created_at", "ended_at"),
        kept="float that was sent, under ids that name nobody",
    ),
    Personal(
        "float_ask",
        whose="asker_id = %(person)s OR giver_id = %(person)s",
        shown=("id", "amount_minor", "currency", "state", "created_at", "ended_at"),
        kept="float that was asked for, under ids that name nobody",
    ),
    Personal(
        "lookup_hour", whose=_THEIRS, shown=("hour",), kept="counts, which go by themselves in days"
    ),
)

HOLDS_BACK: Final = (
    HoldsBack(
        "A sale of theirs is being reversed.",
        "SELECT 1 FROM sale_reversal WHERE tenant_id = current_tenant()"
        " AND (recipient_id = %(person)s OR giver_id = %(person)s)"
        " AND state IN ('asked', 'contested') LIMIT 1",
    ),
    HoldsBack(
        "A sale to them waits for their word.",
        "SELECT 1 FROM approval WHERE tenant_id = current_tenant() AND approver_id = %(person)s"
        " AND state = 'pending' LIMIT 1",
    ),
    HoldsBack(
        "Float of theirs, or for them, waits to be taken.",
        "SELECT 1 FROM float_offer WHERE tenant_id = current_tenant()"
        " AND (giver_id = %(person)s OR taker_id = %(person)s) AND state = 'offered' LIMIT 1",
    ),
    HoldsBack(
        "Others work for them as an agent: give those another agent first.",
        "SELECT 1 FROM agent WHERE tenant_id = current_tenant() AND parent_id = %(person)s"
        " AND NOT frozen LIMIT 1",
    ),
)
