"""Who posts, and whose address this is: the signature over the raw body, and the first GET."""

from __future__ import annotations

import hashlib
import hmac
import re
from urllib.parse import parse_qs

from providers.contracts.messages import Account
from providers.contracts.webhooks import HttpReply, SignedRequest

HEADER = "X-Hub-Signature-256"
PLAIN = "text/plain; charset=utf-8"
CHALLENGE_CHARS_MAXIMUM = 256
_SIGNATURE = re.compile(r"sha256=([0-9A-Fa-f]{64})")


def sign(body: bytes, app_secret: str) -> str:
    """The header's value for a body."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


def verify(request: SignedRequest, account: Account) -> str:
    """Why a signature is not taken, in a word, and '' where it is. While a secret is changed the
    old one and the new are both good. The bytes are compared as they came: the same JSON written
    in another way is another body."""
    given = request.header(HEADER)
    if not given:
        return "no_signature"
    found = _SIGNATURE.fullmatch(given)
    if found is None:
        return "unreadable_signature"
    digest = bytes.fromhex(found[1])
    secrets = [secret for secret in account.signing_secrets if secret]
    if not secrets:
        return "no_signing_secret"
    # All of them, so that the time taken does not say which one it was.
    right = [
        hmac.compare_digest(hmac.digest(secret.encode(), request.body, "sha256"), digest)
        for secret in secrets
    ]
    return "" if any(right) else "wrong_signature"


def handshake(query: bytes, account: Account) -> HttpReply | None:
    """The challenge, for who knows the account's `verify_token`; None for anybody else."""
    try:
        fields = parse_qs(query.decode("ascii"), max_num_fields=16)
    except ValueError:
        return None
    expected = account.option("verify_token")
    given, mode, challenge = (
        fields.get(f"hub.{name}", [""])[0] for name in ("verify_token", "mode", "challenge")
    )
    known = hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())
    if not expected or not known or mode != "subscribe":
        return None
    if not challenge or len(challenge) > CHALLENGE_CHARS_MAXIMUM or not challenge.isprintable():
        return None
    return HttpReply(200, PLAIN, challenge.encode("utf-8", "replace"))
