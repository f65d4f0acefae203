"""Whether Twilio posted it: `X-Twilio-Signature`, over the public address and every field.

What is signed is put together by Twilio's own package. It is not asked about bodies that are no
form: of bytes it raises, and without `bodySHA256` in the address it lets any such body pass.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import HMAC_SHA1, HMAC_SHA256, RequestValidator

from providers.contracts.errors import BadPayload
from providers.contracts.messages import Account
from providers.contracts.webhooks import SignedRequest
from providers.twilio.forms import FORM, Pairs, pairs_of

HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"
BODY_HASH = "bodySHA256"
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=")
_SETTINGS = re.compile(r"key=([A-Za-z0-9_-]{1,80}),algorithm=HMAC_SHA256")


class _Fields:
    """Names and values as the validator reads them: of a name all values."""

    def __init__(self, pairs: Pairs) -> None:
        self._values: dict[str, list[str]] = {}
        for name, value in pairs:
            self._values.setdefault(name, []).append(value)

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def getall(self, name: str) -> list[str]:
        return self._values[name]


def verify(request: SignedRequest, account: Account) -> str:
    """Why a signature is not taken, in a word, and '' where it is.

    By the account's auth tokens, the newest first: while one is changed, both are good. A request
    that names a shared key is judged by that key alone (`shared_keys` of the account), and refused
    where it is not known.
    """
    given = request.header(HEADER)
    if not given:
        return "no_signature"
    if not _SIGNATURE.fullmatch(given):
        return "unreadable_signature"
    settings = request.header(SETTINGS_HEADER)
    secrets = _shared(settings, account) if settings else account.signing_secrets
    secrets = [secret for secret in secrets if secret]
    if not secrets:
        return "unknown_signing_key" if settings else "no_signing_secret"
    fields = _signed_fields(request)
    if fields is None:
        return "body_not_signed"
    algorithm = HMAC_SHA256 if settings else HMAC_SHA1
    # All of them, so that the time taken does not say which one it was.
    right = [_validate(secret, request.url, fields, given, algorithm) for secret in secrets]
    return "" if any(right) else "wrong_signature"


def _validate(secret: str, url: str, fields: _Fields, given: str, algorithm: str) -> bool:
    try:
        found = RequestValidator(secret).validate(url, fields, given, algorithm)
    except ValueError:  # an address that is none, such as one with a broken port
        return False
    return bool(found)


def _signed_fields(request: SignedRequest) -> _Fields | None:
    """What of the body the signature is over; None where a body is there that nothing signs."""
    kind = request.content_type.partition(";")[0].strip().lower()
    if kind == FORM:
        try:
            return _Fields(pairs_of(request.body))
        except BadPayload:
            return None
    if not request.body:
        return _Fields([])
    told = parse_qs(urlsplit(request.url).query).get(BODY_HASH, [""])[0]
    own = hashlib.sha256(request.body).hexdigest()
    is_signed = hmac.compare_digest(told.lower().encode("utf-8", "replace"), own.encode())
    return _Fields([]) if is_signed else None


def _shared(settings: str, account: Account) -> Sequence[str]:
    """The shared key that a request says it is signed with: `shared_keys` has `ID:SECRET`, and
    while one is changed two of them with a blank in between."""
    found = _SETTINGS.fullmatch(settings.replace(" ", ""))
    known = [one.partition(":") for one in account.option("shared_keys").split()]
    return [secret for id, _, secret in known if found is not None and id == found[1]]
