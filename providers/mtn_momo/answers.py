"""What MTN answers to a request for money, and what its word on a payment means."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from providers.contracts.cost import Cost
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
from providers.limits import BODY_MAX_BYTES, EVENT_ID_MAX_CHARS, PHONE_MAX_DIGITS, PHONE_MIN_DIGITS
from providers.mtn_momo import NAME

_STATES: Final = {
    "CREATED": PaymentState.PENDING,
    "PENDING": PaymentState.PENDING,
    "SUCCESSFUL": PaymentState.PAID,
    "FAILED": PaymentState.FAILED,
}
_REASONS: Final = {
    "APPROVAL_REJECTED": Reason.DECLINED,
    "PAYMENT_NOT_APPROVED": Reason.DECLINED,
    "TRANSACTION_CANCELED": Reason.DECLINED,
    "EXPIRED": Reason.NOT_APPROVED_IN_TIME,
    "COULD_NOT_PERFORM_TRANSACTION": Reason.NOT_APPROVED_IN_TIME,
    "PAYEE_NOT_ALLOWED_TO_RECEIVE": Reason.PERSON_NOT_ALLOWED,
    "PAYEE_LIMIT_REACHED": Reason.PERSON_LIMIT,
    "NOT_ALLOWED": Reason.OWN_SETTINGS,
    "NOT_ALLOWED_TARGET_ENVIRONMENT": Reason.OWN_SETTINGS,
    "INVALID_CURRENCY": Reason.OWN_SETTINGS,
    "INVALID_CALLBACK_URL_HOST": Reason.OWN_SETTINGS,
    "VALIDATION_ERROR": Reason.OWN_SETTINGS,
    "INTERNAL_PROCESSING_ERROR": Reason.PROVIDER_FAULT,
    "SERVICE_UNAVAILABLE": Reason.PROVIDER_FAULT,
    "RESOURCE_NOT_FOUND": Reason.NO_SUCH_PAYMENT,
    "TRANSACTION_NOT_FOUND": Reason.NO_SUCH_PAYMENT,
}
# Who the payer is depends on the direction: of a collection a person, of what we pay out ourselves.
_OF_COLLECTIONS: Final = {
    "NOT_ENOUGH_FUNDS": Reason.PERSON_LACKS_FUNDS,
    "PAYER_LIMIT_REACHED": Reason.PERSON_LIMIT,
    "PAYER_NOT_FOUND": Reason.PERSON_NOT_FOUND,
    "SENDER_ACCOUNT_NOT_ACTIVE": Reason.PERSON_NOT_ALLOWED,
    "PAYEE_NOT_FOUND": Reason.OWN_ACCOUNT,
    "PAYEE_NOT_ALLOWED_TO_RECEIVE": Reason.OWN_ACCOUNT,
    "PAYEE_LIMIT_REACHED": Reason.OWN_LIMIT,
}
_OF_PAYOUTS: Final = {
    "NOT_ENOUGH_FUNDS": Reason.OWN_LACKS_FUNDS,
    "PAYER_LIMIT_REACHED": Reason.OWN_LIMIT,
    "PAYER_NOT_FOUND": Reason.OWN_ACCOUNT,
    "SENDER_ACCOUNT_NOT_ACTIVE": Reason.OWN_ACCOUNT,
    "PAYEE_NOT_FOUND": Reason.PERSON_NOT_FOUND,
}
# In an answer to a request these say nothing of what became of it.
_UNDECIDED: Final = frozenset({Reason.PROVIDER_FAULT, Reason.OTHER})
_EXISTS: Final = "RESOURCE_ALREADY_EXIST"

_CODE = re.compile(r"[A-Z][A-Z_]{2,63}")
_MSISDN = re.compile(rf"[1-9][0-9]{{{PHONE_MIN_DIGITS - 1},{PHONE_MAX_DIGITS - 1}}}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,6})?")


def reason_of(kind: PaymentKind, code: str) -> Reason:
    """Our name of one of MTN's codes, by what was asked for."""
    own = _OF_COLLECTIONS if kind is PaymentKind.COLLECTION else _OF_PAYOUTS
    return own.get(code) or _REASONS.get(code, Reason.OTHER)


def accepted(kind: PaymentKind, reference: UUID, status: int, body: bytes) -> PaymentAccepted:
    """Read the answer to a request for money. Raises Refused or OutcomeUnknown.

    A 202 says that the request is queued. A 409 with MTN's code says that an earlier one has the
    same reference. MTN tells of our own mistakes by HTTP 500 too, so the code counts for more.
    """
    if status == 202:
        return PaymentAccepted(reference)
    code = code_of(body)
    if code == _EXISTS and status >= 400:
        return PaymentAccepted(reference, was_known=True)
    raise refusal(kind, status, code, str(reference))


def refusal(kind: PaymentKind, status: int, code: str, message_id: str) -> Refused | OutcomeUnknown:
    """What an answer without a yes proves."""
    if status == 401:
        return Refused("unauthorized", alarm=True)
    reason = reason_of(kind, code) if code and status >= 400 else Reason.OTHER
    if reason not in _UNDECIDED:
        scope = Scope.ACCOUNT if reason.alarm else Scope.TEXT
        return Refused(reason.value, alarm=reason.alarm, detail=code, scope=scope)
    if status == 403:
        return Refused("unauthorized", alarm=True, detail=code)
    if status == 429:
        return Refused("throttled", retryable=True)
    if 300 <= status < 500 and status not in (408, 409) and reason is not Reason.PROVIDER_FAULT:
        return Refused(f"http_{status}", alarm=True, detail=code)
    said = "unreadable_answer" if status < 300 else f"http_{status}"
    return OutcomeUnknown(said, message_id=message_id, detail=code)


def status_of(kind: PaymentKind, reference: UUID, status: int, body: bytes) -> PaymentStatus:
    """Read the answer to a question about a payment. Raises Refused or OutcomeUnknown, which are
    about the question and not about the payment."""
    if status == 404:
        # A gateway answers so as well, of a wrong path: no more than UNKNOWN either way.
        code = code_of(body)
        return PaymentStatus(
            *(NAME, reference, PaymentState.UNKNOWN, ""),
            reason=Reason.NO_SUCH_PAYMENT,
            raw_reason=code,
        )
    record = _object(body) if status == 200 else None
    if record is None or not isinstance(record.get("status"), str):
        if status == 200:
            raise OutcomeUnknown("unreadable_answer", message_id=str(reference))
        raise refusal(kind, status, code_of(body), str(reference))
    code = _reason_code(record)
    state = _state(record["status"], code)
    is_over = state in (PaymentState.FAILED, PaymentState.EXPIRED)
    return PaymentStatus(
        provider=NAME,
        reference=reference,
        state=state,
        raw_status=_plain(record["status"]),
        provider_id=_id(record.get("financialTransactionId")),
        amount=_amount(record),
        party=_party(record),
        known_as=_uuid(record.get("externalId")),
        reason=reason_of(kind, code) if is_over else None,
        raw_reason=code,
    )


def parse_callback(body: bytes, content_type: str = "") -> PaymentHint:
    """What a callback claims; of a PUT as of a POST. Raises BadPayload.

    The body is a status record without our X-Reference-Id; the adapter sends it as `externalId`
    too. Nobody signs it.
    """
    if len(body) > BODY_MAX_BYTES:
        raise BadPayload("body_too_long")
    record = _object(body)
    if record is None:
        raise BadPayload("not_json")
    status = record.get("status")
    if not isinstance(status, str) or not status:
        raise BadPayload("missing", "status")
    reference = _uuid(record.get("externalId")) or _uuid(record.get("referenceId"))
    provider_id = _id(record.get("financialTransactionId"))
    if reference is None and provider_id is None:
        raise BadPayload("missing", "externalId")
    return PaymentHint(
        provider=NAME,
        reference=reference,
        provider_id=provider_id,
        claims=_state(status, _reason_code(record)),
        raw_status=_plain(status),
        amount=_amount(record),
    )


def active_of(status: int, body: bytes) -> bool | None:
    """Whether a number has an active account: `{"result":true}`, or a bare word as older texts have
    it. None where the answer does not say."""
    if status == 404:
        return False
    if status != 200:
        return None
    said = _json(body)
    word = said.get("result") if isinstance(said, dict) else said
    if isinstance(word, str):
        word = {"true": True, "false": False}.get(word.strip().lower())
    return word if isinstance(word, bool) else None


def code_of(body: bytes) -> str:
    """The code of an error body; '' for a page, a gateway's own words, or nothing."""
    said = _object(body)
    code = said.get("code") if said else None
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _state(word: str, code: str) -> PaymentState:
    state = _STATES.get(word.strip().upper(), PaymentState.UNKNOWN)
    late = _REASONS.get(code) is Reason.NOT_APPROVED_IN_TIME
    return PaymentState.EXPIRED if state is PaymentState.FAILED and late else state


def _reason_code(record: dict[str, Any]) -> str:
    """`reason` is a word, an object with a code, or missing, with the code beside it: all are
    seen."""
    reason = record.get("reason")
    code = reason.get("code") if isinstance(reason, dict) else reason
    code = code if isinstance(code, str) else record.get("code")
    return code if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _amount(record: dict[str, Any]) -> Cost | None:
    """A string or a number; "6" comes back for "6.0"."""
    amount, currency = record.get("amount"), record.get("currency")
    if isinstance(amount, Decimal):
        # A number of a few signs can have a billion digits: its size is looked at first.
        amount = f"{amount:f}" if -7 < amount.adjusted() < 16 else ""
    elif isinstance(amount, int) and not isinstance(amount, bool):
        amount = str(amount)
    if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount):
        return None
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return None
    return Cost(Decimal(amount), currency)


def _party(record: dict[str, Any]) -> str | None:
    """The person's number; None where it is masked, or is no number at all."""
    for name in ("payer", "payee"):
        party = record.get(name)
        if isinstance(party, dict) and str(party.get("partyIdType", "")).upper() == "MSISDN":
            number = str(party.get("partyId", "")).removeprefix("+")
            if _MSISDN.fullmatch(number):
                return f"+{number}"
    return None


def _id(value: object) -> str | None:
    word = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    good = isinstance(word, str) and word and len(word) <= EVENT_ID_MAX_CHARS
    return word if good and isinstance(word, str) and word.isprintable() else None


def _uuid(value: object) -> UUID | None:
    if not isinstance(value, str) or len(value) != 36:
        return None
    try:
        return UUID(value)
    except ValueError:
        return None


def _plain(word: str) -> str:
    return word[:64] if word.isascii() and word.isprintable() else "?"


def _json(body: bytes) -> object:
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None


def _object(body: bytes) -> dict[str, Any] | None:
    said = _json(body)
    return said if isinstance(said, dict) else None
