"""What of chats is personal."""

from typing import Final

from core.lists.personal import NO_BYTES, NO_LOOKUP, Personal

_THEIRS: Final = "subscriber_id = %(person)s"
_OF_THEIR_CHATS: Final = (
    "conversation_id IN (SELECT id FROM conversation WHERE tenant_id = current_tenant()"
    " AND subscriber_id = %(person)s)"
)

PERSONAL: Final = (
    Personal(
        "conversation",
        whose=_THEIRS,
        shown=("id", "address_channel", "sessions", "last_inbound_at", "created_at"),
        sealed={"address_sealed": "id"},
        hidden=("address_lookup", "session_sealed"),
        kept="that there was a chat, without whose and what was written",
        emptied={
            "address_sealed": NO_BYTES,
            "address_lookup": NO_LOOKUP,
            "session_sealed": "NULL",
            "session_until": "NULL",
            "reply_flow": "NULL",
        },
    ),
    Personal(
        "inbound_message",
        whose=_OF_THEIR_CHATS,
        shown=("id", "state", "received_at"),
        sealed={"content_sealed": "id"},
        goes=True,
    ),
    # The files themselves are looked at on the console.
    Personal(
        "inbound_file",
        whose=_OF_THEIR_CHATS,
        shown=("id", "kind", "state", "mime_type", "size_bytes", "received_at"),
        hidden=("content_sealed",),
        goes=True,
    ),
    Personal("handover", whose=_THEIRS, hidden=("session_sealed",), goes=True),
    Personal("chat_link", whose=_OF_THEIR_CHATS, hidden=("code_lookup",), goes=True),
    Personal("long_text", hidden=("address_lookup", "address_sealed", "parts_sealed")),
    Personal("party_change", hidden=("before_number", "before_id", "now_number", "now_id")),
)
