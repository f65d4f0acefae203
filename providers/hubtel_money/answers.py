"""What Hubtel answers to a request for money, and what its word on a payment means."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

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
from providers.hubtel_money import CURRENCY, NAME
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

_TAKEN: Final = ("0000", "0001")
_FAILED_THERE: Final = "2001"
_REASONS: Final = {
    "3050": Reason.PERSON_NOT_FOUND,
    "4000": Reason.OWN_SETTINGS,
    "4070": Reason.OWN_SETTINGS,
    "4075": Reason.OWN_LACKS_FUNDS,
    "4101": Reason.OWN_SETTINGS,
    "4103": Reason.OWN_ACCOUNT,
    "5000": Reason.PROVIDER_FAULT,
}
_STATES: Final = {
    "paid": PaymentState.PAID,
    "success": PaymentState.PAID,
    "successful": PaymentState.PAID,
    "pending": PaymentState.PENDING,
    # Not paid yet, or never: it does not say which.
    "unpaid": PaymentState.PENDING,
    "failed": PaymentState.FAILED,
    "refunded": PaymentState.FAILED,
}
_KNOWN = re.compile(r"reference.*(?:duplicate|already|exist)|duplicate.*reference")


def folded(value: Any) -> Any:
    """Names in small letters: one of Hubtel's answers has `ResponseCode`, another `responseCode`,
    and a third both kinds."""
    if isinstance(value, Mapping):
        return {str(name).lower(): folded(each) for name, each in value.items()}
    return value


def _read(body: bytes) -> dict[str, Any]:
    said = folded(object_of(body))
    return said if isinstance(said, dict) else {}


def _sentences(said: dict[str, Any]) -> list[object]:
    return [said.get("message"), within(said, "data").get("description")]


def accepted(kind: PaymentKind, reference: UUID, status: int, body: bytes) -> PaymentAccepted:
    """Read the answer to a request for money. Raises Refused or OutcomeUnknown."""
    said = _read(body)
    code = word_of(said.get("responsecode"))
    if status in (200, 201, 202) and code in _TAKEN:
        taken = id_of(within(said, "data").get("transactionid"))
        return PaymentAccepted(reference, provider_id=taken)
    words = " ".join(each for each in _sentences(said) if isinstance(each, str)).lower()[:512]
    if code and _KNOWN.search(words):
        return PaymentAccepted(reference, was_known=True)
    raise refused(kind, status, said, str(reference))


def refused(
    kind: PaymentKind, status: int, said: dict[str, Any], message_id: str | None
) -> Refused | OutcomeUnknown:
    """What an answer without a yes proves. 2001 is what a network said, in words of its own: where
    they are no reason that we know, nobody knows."""
    code = word_of(said.get("responsecode"))
    reason = _REASONS.get(code, Reason.OTHER)
    if code == _FAILED_THERE:
        reason = reason_in(kind, *_sentences(said))
        if reason is Reason.OTHER:
            return OutcomeUnknown("ambiguous", message_id=message_id, detail=code)
    return refusal(status, reason, code, message_id)


def status_of(kind: PaymentKind, reference: UUID, status: int, body: bytes) -> PaymentStatus:
    """Read the answer to a status check. Raises Refused or OutcomeUnknown, of the question alone.

    Its code is about the question. There is no currency, or a null: cedis are all that it moves.
    """
    said = _read(body)
    record = within(said, "data")
    word = word_of(record.get("transactionstatus") or record.get("status"))
    if status == 404 or (status == 200 and not record and said.get("responsecode")):
        return no_such_payment(NAME, reference, word_of(said.get("responsecode")))
    if status != 200:
        raise refused(kind, status, said, str(reference))
    if not word:
        raise OutcomeUnknown("unreadable_answer", message_id=str(reference))
    state = _STATES.get(word.lower(), PaymentState.UNKNOWN)
    moved = record.get("externaltransactionid") or record.get("networktransactionid")
    fee = record.get("charges") if record.get("charges") is not None else record.get("fees")
    currency = record.get("currencycode") or CURRENCY
    return PaymentStatus(
        provider=NAME,
        reference=reference,
        state=state,
        raw_status=word,
        provider_id=id_of(moved) if state is PaymentState.PAID else None,
        amount=amount_of(record.get("amount"), currency),
        fee=amount_of(fee, currency),
        party=phone_of(record.get("customernumber")),
        known_as=uuid_of(record.get("clientreference")),
        reason=reason_in(kind, *_sentences(said)) if state is PaymentState.FAILED else None,
    )


def active_of(status: int, body: bytes) -> bool | None:
    """Whether a number has a wallet at its network. None where the answer does not say."""
    said = _read(body)
    registered = within(said, "data").get("isregistered")
    if word_of(said.get("responsecode")) == "3050":
        return False
    if status != 200 or not isinstance(registered, bool):
        return None
    standing = word_of(within(said, "data").get("status")).lower()
    return registered and standing in ("", "active")


def parse_callback(body: bytes, content_type: str = "") -> PaymentHint:
    """What a callback claims. Raises BadPayload. Nobody signs it. One of a payout tells what was
    debited."""
    said = folded(callback_of(body))
    code, record = word_of(said.get("responsecode")), within(said, "data")
    if not code:
        raise BadPayload("missing", "ResponseCode")
    reference = uuid_of(record.get("clientreference"))
    provider_id = id_of(record.get("externaltransactionid")) or id_of(record.get("transactionid"))
    if reference is None and provider_id is None:
        raise BadPayload("missing", "Data.ClientReference")
    claims = {"0000": PaymentState.PAID, "0001": PaymentState.PENDING}
    is_out = "amountdebited" in record
    return PaymentHint(
        provider=NAME,
        reference=reference,
        provider_id=provider_id,
        claims=claims.get(code, PaymentState.FAILED),
        raw_status=code,
        amount=amount_of(record.get("amount"), CURRENCY),
        kind=PaymentKind.DISBURSEMENT if is_out else PaymentKind.COLLECTION,
    )
