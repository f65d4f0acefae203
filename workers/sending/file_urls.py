"""The address of a message's file, for a provider that fetches files and takes none."""

import uuid
from typing import Final

import msgspec

from core.security.keyring import Keyring
from engine.turn.replies import Reply
from menus.screens import Attachment
from values import clock

# A provider fetches a file when it sends the message on, within seconds.
GOOD_FOR_S: Final = 3_600


def file_url(keys: Keyring, base_url: str, tenant_id: uuid.UUID, message_id: uuid.UUID) -> str:
    """`base_url` is where providers reach us. The address is a secret, and good for an hour."""
    until_s = int(clock.epoch_s()) + GOOD_FOR_S
    return f"{base_url.rstrip('/')}/files/{keys.file_token(tenant_id, message_id, until_s)}"


def by_address(reply: Reply, url: str) -> Reply:
    """The same reply, with its file by that address in place of its bytes."""
    file = reply.attachment
    if file is None or not file.content or not url:
        return reply
    there = Attachment(file.kind, file.mime_type, file.name, url=url)
    return msgspec.structs.replace(reply, attachment=there)
