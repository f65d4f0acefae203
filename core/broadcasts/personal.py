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
        kept="how many people a broadcast reached; it goes by itself after 400 days",
        emptied={
            "address_sealed": "NULL",
            "address_lookup": "NULL",
            "reason": "CASE state WHEN 'waiting' THEN 'erased' ELSE reason END",
            "state": "CASE state WHEN 'waiting' THEN 'skipped' ELSE state END",
        },
    ),
    # The tenant's own words, which may name people.
    Personal("broadcast", hidden=("words_sealed", "fingerprint")),
)
