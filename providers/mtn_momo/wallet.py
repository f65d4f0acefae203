"""The fake's own books: payments, what becomes of each on its clock, and two wallets of ours."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, ClassVar, Final

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
    "EXPIRED": "EXPIRED",
}
_SUCCEEDS: Final = ("", "SUCCESSFUL", "DELAYED")


@dataclass(frozen=True, slots=True)
class Options:
    """How payments go on.

    - settle_after_s: until the person has decided; expire_after_s: MTN's five minutes
    - callback: 'on', 'off', 'twice', 'first' (before the answer to the request)
    - callback_after_s: behind the decision; callback_method: 'PUT' or 'POST'
    - lie: what a callback says wrong: 'state', 'amount', 'currency' or 'reference'
    - reason: how a failure is told: 'object', 'word' or 'code' (beside the status)
    - decimals: amounts come back with ".0"
    - token_life_s; token_of_product: a token opens its own product only
    """

    CHOICES: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "callback": ("on", "off", "twice", "first"),
        "callback_method": ("PUT", "POST"),
        "lie": ("", "state", "amount", "currency", "reference"),
        "reason": ("object", "word", "code"),
    }

    settle_after_s: float = 0.2
    expire_after_s: float = 300.0
    callback: str = "on"
    callback_after_s: float = 0.0
    callback_method: str = "PUT"
    lie: str = ""
    reason: str = "object"
    decimals: bool = False
    token_life_s: float = 3_600.0
    token_of_product: bool = True

    def changed(self, wanted: Mapping[str, Any]) -> Options:
        """With some of it changed. Raises ValueError: an unknown name or an impossible value."""
        known = {f.name: getattr(self, f.name) for f in fields(self)}
        for name, value in wanted.items():
            if name not in known:
                raise ValueError(f"no such setting: {str(name)[:32]}")
            if name in self.CHOICES:
                fits = value in self.CHOICES[name]
            elif isinstance(known[name], bool):
                fits = isinstance(value, bool)
            else:
                fits = isinstance(value, int | float) and not isinstance(value, bool)
                fits = fits and 0 <= value <= 86_400
            if not fits:
                raise ValueError(f"{name}: not a possible value")
        return replace(self, **wanted)


@dataclass(slots=True)
class Payment:
    """A request that was taken. `status` is where it stood when somebody last looked."""

    call: str
    reference: str
    external_id: str
    amount: Decimal
    amount_text: str
    currency: str
    party: str = field(repr=False)
    payer_message: str
    payee_note: str
    callback_url: str
    at_s: float
    due_s: float
    ends: str  # SUCCESSFUL, FAILED or PENDING (for ever)
    reason: str = ""
    refunds: str = ""
    status: str = "PENDING"
    transaction_id: str = ""

    @property
    def product(self) -> str:
        return "collection" if self.call == "requesttopay" else "disbursement"


class Wallets:
    """All payments of one installation of the fake. A payment moves money once, when its time has
    come, however often somebody looks."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, seed: int | None = None):
        self.options = Options()
        self.numbers: dict[str, str] = {}
        self.balances = {"collection": Decimal(0), "disbursement": Decimal(1_000_000)}
        self.clock = clock
        self._payments: dict[tuple[str, str], Payment] = {}
        self._rng = random.Random(seed if seed is not None else time.time_ns())  # noqa: S311
        self._lock = threading.Lock()

    def word(self, call: str, number: str) -> str:
        """What is to become of a call with this number; '' for the best."""
        return self.numbers.get(number) or SANDBOX[call].get(number, "")

    def plan(self, payment: Payment) -> None:
        """Say how and when it ends."""
        word = self.word(payment.call, payment.party)
        options = self.options
        late = word in ("EXPIRED", "COULD_NOT_PERFORM_TRANSACTION")
        payment.due_s = payment.at_s + (options.expire_after_s if late else options.settle_after_s)
        payment.ends = "SUCCESSFUL" if word in _SUCCEEDS else "FAILED"
        payment.reason = "" if word in _SUCCEEDS else _CODES.get(word, word)
        if word == "ONGOING":
            payment.ends, payment.reason = "PENDING", ""

    def add(self, payment: Payment) -> bool:
        """False where the product has this reference already; then nothing changes."""
        key = (payment.product, payment.reference)
        with self._lock:
            if key in self._payments:
                return False
            self._payments[key] = payment
            return True

    def find(self, product: str, reference: str) -> Payment | None:
        """As it stands now."""
        with self._lock:
            payment = self._payments.get((product, reference))
            if payment is not None:
                self._settle(payment)
            return payment

    def settle_now(self, payment: Payment) -> None:
        """The person has decided already."""
        with self._lock:
            payment.due_s = self.clock()
            self._settle(payment)

    def all(self) -> list[Payment]:
        with self._lock:
            for payment in self._payments.values():
                self._settle(payment)
            return list(self._payments.values())

    def clear(self) -> None:
        """The usual options, and no numbers; what was paid stays."""
        self.options = Options()
        self.numbers.clear()

    def _settle(self, payment: Payment) -> None:
        if payment.status != "PENDING" or payment.ends == "PENDING":
            return
        if self.clock() < payment.due_s:
            return
        if payment.ends == "SUCCESSFUL" and not self._move(payment):
            payment.ends = "FAILED"
        payment.status = payment.ends
        # A deposit's status was seen without it.
        if payment.ends == "SUCCESSFUL" and payment.call != "deposit":
            payment.transaction_id = str(self._rng.randrange(10**9, 10**10))

    def _move(self, payment: Payment) -> bool:
        if payment.product == "collection":
            self.balances["collection"] += payment.amount
            return True
        if payment.call == "refund" and not self._may_be_refunded(payment):
            return False
        if self.balances["disbursement"] < payment.amount:
            payment.reason = "NOT_ENOUGH_FUNDS"
            return False
        self.balances["disbursement"] -= payment.amount
        return True

    def _may_be_refunded(self, refund: Payment) -> bool:
        """A paid collection, up to what was paid."""
        paid = self._payments.get(("collection", refund.refunds))
        if paid is not None:
            self._settle(paid)
        back = sum(
            (
                each.amount
                for each in self._payments.values()
                if each.refunds == refund.refunds and each.status == "SUCCESSFUL"
            ),
            Decimal(),
        )
        good = paid is not None and paid.status == "SUCCESSFUL"
        if paid is not None and good and back + refund.amount <= paid.amount:
            return True
        refund.reason = "NOT_ALLOWED" if paid is not None else "TRANSACTION_NOT_FOUND"
        return False

    # --- how it is told -------------------------------------------------------------------------

    def record(self, payment: Payment) -> dict[str, Any]:
        """As a status and a callback have it."""
        amount = payment.amount_text
        if self.options.decimals and "." not in amount:
            amount += ".0"
        told: dict[str, Any] = {
            "externalId": payment.external_id,
            "amount": amount,
            "currency": payment.currency,
            "payerMessage": payment.payer_message,
            "payeeNote": payment.payee_note,
            "status": payment.status,
        }
        if payment.transaction_id:
            told["financialTransactionId"] = payment.transaction_id
        who = "payer" if payment.call == "requesttopay" else "payee"
        told[who] = {"partyIdType": "MSISDN", "partyId": payment.party}
        if payment.call == "refund":
            # A refund names an account, not a number.
            told[who] = {"partyIdType": "PARTY_CODE", "partyId": payment.refunds}
        if payment.status == "FAILED":
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
            told["status"] = "FAILED" if payment.status == "SUCCESSFUL" else "SUCCESSFUL"
        elif lie == "amount":
            told["amount"] = f"{payment.amount * 10:f}"
        elif lie == "currency":
            told["currency"] = "USD"
        elif lie == "reference":
            told["externalId"] = "00000000-0000-4000-8000-000000000000"
        return told
