"""Africa's Talking USSD: a hop in, a screen out, and the notice that a session is over."""

from __future__ import annotations

from providers.africastalking import NAME, forms
from providers.contracts.ussd import UssdEnded, UssdHop
from providers.contracts.webhooks import HttpReply
from providers.limits import (
    NETWORK_MAX_CHARS,
    NOTE_MAX_CHARS,
    SERVICE_CODE_MAX_CHARS,
    SESSION_ID_MAX_CHARS,
    TEXT_MAX_CHARS,
)

PLAIN = "text/plain; charset=utf-8"

_HOP = frozenset((b"sessionId", b"phoneNumber", b"networkCode", b"serviceCode", b"text"))
_END = frozenset(
    (
        *(b"date", b"sessionId", b"serviceCode", b"networkCode", b"phoneNumber", b"status"),
        *(b"cost", b"durationInMillis", b"hopsCount", b"lastAppResponse", b"errorMessage"),
    )
)
_STATUSES = {"success": "success", "incomplete": "incomplete", "failed": "failed"}
# The gateway takes no byte before the prefix; other controls would reach a handset as rubbish.
_UNSHOWABLE = dict.fromkeys([*range(0x0A), *range(0x0B, 0x20), *range(0x7F, 0xA0), 0xFEFF])


def parse_ussd(body: bytes, content_type: str = forms.FORM) -> UssdHop:
    """One hop. Raises BadPayload: a missing or unreadable field, or no phone number (one with a
    leading zero is given as it is).

    `networkCode` may be missing or unknown to us; `text` may be missing, which is a first hop.
    """
    fields = forms.read(body, content_type, _HOP)
    get = fields.get
    text = forms.typed(get(b"text", b""))
    too_long = len(text) > TEXT_MAX_CHARS
    return UssdHop(
        NAME,
        forms.required(fields, b"serviceCode", SERVICE_CODE_MAX_CHARS),
        forms.required(fields, b"sessionId", SESSION_ID_MAX_CHARS),
        forms.phone(get(b"phoneNumber", b""), national=True),
        text[:TEXT_MAX_CHARS] if too_long else text,
        forms.plain(get(b"networkCode", b""), NETWORK_MAX_CHARS),
        too_long,
    )


def ussd_body(text: str, ends: bool) -> bytes:
    """`CON ` or `END ` and the screen: lines end in LF, no blank line first or last.

    Raises ValueError for a screen without a visible character: the gateway fails the session.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.replace("\n", "").isprintable():
        text = text.translate(_UNSHOWABLE)
    text = text.strip()
    if not text:
        raise ValueError("an empty screen")
    return (b"END " if ends else b"CON ") + text.encode("utf-8", "replace")


def ussd_reply(text: str, ends: bool, _hop: UssdHop | None = None) -> HttpReply:
    """The HTTP answer that shows this screen; `ends` closes the session. Raises ValueError."""
    return HttpReply(200, PLAIN, ussd_body(text, ends))


def parse_ussd_end(body: bytes, content_type: str = forms.FORM) -> UssdEnded:
    """The events callback. What was typed (`input`) is never read; nor is our last screen kept.

    Raises BadPayload. An unknown status is 'unknown'.
    """
    fields = forms.read(body, content_type, _END)
    get = fields.get
    last = forms.unquote(get(b"lastAppResponse", b""))
    prefix = last[:4]
    known = {b"CON ": "CON", b"END ": "END"}.get(prefix, "other" if last else "")
    return UssdEnded(
        provider=NAME,
        service_code=forms.required(fields, b"serviceCode", SERVICE_CODE_MAX_CHARS),
        session_id=forms.required(fields, b"sessionId", SESSION_ID_MAX_CHARS),
        address=forms.phone(get(b"phoneNumber", b""), national=True),
        network=forms.plain(get(b"networkCode", b""), NETWORK_MAX_CHARS),
        status=_STATUSES.get(forms.plain(get(b"status", b""), 32).lower(), "unknown"),
        at=forms.moment(get(b"date", b"")),
        duration_ms=forms.count(get(b"durationInMillis", b"")),
        hops=forms.count(get(b"hopsCount", b"")),
        cost=forms.cost(forms.plain(get(b"cost", b""), 32)),
        reply_prefix=known,
        reply_chars=len(last.decode("utf-8", "replace")),
        error=forms.note(get(b"errorMessage", b""), NOTE_MAX_CHARS),
    )
