"""What became of what we sent: a status callback."""

from __future__ import annotations

from typing import Final

from providers.contracts.errors import BadPayload
from providers.contracts.messages import DeliveryReport, DeliveryStatus
from providers.contracts.webhooks import Batch
from providers.twilio import NAME, forms
from providers.twilio.errors import code_of
from providers.twilio.forms import Form

# Stands in the query of the address that a report goes to: our own id of the message.
REFERENCE: Final = "piga"

STATUSES: Final = {
    "accepted": DeliveryStatus.QUEUED,
    "scheduled": DeliveryStatus.QUEUED,
    "queued": DeliveryStatus.QUEUED,
    "sending": DeliveryStatus.QUEUED,
    "sent": DeliveryStatus.SENT,
    "partially_delivered": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "undelivered": DeliveryStatus.FAILED,
    "failed": DeliveryStatus.FAILED,
    "canceled": DeliveryStatus.FAILED,
}


def parse_report(body: bytes, content_type: str = "") -> DeliveryReport | Batch:
    """One report; a status that nobody described is kept, with the lowest rank. Raises BadPayload:
    no id, no status, or a message that came in."""
    form = forms.read(body, content_type)
    raw = forms.word(form, "MessageStatus", "SmsStatus")
    if not raw:
        raise BadPayload("missing", "MessageStatus")
    if raw in ("received", "receiving"):
        raise BadPayload("not_a_report", "MessageStatus")
    status = STATUSES.get(raw, DeliveryStatus.UNKNOWN)
    report = DeliveryReport(
        provider=NAME,
        message_id=forms.required(form, "MessageSid", "SmsSid", "SmsMessageSid"),
        status=status,
        raw_status=raw,
        address=forms.phone(forms.address(form, "To")) or None,
        network="",
        failure=_failure(form) if status is DeliveryStatus.FAILED else "",
        retries=None,
        sender=forms.address(form, "From"),
        reference=forms.identifier(form, REFERENCE),
    )
    return report if raw in STATUSES else Batch([report], unknown=[f"status {raw}"])


def _failure(form: Form) -> str:
    """Why, by the number: the words beside it change."""
    number = form.get("ErrorCode", "")
    is_number = number.isascii() and number.isdigit() and len(number) < 10
    return code_of(int(number)) if is_number and int(number) else ""
