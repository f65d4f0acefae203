"""What of messages is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "message",
        whose=_THEIRS,
        shown=("id", "template", "params", "state", "accepted_at", "ended_at"),
        sealed={"content_sealed": "id"},
        hidden=("sent_to",),
    ),
    Personal("early_report", hidden=("address_lookup",)),
    # What somebody said of news, by each number that they have.
    Personal(
        "opt_out",
        whose=(
            "address_lookup IN (SELECT lookup FROM address WHERE tenant_id = current_tenant()"
            " AND subscriber_id = %(person)s AND detached_at IS NULL)"
        ),
        shown=("is_out", "sender", "source", "created_at"),
        hidden=("address_lookup",),
    ),
)
