"""What of people is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "subscriber",
        whose="id = %(person)s",
        shown=("id", "language", "status", "roles", "birth_year", "registered_at", "created_at"),
        sealed={"name_sealed": "id"},
        hidden=("pin_hash",),
    ),
    Personal(
        "address",
        whose=_THEIRS,
        shown=("channel", "given_by", "created_at", "used_at", "sim_changed_at", "detached_at"),
        sealed={"identifier_sealed": "subscriber_id"},
        hidden=("lookup",),
    ),
    Personal("name_word", hidden=("word_lookup",)),
    Personal(
        "call_back",
        whose=_THEIRS,
        shown=("id", "place", "state"),
        sealed={"address_sealed": "id"},
        hidden=("lookup",),
    ),
    Personal("first_use", whose=_THEIRS, shown=("kind",)),
    Personal("wrong_pin", whose=_THEIRS, shown=("wrong_at",)),
    Personal("pin_proposal", hidden=("session", "pin_hash")),
    # Found by an id of a chat, and not by a person.
    Personal("known_id", hidden=("lookup", "number_lookup", "number_sealed")),
)
