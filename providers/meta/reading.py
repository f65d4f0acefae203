"""Reading Meta's JSON: every field may be missing, null, or of another type than documented."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from providers.contracts.chat import Party
from providers.contracts.errors import BadPayload
from providers.limits import (
    EVENT_ID_MAX_CHARS,
    NOTE_MAX_CHARS,
    PHONE_MAX_DIGITS,
    PHONE_MIN_DIGITS,
)
from providers.typed import CONTROLS

NAME_MAX_CHARS = 256
WORD_MAX_CHARS = 40
Object = Mapping[str, Any]

# Two letters for a country, a dot, up to 128 of the provider's; a parent's has ENT in between.
USER_ID = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
_PHONE = re.compile(rf"[1-9][0-9]{{{PHONE_MIN_DIGITS - 1},{PHONE_MAX_DIGITS - 1}}}")
_WORD = re.compile(rf"[A-Za-z0-9_.-]{{1,{WORD_MAX_CHARS}}}")
_LONG_DIGITS = re.compile(r"\d{4,}")
_LINES = {code: sign for code, sign in CONTROLS.items() if chr(code) not in "\n\r\t"}
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?")
_SURROGATES = re.compile("[\ud800-\udfff]")


def document(body: bytes) -> Object:
    """The JSON object of a body. Raises BadPayload.

    The usual reader refuses half of a surrogate pair; one broken emoji must not cost a batch of a
    thousand, so that the patient reader has a look then.
    """
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        try:
            found = json.loads(body)
        except (ValueError, RecursionError):
            raise BadPayload("not_json") from None
    if not isinstance(found, dict):
        raise BadPayload("not_an_object")
    return found


def part(value: object, name: str) -> Object:
    """An object within an object; an empty one where it is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def items(value: object, name: str) -> Iterator[object]:
    """What a list within an object has; nothing where it is no list."""
    found = value.get(name) if isinstance(value, dict) else None
    yield from found if isinstance(found, list) else ()


def written(value: Object, name: str) -> str:
    """What a person wrote: lines stay, control characters and halves of characters are U+FFFD."""
    found = value.get(name)
    if not isinstance(found, str):
        return ""
    if not found.isprintable():
        found = _SURROGATES.sub("\ufffd", found.translate(_LINES))
    return found


def count(value: Object, name: str) -> int:
    """How many, as a number or as its digits; 0 where it is neither."""
    found = value.get(name)
    if isinstance(found, str) and found.isascii() and found.isdecimal():
        found = int(found[:9])
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0


def called(value: Object, name: str, maximum: int = NAME_MAX_CHARS) -> str:
    """A name or a label: one line, cut."""
    return " ".join(written(value, name)[:maximum].split())


def identifier(value: Object, name: str, maximum: int = EVENT_ID_MAX_CHARS) -> str:
    """An id of the provider's, or '': also a number, as some are written at times."""
    found = value.get(name)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    if not isinstance(found, str) or len(found) > maximum or not found.isascii():
        return ""
    return found if found.isprintable() else ""


def required(value: Object, name: str) -> str:
    """As `identifier`. Raises BadPayload where there is none."""
    found = identifier(value, name)
    if not found:
        raise BadPayload("missing", name)
    return found


def word(value: Object, name: str) -> str:
    """A word of the provider's in small letters, such as a status; '' where it is none."""
    found = value.get(name)
    return found.lower() if isinstance(found, str) and _WORD.fullmatch(found) else ""


def note(value: Object, name: str) -> str:
    """A sentence of the provider's for staff: one line, cut, no run of digits as long as a PIN."""
    return _LONG_DIGITS.sub("…", called(value, name)).strip()[:NOTE_MAX_CHARS]


def phone(value: Object, name: str) -> str:
    """E.164, or '' where there is no number. The wire leaves the plus away."""
    found = value.get(name)
    digits = re.sub(r"[ ().-]", "", found).lstrip("+") if isinstance(found, str) else ""
    return f"+{digits}" if digits.isascii() and _PHONE.fullmatch(digits) else ""


def user_id(value: Object, *names: str) -> str:
    """A person's id within a portfolio, by the first of these names that has one; or ''."""
    for name in names:
        found = value.get(name)
        if isinstance(found, str) and USER_ID.fullmatch(found):
            return found
    return ""


def moment(value: Object, name: str) -> datetime | None:
    """Seconds since 1970, as text or as a number; None where it is neither."""
    found = value.get(name)
    try:
        return datetime.fromtimestamp(int(found), UTC) if isinstance(found, str | int) else None
    except (ValueError, OverflowError, OSError):
        return None


def degrees(value: Object, name: str, most: float) -> float | None:
    """A latitude or longitude, or None. As text it is taken where it is a plain number."""
    found = value.get(name)
    if isinstance(found, str) and _DEGREES.fullmatch(found):
        found = float(found)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return float(found) if math.isfinite(found) and abs(found) <= most else None


def party(account: str, contact: Object, **more: str) -> Party:
    """A person by what a contact says of them; `more` is what is known from elsewhere. Raises
    BadPayload where there is neither a number nor an id."""
    profile = part(contact, "profile")
    number = more.get("phone") or phone(contact, "wa_id")
    own_id = more.get("user_id") or user_id(contact, "user_id")
    if not number and not own_id:
        raise BadPayload("missing", "from")
    return Party(
        phone=number,
        user_id=own_id,
        portfolio=account,
        name=called(profile, "name"),
        username=called(profile, "username").lstrip("@"),
    )
