"""What MTN answers to a request for money, and what its word on a payment means."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from providers.contracts.balances import BalanceLeft
from providers.contracts.errors import BadPayload
from providers.contracts.messages import OutcomeUnknown, Refused
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
    json_of,
    no_such_payment,
    object_of,
    phone_of,
    uuid_of,
    word_of,
)
from providers.mobile_money.wire import refusal
from providers.mtn_momo import NAME

_BALANCE: Final = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,8})?")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
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
_EXISTS: Final = "RESOURCE_ALREADY_EXIST"

_CODE = re.compile(r"[A-Z][A-Z_]{2,63}")


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
    raise refused(kind, status, code, str(reference))


def refused(kind: PaymentKind, status: int, code: str, message_id: str) -> Refused | OutcomeUnknown:
    """What an answer without a yes proves."""
    reason = reason_of(kind, code) if code and status >= 400 else Reason.OTHER
    return refusal(status, reason, code, message_id)


def status_of(kind: PaymentKind, reference: UUID, status: int, body: bytes) -> PaymentStatus:
    """Read the answer to a question about a payment. Raises Refused or OutcomeUnknown, which are
    about the question and not about the payment."""
    if status == 404:
        # A gateway answers so as well, of a wrong path: no more than UNKNOWN either way.
        return no_such_payment(NAME, reference, code_of(body))
    record = object_of(body) if status == 200 else None
    if record is None or not isinstance(record.get("status"), str):
        if status == 200:
            raise OutcomeUnknown("unreadable_answer", message_id=str(reference))
        raise refused(kind, status, code_of(body), str(reference))
    code = _reason_code(record)
    state = _state(record["status"], code)
    is_over = state in (PaymentState.FAILED, PaymentState.EXPIRED)
    return PaymentStatus(
        provider=NAME,
        reference=reference,
        state=state,
        raw_status=word_of(record["status"]),
        provider_id=id_of(record.get("financialTransactionId")),
        amount=amount_of(record.get("amount"), record.get("currency")),
        party=_party(record),
        known_as=uuid_of(record.get("externalId")),
        reason=reason_of(kind, code) if is_over else None,
        raw_reason=code,
    )


def parse_callback(body: bytes, content_type: str = "") -> PaymentHint:
    """What a callback claims; of a PUT as of a POST. Raises BadPayload.

    The body is a status record without our X-Reference-Id; the adapter sends it as `externalId`
    too. Nobody signs it.
    """
    record = callback_of(body)
    status = record.get("status")
    if not isinstance(status, str) or not status:
        raise BadPayload("missing", "status")
    reference = uuid_of(record.get("externalId")) or uuid_of(record.get("referenceId"))
    provider_id = id_of(record.get("financialTransactionId"))
    if reference is None and provider_id is None:
        raise BadPayload("missing", "externalId")
    return PaymentHint(
        provider=NAME,
        reference=reference,
        provider_id=provider_id,
        claims=_state(status, _reason_code(record)),
        raw_status=word_of(status),
        amount=amount_of(record.get("amount"), record.get("currency")),
    )


def active_of(status: int, body: bytes) -> bool | None:
    """Whether a number has an active account: `{"result":true}`, or a bare word as older texts have
    it. None where the answer does not say."""
    if status == 404:
        return False
    if status != 200:
        return None
    said = json_of(body)
    word = said.get("result") if isinstance(said, dict) else said
    if isinstance(word, str):
        word = {"true": True, "false": False}.get(word.strip().lower())
    return word if isinstance(word, bool) else None


def balance_of(status: int, body: bytes) -> BalanceLeft | None:
    """What a wallet has left; None where the answer does not say."""
    said = object_of(body) if status == 200 else None
    amount, currency = (
        (said.get("availableBalance"), said.get("currency")) if said else (None, None)
    )
    if isinstance(amount, int | float | Decimal):
        amount = str(amount)
    if not isinstance(amount, str) or not _BALANCE.fullmatch(amount):
        return None
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        return None
    return BalanceLeft(Decimal(amount), currency)


def code_of(body: bytes) -> str:
    """The code of an error body; '' for a page, a gateway's own words, or nothing."""
    said = object_of(body)
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


def _party(record: dict[str, Any]) -> str | None:
    """The person's number; None where it is masked, or is no number at all."""
    for name in ("payer", "payee"):
        party = record.get(name)
        if isinstance(party, dict) and str(party.get("partyIdType", "")).upper() == "MSISDN":
            return phone_of(party.get("partyId"))
    return None
