"""Reading Twilio's forms: names are Twilio's, and any of them may be missing or empty."""

from __future__ import annotations

import math
import re
from typing import Final
from urllib.parse import parse_qsl

from providers.contracts.errors import BadPayload
from providers.limits import EVENT_ID_MAX_CHARS, PHONE_MAX_DIGITS, PHONE_MIN_DIGITS
from providers.typed import CONTROLS

FORM: Final = "application/x-www-form-urlencoded"
# Twilio adds names as it likes: geography, add-ons, referrals, ten files with a type each.
NAMES_MAXIMUM: Final = 256
URL_CHARS_MAXIMUM: Final = 2_048
LABEL_CHARS_MAXIMUM: Final = 256
WHATSAPP: Final = "whatsapp:"

# Two letters for a country, a dot, and the rest; a parent's id has ENT in between.
USER_ID: Final = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")
E164: Final = re.compile(rf"\+[1-9][0-9]{{{PHONE_MIN_DIGITS - 1},{PHONE_MAX_DIGITS - 1}}}")
_WORD = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_LINES = {code: sign for code, sign in CONTROLS.items() if chr(code) not in "\n\r\t"}
# With a dot, whatever the language of whoever sent it.
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,20})?")

Pairs = list[tuple[str, str]]
Form = dict[str, str]


def pairs_of(body: bytes) -> Pairs:
    """All names and values as they were written, empty ones too. Raises BadPayload.

    The signature is over these values, so nothing is stripped or left out here.
    """
    try:
        written = body.decode("ascii")
    except UnicodeDecodeError:
        written = body.decode("utf-8", "replace")  # one hook was seen to leave letters as they are
    try:
        return parse_qsl(written, keep_blank_values=True, max_num_fields=NAMES_MAXIMUM)
    except ValueError:
        raise BadPayload("too_many_fields") from None


def read(body: bytes, content_type: str) -> Form:
    """A callback's fields. One that is given twice must say the same twice. Raises BadPayload."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in ("", FORM):
        raise BadPayload("not_a_form")
    found: Form = {}
    for name, value in pairs_of(body):
        if found.setdefault(name, value) != value:
            raise BadPayload("given_twice", name if _WORD.fullmatch(name) else "")
    return found


def written(form: Form, name: str) -> str:
    """What a person wrote: lines stay, control characters are U+FFFD."""
    found = form.get(name, "")
    return found if found.isprintable() else found.translate(_LINES)


def label(form: Form, *names: str) -> str:
    """A name or a title, the first of these that is there: one line, cut."""
    for name in names:
        found = " ".join(written(form, name)[:LABEL_CHARS_MAXIMUM].split())
        if found:
            return found
    return ""


def identifier(form: Form, *names: str, maximum: int = EVENT_ID_MAX_CHARS) -> str:
    """An id, the first of these that is there; '' where it is none."""
    for name in names:
        found = form.get(name, "")
        if found and len(found) <= maximum and found.isascii() and found.isprintable():
            return found
    return ""


def required(form: Form, *names: str) -> str:
    """As `identifier`. Raises BadPayload where there is none."""
    found = identifier(form, *names)
    if not found:
        raise BadPayload("missing", names[0])
    return found


def word(form: Form, *names: str) -> str:
    """A word of Twilio's in small letters, such as a status; '' where it is none."""
    for name in names:
        found = form.get(name, "")
        if _WORD.fullmatch(found):
            return found.lower()
    return ""


def address(form: Form, name: str) -> str:
    """Who an address names, without the channel in front of it: a number, an id, a short code or a
    name. A blank before a number's digits is a plus that was not escaped."""
    found = form.get(name, "")
    if found.strip().lower().startswith(WHATSAPP):
        found = found.lstrip()[len(WHATSAPP) :]
    lost_its_plus, found = found.startswith(" "), found.strip()
    if lost_its_plus and E164.fullmatch(f"+{found}"):
        found = f"+{found}"
    return found if len(found) <= EVENT_ID_MAX_CHARS and found.isprintable() else ""


def phone(value: str) -> str:
    """E.164, or '' for a short code, a name or an id."""
    return value if E164.fullmatch(value) else ""


def degrees(form: Form, name: str, most: float) -> float | None:
    """A latitude or longitude, or None."""
    found = form.get(name, "").strip()
    if not _DEGREES.fullmatch(found):
        return None
    value = float(found)
    return value if math.isfinite(value) and abs(value) <= most else None


def count(form: Form, name: str) -> int:
    """A number of things, 0 where it is none."""
    found = form.get(name, "")
    return int(found) if found.isascii() and found.isdigit() and len(found) < 4 else 0
