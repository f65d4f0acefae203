"""What of messages is personal."""

from typing import Final

from core.lists.personal import NO_BYTES, HoldsBack, Personal

# To them as a person, and what was written to them in a chat.
_THEIRS: Final = (
    "(subscriber_id = %(person)s OR conversation_id IN (SELECT id FROM conversation"
    " WHERE tenant_id = current_tenant() AND subscriber_id = %(person)s))"
)
_OF_OTHERS: Final = (
    "UPDATE message SET params = without_names(params, %(names)s)"
    " WHERE tenant_id = current_tenant() AND entry_id IN (SELECT p.entry_id FROM posting p"
    "  JOIN account a ON a.tenant_id = p.tenant_id AND a.id = p.account_id"
    "  WHERE p.tenant_id = current_tenant() AND a.owner_id = %(person)s)"
)

PERSONAL: Final = (
    Personal(
        "message",
        whose=_THEIRS,
        shown=("id", "template", "params", "state", "accepted_at", "ended_at"),
        sealed={"content_sealed": "id"},
        hidden=("sent_to",),
        kept="that a text was sent, and paid for, without its words and whom it named",
        emptied={
            "params": "'{}'",
            "content_sealed": f"CASE WHEN content_sealed IS NOT NULL THEN {NO_BYTES} END",
            "sent_to": "NULL",
        },
        also=(_OF_OTHERS,),
    ),
    Personal("early_report", hidden=("address_lookup",)),
    # What somebody said of news, by each number that they have.
    Personal(
        "opt_out",
        whose=(
            "address_lookup IN (SELECT lookup FROM address WHERE tenant_id = current_tenant()"
            " AND subscriber_id = %(person)s AND detached_at IS NULL)"
        ),
        shown=("is_out", "sender", "purpose", "source", "created_at"),
        hidden=("address_lookup",),
        kept="who wants no news gets none later either; the number is a keyed hash",
    ),
)

HOLDS_BACK: Final = (
    HoldsBack(
        "A text to them has not left yet: try again in a minute.",
        "SELECT 1 FROM message WHERE tenant_id = current_tenant()"
        f" AND state IN ('queued', 'sending') AND {_THEIRS} LIMIT 1",
    ),
)
