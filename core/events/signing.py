"""Signatures by the Standard Webhooks scheme (standardwebhooks.com), version v1.

HMAC-SHA256 over `id.timestamp.body`, with a secret that is shown as `whsec_` and base64. While two
secrets are valid, both sign, and the receiver takes the one that it knows.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def new_secret() -> str:
    """A secret as the receiver is given it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def headers(
    valid: Sequence[str], *, event_id: str, timestamp_s: int, body: bytes
) -> Mapping[str, str]:
    """The three headers of an event, signed with each secret that is valid."""
    signed = b".".join((event_id.encode(), str(timestamp_s).encode(), body))
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp_s),
        "webhook-signature": " ".join(f"v1,{_signature(secret, signed)}" for secret in valid),
    }


def _signature(secret: str, signed: bytes) -> str:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("a secret that cannot be read") from None
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
