"""The fake's own books: what MTN's sandbox makes of some numbers, and how a payment is told."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from providers.contracts.payments import PaymentKind, PaymentState
from providers.mobile_money import books
from providers.mobile_money.books import Books, Payment

# What MTN's sandbox makes of some numbers; all others succeed. The meaning depends on the call.
_FIRST_FIVE: Final = ("FAILED", "REJECTED", "EXPIRED", "ONGOING", "DELAYED")
_AT_THE_GATEWAY: Final = (
    *("NOT_ALLOWED", "NOT_ALLOWED_TARGET_ENVIRONMENT", "INVALID_CALLBACK_URL_HOST"),
    *("INVALID_CURRENCY", "INTERNAL_PROCESSING_ERROR", "SERVICE_UNAVAILABLE"),
)
_COLLECTION: Final = (
    *(*_FIRST_FIVE, "PAYER_NOT_FOUND", "PAYEE_NOT_ALLOWED_TO_RECEIVE"),
    *(*_AT_THE_GATEWAY, "COULD_NOT_PERFORM_TRANSACTION"),
)
_TRANSFER: Final = (
    *(*_FIRST_FIVE, "NOT_ENOUGH_FUNDS", "PAYER_LIMIT_REACHED", "PAYEE_NOT_FOUND"),
    *_AT_THE_GATEWAY,
)
_HOLDER: Final = (
    *("NOT_FOUND", "NOT_ACTIVE", "NOT_ALLOWED", "NOT_ALLOWED_TARGET_ENVIRONMENT"),
    *("INTERNAL_PROCESSING_ERROR", "SERVICE_UNAVAILABLE"),
)
_FIRST_NUMBER: Final = 46_733_123_450


def _table(words: tuple[str, ...]) -> dict[str, str]:
    return {str(_FIRST_NUMBER + nth): word for nth, word in enumerate(words)}


# The call's last word in the path → number → what becomes of it.
SANDBOX: Final = {
    "requesttopay": _table(_COLLECTION),
    "deposit": _table(_COLLECTION),
    "transfer": _table(_TRANSFER),
    "refund": {},
    "active": _table(_HOLDER),
}
# Words that are answered to the request itself, with HTTP 500 or 503.
GATEWAY_WORDS: Final = frozenset(_AT_THE_GATEWAY)
_CODES: Final = {
    "FAILED": "INTERNAL_PROCESSING_ERROR",
    "REJECTED": "APPROVAL_REJECTED",
}
_SUCCEEDS: Final = ("", "SUCCESSFUL", "DELAYED")
_STATUSES: Final = {
    PaymentState.PENDING: "PENDING",
    PaymentState.PAID: "SUCCESSFUL",
    PaymentState.FAILED: "FAILED",
    PaymentState.EXPIRED: "FAILED",
}


@dataclass(frozen=True, slots=True)
class Options(books.Options):
    """And MTN's own:

    - callback_method: 'PUT' or 'POST'
    - reason: how a failure is told: 'object', 'word' or 'code' (beside the status)
    - decimals: amounts come back with ".0"
    - token_of_product: a token opens its own product only
    """

    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **books.Options.CHOICES,
        "callback_method": ("PUT", "POST"),
        "reason": ("object", "word", "code"),
    }

    callback_method: str = "PUT"
    reason: str = "object"
    decimals: bool = False
    token_of_product: bool = True


class Wallets(Books):
    """References are unique within a product; the sandbox's numbers mean what the call says."""

    options: Options

    def __init__(self, clock: Callable[[], float] = time.monotonic, seed: int | None = None):
        super().__init__(Options(), clock, seed)

    def key(self, kind: PaymentKind, reference: str) -> tuple[str, str]:
        is_in = kind is PaymentKind.COLLECTION
        return "collection" if is_in else "disbursement", reference

    def word(self, call: str, number: str) -> str:
        """What is to become of a call with this number; '' for the best."""
        return self.numbers.get(number) or SANDBOX[call].get(number, "")

    def plan(self, payment: Payment, word: str) -> None:
        super().plan(payment, "" if word in _SUCCEEDS else word)
        if word == "COULD_NOT_PERFORM_TRANSACTION":
            payment.due_s = self.clock() + self.options.expire_after_s
        payment.reason = _CODES.get(payment.reason, payment.reason)

    def new_provider_id(self, payment: Payment) -> str:
        # A deposit's status was seen without it.
        return "" if payment.asked["call"] == "deposit" else super().new_provider_id(payment)

    # --- how it is told -------------------------------------------------------------------------

    def record(self, payment: Payment) -> dict[str, Any]:
        """As a status and a callback have it."""
        asked = payment.asked
        amount = asked["amount"]
        if self.options.decimals and "." not in amount:
            amount += ".0"
        told: dict[str, Any] = {
            "externalId": str(asked.get("externalId", "")),
            "amount": amount,
            "currency": payment.currency,
            "payerMessage": asked["payerMessage"],
            "payeeNote": asked["payeeNote"],
            "status": _STATUSES[payment.state],
        }
        if payment.provider_id:
            told["financialTransactionId"] = payment.provider_id
        who = "payer" if payment.kind is PaymentKind.COLLECTION else "payee"
        told[who] = {"partyIdType": "MSISDN", "partyId": payment.party}
        if payment.kind is PaymentKind.REFUND:
            # A refund names an account, not a number.
            told[who] = {"partyIdType": "PARTY_CODE", "partyId": payment.refunds}
        if told["status"] == "FAILED":
            told |= self._why(payment.reason)
        return told

    def _why(self, reason: str) -> dict[str, Any]:
        if self.options.reason == "word":
            return {"reason": reason}
        if self.options.reason == "code":
            return {"code": reason}
        return {"reason": {"code": reason, "message": reason.replace("_", " ").capitalize()}}

    def claim(self, payment: Payment) -> dict[str, Any]:
        """What a callback says of it: the record, or what `lie` makes of it."""
        told = self.record(payment)
        lie = self.options.lie
        if lie == "state":
            told.pop("reason", None)
            told["status"] = "FAILED" if payment.state is PaymentState.PAID else "SUCCESSFUL"
        elif lie == "amount":
            told["amount"] = f"{payment.amount * 10:f}"
        elif lie == "currency":
            told["currency"] = "USD"
        elif lie == "reference":
            told["externalId"] = "00000000-0000-4000-8000-000000000000"
        return told
