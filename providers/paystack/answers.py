"""What Paystack answers to a request for money, and what its word on a payment means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from providers.contracts.cost import Cost
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
from providers.mobile_money.prose import reason_in
from providers.mobile_money.reading import (
    amount_of,
    callback_of,
    id_of,
    no_such_payment,
    object_of,
    uuid_of,
    within,
    word_of,
)
from providers.mobile_money.wire import refusal
from providers.paystack import NAME

MINOR_DIGITS: Final = 2  # of all its currencies, whatever ISO 4217 says
_PENDING, _PAID, _FAILED = PaymentState.PENDING, PaymentState.PAID, PaymentState.FAILED
_WAITS: Final = dict.fromkeys(("pending", "ongoing", "processing", "queued"), _PENDING)
_STATES: Final[Mapping[PaymentKind, Mapping[str, PaymentState]]] = {
    PaymentKind.COLLECTION: _WAITS
    | {
        "success": _PAID,
        "failed": _FAILED,
        "reversed": _FAILED,
        # The payer has not finished, and still may.
        "abandoned": _PENDING,
        **dict.fromkeys(("pay_offline", "send_otp", "open_url"), _PENDING),
    },
    PaymentKind.DISBURSEMENT: _WAITS
    | {
        "success": _PAID,
        "failed": _FAILED,
        "reversed": _FAILED,
        "blocked": _FAILED,
        "rejected": _FAILED,
        "otp": _PENDING,
        "received": _PENDING,
    },
    PaymentKind.REFUND: _WAITS
    | {"processed": _PAID, "failed": _FAILED, "needs-attention": _PENDING},
}
_KINDS: Final = {
    "charge": PaymentKind.COLLECTION,
    "transfer": PaymentKind.DISBURSEMENT,
    "refund": PaymentKind.REFUND,
}
_CODES: Final = {
    "insufficient_balance": Reason.OWN_LACKS_FUNDS,
    "validation_error": Reason.OWN_SETTINGS,
    "invalid_params": Reason.OWN_SETTINGS,
    "unsupported_currency": Reason.OWN_SETTINGS,
    "transaction_not_found": Reason.NO_SUCH_PAYMENT,
}
_KNOWN = re.compile(r"duplicate.*reference|unique reference|reference.*(?:exists|been used)")
_MISSING = re.compile(r"not found|invalid transaction reference")
_DIALLED = re.compile(r"[*][0-9]{2,4}(?:[*][0-9]{1,6}){0,3}#")
_OWN_BALANCE = re.compile(r"balance is not enough|insufficient balance")


def _said(body: dict[str, Any]) -> tuple[str, str]:
    """The code of an error, and its sentence in small letters."""
    code, message = body.get("code"), body.get("message")
    return word_of(code), message.lower()[:512] if isinstance(message, str) else ""


def accepted(kind: PaymentKind, reference: UUID, status: int, body: bytes) -> PaymentAccepted:
    """Read the answer to a request for money. Raises Refused or OutcomeUnknown.

    `status` at the top is about the call. The payment's own is within the data, and even "failed"
    there is left for the verification to say.
    """
    said = object_of(body) or {}
    data = within(said, "data")
    word = word_of(data.get("status"))
    if status in (200, 201) and said.get("status") is True and word in _STATES[kind]:
        step = {"send_otp": NextStep.GIVE_CODE, "open_url": NextStep.OPEN_PAGE}.get(word)
        page = data.get("url") if step is NextStep.OPEN_PAGE else ""
        return PaymentAccepted(
            reference,
            provider_id=id_of(data.get("transfer_code")) or id_of(data.get("id")),
            next_step=step or NextStep.APPROVE,
            page_url=page if isinstance(page, str) else "",
            code_source=_dialled(data.get("display_text")) if step is NextStep.GIVE_CODE else "",
        )
    code, message = _said(said)
    if said.get("status") is False and (code.startswith("duplicate") or _KNOWN.search(message)):
        return PaymentAccepted(reference, was_known=True)
    raise refused(status, said, str(reference))


def _dialled(words: object) -> str:
    """What somebody is to dial, out of a sentence for them; '' where it names nothing."""
    found = _DIALLED.search(words[:512]) if isinstance(words, str) else None
    return found[0] if found else ""


def refused(status: int, said: dict[str, Any], message_id: str | None) -> Refused | OutcomeUnknown:
    """What an answer without a yes proves."""
    code, message = _said(said)
    reason = _CODES.get(code, Reason.OTHER) if said.get("status") is False else Reason.OTHER
    if reason is Reason.OTHER and status == 400 and _OWN_BALANCE.search(message):
        reason = Reason.OWN_LACKS_FUNDS
    if status >= 500:
        reason = Reason.PROVIDER_FAULT
    return refusal(status, reason, code, message_id)


def recipient_code(status: int, body: bytes) -> str:
    """Paystack's code for a person. Raises Refused or OutcomeUnknown."""
    said = object_of(body) or {}
    code = id_of(within(said, "data").get("recipient_code"))
    if status in (200, 201) and code:
        return code
    raise refused(status, said, None)


def code_taken(reference: UUID, status: int, body: bytes) -> PaymentAccepted:
    """Read the answer to a payer's code. Raises Refused or OutcomeUnknown."""
    said = object_of(body) or {}
    word = word_of(within(said, "data").get("status"))
    if status == 400 and said.get("status") is False and word != "failed":
        raise Refused("wrong_code", detail=_said(said)[0], scope=Scope.TEXT)
    return accepted(PaymentKind.COLLECTION, reference, status, body)


def status_of(kind: PaymentKind, reference: UUID, status: int, body: bytes) -> PaymentStatus:
    """Read the answer to a question about a payment. Raises Refused or OutcomeUnknown, of the
    question alone."""
    said = object_of(body) or {}
    if status == 200 and said.get("status") is True:
        record = within(said, "data")
        if not word_of(record.get("status")):
            raise OutcomeUnknown("unreadable_answer", message_id=str(reference))
        return status_in(kind, reference, record)
    code, message = _said(said)
    missing = said.get("status") is False and _MISSING.search(message)
    if status == 404 or code == "transaction_not_found" or (status == 400 and missing):
        return no_such_payment(NAME, reference, code)
    if status == 200:
        raise OutcomeUnknown("unreadable_answer", message_id=str(reference))
    raise refused(status, said, str(reference))


def status_in(kind: PaymentKind, reference: UUID, record: dict[str, Any]) -> PaymentStatus:
    """What a record says. Amounts are in the smaller unit, as numbers or as strings."""
    word = word_of(record.get("status"))
    state = _STATES[kind].get(word.lower(), PaymentState.UNKNOWN)
    why = [record.get(name) for name in ("gateway_response", "message", "failures")]
    fee = record.get("fees") if kind is PaymentKind.COLLECTION else record.get("fee_charged")
    known_as = (
        record.get("merchant_note") if kind is PaymentKind.REFUND else record.get("reference")
    )
    return PaymentStatus(
        provider=NAME,
        reference=reference,
        state=state,
        raw_status=word,
        provider_id=_movement(record) if state is _PAID else None,
        amount=_amount(record),
        fee=amount_of(fee, record.get("currency"), decimals=MINOR_DIGITS),
        known_as=uuid_of(known_as),
        reason=reason_in(kind, *why) if state is _FAILED else None,
        raw_reason=word_of(record.get("gateway_response")) if state is _FAILED else "",
    )


def refund_in(reference: UUID, status: int, body: bytes) -> PaymentStatus:
    """A refund among the newest, by the note that has our reference. Raises Refused or
    OutcomeUnknown."""
    said = object_of(body) or {}
    listed = said.get("data")
    if status != 200 or said.get("status") is not True or not isinstance(listed, list):
        if status == 200:
            raise OutcomeUnknown("unreadable_answer", message_id=str(reference))
        raise refused(status, said, str(reference))
    for record in listed:
        if isinstance(record, dict) and uuid_of(record.get("merchant_note")) == reference:
            return status_in(PaymentKind.REFUND, reference, record)
    return no_such_payment(NAME, reference)


def parse_callback(body: bytes, content_type: str = "") -> PaymentHint:
    """What an event claims. Raises BadPayload: also for an event that is about no payment. A
    refund's event names the payment that is paid back."""
    record = callback_of(body)
    event, data = record.get("event"), within(record, "data")
    kind = _KINDS.get(event.partition(".")[0]) if isinstance(event, str) else None
    if kind is None:
        raise BadPayload("unknown_event", "event")
    of_refund = kind is PaymentKind.REFUND
    reference = uuid_of(data.get("transaction_reference" if of_refund else "reference"))
    provider_id = id_of(data.get("refund_reference")) if of_refund else _movement(data)
    if reference is None and provider_id is None:
        raise BadPayload("missing", "data.reference")
    word = word_of(data.get("status"))
    return PaymentHint(
        provider=NAME,
        reference=reference,
        provider_id=provider_id,
        claims=_STATES[kind].get(word.lower(), PaymentState.UNKNOWN),
        raw_status=word,
        amount=_amount(data),
        kind=kind,
    )


def _movement(record: dict[str, Any]) -> str | None:
    """The network's receipt, which the person's SMS shows; without it Paystack's own id."""
    return id_of(record.get("receipt_number")) or id_of(record.get("id"))


def _amount(record: dict[str, Any]) -> Cost | None:
    return amount_of(record.get("amount"), record.get("currency"), decimals=MINOR_DIGITS)
