"""What of the inbox is forgotten, and when."""

from core.db.retention import Retention

_WORKED = "state <> 'waiting' AND received_at"

RETENTION = (
    Retention("inbound_file", "tenant_id, id", _WORKED, kept_days=90, kind="files", least_days=7),
    # What was written is looked at again for a week, should its worker have died.
    Retention(
        "inbound_message", "tenant_id, id", _WORKED, kept_days=90, kind="chats", least_days=7
    ),
    Retention("long_text", "tenant_id, id", "ended_at IS NOT NULL AND received_at", kept_days=7),
    Retention("handover", "tenant_id, subscriber_id", "until", kept_days=7),
    Retention("chat_link", "tenant_id, conversation_id", "until", kept_days=7),
    Retention("chat_link_try", "tenant_id, subscriber_id", "until", kept_days=7),
)
