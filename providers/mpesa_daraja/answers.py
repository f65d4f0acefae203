"""What Daraja answers to a request for money, and what its word on a payment means."""

from __future__ import annotations

import re
from typing import Any, Final
from uuid import UUID

from providers.contracts.errors import BadPayload
from providers.contracts.messages import OutcomeUnknown, Refused, Scope
from providers.contracts.payments import (
    PaymentAccepted,
    PaymentHint,
    PaymentKind,
    PaymentState,
    PaymentStatus,
    Reason,
)
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
from providers.mpesa_daraja import CURRENCY, NAME

_OK: Final = "0"
# The prompt is out, and nobody has answered it.
_STILL: Final = "4999"
_LATE: Final = frozenset({"1019", "1037"})
_REASONS: Final = {
    "1": Reason.PERSON_LACKS_FUNDS,
    "2": Reason.PERSON_LIMIT,
    "3": Reason.PERSON_LIMIT,
    "4": Reason.PERSON_LIMIT,
    "8": Reason.PERSON_LIMIT,
    "17": Reason.PERSON_LIMIT,
    "26": Reason.PROVIDER_FAULT,
    "1001": Reason.PERSON_NOT_ALLOWED,
    "1019": Reason.NOT_APPROVED_IN_TIME,
    "1025": Reason.PROVIDER_FAULT,
    "1032": Reason.DECLINED,
    "1037": Reason.NOT_APPROVED_IN_TIME,
    "2001": Reason.DECLINED,
    "9999": Reason.PROVIDER_FAULT,
    "SFC_IC0003": Reason.PERSON_NOT_FOUND,
}
_OF_PAYOUTS: Final = {
    "1": Reason.OWN_LACKS_FUNDS,
    "8": Reason.PERSON_LIMIT,
    "2001": Reason.OWN_SETTINGS,  # the initiator's credential
    "21": Reason.OWN_ACCOUNT,
    "2040": Reason.PERSON_NOT_FOUND,
}
_BUSY = re.compile(r"unable to lock subscriber|already in process")
_PENDING = re.compile(r"being processed|under processing")
_MISSING = re.compile(r"does not exist|not found|invalid checkout")
_TOKEN_CODES: Final = frozenset({"404.001.03", "401.003.01", "401.002.01"})
_FINISHED: Final = {
    "completed": PaymentState.PAID,
    "failed": PaymentState.FAILED,
    "cancelled": PaymentState.FAILED,
    "declined": PaymentState.FAILED,
    "expired": PaymentState.EXPIRED,
    "pending": PaymentState.PENDING,
    "authorized": PaymentState.PENDING,
}


def reason_of(kind: PaymentKind, code: str) -> Reason:
    own = _OF_PAYOUTS if kind is not PaymentKind.COLLECTION else {}
    return own.get(code) or _REASONS.get(code, Reason.OTHER)


def _error(said: dict[str, Any]) -> tuple[str, str]:
    message = said.get("errorMessage")
    return word_of(said.get("errorCode")), message.lower()[:256] if isinstance(message, str) else ""


def token_not_taken(status: int, body: bytes) -> bool:
    """A token that is too old is told with 404 as well as with 401."""
    return status == 401 or _error(object_of(body) or {})[0] in _TOKEN_CODES


def accepted(reference: UUID, status: int, body: bytes) -> PaymentAccepted:
    """Read the answer to a request for money. Raises Refused or OutcomeUnknown. 0 says that it is
    on its way, and that a result follows."""
    said = object_of(body) or {}
    code = word_of(said.get("ResponseCode"))
    if status == 200 and code and not code.strip("0"):
        taken = id_of(said.get("CheckoutRequestID")) or id_of(said.get("ConversationID"))
        return PaymentAccepted(reference, provider_id=taken)
    error, message = _error(said)
    if error and "duplicate" in message:
        return PaymentAccepted(reference, was_known=True)
    if error and _BUSY.search(message):
        raise Refused("person_busy", detail=error, scope=Scope.TEXT)
    raise refused(status, said, str(reference))


def refused(status: int, said: dict[str, Any], message_id: str | None) -> Refused | OutcomeUnknown:
    """What an answer without a yes proves."""
    code, _ = _error(said)
    reason = Reason.OWN_SETTINGS if code.startswith("400.") else Reason.OTHER
    if code in _TOKEN_CODES:
        status = 401
    elif code.startswith("500.003."):
        status = 429  # too many at a time
    return refusal(status, reason, code, message_id)


def status_of(reference: UUID, status: int, body: bytes) -> PaymentStatus:
    """Read the answer to a question about a prompt. Raises Refused or OutcomeUnknown, of the
    question alone. There is no amount and no receipt in it: only the callback has them."""
    said = object_of(body) or {}
    result = word_of(said.get("ResultCode"))
    if status == 200 and result:
        state = _state(result)
        over = state in (PaymentState.FAILED, PaymentState.EXPIRED)
        return PaymentStatus(
            *(NAME, reference, state, result),
            reason=reason_of(PaymentKind.COLLECTION, result) if over else None,
            raw_reason=result if over else "",
            by_callbacks=True,
        )
    code, message = _error(said)
    if code and _PENDING.search(message):
        return PaymentStatus(NAME, reference, PaymentState.PENDING, code)
    if code and _MISSING.search(message):
        return no_such_payment(NAME, reference, code)
    if status == 200:
        raise OutcomeUnknown("unreadable_answer", message_id=str(reference))
    raise refused(status, said, str(reference))


def _state(result: str) -> PaymentState:
    if result == _OK:
        return PaymentState.PAID
    if result == _STILL:
        return PaymentState.PENDING
    return PaymentState.EXPIRED if result in _LATE else PaymentState.FAILED


# --- callbacks ----------------------------------------------------------------------------------


def parse_callback(body: bytes, content_type: str = "") -> PaymentHint:
    """What the result of a prompt, of a payout, or of a question about a payout claims. Raises
    BadPayload. Nobody signs it.

    A prompt's result names Daraja's own id of the request, which only its answer told. A payout's
    has our reference and such an id.
    """
    record = callback_of(body)
    prompt = within(record, "Body", "stkCallback")
    return _of_prompt(prompt) if prompt else _of_payout(within(record, "Result"))


def _of_prompt(record: dict[str, Any]) -> PaymentHint:
    code, id = word_of(record.get("ResultCode")), id_of(record.get("CheckoutRequestID"))
    if not code:
        raise BadPayload("missing", "ResultCode")
    if id is None:
        raise BadPayload("missing", "CheckoutRequestID")
    items = _by_name(within(record, "CallbackMetadata").get("Item"), "Name")
    return PaymentHint(
        provider=NAME,
        reference=None,
        provider_id=id,
        claims=_state(code),
        raw_status=code,
        amount=amount_of(items.get("Amount"), CURRENCY),
        kind=PaymentKind.COLLECTION,
        movement_id=id_of(items.get("MpesaReceiptNumber")),
        counts=True,
    )


def _of_payout(record: dict[str, Any]) -> PaymentHint:
    code = word_of(record.get("ResultCode"))
    if not code:
        raise BadPayload("missing", "ResultCode")
    told = _by_name(within(record, "ResultParameters").get("ResultParameter"), "Key")
    status = word_of(told.get("TransactionStatus"))
    # The result of a question names the payout among its parameters, and itself above.
    named = told if status else record
    reference = uuid_of(named.get("OriginatorConversationID"))
    id = id_of(named.get("ConversationID"))
    if reference is None and id is None:
        raise BadPayload("missing", "OriginatorConversationID")
    claims = _state(code)
    if status:
        claims = _FINISHED.get(status.lower(), PaymentState.UNKNOWN)
    receipt = told.get("ReceiptNo") or told.get("TransactionReceipt") or record.get("TransactionID")
    amount = told.get("TransactionAmount") if "TransactionAmount" in told else told.get("Amount")
    return PaymentHint(
        provider=NAME,
        reference=reference,
        provider_id=id,
        claims=claims,
        raw_status=status or code,
        amount=amount_of(amount, CURRENCY),
        kind=PaymentKind.DISBURSEMENT,
        movement_id=id_of(receipt),
        counts=True,
    )


def _by_name(items: object, name: str) -> dict[str, Any]:
    """A list of names and values, in any order; one may have no value, and one alone is no list."""
    listed = items if isinstance(items, list) else [items]
    found = {}
    for item in listed:
        if isinstance(item, dict) and isinstance(item.get(name), str):
            found[item[name]] = item.get("Value")
    return found
