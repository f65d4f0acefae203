"""Meta, as the registry knows it: its callback, its acknowledgement, what sends into its chats."""

from __future__ import annotations

from providers.contracts.webhooks import HttpReply, Kind
from providers.meta import NAME
from providers.meta.files import FileSource
from providers.meta.send import ChatSender
from providers.meta.signature import PLAIN, handshake, verify
from providers.meta.webhook import BODY_BYTES_MAXIMUM, parse_webhook
from providers.registry import Provider

PROVIDER = Provider(
    name=NAME,
    kinds={
        "whatsapp": Kind(
            "whatsapp",
            parse_webhook,
            verify=verify,
            handshake=handshake,
            bytes_maximum=BODY_BYTES_MAXIMUM,
        )
    },
    ack=HttpReply(200, PLAIN, b""),
    chat_sender=ChatSender,
    files=FileSource,
)
