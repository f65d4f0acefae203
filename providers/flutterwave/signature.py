"""`verif-hash`, a word that both sides know, or `flutterwave-signature`, an HMAC over the body."""

from __future__ import annotations

import base64
import hmac

from providers.contracts.messages import Account
from providers.contracts.webhooks import SignedRequest

WORD_HEADER, SIGNATURE_HEADER = "verif-hash", "flutterwave-signature"


def sign(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.digest(secret.encode(), body, "sha256")).decode()


def verify(request: SignedRequest, account: Account) -> str:
    """Why an event is not taken, in a word, and '' where it is. The word proves no byte of the
    body: anybody who saw one event can send any. An empty one is never equal."""
    word, signature = request.header(WORD_HEADER), request.header(SIGNATURE_HEADER)
    given = signature or word
    if not given:
        return "no_signature"
    if not given.isascii():
        return "unreadable_signature"
    secrets = [secret for secret in account.signing_secrets if secret]
    if not secrets:
        return "no_signing_secret"
    # All of them, so that the time taken does not say which one it was.
    right = [
        hmac.compare_digest(
            (sign(request.body, secret) if signature else secret).encode(), given.encode()
        )
        for secret in secrets
    ]
    return "" if any(right) else "wrong_signature"
