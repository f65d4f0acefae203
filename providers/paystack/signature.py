"""`x-paystack-signature`: HMAC-SHA512 with the secret key over the raw body, in hexadecimal."""

from __future__ import annotations

import hmac

from providers.contracts.messages import Account
from providers.contracts.webhooks import SignedRequest

HEADER = "x-paystack-signature"


def sign(body: bytes, key: str) -> str:
    return hmac.digest(key.encode(), body, "sha512").hex()


def verify(request: SignedRequest, account: Account) -> str:
    """Why an event is not taken, in a word, and '' where it is. While a key is changed the old one
    stands in `signing_secrets`. The same JSON written in another way is another body."""
    given = request.header(HEADER)
    if not given:
        return "no_signature"
    if not given.isascii():
        return "unreadable_signature"
    keys = [key for key in (account.secret, *account.signing_secrets) if key]
    if not keys:
        return "no_signing_secret"
    # All of them, so that the time taken does not say which one it was.
    right = [hmac.compare_digest(sign(request.body, key), given.lower()) for key in keys]
    return "" if any(right) else "wrong_signature"
