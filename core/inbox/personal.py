"""What of chats is personal."""

from typing import Final

from core.lists.personal import Personal

_THEIRS: Final = "subscriber_id = %(person)s"

PERSONAL: Final = (
    Personal(
        "conversation",
        whose=_THEIRS,
        shown=("id", "address_channel", "sessions", "last_inbound_at", "created_at"),
        sealed={"address_sealed": "id"},
        hidden=("address_lookup", "session_sealed"),
    ),
    Personal(
        "inbound_message",
        whose=(
            "conversation_id IN (SELECT id FROM conversation WHERE tenant_id = current_tenant()"
            " AND subscriber_id = %(person)s)"
        ),
        shown=("id", "state", "received_at"),
        sealed={"content_sealed": "id"},
    ),
    # The files themselves are looked at on the console.
    Personal(
        "inbound_file",
        whose=(
            "conversation_id IN (SELECT id FROM conversation WHERE tenant_id = current_tenant()"
            " AND subscriber_id = %(person)s)"
        ),
        shown=("id", "kind", "state", "mime_type", "size_bytes", "received_at"),
        hidden=("content_sealed",),
    ),
    Personal("handover", hidden=("session_sealed",)),
    Personal("chat_link", hidden=("code_lookup",)),
    Personal("long_text", hidden=("address_lookup", "address_sealed", "parts_sealed")),
    Personal("party_change", hidden=("before_number", "before_id", "now_number", "now_id")),
)
