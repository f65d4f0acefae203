"""What becomes of a payment: the provider's own status decides, and nothing else does.

A callback or a text only hints that there is something to ask. What the status says of a payment
that has ended in another way, or with another amount, currency, payer or reference, is nobody's to
guess: the money is booked where it can be explained, and the payment waits for a person in review.
"""

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum

from core.db.database import Tx
from core.messaging.messages import write_text
from core.messaging.notices import write_notice
from core.money import intents, ledger
from core.money.operations import SettledLater
from core.payments import beginning, exceptions, lifecycle, nameless, paying, payments, wallets
from core.payments.exceptions import Found
from core.payments.lifecycle import PAYMENT
from core.payments.messages import (
    PaidIntoWallet,
    PaymentFailed,
    PaymentUnclear,
    PayOnPage,
    PayoutFailed,
)
from core.payments.movements import Booked, Source, credit_once, debit_once
from core.payments.payments import COLLECTION, Payment
from core.security.keyring import Keyring
from core.tenants.directory import Tenant
from values import clock
from values.alarms import raise_alarm
from values.messages import Message
from values.money import Money

log = logging.getLogger(__name__)

Operations = Mapping[str, SettledLater]


class ProviderState(Enum):
    """What a provider's status says."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """A provider's status of a payment that we asked about. What it does not say is None, and
    `amount` also where it is none that can be booked. `txid` is its id of the money's movement.
    `by_callbacks`: it tells the rest by callbacks (`hints`); `doubt` is why these do not fit."""

    state: ProviderState
    txid: str | None = None
    amount: Money | None = None
    party: str | None = field(default=None, repr=False)
    known_as: uuid.UUID | None = None
    reason: str = ""
    by_callbacks: bool = False
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class Deciding:
    """What a decision needs beside the payment. `plainly`: what the money was for was refused, so
    it only goes to its person; `held_back`: not even that can be done. `source`: who says so."""

    keys: Keyring
    tenant: Tenant
    operations: Operations
    plainly: bool = False
    held_back: bool = False
    source: Source = Source.API


# A code that was not passed on by then is of no use any more.
_ENDS = "ended_at = now(), code_sealed = NULL"
_FAIL = PAYMENT.advance("fail", sets=f"reason = %s, {_ENDS}", where="id = %s")
_EXPIRE = PAYMENT.advance("expire", sets=f"reason = %s, {_ENDS}", where="id = %s")
_PAY = PAYMENT.advance("pay", sets=f"reason = NULL, movement_id = %s, {_ENDS}", where="id = %s")
_DOUBT = PAYMENT.advance(
    "doubt",
    sets="reason = %s, movement_id = coalesce(%s, movement_id), code_sealed = NULL",
    where="id = %s",
)
_DOUBT_MORE = (
    "UPDATE payment SET reason = %s, movement_id = coalesce(%s, movement_id)"
    " WHERE tenant_id = current_tenant() AND id = %s AND state = 'review'"
)
_ASKED = "UPDATE payment SET asked_at = now() WHERE tenant_id = current_tenant() AND id = %s"


def decide(tx: Tx, by: Deciding, payment_id: uuid.UUID, status: ProviderStatus) -> Payment:
    """Take what the provider's status says, once. The payment as it was before; a second decision
    at the same time waits. Raises what posting raises: then the caller decides again, `plainly` or
    with the money `held_back`."""
    payment = payments.lock(tx, payment_id)
    assert payment is not None, "payments are never deleted"
    tx.defer(_ASKED, (payment.id,))
    # In review for another reason than a missing word, it is a person's to end.
    may_end = payment.is_open or payment.reason == lifecycle.NO_OUTCOME
    if status.state is ProviderState.PAID:
        _paid(tx, by, payment, status, may_end=may_end)
    elif status.state in (ProviderState.FAILED, ProviderState.EXPIRED):
        if payment.state == "paid":
            _alarm(by, payment, "payment_contradicted", "was paid, and now its provider denies it")
        elif may_end:
            is_late = status.state is ProviderState.EXPIRED
            fail(tx, by, payment, status.reason or status.state.value, is_late=is_late)
    elif status.state is ProviderState.PENDING:
        payments.accepted(tx, payment.id)
    elif payment.state == "submitted":
        payments.lost(tx, payment.id, "no_answer")
    return payment


def fail(
    tx: Tx,
    by: Deciding,
    payment: Payment,
    reason: str,
    *,
    is_late: bool = False,
    is_told: bool = True,
) -> None:
    """No money moves, and none will: what was set aside is free again, and the person is told,
    unless `is_told` says no."""
    taken = tx.execute(_EXPIRE if is_late else _FAIL, (reason, payment.id)).rowcount
    if not taken:
        return
    beginning.uncount(tx, payment)
    if payment.hold_id is not None:
        ledger.void_hold(tx, payment.hold_id)
    if payment.intent_id is not None:
        intents.finish(tx, payment.intent_id, None)
    if is_told:
        name = wallets.named(by.tenant, payment.wallet)
        is_ours = payment.kind == COLLECTION
        message = (PaymentFailed if is_ours else PayoutFailed)(payment.amount, name)
        _tell(tx, payment, message)


def send_page(tx: Tx, by: Deciding, payment: Payment, page_url: str, *, for_s: float) -> None:
    """The person says on a page of the provider's that they pay: they are texted where it is, for
    as long as it is of use."""
    assert payment.intent_id is not None, "who is asked has a confirmation"
    service_id = intents.service_of(tx, payment.intent_id)
    assert service_id is not None, "the intent waits"
    write_text(
        tx,
        subscriber_id=payment.subscriber_id,
        service_id=service_id,
        message=PayOnPage(page_url, payment.amount, wallets.named(by.tenant, payment.wallet)),
        until=clock.now() + timedelta(seconds=for_s),
    )


def give_up_asking(tx: Tx, by: Deciding, payment_id: uuid.UUID) -> None:
    """The provider's own time is over and it still does not say: staff look, the person is told
    once, and whatever the provider says later still counts."""
    payment = payments.lock(tx, payment_id)
    if payment is not None and payment.is_open and payment.state != "created":
        _doubt(tx, by, payment, lifecycle.NO_OUTCOME, None)


def _paid(tx: Tx, by: Deciding, payment: Payment, status: ProviderStatus, *, may_end: bool) -> None:
    if payment.state in ("paid", "reversed", "refunded"):
        return
    txid = None  # with a doubt nobody says how much moved: there is nothing to book
    if not status.doubt:
        txid = nameless.txid_of(tx, payment, status.txid, status.amount or payment.amount)
    if txid is None:
        _doubt(tx, by, payment, status.doubt or lifecycle.ALREADY_CREDITED, None)
        return
    status = replace(status, txid=txid)
    wrong = _what_differs(payment, status, by.keys)
    if wrong == "" and may_end:
        if by.held_back:
            booked = _suspend(tx, by, payment, status, lifecycle.ON_HOLD)
            _doubt(tx, by, payment, lifecycle.ON_HOLD, booked.movement.id)
            return
        if not book(tx, by, payment, status):
            _doubt(tx, by, payment, lifecycle.ALREADY_CREDITED, None)
        return
    if wrong == "" and payment.state == "review":
        return  # known, and a person's to end
    movement_id = None
    if wrong not in (lifecycle.OTHER_REFERENCE, lifecycle.OTHER_CURRENCY):
        movement_id = _suspend(tx, by, payment, status, wrong or lifecycle.LATE_SUCCESS).movement.id
    _doubt(tx, by, payment, wrong or lifecycle.LATE_SUCCESS, movement_id)


def book(tx: Tx, by: Deciding, payment: Payment, status: ProviderStatus) -> bool:
    """It was paid, by the movement and with the amount of `status`: book it, do what it is for, and
    end the payment. False where that movement is another payment's, or was given to somebody
    before: then nothing was done. Raises what posting raises."""
    found = paying.pay(tx, by, payment, status)
    if found is None:
        return False
    tx.execute(_PAY, (found.movement_id, payment.id))
    if payment.kind == payments.REFUND:
        paying.mark_refunded(tx, payment)
    if found.was_not_done:
        name = wallets.named(by.tenant, payment.wallet)
        _tell(tx, payment, PaidIntoWallet(payment.amount, name))
    return True


def _what_differs(payment: Payment, status: ProviderStatus, keys: Keyring) -> str:
    """How the provider's record is not of what we asked for; '' where it is."""
    if status.known_as is not None and status.known_as != payment.reference:
        return lifecycle.OTHER_REFERENCE
    if status.amount is None or status.amount.currency != payment.currency:
        return lifecycle.OTHER_CURRENCY
    if status.amount != payment.amount:
        return lifecycle.OTHER_AMOUNT
    if status.party is not None and status.party != payment.party(keys):
        return lifecycle.OTHER_PARTY
    return ""


def _suspend(tx: Tx, by: Deciding, payment: Payment, status: ProviderStatus, reason: str) -> Booked:
    """Book what moved, and leave it in suspense; what arrived is in the queue of exceptions."""
    assert status.amount is not None, "what cannot be booked is not"
    if payment.kind != COLLECTION:
        return debit_once(tx, amount=status.amount, **paying.seen(by, payment, status))
    booked = credit_once(tx, amount=status.amount, **paying.seen(by, payment, status))
    moved = booked.movement
    if not moved.is_allocated:
        amount = Money(moved.amount_minor, moved.currency)
        found = Found(moved.wallet, moved.provider_txid, amount, moved.happened_at, reason)
        exceptions.open_one(tx, replace(found, text_id=moved.text_id, movement_id=moved.id))
    return booked


def _doubt(
    tx: Tx, by: Deciding, payment: Payment, reason: str, movement_id: uuid.UUID | None
) -> None:
    """Put it into review, with an alarm; the person is told, unless it had ended for them."""
    if payment.state == "review":
        if payment.reason != reason or movement_id is not None:
            tx.execute(_DOUBT_MORE, (reason, movement_id, payment.id))
        return
    tx.execute(_DOUBT, (reason, movement_id, payment.id))
    _alarm(by, payment, "payment_review", f"waits in review: {reason}")
    _tell(tx, payment, PaymentUnclear(payment.amount, wallets.named(by.tenant, payment.wallet)))


def _alarm(by: Deciding, payment: Payment, kind: str, what: str) -> None:
    raise_alarm(
        log,
        kind,
        str(payment.id),
        f"payment {payment.id} ({payment.kind} by {payment.provider}) {what}.",
        tenant_id=by.tenant.id,
    )


def _tell(tx: Tx, payment: Payment, message: Message) -> None:
    service_id = intents.service_of(tx, payment.intent_id) if payment.intent_id else None
    if service_id is None:
        write_notice(tx, payment.subscriber_id, message)
        return
    write_text(tx, subscriber_id=payment.subscriber_id, service_id=service_id, message=message)
