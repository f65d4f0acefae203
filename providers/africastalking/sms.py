"""Africa's Talking SMS, inbound: texts, delivery reports, opt-outs, subscriptions."""

from __future__ import annotations

from providers.africastalking import NAME, forms
from providers.contracts.errors import BadPayload
from providers.contracts.messages import (
    DeliveryReport,
    DeliveryStatus,
    SmsInbound,
    SmsOptOut,
    SmsSubscription,
)
from providers.limits import (
    EVENT_ID_MAX_CHARS,
    NETWORK_MAX_CHARS,
    NOTE_MAX_CHARS,
    SENDER_MAX_CHARS,
    SMS_TEXT_MAX_CHARS,
)

_IN = frozenset((b"date", b"from", b"id", b"linkId", b"text", b"to", b"networkCode"))
_REPORT = frozenset(
    (b"id", b"status", b"phoneNumber", b"networkCode", b"failureReason", b"retryCount")
)
_OPT_OUT = frozenset((b"senderId", b"phoneNumber"))
_SUBSCRIPTION = frozenset((b"phoneNumber", b"shortCode", b"keyword", b"updateType"))
_UPDATES = {"addition": True, "deletion": False}

# The provider's words for a delivery, and what they mean to everyone.
STATUSES = {
    "Buffered": DeliveryStatus.QUEUED,
    "Sent": DeliveryStatus.SENT,
    "Submitted": DeliveryStatus.SENT,
    "Success": DeliveryStatus.DELIVERED,
    "Rejected": DeliveryStatus.FAILED,
    "Failed": DeliveryStatus.FAILED,
    "AbsentSubscriber": DeliveryStatus.FAILED,
    "Expired": DeliveryStatus.FAILED,
}


def parse_sms_in(body: bytes, content_type: str = forms.FORM) -> SmsInbound:
    """A text from a handset; `text` may be missing, `from` may be a name. Raises BadPayload."""
    fields = forms.read(body, content_type, _IN)
    get = fields.get
    sender = forms.required(fields, b"from", SENDER_MAX_CHARS)
    try:
        address, is_phone = forms.phone(fields[b"from"], "from"), True
    except BadPayload:
        address, is_phone = sender, False
    text = forms.message(get(b"text", b""))
    return SmsInbound(
        provider=NAME,
        event_id=forms.required(fields, b"id", EVENT_ID_MAX_CHARS),
        address=address,
        sender_is_phone=is_phone,
        to=forms.required(fields, b"to", SENDER_MAX_CHARS),
        text=text[:SMS_TEXT_MAX_CHARS],
        network=forms.plain(get(b"networkCode", b""), NETWORK_MAX_CHARS),
        link_id=forms.plain(get(b"linkId", b""), EVENT_ID_MAX_CHARS),
        at=forms.moment(get(b"date", b"")),
        text_too_long=len(text) > SMS_TEXT_MAX_CHARS,
    )


def parse_sms_report(body: bytes, content_type: str = forms.FORM) -> DeliveryReport:
    """A delivery report. A status that we do not know is kept, with the lowest rank.

    Raises BadPayload: no id, or no status.
    """
    fields = forms.read(body, content_type, _REPORT)
    get = fields.get
    raw_status = forms.required(fields, b"status", 64)
    number = get(b"phoneNumber", b"")
    try:
        address = forms.phone(number) if number else None
    except BadPayload:
        address = None  # the id is what a report is matched by
    return DeliveryReport(
        provider=NAME,
        message_id=forms.required(fields, b"id", EVENT_ID_MAX_CHARS),
        status=STATUSES.get(raw_status, DeliveryStatus.UNKNOWN),
        raw_status=raw_status,
        address=address,
        network=forms.plain(get(b"networkCode", b""), NETWORK_MAX_CHARS),
        failure=forms.note(get(b"failureReason", b""), NOTE_MAX_CHARS),
        retries=forms.count(get(b"retryCount", b"")),
    )


def parse_opt_out(body: bytes, content_type: str = forms.FORM) -> SmsOptOut:
    """A person's wish for no more texts from one sender id. Raises BadPayload."""
    fields = forms.read(body, content_type, _OPT_OUT)
    return SmsOptOut(
        provider=NAME,
        sender=forms.required(fields, b"senderId", SENDER_MAX_CHARS),
        address=forms.phone(fields.get(b"phoneNumber", b"")),
    )


def parse_subscription(body: bytes, content_type: str = forms.FORM) -> SmsSubscription:
    """A person has subscribed to a keyword of a short code, or left it. Raises BadPayload."""
    fields = forms.read(body, content_type, _SUBSCRIPTION)
    update = forms.required(fields, b"updateType", 16).lower()  # some write it with capitals
    if update not in _UPDATES:
        raise BadPayload("unknown_update", "updateType")
    return SmsSubscription(
        provider=NAME,
        short_code=forms.required(fields, b"shortCode", SENDER_MAX_CHARS),
        keyword=forms.required(fields, b"keyword", SENDER_MAX_CHARS),
        is_added=_UPDATES[update],
        address=forms.phone(fields.get(b"phoneNumber", b"")),
    )
