"""Reading Africa's Talking's form bodies: bytes in, only the wanted fields out.

This is on the path of every USSD hop, so it does no more than it must: a general form parser costs
several times as much as the rest of the adapter.
"""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote_to_bytes

from providers.contracts.cost import Cost
from providers.contracts.errors import BadPayload
from providers.limits import BODY_MAX_BYTES, FIELDS_MAX, PHONE_MAX_DIGITS, PHONE_MIN_DIGITS
from providers.typed import CONTROLS

FORM = "application/x-www-form-urlencoded"

_SMS_CONTROLS = {k: v for k, v in CONTROLS.items() if chr(k) not in "\n\r\t"}
_LONG_DIGITS = re.compile(r"\d{4,}")


def read(body: bytes, content_type: str, wanted: Container[bytes]) -> dict[bytes, bytes]:
    """The wanted fields, still percent-encoded. Raises BadPayload.

    Unknown fields are passed over; a wanted field given twice is refused rather than guessed at.
    """
    if content_type and not content_type.startswith(FORM):
        kind = content_type.partition(";")[0].strip().lower()
        if kind != FORM:
            raise BadPayload("not_a_form", "content-type")
    if len(body) > BODY_MAX_BYTES:
        raise BadPayload("body_too_long")
    fields: dict[bytes, bytes] = {}
    for pair in body.split(b"&", FIELDS_MAX):
        name, _, value = pair.partition(b"=")
        if name in wanted:
            if name in fields:
                raise BadPayload("given_twice", name.decode())
            fields[name] = value
    return fields


def unquote(value: bytes) -> bytes:
    """Percent-decoded; '+' is a space. The three escapes of every USSD hop go the short way."""
    if b"+" in value:
        value = value.replace(b"+", b" ")
    if b"%" in value:
        value = value.replace(b"%2A", b"*").replace(b"%23", b"#").replace(b"%2B", b"+")
        if b"%" in value:
            value = unquote_to_bytes(value)
    return value


def typed(value: bytes) -> str:
    """What a person typed in a session: one line, invalid bytes and control characters U+FFFD."""
    text = unquote(value).decode("utf-8", "replace")
    return text if text.isprintable() else text.translate(CONTROLS)


def message(value: bytes) -> str:
    """The text of an SMS: as `typed`, but its lines stay."""
    text = unquote(value).decode("utf-8", "replace")
    return text if text.isprintable() else text.translate(_SMS_CONTROLS)


def plain(value: bytes, limit_chars: int) -> str:
    """A word of the provider's (an id, a status): printable ASCII within the limit, else ''."""
    word = unquote(value).strip()
    if len(word) > limit_chars or not word.isascii():
        return ""
    text = word.decode("ascii")
    return text if text.isprintable() else ""


def required(fields: dict[bytes, bytes], name: bytes, limit_chars: int) -> str:
    """As `plain`. Raises BadPayload where it is missing, too long, or no printable ASCII."""
    value = fields.get(name)
    if not value:
        raise BadPayload("missing", name.decode())
    word = unquote(value).strip()
    if not word:
        raise BadPayload("missing", name.decode())
    if len(word) > limit_chars:
        raise BadPayload("too_long", name.decode())
    if word.isascii():
        text = word.decode("ascii")
        if text.isprintable():
            return text
    raise BadPayload("unreadable", name.decode())


def phone(value: bytes, name: str = "phoneNumber", *, national: bool = False) -> str:
    """E.164 with a plus. Raises BadPayload.

    A sender that forgets to escape the plus gives a space; some give no plus at all. A number
    with a leading zero names no country: it is refused, or with `national` given as its digits,
    without a plus, for who knows the country.
    """
    if not value:
        raise BadPayload("missing", name)
    digits = unquote(value).strip().lstrip(b"+")
    if not digits.isdigit():
        digits = digits.translate(None, b" -().")
    zero = digits.startswith(b"0")
    if (
        not PHONE_MIN_DIGITS <= len(digits) <= PHONE_MAX_DIGITS
        or not digits.isdigit()
        or (zero and not national)
    ):
        raise BadPayload("not_a_phone_number", name)
    return ("" if zero else "+") + digits.decode("ascii")


def moment(value: bytes) -> datetime | None:
    """`2026-11-20 09:30:00` or `2026-11-20T09:30:00Z`, both UTC; None where it is neither."""
    try:
        at = datetime.fromisoformat(plain(value, 40))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def count(value: bytes) -> int | None:
    """A whole number of at most nine digits, or None."""
    word = plain(value, 9)
    return int(word) if word.isdigit() else None


def cost(words: str) -> Cost | None:
    """`RWF 12.5000` or a bare `12.5`; None where it is neither."""
    currency, _, amount = words.strip().rpartition(" ")
    if currency and not (len(currency) == 3 and currency.isalpha()):
        return None
    try:
        value = Decimal(amount)
    except InvalidOperation:
        return None
    return Cost(value, currency.upper()) if value.is_finite() else None


def note(value: bytes, limit_chars: int) -> str:
    """A provider's sentence for staff: one line, cut, and no run of digits as long as a PIN."""
    return _LONG_DIGITS.sub("…", typed(value)).strip()[:limit_chars]
