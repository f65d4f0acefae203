"""Tokens that let in a program, a person or somebody of staff: random, and each says of which
tenant it is, so that finding it needs no look over all tenants."""

import base64
import os
import uuid
from typing import Final

_TENANT_BYTES: Final = 16
_RANDOM_BYTES: Final = 32


def new_token(tenant_id: uuid.UUID, prefix: str = "") -> str:
    """Another one, which nobody can guess."""
    raw = tenant_id.bytes + os.urandom(_RANDOM_BYTES)
    return prefix + base64.urlsafe_b64encode(raw).decode()


def tenant_of(token: str, prefix: str = "") -> uuid.UUID | None:
    """The tenant that a token names, whether it is any good or not; None where it is none."""
    try:
        raw = base64.b64decode(token.removeprefix(prefix), altchars=b"-_", validate=True)
    except ValueError:
        return None
    whole = token.startswith(prefix) and len(raw) == _TENANT_BYTES + _RANDOM_BYTES
    return uuid.UUID(bytes=raw[:_TENANT_BYTES]) if whole else None
