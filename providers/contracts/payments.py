"""Payments: what is asked of a provider of mobile money, what it answers, and what it says later.

An adapter asks once and reads once. It keeps nothing, tries nothing again and decides nothing. The
errors are those of messages, with the same meaning: NotSent (no byte of the request reached the
provider), Refused (no money will move), OutcomeUnknown (money may move: ask for the status, never
send again under another reference). A time-out is always OutcomeUnknown.

Whose number it is, and what a payment is for, stay out of every repr and every exception text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Protocol, runtime_checkable
from uuid import UUID

from providers.contracts.cost import Cost
from providers.contracts.messages import SENTENCES, SendError
from values.currencies import minor_digits
from values.money import Money


class PaymentKind(Enum):
    """What a request asks for. A provider may keep the references of each kind apart."""

    COLLECTION = "collection"
    DISBURSEMENT = "disbursement"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Collection:
    """A person is asked to pay us. `payer` is E.164 with a plus.

    `reference` is ours, stored before the request leaves, and the key by which the provider knows
    the payment when it comes again: a random UUID (version 4; some providers take no other).
    `purpose` is what the payer reads, `memo` what our own statement says. Callbacks go to
    `callback_url`; '' asks for none. `network` is the payer's ("mtn", "telecel", "at", "airtel",
    "mpesa"), for a provider of several; '' where nobody said, and the number is taken for a hint.
    """

    reference: UUID
    payer: str = field(repr=False)
    amount: Money
    purpose: str = field(default="", repr=False)
    memo: str = field(default="", repr=False)
    callback_url: str = field(default="", repr=False)
    network: str = ""


@dataclass(frozen=True, slots=True)
class Disbursement:
    """We pay a person. The fields are those of Collection, with `payee` for `payer`."""

    reference: UUID
    payee: str = field(repr=False)
    amount: Money
    purpose: str = field(default="", repr=False)
    memo: str = field(default="", repr=False)
    callback_url: str = field(default="", repr=False)
    network: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """A collection is paid back, all of it or a part. `collection` is our reference of it;
    `reference` is the refund's own.

    `collection_id` is the provider's id of what was collected, as the status of it said; some know
    it by nothing else. `is_whole`: the amount is all that was collected; some pay back no part.
    """

    reference: UUID
    collection: UUID
    amount: Money
    purpose: str = field(default="", repr=False)
    memo: str = field(default="", repr=False)
    callback_url: str = field(default="", repr=False)
    collection_id: str = ""
    is_whole: bool = False


class NextStep(Enum):
    """What the person does next, that the payment can go on.

    APPROVE: what their phone asks of them; nothing, where we pay. GIVE_CODE: they give us a code
    that their network gives them (`TakesCode`). OPEN_PAGE: they open a page of the provider's, for
    which they need more than a phone with keys.
    """

    APPROVE = "approve"
    GIVE_CODE = "give_code"
    OPEN_PAGE = "open_page"


@dataclass(frozen=True, slots=True)
class PaymentAccepted:
    """The provider has the request. Nothing is paid by that: the status says what becomes of it.

    `was_known`: an earlier request had this reference, so this one changed nothing. Its amount may
    be another one, which the status shows. `provider_id` is the provider's id of the request, where
    it gives one; a provider that does not know ours is asked by it. `page_url` is the page of
    OPEN_PAGE, `code_source` what the person dials for the code of GIVE_CODE, where the provider
    says it.
    """

    reference: UUID
    was_known: bool = False
    provider_id: str | None = None
    next_step: NextStep = NextStep.APPROVE
    page_url: str = field(default="", repr=False)
    code_source: str = ""


class PaymentState(Enum):
    """Where a payment is, by the provider's own word. Our clock never makes one of these.

    UNKNOWN: the provider does not say, or does not know the reference. Just after a request without
    an answer, the second is no proof that nothing arrived.
    """

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"

    @property
    def final(self) -> bool:
        """The provider changes it no more, unless by a reversal."""
        return self in (PaymentState.PAID, PaymentState.FAILED, PaymentState.EXPIRED)


class Reason(Enum):
    """Why a payment was refused or failed. `person` is the payer of a collection, the payee of a
    disbursement or a refund; `own` is our account at the provider."""

    PERSON_LACKS_FUNDS = "person_lacks_funds"
    PERSON_LIMIT = "person_limit"
    PERSON_NOT_FOUND = "person_not_found"
    PERSON_NOT_ALLOWED = "person_not_allowed"
    DECLINED = "declined"
    NOT_APPROVED_IN_TIME = "not_approved_in_time"
    OWN_LACKS_FUNDS = "own_lacks_funds"
    OWN_LIMIT = "own_limit"
    OWN_ACCOUNT = "own_account"
    OWN_SETTINGS = "own_settings"
    NO_SUCH_PAYMENT = "no_such_payment"
    PROVIDER_FAULT = "provider_fault"
    OTHER = "other"

    @property
    def alarm(self) -> bool:
        """Staff must act before other payments of this kind can work."""
        return self.value.startswith("own_")


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """What the provider says of a payment that we asked about by our reference.

    `provider_id` is its id of the money's movement, which the person's own SMS shows; None until
    money moved, and where it gives none. `amount`, `fee` and `party` (E.164) are as its own record
    has them, and None where it has none that can be read. `known_as` is our reference as its record
    repeats it: where that is another one, the record is not of our payment. `raw_status` and
    `raw_reason` are its own words. `tells_amount`: its records have amounts; where they have none,
    and the reference is ours, the amount is what was asked under it. `by_callbacks`: what it does
    not say comes by callbacks, and is to be taken with them (`PaymentHint.counts`).
    """

    provider: str
    reference: UUID
    state: PaymentState
    raw_status: str
    provider_id: str | None = None
    amount: Cost | None = None
    fee: Cost | None = None
    party: str | None = field(default=None, repr=False)
    known_as: UUID | None = None
    reason: Reason | None = None
    raw_reason: str = ""
    tells_amount: bool = True
    by_callbacks: bool = False


@dataclass(frozen=True, slots=True)
class PaymentHint:
    """What a callback claims. It moves no money and fails no payment: it says which payment to ask
    the status of. `reference` is ours, where the callback repeats it; else `provider_id` is there.
    `kind` is what it is about, where it says so; one about a refund may name the collection.
    `movement_id` is the id of the money's movement, which the person's SMS shows, where
    `provider_id` is that of the request. `counts`: the status does not say these things, so that
    they are kept and taken together with it. They still move nothing alone.
    """

    provider: str
    reference: UUID | None
    provider_id: str | None
    claims: PaymentState
    raw_status: str
    amount: Cost | None = None
    kind: PaymentKind | None = None
    movement_id: str | None = None
    counts: bool = False


@dataclass(frozen=True, slots=True)
class PaymentArrived:
    """Money that a person sent by themselves, under a reference that they typed. Nobody can be
    asked about it by a reference of ours: only the address that it was told at proves it.

    `provider_id` is the id of the movement, as in the person's SMS: the same movement may be told
    by other ways, and is one. `account` is where it arrived. `party` is None where it is masked;
    then `party_shown` is what is shown of it, such as `25470****149`, or '' of a hash.
    """

    provider: str
    provider_id: str
    account: str
    amount: Cost
    typed_reference: str
    arrived_at: datetime | None
    party: str | None = field(default=None, repr=False)
    party_shown: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ArrivalAsked:
    """The question before: this would be sent. Nothing has moved."""

    would_arrive: PaymentArrived


class ArrivalRefusal(Enum):
    """Why money is not to be sent to us."""

    AMOUNT = "amount"
    REFERENCE = "reference"
    OTHER = "other"


class Payments(Protocol):
    """One account at a provider. Threads may share it.

    The three that ask for money raise NotSent, Refused or OutcomeUnknown. So do `status` and
    `is_active`, of the question alone: a question without an answer says nothing of the payment.
    """

    def collect(self, asked: Collection) -> PaymentAccepted: ...

    def disburse(self, asked: Disbursement) -> PaymentAccepted: ...

    def refund(self, asked: Refund) -> PaymentAccepted: ...

    def status(self, kind: PaymentKind, reference: UUID, provider_id: str = "") -> PaymentStatus:
        """`provider_id` is that of PaymentAccepted, for a provider that does not know ours."""
        ...

    def is_active(self, phone: str) -> bool:
        """Whether the number (E.164) has an account that is active; nothing of what is in it."""
        ...


@runtime_checkable
class TakesByHand(Protocol):
    """Payments of a provider that tells us what people send by themselves."""

    def receives(self, account: str) -> bool:
        """Whether what arrives at `account` (`PaymentArrived.account`) is this account's."""
        ...

    def register_urls(self, confirmation_url: str, validation_url: str) -> None:
        """Where it is told, and asked about before. Raises NotSent, Refused or OutcomeUnknown."""
        ...


@runtime_checkable
class TakesCode(Protocol):
    """Payments of a provider whose answer may be GIVE_CODE."""

    def submit_code(self, reference: UUID, code: str) -> PaymentAccepted:
        """The code that the payer was given, for our collection. A wrong one is Refused
        (wrong_code), and the payer may try again. Raises NotSent, Refused or OutcomeUnknown."""
        ...


def in_minor_units(stated: Cost) -> Money | None:
    """The amount in minor units (ISO 4217). None where it has a fraction of one: such an amount is
    nothing to book, and is never rounded."""
    minor = stated.amount.scaleb(minor_digits(stated.currency))
    whole = minor.is_finite() and minor == minor.to_integral_value()
    return Money(int(minor), stated.currency) if whole else None


def in_major_units(amount: Money) -> Decimal:
    """In whole units, with all decimals of its currency: 100 in RWF, 100.50 in KES."""
    return Decimal(amount.amount_minor).scaleb(-minor_digits(amount.currency))


def sentence(error: SendError) -> str:
    """One sentence for staff on what an error means for a payment, without personal data."""
    return (
        _SENTENCES.get(error.code) or SENTENCES.get(error.code) or _SENTENCES[type(error).__name__]
    )


_SENTENCES = {
    "NotSent": "The provider could not be reached; nothing was asked of it.",
    "Refused": "The provider refused the payment; no money moves.",
    "OutcomeUnknown": "The provider did not say what became of the payment; its status will.",
    "person_lacks_funds": "The person's account has too little money in it.",
    "person_limit": "The person has reached a limit of their account.",
    "person_not_found": "This number has no account at the provider.",
    "person_not_allowed": "The provider does not let this person pay or be paid.",
    "declined": "The person declined.",
    "not_approved_in_time": "The person did not approve in time.",
    "own_lacks_funds": "Our account at the provider has too little money in it.",
    "own_limit": "Our account at the provider has reached a limit.",
    "own_account": "The provider does not let our account do this.",
    "own_settings": "The provider does not accept our settings.",
    "no_such_payment": "The provider knows no payment by this reference.",
    "provider_fault": "The provider failed.",
    "other": "The provider gave a reason that Piga does not know.",
    "unauthorized": "The provider does not accept this account's credentials.",
    "throttled": "The provider wants fewer requests at a time.",
    "no_token": "The provider gave no token; nothing was asked of it.",
    "not_payable": "The provider moves no such amount.",
    "other_currency": "This account pays in another currency.",
    "invalid_reference": "A payment's reference is a random UUID (version 4).",
    "invalid_callback_url": "Callbacks go to an address with https only.",
    "person_busy": "Another payment waits for this person's approval.",
    "unknown_network": "Nobody said which network this number is of, and it does not show.",
    "no_collection": "The provider did not say which payment is to be paid back; nothing was.",
    "no_recipient": "The provider did not take down whom to pay; nothing was paid.",
    "not_offered": "The provider does not do this.",
    "part_not_offered": "The provider pays back all of a payment or nothing.",
    "not_told": "The provider does not say what becomes of this; look at its statement.",
    "needs_callback_url": "The provider takes no request without an address for its callback.",
    "needs_collection_id": "The provider knows what is to be paid back by its own id only.",
    "wrong_code": "The provider does not accept this code.",
    "untrusted_certificate": "The provider's certificate cannot be trusted; nothing was asked.",
}
