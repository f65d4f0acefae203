"""Kannel's two callbacks: a text that came in (`get-url`), and a report on one of ours (`dlr-url`).

Both are a GET of an address that we wrote, with Kannel's escapes in it: names are ours, values are
Kannel's. `kannel.conf` files that were written for others have other names, so those are read too.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl

from providers.contracts.errors import BadPayload
from providers.contracts.messages import DeliveryReport, DeliveryStatus, SmsInbound
from providers.kannel import NAME
from providers.limits import (
    BODY_MAX_BYTES,
    EVENT_ID_MAX_CHARS,
    FIELDS_MAX,
    NETWORK_MAX_CHARS,
    NOTE_MAX_CHARS,
    PHONE_MAX_DIGITS,
    PHONE_MIN_DIGITS,
    SENDER_MAX_CHARS,
    SMS_TEXT_MAX_CHARS,
)
from providers.typed import CONTROLS

# What stands behind the address in `get-url`. %b is the text byte by byte: %a squeezes its blanks,
# which breaks lines, and in UCS-2 the letters that have a byte of a blank in them.
QUERY_IN: Final = "id=%I&from=%p&to=%P&coding=%c&charset=%C&text=%b&at=%T&smsc=%i"
# And in the `dlr-url` of a text of ours, behind its id. In a report %p is the handset's number.
QUERY_REPORT: Final = "type=%d&to=%p&answer=%A"

# What a value is known by: our name first, then those of other people's files.
_ID = ("id", "uuid", "msgid", "message_id", "smsid")
_FROM = ("from", "sender", "msisdn", "phone", "source")
_TO = ("to", "receiver", "shortcode", "destination", "dest")
_TEXT = ("text", "message", "content", "msg", "body")
_AT = ("at", "ts", "timestamp", "time", "date")
_SMSC = ("smsc", "backend", "network")
_TYPE = ("type", "status", "dlr")
_ANSWER = ("answer", "smsc_reply", "reply")
_CODING = ("coding",)
_CHARSET = ("charset",)
_WANTED_IN = frozenset((*_ID, *_FROM, *_TO, *_TEXT, *_AT, *_SMSC, *_CODING, *_CHARSET))
_WANTED_REPORT = frozenset((*_ID, *_TO, *_TYPE, *_ANSWER))

# %d says what happened, one bit each; of several the one that is last in a text's life counts.
STATUSES: Final = {
    "1": DeliveryStatus.DELIVERED,
    "2": DeliveryStatus.FAILED,
    "4": DeliveryStatus.QUEUED,  # waits at the SMSC
    "8": DeliveryStatus.SENT,  # the SMSC took it
    "16": DeliveryStatus.FAILED,  # the SMSC did not take it
    "32": DeliveryStatus.SENT,  # the SMSC goes on trying
}

_UCS2: Final = "2"
_LINES = {code: to for code, to in CONTROLS.items() if chr(code) not in "\n\r\t"}
_LONG_DIGITS = re.compile(r"\d{4,}")
_RECEIPT = re.compile(r"\bstat:\s*([A-Za-z]{1,16})(?:.*?\berr:\s*([0-9A-Za-z]{1,8}))?", re.DOTALL)

Fields = dict[str, bytes]


def parse_sms_in(query: bytes, content_type: str = "") -> SmsInbound:
    """A text from a handset, whose number may be a name. Raises BadPayload."""
    fields = _read(query, _WANTED_IN)
    sender = _required(fields, _FROM, SENDER_MAX_CHARS)
    number = _phone(sender)
    text = _text(fields)
    return SmsInbound(
        provider=NAME,
        event_id=_required(fields, _ID, EVENT_ID_MAX_CHARS),
        address=number or sender,
        sender_is_phone=number is not None,
        to=_required(fields, _TO, SENDER_MAX_CHARS),
        text=text[:SMS_TEXT_MAX_CHARS],
        network=_word(fields, _SMSC, NETWORK_MAX_CHARS),
        link_id="",
        at=_moment(_word(fields, _AT, 40)),
        text_too_long=len(text) > SMS_TEXT_MAX_CHARS,
    )


def parse_report(query: bytes, content_type: str = "") -> DeliveryReport:
    """What became of a text, by the id that we gave with it. A type that we do not know is kept,
    with the lowest rank. Raises BadPayload."""
    fields = _read(query, _WANTED_REPORT)
    type = _required(fields, _TYPE, 16)
    status = _status(type)
    answer = _get(fields, _ANSWER) or b""
    return DeliveryReport(
        provider=NAME,
        message_id=_required(fields, _ID, EVENT_ID_MAX_CHARS),
        status=status,
        raw_status=type,
        address=_phone(_word(fields, _TO, SENDER_MAX_CHARS)),
        network="",
        failure=_why(answer) if status is DeliveryStatus.FAILED else "",
        retries=None,
    )


def _status(type: str) -> DeliveryStatus:
    bits = int(type) if type.isascii() and type.isdigit() else 0
    known = sum(map(int, STATUSES))
    found = [status for bit, status in STATUSES.items() if bits & int(bit)]
    if not found or bits & ~known:
        return DeliveryStatus.UNKNOWN
    return max(found)


def _read(query: bytes, wanted: frozenset[str]) -> Fields:
    """The wanted fields, decoded to bytes: which letters they are, the coding says. Unknown fields
    are passed over; a wanted one given twice is refused rather than guessed at."""
    if len(query) > BODY_MAX_BYTES:
        raise BadPayload("body_too_long")
    try:
        pairs = parse_qsl(
            query.decode("latin-1"),
            keep_blank_values=True,
            encoding="latin-1",
            max_num_fields=FIELDS_MAX,
        )
    except ValueError:
        raise BadPayload("too_many_fields") from None
    found: Fields = {}
    for name, value in pairs:
        if name in wanted:
            if name in found:
                raise BadPayload("given_twice", name)
            found[name] = value.encode("latin-1")
    return found


def _get(fields: Fields, names: tuple[str, ...]) -> bytes | None:
    return next((fields[name] for name in names if name in fields), None)


def _word(fields: Fields, names: tuple[str, ...], limit_chars: int) -> str:
    """Printable ASCII within the limit, else ''."""
    word = (_get(fields, names) or b"").strip()
    if len(word) > limit_chars or not word.isascii():
        return ""
    text = word.decode("ascii")
    return text if text.isprintable() else ""


def _required(fields: Fields, names: tuple[str, ...], limit_chars: int) -> str:
    value = (_get(fields, names) or b"").strip()
    if not value:
        raise BadPayload("missing", names[0])
    if len(value) > limit_chars:
        raise BadPayload("too_long", names[0])
    word = _word(fields, names, limit_chars)
    if not word:
        raise BadPayload("unreadable", names[0])
    return word


def _text(fields: Fields) -> str:
    """Coding 2 is UCS-2 in the charset that is named; otherwise Kannel has made UTF-8 of GSM-7, and
    passes on bytes of 8-bit messages as they were."""
    raw = _get(fields, _TEXT) or b""
    if _word(fields, _CODING, 4) == _UCS2:
        little = _word(fields, _CHARSET, 16).upper().replace("-", "") in ("UTF16LE", "UCS2LE")
        text = raw.decode("utf-16-le" if little else "utf-16-be", "replace")
    else:
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            text = raw.decode("latin-1")
    return text if text.isprintable() else text.translate(_LINES)


def _phone(value: str) -> str | None:
    """E.164 with a plus; None for a name, and for a number that names no country."""
    digits = value.removeprefix("+").removeprefix("00")
    digits = digits.translate({ord(each): None for each in " -()."})
    fits = PHONE_MIN_DIGITS <= len(digits) <= PHONE_MAX_DIGITS
    if not fits or not (digits.isascii() and digits.isdigit()) or digits.startswith("0"):
        return None
    return f"+{digits}"


def _moment(word: str) -> datetime | None:
    """%T, seconds since 1970, or %t, a date and a time in UTC."""
    try:
        if word.isdigit():
            return datetime.fromtimestamp(int(word), UTC)
        return datetime.fromisoformat(word).replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _why(answer: bytes) -> str:
    """The SMSC's own words: `UNDELIV 011` of a receipt, `Throttling error` of a NACK. Nothing else
    of a receipt is kept: it has the beginning of the text in it."""
    words = answer.decode("utf-8", "replace")
    receipt = _RECEIPT.search(words)
    if receipt:
        return " ".join(part for part in receipt.groups() if part)
    if not words.startswith("NACK"):
        return ""
    said = words.rpartition("/")[2].translate(CONTROLS)
    return _LONG_DIGITS.sub("…", said).strip()[:NOTE_MAX_CHARS]
