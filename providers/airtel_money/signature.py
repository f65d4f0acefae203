"""The `hash` in a callback's body: HMAC-SHA256 over what is sent beside it, in Base64."""

from __future__ import annotations

import base64
import hmac
import re

from providers.contracts.messages import Account
from providers.contracts.webhooks import SignedRequest
from providers.mobile_money.reading import object_of

# Of the JSON between these, byte for byte: the value of "transaction" in the body.
_TRANSACTION = re.compile(rb'"transaction"\s*:\s*(\{(?:[^{}"]|"(?:[^"\\]|\\.)*")*\})')


def sign(signed: bytes, key: str) -> str:
    return base64.b64encode(hmac.digest(key.encode(), signed, "sha256")).decode()


def candidates(body: bytes) -> list[bytes]:
    """What may have been signed. The documents say "the callback request body" and cannot mean all
    of it, since the hash is in there; clients take the transaction, or the body without the hash.
    """
    found = _TRANSACTION.search(body)
    if found is None:
        return []
    return [found[1], b'{"transaction":' + found[1] + b"}"]


def verify(request: SignedRequest, account: Account) -> str:
    """Why a callback is not taken, in a word, and '' where it is. Its key is the account's "private
    key" of the portal; an account without one has callbacks without a hash."""
    keys = [key for key in account.signing_secrets if key]
    if not keys:
        return ""
    given = (object_of(request.body) or {}).get("hash")
    if not isinstance(given, str) or not given:
        return "no_signature"
    if not given.isascii():
        return "unreadable_signature"
    # All of them, so that the time taken does not say which one it was.
    right = [
        hmac.compare_digest(sign(signed, key), given)
        for key in keys
        for signed in candidates(request.body)
    ]
    return "" if any(right) else "wrong_signature"
