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
        kept="an id, which the books need: no name, no PIN, no number, and for ever frozen",
        emptied={
            "name_sealed": "%(no_name)s",
            "pin_hash": "NULL",
            "pin_reset_at": "NULL",
            "birth_year": "NULL",
            "roles": "'{}'",
            "status": "'frozen'",
            "erased_at": "now()",
        },
    ),
    Personal(
        "address",
        whose=_THEIRS,
        shown=("channel", "given_by", "created_at", "used_at", "sim_changed_at", "detached_at"),
        sealed={"identifier_sealed": "subscriber_id"},
        hidden=("lookup",),
        goes=True,
    ),
    Personal("name_word", whose=_THEIRS, hidden=("word_lookup",), goes=True),
    Personal(
        "call_back",
        whose=_THEIRS,
        shown=("id", "place", "state"),
        sealed={"address_sealed": "id"},
        hidden=("lookup",),
        goes=True,
    ),
    Personal(
        "first_use",
        whose=_THEIRS,
        shown=("kind",),
        kept="how they showed who they are, with no word of theirs",
    ),
    Personal(
        "wrong_pin", whose=_THEIRS, shown=("wrong_at",), kept="it goes by itself after 30 days"
    ),
    Personal("pin_proposal", hidden=("session", "pin_hash")),
    # An id of a chat and the number that was seen with it; another's too where they share it.
    Personal(
        "known_id",
        whose=(
            "number_lookup IN (SELECT a.lookup FROM address a WHERE a.tenant_id = current_tenant()"
            " AND a.subscriber_id = %(person)s AND NOT EXISTS (SELECT 1 FROM address o"
            "  WHERE o.tenant_id = a.tenant_id AND o.channel = a.channel AND o.lookup = a.lookup"
            "  AND o.subscriber_id <> a.subscriber_id AND o.detached_at IS NULL))"
        ),
        hidden=("lookup", "number_lookup", "number_sealed"),
        goes=True,
    ),
)
