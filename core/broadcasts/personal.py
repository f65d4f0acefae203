"""What of broadcasts is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "broadcast_recipient",
        whose=_THEIRS,
        shown=("broadcast_id", "state", "reason", "created_at"),
        hidden=("address_sealed", "address_lookup"),
    ),
    # The tenant's own words, which may name people.
    Personal("broadcast", hidden=("words_sealed", "fingerprint")),
)
