"""What became of what we sent, and what it costs."""

from __future__ import annotations

from typing import Final

from providers.contracts.cost import Pricing
from providers.contracts.messages import DeliveryReport, DeliveryStatus
from providers.meta import NAME, errors, reading
from providers.meta.reading import Object, part

# `delivered` is left out where the message was read at once; `played` is a voice message's.
STATUSES: Final = {
    "sent": DeliveryStatus.SENT,
    "delivered": DeliveryStatus.DELIVERED,
    "read": DeliveryStatus.READ,
    "played": DeliveryStatus.READ,
    "failed": DeliveryStatus.FAILED,
}
KNOWN: Final = frozenset((*STATUSES, "deleted", "warning"))


def parse_status(status: Object, to: str) -> tuple[DeliveryReport, str]:
    """One status, and what in it nobody described. Raises BadPayload: no id, or no status."""
    raw = reading.required(status, "status").lower()
    report = DeliveryReport(
        provider=NAME,
        message_id=reading.required(status, "id"),
        status=STATUSES.get(raw, DeliveryStatus.UNKNOWN),
        raw_status=raw,
        address=reading.phone(status, "recipient_id") or None,
        network="",
        failure=failure_of(status),
        retries=None,
        pricing=_pricing(part(status, "pricing")),
        sender=to,
        reference=reading.identifier(status, "biz_opaque_callback_data"),
    )
    return report, "" if raw in KNOWN else f"status {reading.word(status, 'status') or '-'}"


def failure_of(value: Object) -> str:
    """Why something failed, in our words, by the first error that is named."""
    for error in reading.items(value, "errors"):
        number = error.get("code") if isinstance(error, dict) else None
        if isinstance(number, str) and number.isdecimal():
            number = int(number[:9])
        if isinstance(number, int):
            return errors.code_of(number)
    return ""


def _pricing(pricing: Object) -> Pricing | None:
    """The bill. By message since 2025 ("regular", "free_customer_service"), by conversation before
    ("cbp"); `billable` is on its way out, and then the kind says it."""
    if not pricing:
        return None
    model = reading.word(pricing, "pricing_model")
    kind = reading.word(pricing, "type") or model
    billable = pricing.get("billable")
    return Pricing(
        is_billable=billable if isinstance(billable, bool) else kind == "regular",
        kind=kind,
        category=reading.word(pricing, "category"),
    )
