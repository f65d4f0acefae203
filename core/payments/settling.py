"""What two officers decide about a payment in review: that it was paid, or that it was not.

    paid    by this transaction of the network: booked, done what it is for, and receipted
    failed  no money of it moved, or what arrived is decided about in the queue of exceptions

What they know, the provider's API does not say: its statement, its support, the network's text.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from core.approvals.kinds import Done, Kind, Request, Shown
from core.approvals.requests import Asked, Officer, ask
from core.db.database import Tx
from core.money import ledger
from core.money.errors import FrozenAccount, InsufficientFunds
from core.payments import movements, outcomes, payments
from core.payments.movements import Movement, Source
from core.payments.outcomes import Deciding, Operations, ProviderState, ProviderStatus
from core.payments.payments import COLLECTION, Payment
from core.payments.text_errors import CannotPost, NoSuchPayment, NotInReview
from core.security.keyring import Keyring
from core.tenants import directory
from values.currencies import written
from values.ids import uuid7
from values.refusals import BusinessError

LIFE_S: Final = 7 * 24 * 60 * 60
REVIEW: Final = "review"
PAID: Final = "paid"
FAILED: Final = "failed"
OUTCOMES: Final = (PAID, FAILED)
# The reason of a payment that officers said has failed.
BY_OFFICERS: Final = "by_officers"


@dataclass(frozen=True, slots=True)
class Settlement:
    """What officers say became of a payment. `txid` is the network's id of the transaction by which
    it was paid; '' where its money is booked already. `to_wallet`: what it was for is not done, and
    the money is its person's."""

    outcome: str
    txid: str = ""
    to_wallet: bool = False

    def to_data(self) -> dict[str, Any]:
        """As a request keeps it."""
        return {"outcome": self.outcome, "txid": self.txid, "to_wallet": self.to_wallet}

    @classmethod
    def of(cls, data: Any) -> "Settlement":
        return cls(str(data["outcome"]), str(data["txid"]), bool(data["to_wallet"]))


class Settle(Kind):
    """A payment in review ends. `operations` answers what money may be for."""

    name: ClassVar[str] = "payment_settlement"
    life_s: ClassVar[int] = LIFE_S

    def __init__(self, operations: Callable[[], Operations]) -> None:
        self._operations = operations

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Raises NoSuchPayment, NotInReview and CannotPost."""
        _movement_of(tx, _in_review(tx, request), Settlement.of(request.params))

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        said = Settlement.of(request.params)
        payment = payments.get(tx, _subject(request))
        if payment is None:
            raise NoSuchPayment
        what = f"{payment.kind} of {written(payment.amount_minor, payment.currency)}"
        after = {"state": said.outcome}
        if said.outcome == PAID:
            movement = _movement_of(tx, payment, said) if payment.state == REVIEW else None
            after["transaction"] = movement.provider_txid if movement else said.txid
            if movement is not None and abs(movement.amount_minor) != payment.amount_minor:
                after["amount"] = written(abs(movement.amount_minor), movement.currency)
            if said.to_wallet:
                after["money"] = "in the person's wallet"
        before = {"state": f"{payment.state} {payment.reason or ''}".rstrip()}
        return Shown(f"settle {what} by {payment.wallet}", before, after)

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        payment, said = _in_review(tx, request), Settlement.of(request.params)
        movement = _movement_of(tx, payment, said)
        by = Deciding(
            *(keys, _tenant(tx), self._operations()),
            plainly=said.to_wallet,
            source=Source.STATEMENT,
        )
        if said.outcome == FAILED:
            # Of what arrived after all, whose it is told to whoever gets it.
            is_told = payment.movement_id is None
            outcomes.fail(tx, by, payment, BY_OFFICERS, is_told=is_told)
            return Done({"state": FAILED})
        payment = _as_it_moved(tx, payment, movement)
        txid = movement.provider_txid if movement else said.txid
        _pay(tx, by, payment, ProviderStatus(ProviderState.PAID, txid, payment.amount))
        return Done({"state": PAID, "transaction": txid})


def _pay(tx: Tx, by: Deciding, payment: Payment, status: ProviderStatus) -> None:
    try:
        is_booked = outcomes.book(tx, by, payment, status)
    except FrozenAccount:
        raise CannotPost("It is for somebody, or a group, that is frozen.") from None
    except InsufficientFunds:
        raise CannotPost("There is too little in the person's wallet.") from None
    except BusinessError as refused:
        said = f"What it was for is refused ({refused.code}): ask for it with the money to the"
        raise CannotPost(f"{said} person's wallet.") from None
    if not is_booked:
        raise CannotPost("That transaction is another payment's, or its money was given away.")


def ask_to_settle(
    tx: Tx,
    keys: Keyring,
    kind: Settle,
    payment_id: uuid.UUID,
    said: Settlement,
    *,
    by: Officer,
    reason: str,
) -> Asked:
    """Ask that a payment in review ends so. Another officer approves. Raises NoSuchPayment,
    NotInReview, CannotPost and NoReason."""
    params = said.to_data()
    return ask(tx, keys, kind, by=by, params=params, reason=reason, subject_id=payment_id)


def _subject(request: Request) -> uuid.UUID:
    assert request.subject_id is not None
    return request.subject_id


def _in_review(tx: Tx, request: Request) -> Payment:
    """The payment, held by this transaction. Raises NoSuchPayment, NotInReview."""
    payment = payments.lock(tx, _subject(request))
    if payment is None:
        raise NoSuchPayment
    if payment.state != REVIEW:
        raise NotInReview(payment.state)
    return payment


def _movement_of(tx: Tx, payment: Payment, said: Settlement) -> Movement | None:
    """The movement that is booked of it, or under the id that officers say; None where it is to be
    booked. Raises CannotPost where it cannot have ended as they say."""
    booked = None
    if payment.movement_id is not None:
        booked = movements.get(tx, payment.movement_id)
    if said.outcome == FAILED:
        if booked is not None and booked.amount_minor < 0 and not booked.is_allocated:
            raise CannotPost(f"Money left by {booked.provider_txid}: it was paid.")
        return None
    if said.outcome != PAID:
        raise CannotPost("A payment is settled as paid or as failed.")
    if said.to_wallet and payment.kind != COLLECTION:
        raise CannotPost("Only what a person paid to us can be put into their wallet.")
    if booked is None and not said.txid:
        raise CannotPost("Say by which transaction of the network it was paid.")
    if booked is None:
        booked = movements.find(tx, wallet=payment.wallet, provider_txid=said.txid)
    elif said.txid not in ("", booked.provider_txid):
        raise CannotPost(f"Its money is booked as {booked.provider_txid}.")
    if booked is not None:
        _require_its_own(payment, booked)
    return booked


def _require_its_own(payment: Payment, booked: Movement) -> None:
    is_in = payment.kind == COLLECTION
    if booked.is_allocated or booked.payment_id not in (None, payment.id):
        raise CannotPost("That transaction is another payment's, or its money was given away.")
    if (booked.amount_minor > 0) != is_in or booked.currency != payment.currency:
        raise CannotPost("That transaction moved something else.")
    if is_in and booked.amount_minor != payment.amount_minor:
        said = f"{written(booked.amount_minor, booked.currency)} came: it is in the queue of"
        raise CannotPost(f"{said} exceptions. Settle the payment as failed.")


def _as_it_moved(tx: Tx, payment: Payment, movement: Movement | None) -> Payment:
    """A payout of which another amount left is of that amount; one whose money is free again since
    it had failed is covered again. Raises CannotPost."""
    if payment.kind == COLLECTION:
        return payment
    if movement is not None and -movement.amount_minor != payment.amount_minor:
        payment = replace(payment, amount_minor=-movement.amount_minor)
        tx.execute(
            "UPDATE payment SET amount_minor = %s WHERE tenant_id = current_tenant() AND id = %s",
            (payment.amount_minor, payment.id),
        )
    held = tx.one(
        "SELECT state FROM hold WHERE tenant_id = current_tenant() AND id = %s", (payment.hold_id,)
    )
    if held is not None and held[0] == "pending":
        return payment
    hold_id = uuid7()
    try:
        ledger.place_hold(
            tx,
            hold_id=hold_id,
            account_id=ledger.account_id(payment.subscriber_id, ledger.WALLET, payment.currency),
            amount_minor=payment.amount_minor,
            currency=payment.currency,
            expires_at=None,
        )
    except InsufficientFunds:
        raise CannotPost("There is too little in the person's wallet.") from None
    except FrozenAccount:
        raise CannotPost("The person is frozen.") from None
    tx.execute(
        "UPDATE payment SET hold_id = %s WHERE tenant_id = current_tenant() AND id = %s",
        (hold_id, payment.id),
    )
    return replace(payment, hold_id=hold_id)


def _tenant(tx: Tx) -> directory.Tenant:
    """The transaction's tenant: a payment's wallet is a service of it."""
    return directory.services_of(tx)[0].tenant
