"""Signatures of what devices post.

Two ways are known. By the Standard Webhooks scheme (standardwebhooks.com, v1): HMAC-SHA256 over
`id.timestamp.body`, base64, with a secret shown as `whsec_` and base64. And as the open-source app
SMS Gateway for Android signs: HMAC-SHA256 over the body with the timestamp behind it, hexadecimal,
with the secret's text as the key.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32
# How far a device's clock may be from ours, either way; Standard Webhooks' own figure.
WINDOW_S: Final = 300


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it came. `id` is '' where the way has none; `timestamp` is Unix seconds."""

    id: str
    timestamp: str
    signature: str
    body: bytes


def new_secret() -> str:
    """A secret as a device is given it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def timestamp_s(signed: Signed) -> int | None:
    """When it was signed, by the device's clock; None where that is no time."""
    stamp = signed.timestamp
    return int(stamp) if stamp.isascii() and stamp.isdigit() and len(stamp) <= 12 else None


def is_right(signed: Signed, valid: Sequence[str]) -> bool:
    """Whether one of the valid secrets has signed it. In constant time for each of them."""
    of_scheme = [part[3:] for part in signed.signature.split(" ") if part.startswith("v1,")]
    right = False
    for secret in valid:
        if of_scheme:
            message = b".".join((signed.id.encode(), signed.timestamp.encode(), signed.body))
            key = base64.b64decode(secret.removeprefix(PREFIX))
            mac = base64.b64encode(hmac.digest(key, message, "sha256")).decode()
            given = of_scheme
        else:
            message = signed.body + signed.timestamp.encode()
            mac = hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
            given = [signed.signature.lower()]
        for one in given:
            right |= hmac.compare_digest(one.encode(), mac.encode())
    return right
