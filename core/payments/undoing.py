"""What two officers undo of a paid payment: a collection is paid back to its payer, by its
provider; or a provider's own reversal, by which money moved the other way, is booked.

    refund   our request: out of the payer's wallet, set aside until the provider says how it ended
    reversal the provider's doing: out of the wallet, or into it, once, by its transaction's id
"""

import uuid
from typing import Any, ClassVar, Final

from core.approvals.kinds import Done, Kind, Request, Shown
from core.approvals.requests import Asked, Officer, ask
from core.db.database import Tx
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.errors import FrozenAccount, InsufficientFunds
from core.money.ledger import Line, Posted
from core.payments import beginning, movements, payments, wallets
from core.payments.errors import NotPaidBack
from core.payments.lifecycle import PAYMENT
from core.payments.messages import PaymentTakenBack, PayoutCameBack
from core.payments.movements import AlreadyCredited, Booked, Source
from core.payments.payments import COLLECTION, DISBURSEMENT, Payment
from core.payments.text_errors import CannotPost, NoSuchPayment
from core.security.keyring import Keyring
from core.tenants import directory
from values import clock
from values.currencies import written
from values.ids import reference_of
from values.money import Money

LIFE_S: Final = 7 * 24 * 60 * 60
REVERSED: Final = "payment_reversed"  # the kind of the entry
_TOO_LITTLE: Final = "There is too little in the person's wallet: undo first what it was used for."
_REVERSE = PAYMENT.advance("reverse", where="id = %s", returning="id")


class _OfPaid(Kind):
    """What both have in common: the subject is a paid payment."""

    life_s: ClassVar[int] = LIFE_S
    kinds: ClassVar[tuple[str, ...]]

    def paid(self, tx: Tx, request: Request) -> Payment:
        """The payment, held by this transaction. Raises NoSuchPayment, CannotPost."""
        assert request.subject_id is not None
        payment = payments.lock(tx, request.subject_id)
        if payment is None:
            raise NoSuchPayment
        if payment.state != "paid" or payment.kind not in self.kinds:
            raise CannotPost(f"It is a {payment.kind} that is {payment.state}.")
        return payment

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Raises NoSuchPayment, CannotPost."""
        self.paid(tx, request)


class PayBackPaid(_OfPaid):
    """A collection goes back to its payer, whole, by its provider's refund."""

    name: ClassVar[str] = "payment_refund"
    kinds: ClassVar[tuple[str, ...]] = (COLLECTION,)

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        payment = _shown(tx, request)
        what = written(payment.amount_minor, payment.currency)
        after = {"money": "out of the payer's wallet, back to their phone"}
        return Shown(
            f"refund {what} by {payment.wallet}", {"money": "in the payer's wallet"}, after
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        payment = self.paid(tx, request)
        actor, reason = f"officer {request.requested_by}", request.reason
        try:
            refund_id = beginning.begin_refund(
                tx, keys, collection_id=payment.id, actor=actor, reason=reason
            )
        except InsufficientFunds:
            raise CannotPost(_TOO_LITTLE) from None
        except (FrozenAccount, NotPaidBack):
            raise CannotPost("The person is frozen.") from None
        return Done({"refund": str(refund_id)})


class Reversal(_OfPaid):
    """A provider took back what was paid, or gave back what was paid out. `params`: {"txid"}, its
    id of the transaction that did so."""

    name: ClassVar[str] = "payment_reversal"
    kinds: ClassVar[tuple[str, ...]] = (COLLECTION, DISBURSEMENT)

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        payment = _shown(tx, request)
        what = f"{payment.kind} of {written(payment.amount_minor, payment.currency)}"
        way = "out of" if payment.kind == COLLECTION else "into"
        after = {"state": "reversed", "transaction": str(request.params["txid"])}
        after["money"] = f"{way} the person's wallet"
        return Shown(f"reverse {what} by {payment.wallet}", {"state": payment.state}, after)

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        payment, txid = self.paid(tx, request), str(request.params["txid"])
        if beginning.refund_of(tx, payment) is not None:
            raise CannotPost("A refund of it is under way: see first how that ends.")
        tenant = directory.services_of(tx)[0].tenant
        tx.one(_REVERSE, (payment.id,))
        try:
            posted = _book(tx, tenant.id, payment, txid)
        except InsufficientFunds:
            raise CannotPost(_TOO_LITTLE) from None
        except FrozenAccount:
            raise CannotPost("The person is frozen.") from None
        message = PaymentTakenBack if payment.kind == COLLECTION else PayoutCameBack
        wallet = ledger.account_id(payment.subscriber_id, ledger.WALLET, payment.currency)
        told = message(
            payment.amount,
            wallets.named(tenant, payment.wallet),
            Money(posted.balances[wallet], payment.currency),
            reference_of(posted.entry_id),
            clock.now(),
        )
        write_notice(tx, payment.subscriber_id, told, entry_id=posted.entry_id)
        return Done({"reference": reference_of(posted.entry_id)})


REFUND_PAID: Final = PayBackPaid()
REVERSAL: Final = Reversal()


def ask_to_refund(
    tx: Tx, keys: Keyring, payment_id: uuid.UUID, *, by: Officer, reason: str
) -> Asked:
    """Ask that a paid collection goes back to its payer. Another officer approves. Raises
    NoSuchPayment, CannotPost and NoReason."""
    return ask(tx, keys, REFUND_PAID, by=by, params={}, reason=reason, subject_id=payment_id)


def ask_to_reverse(
    tx: Tx, keys: Keyring, payment_id: uuid.UUID, txid: str, *, by: Officer, reason: str
) -> Asked:
    """Ask that a provider's reversal is booked. Another officer approves. Raises as
    `ask_to_refund` does."""
    if not txid.strip():
        raise CannotPost("Say by which transaction of the network it was reversed.")
    params = {"txid": txid.strip()}
    return ask(tx, keys, REVERSAL, by=by, params=params, reason=reason, subject_id=payment_id)


def _shown(tx: Tx, request: Request) -> Payment:
    assert request.subject_id is not None
    payment = payments.get(tx, request.subject_id)
    if payment is None:
        raise NoSuchPayment
    return payment


def _book(tx: Tx, tenant_id: uuid.UUID, payment: Payment, txid: str) -> Posted:
    """The movement the other way, with its entry. One that waits in suspense is taken from there.
    The fee that was taken with it goes back to the person: what it was for did not last. Raises
    CannotPost, and what posting raises."""
    wallet = ledger.account_id(payment.subscriber_id, ledger.WALLET, payment.currency)
    fees = ledger.account_id(tenant_id, ledger.FEES, payment.currency)
    is_out = payment.kind == COLLECTION
    fee_minor = _fee_minor(tx, payment, fees)
    back_minor = fee_minor - payment.amount_minor if is_out else payment.amount_minor + fee_minor
    lines = [Line(wallet, back_minor), *([Line(fees, -fee_minor)] if fee_minor else ())]
    facts: dict[str, Any] = {
        "tenant_id": tenant_id,
        "wallet": payment.wallet,
        "provider_txid": txid,
        "source": Source.STATEMENT,
        "amount": payment.amount,
        "happened_at": clock.now(),
        "kind": REVERSED,
        "payment_id": payment.id,
    }
    found: Booked
    if is_out:
        found = movements.debit_once(tx, takes=lines, **facts)
    else:
        found = movements.credit_once(tx, gives=lines, **facts)
    if not isinstance(found, AlreadyCredited):
        return found.posted
    moved = found.movement
    if not found.agrees or moved.is_allocated or moved.payment_id != payment.id:
        raise CannotPost("That transaction is booked already, or moved something else.")
    posted = movements.allocate(
        tx,
        tenant_id=tenant_id,
        movement=moved,
        gives=lines,
        kind=REVERSED,
        payment_id=payment.id,
    )
    assert posted is not None, "what waits in suspense is taken once"
    return posted


def _fee_minor(tx: Tx, payment: Payment, fees: uuid.UUID) -> int:
    """What the entry of a payment's money put among our fees."""
    row = tx.one(
        "SELECT coalesce(sum(p.amount_minor), 0)::bigint FROM provider_movement m JOIN posting p"
        " ON p.tenant_id = m.tenant_id AND p.entry_id = coalesce(m.allocation_id, m.entry_id)"
        " WHERE m.tenant_id = current_tenant() AND m.id = %s AND p.account_id = %s",
        (payment.movement_id, fees),
    )
    assert row is not None
    return int(row[0])
