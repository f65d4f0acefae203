"""What of e-mail is personal."""

from typing import Final

from core.lists.personal import NO_BYTES, NO_LOOKUP, HoldsBack, Personal

PERSONAL: Final = (
    Personal(
        "email",
        whose="subscriber_id = %(person)s",
        shown=("id", "kind", "state", "reason", "created_at", "ended_at"),
        sealed={"address_sealed": "id"},
        hidden=("address_lookup", "content_sealed"),
        kept="that an e-mail was sent, without to whom; it goes by itself after 400 days",
        emptied={
            "address_sealed": NO_BYTES,
            "address_lookup": NO_LOOKUP,
            "content_sealed": "NULL",
        },
    ),
)

HOLDS_BACK: Final = (
    HoldsBack(
        "An e-mail to them has not left yet: try again in a minute.",
        "SELECT 1 FROM email WHERE tenant_id = current_tenant() AND subscriber_id = %(person)s"
        " AND state = 'queued' LIMIT 1",
    ),
)
