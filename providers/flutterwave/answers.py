"""What Flutterwave answers to a request for money, and what its word on a payment means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from providers.contracts.errors import BadPayload
from providers.contracts.messages import OutcomeUnknown, Refused, Scope
from providers.contracts.payments import (
    NextStep,
    PaymentAccepted,
    PaymentHint,
    PaymentKind,
    PaymentState,
    PaymentStatus,
    Reason,
)
from providers.flutterwave import NAME
from providers.mobile_money.prose import reason_in
from providers.mobile_money.reading import (
    amount_of,
    callback_of,
    id_of,
    no_such_payment,
    object_of,
    phone_of,
    uuid_of,
    within,
    word_of,
)
from providers.mobile_money.wire import refusal

_PENDING, _PAID, _FAILED = PaymentState.PENDING, PaymentState.PAID, PaymentState.FAILED
_STATES: Final[Mapping[PaymentKind, Mapping[str, PaymentState]]] = {
    PaymentKind.COLLECTION: {"successful": _PAID, "pending": _PENDING, "failed": _FAILED},
    PaymentKind.DISBURSEMENT: {
        "new": _PENDING,
        "pending": _PENDING,
        "successful": _PAID,
        "failed": _FAILED,
    },
    PaymentKind.REFUND: {
        "completed": _PAID,
        **dict.fromkeys(("new", "pending", "pending-momo"), _PENDING),
        "failed": _FAILED,
    },
}
_REFERENCES: Final = {
    PaymentKind.COLLECTION: "tx_ref",
    PaymentKind.DISBURSEMENT: "reference",
    PaymentKind.REFUND: "comments",
}
_KNOWN = re.compile(r"duplicate.*ref|reference.*already|ref.*exist|already.*reference")
_MISSING = re.compile(r"no transaction was found|not found|no transfer")
_OWN_BALANCE = re.compile(r"insufficient (?:funds|balance)")


def _message(said: dict[str, Any]) -> str:
    message = said.get("message")
    return message.lower()[:512] if isinstance(message, str) else ""


def accepted(kind: PaymentKind, reference: UUID, status: int, body: bytes) -> PaymentAccepted:
    """Read the answer to a request for money. Raises Refused or OutcomeUnknown. `success` is about
    the call; in most markets the payer then needs a page, and there is no id yet."""
    said = object_of(body) or {}
    if status in (200, 201) and said.get("status") == "success":
        next = within(said, "meta", "authorization")
        page = next.get("redirect") if next.get("mode") == "redirect" else None
        is_page = isinstance(page, str) and page.startswith("http")
        return PaymentAccepted(
            reference,
            provider_id=id_of(within(said, "data").get("id")),
            next_step=NextStep.OPEN_PAGE if is_page else NextStep.APPROVE,
            page_url=page if is_page and isinstance(page, str) else "",
        )
    if said.get("status") == "error" and _KNOWN.search(_message(said)):
        return PaymentAccepted(reference, was_known=True)
    raise refused(kind, status, said, str(reference))


def refused(
    kind: PaymentKind, status: int, said: dict[str, Any], message_id: str | None
) -> Refused | OutcomeUnknown:
    """What an answer without a yes proves."""
    reason = Reason.OTHER
    out = kind is not PaymentKind.COLLECTION
    if status == 400 and out and _OWN_BALANCE.search(_message(said)):
        reason = Reason.OWN_LACKS_FUNDS
    return refusal(status, reason, "", message_id)


def status_of(kind: PaymentKind, reference: UUID, status: int, body: bytes) -> PaymentStatus:
    """Read the answer to a question about a payment. Raises Refused or OutcomeUnknown, of the
    question alone. A list is looked through for our reference."""
    said = object_of(body) or {}
    if status == 200 and said.get("status") == "success":
        data = said.get("data")
        if isinstance(data, list):
            named = _REFERENCES[kind]
            mine = [r for r in data if isinstance(r, dict) and uuid_of(r.get(named)) == reference]
            if not mine:
                return no_such_payment(NAME, reference)
            data = mine[0]
        if not isinstance(data, dict) or not word_of(data.get("status")):
            raise OutcomeUnknown("unreadable_answer", message_id=str(reference))
        return _status_in(kind, reference, data)
    if _is_missing(status, said):
        return no_such_payment(NAME, reference)
    if status == 200:
        raise OutcomeUnknown("unreadable_answer", message_id=str(reference))
    raise refused(kind, status, said, str(reference))


def status_id(status: int, body: bytes) -> str:
    """Flutterwave's id in the answer about a charge. Raises Refused or OutcomeUnknown, of the
    question alone."""
    said = object_of(body) or {}
    found = id_of(within(said, "data").get("id")) if status == 200 else None
    if found and found.isdigit():
        return found
    if _is_missing(status, said):
        raise Refused("no_such_payment", scope=Scope.TEXT)
    raise refused(PaymentKind.COLLECTION, status, said, None)


def _is_missing(status: int, said: dict[str, Any]) -> bool:
    return status == 404 or (status == 400 and _MISSING.search(_message(said)) is not None)


def _status_in(kind: PaymentKind, reference: UUID, record: dict[str, Any]) -> PaymentStatus:
    word = word_of(record.get("status"))
    state = _STATES[kind].get(word.lower(), PaymentState.UNKNOWN)
    currency = record.get("currency")
    is_in = kind is PaymentKind.COLLECTION
    why = record.get("processor_response") if is_in else record.get("complete_message")
    amount = record.get("amount_refunded") if kind is PaymentKind.REFUND else record.get("amount")
    party = (
        within(record, "customer").get("phone_number") if is_in else record.get("account_number")
    )
    return PaymentStatus(
        provider=NAME,
        reference=reference,
        state=state,
        raw_status=word,
        provider_id=_movement(record) if state is _PAID else None,
        amount=amount_of(amount, currency),
        fee=amount_of(record.get("app_fee") if is_in else record.get("fee"), currency),
        party=phone_of(party),
        known_as=uuid_of(record.get(_REFERENCES[kind])),
        reason=reason_in(kind, why) if state is _FAILED else None,
        raw_reason=word_of(why) if state is _FAILED else "",
    )


def _movement(record: dict[str, Any]) -> str | None:
    return id_of(record.get("flw_ref")) or id_of(record.get("id"))


def parse_callback(body: bytes, content_type: str = "") -> PaymentHint:
    """What an event claims. Raises BadPayload: also for one that is about no payment.
    `charge.completed` is sent for a charge that failed, too."""
    record = callback_of(body)
    event, data = record.get("event"), within(record, "data")
    kinds = {"charge": PaymentKind.COLLECTION, "transfer": PaymentKind.DISBURSEMENT}
    kind = kinds.get(event.partition(".")[0]) if isinstance(event, str) else None
    if kind is None:
        raise BadPayload("unknown_event", "event")
    reference, provider_id = uuid_of(data.get(_REFERENCES[kind])), id_of(data.get("id"))
    if reference is None and provider_id is None:
        raise BadPayload("missing", "data.tx_ref")
    word = word_of(data.get("status"))
    return PaymentHint(
        provider=NAME,
        reference=reference,
        provider_id=provider_id,
        claims=_STATES[kind].get(word.lower(), PaymentState.UNKNOWN),
        raw_status=word,
        amount=amount_of(data.get("amount"), data.get("currency")),
        kind=kind,
    )
