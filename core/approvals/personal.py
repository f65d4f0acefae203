"""What of requests of officers is personal."""

from typing import Final

from core.lists.personal import HoldsBack, Personal

PERSONAL: Final = (
    Personal(
        "approval_request",
        whose="subject_id = %(person)s",
        shown=("id", "kind", "reason", "state", "created_at", "ended_at"),
        kept="what two officers decided stays provable, with the reason that they gave",
    ),
)

HOLDS_BACK: Final = (
    HoldsBack(
        "Another request about them waits for a second officer.",
        "SELECT 1 FROM approval_request WHERE tenant_id = current_tenant()"
        " AND subject_id = %(person)s AND kind NOT IN ('erase_person', 'merge_people')"
        " AND state = 'pending'"
        " AND expires_at > now() LIMIT 1",
    ),
)
