"""Answers and callbacks in JSON, read without trust: what cannot be read is None, never guessed."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any
from uuid import UUID

from providers.contracts.cost import Cost
from providers.contracts.errors import BadPayload
from providers.contracts.payments import PaymentState, PaymentStatus, Reason
from providers.limits import BODY_MAX_BYTES, EVENT_ID_MAX_CHARS, PHONE_MAX_DIGITS, PHONE_MIN_DIGITS

_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")
_MSISDN = re.compile(rf"\+?([1-9][0-9]{{{PHONE_MIN_DIGITS - 1},{PHONE_MAX_DIGITS - 1}}})")
_UUID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def json_of(body: bytes) -> object:
    """What a body says; fractions are decimals. None for what is no JSON."""
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def object_of(body: bytes) -> dict[str, Any] | None:
    said = json_of(body)
    return said if isinstance(said, dict) else None


def callback_of(body: bytes) -> dict[str, Any]:
    """The object that a callback is. Raises BadPayload."""
    if len(body) > BODY_MAX_BYTES:
        raise BadPayload("body_too_long")
    record = object_of(body)
    if record is None:
        raise BadPayload("not_json")
    return record


def within(record: dict[str, Any], *names: str) -> dict[str, Any]:
    """The object at the end of these names; an empty one where there is none."""
    found: Any = record
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def number_of(value: object) -> Decimal | None:
    """A string or a number that is not negative, with six decimals at most."""
    if isinstance(value, Decimal):
        # A number of a few signs can have a billion digits: its size is looked at first.
        value = f"{value:f}" if -7 < value.adjusted() < 16 else ""
    elif isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return Decimal(value) if isinstance(value, str) and _AMOUNT.fullmatch(value) else None


def amount_of(value: object, currency: object, *, decimals: int = 0) -> Cost | None:
    """An amount; `decimals` is how many of its last digits stand behind the point where the wire
    has it in the currency's smaller unit."""
    number = number_of(value)
    if number is None or not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return None
    return Cost(number.scaleb(-decimals), currency)


def phone_of(value: object) -> str | None:
    """E.164; None where it is masked, or no number with its country at all."""
    word = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    found = _MSISDN.fullmatch(word) if isinstance(word, str) else None
    return f"+{found[1]}" if found else None


def id_of(value: object) -> str | None:
    word = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    good = isinstance(word, str) and word and len(word) <= EVENT_ID_MAX_CHARS
    return word if good and isinstance(word, str) and word.isprintable() else None


def uuid_of(value: object) -> UUID | None:
    """Our reference, with its dashes or without."""
    return UUID(value) if isinstance(value, str) and _UUID.fullmatch(value) else None


def no_such_payment(provider: str, reference: UUID, code: str = "") -> PaymentStatus:
    """It knows no payment of ours by this reference. Just after a request without an answer that is
    no proof that nothing arrived."""
    return PaymentStatus(
        *(provider, reference, PaymentState.UNKNOWN, ""),
        reason=Reason.NO_SUCH_PAYMENT,
        raw_reason=code,
    )


def word_of(value: object) -> str:
    """A provider's own word, fit to be kept and shown: '' for what is none, '?' for what is not
    plain."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    return value[:64] if value.isascii() and value.isprintable() else "?"
