"""What two officers decide about an exception: whose it is, also in parts, or that it goes back.

What was not booked yet, since nobody trusted its text, is booked as it is approved.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.approvals.kinds import Done, Kind, Request, Shown
from core.approvals.requests import Asked, Officer, ask
from core.db.database import Tx
from core.money import ledger
from core.money.errors import FrozenAccount
from core.money.ledger import Line
from core.money.purposes import Payee
from core.payments import crediting, exceptions, movements, text_inbox
from core.payments.exceptions import PaymentException
from core.payments.matching import Purposes
from core.payments.movements import Movement, Source
from core.payments.text_errors import CannotPost, NoSuchPayee, WrongParts
from core.people import people
from core.security.keyring import Keyring
from values import clock
from values.currencies import written
from values.ids import reference_of

LIFE_S: Final = 7 * 24 * 60 * 60
PARTS_MAXIMUM: Final = 7  # with suspense, what one entry has lines for
REFUNDS: Final = "refunds"


@dataclass(frozen=True, slots=True)
class Part:
    """A share of the money, and for whom and what it is."""

    purpose: str
    subscriber_id: uuid.UUID
    subject_id: uuid.UUID
    amount_minor: int

    def to_data(self) -> dict[str, Any]:
        """As a request keeps it."""
        return {
            "purpose": self.purpose,
            "subscriber": str(self.subscriber_id),
            "subject": str(self.subject_id),
            "amount_minor": self.amount_minor,
        }

    @classmethod
    def of(cls, data: dict[str, Any]) -> "Part":
        ids = uuid.UUID(data["subscriber"]), uuid.UUID(data["subject"])
        return cls(str(data["purpose"]), *ids, int(data["amount_minor"]))


class _OfException(Kind):
    """What both kinds have in common: the exception is the request's subject."""

    life_s: ClassVar[int] = LIFE_S

    def exception(self, tx: Tx, request: Request) -> PaymentException:
        assert request.subject_id is not None
        return exceptions.get(tx, request.subject_id)

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        assert request.subject_id is not None
        asker = Officer(request.requested_by, "")
        exceptions.require_mine(tx, request.subject_id, asker)


class Allocate(_OfException):
    """Money from suspense to whom it belongs. `purposes` answers what may be paid for."""

    name: ClassVar[str] = "exception_allocation"

    def __init__(self, purposes: Callable[[], Purposes]) -> None:
        self._purposes = purposes

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Raises WrongParts, NoSuchPayee, too."""
        super().asked(tx, keys, request)
        self._payees(tx, self.exception(tx, request), request)

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        found = self.exception(tx, request)
        after = {}
        for payee, amount_minor in self._payees(tx, found, request):
            person = people.get(tx, keys, payee.subscriber_id)
            name = person.shown_name if person else "-"
            after[f"{name} {payee.label}"] = written(amount_minor, found.currency)
        what = f"allocate {written(found.amount_minor, found.currency)} of {found.wallet}"
        return Shown(f"{what}, {found.reason}", {}, after)

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        found, tenant_id = self.exception(tx, request), _tenant_id(tx)
        parts = self._payees(tx, found, request)
        movement = _booked(tx, keys, tenant_id, found)
        exceptions.settle(tx, found.id, "allocate", movement_id=movement.id)
        if movement.is_allocated:
            raise CannotPost("This money was allocated before: dismiss the exception.")
        try:
            crediting.give(tx, self._purposes(), tenant_id, movement, parts)
        except FrozenAccount:
            raise CannotPost("It is for somebody, or a group, that is frozen.") from None
        _credit_text(tx, found)
        return Done({"movement": str(movement.id), "reference": reference_of(movement.entry_id)})

    def _payees(self, tx: Tx, found: PaymentException, request: Request) -> list[tuple[Payee, int]]:
        parts = [Part.of(one) for one in request.params["parts"]]
        check_parts(parts, found)
        purposes, payees = self._purposes(), []
        for part in parts:
            purpose = purposes.get(part.purpose)
            payee = purpose.payee(tx, part.subscriber_id, part.subject_id) if purpose else None
            if payee is None:
                raise NoSuchPayee
            payees.append((payee, part.amount_minor))
        return payees


class PayBack(_OfException):
    """Money from suspense to the payer. It is set apart here; staff send it, and say by which
    transaction (`paid_back`)."""

    name: ClassVar[str] = "exception_refund"

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        found = self.exception(tx, request)
        what = written(found.amount_minor, found.currency)
        return Shown(f"pay {what} of {found.wallet} back to the payer, {found.reason}", {}, {})

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        found, tenant_id = self.exception(tx, request), _tenant_id(tx)
        movement = _booked(tx, keys, tenant_id, found)
        exceptions.settle(tx, found.id, "promise", movement_id=movement.id)
        if movement.is_allocated:
            raise CannotPost("This money was allocated before: dismiss the exception.")
        account = _refunds(tx, tenant_id, found.currency)
        movements.allocate(
            tx,
            tenant_id=tenant_id,
            movement=movement,
            gives=[Line(account, movement.amount_minor)],
            kind="money_to_pay_back",
        )
        return Done({"movement": str(movement.id)})


PAY_BACK: Final = PayBack()


def ask_to_allocate(
    tx: Tx,
    keys: Keyring,
    kind: Allocate,
    exception_id: uuid.UUID,
    parts: Sequence[Part],
    *,
    by: Officer,
    reason: str,
) -> Asked:
    """Ask that the money is these people's; their parts add up to it. Another officer approves.
    Raises NoSuchException, OwnedByAnother, ExceptionEnded, WrongParts, NoSuchPayee, NoReason."""
    params = {"parts": [part.to_data() for part in parts]}
    return ask(tx, keys, kind, by=by, params=params, reason=reason, subject_id=exception_id)


def ask_to_pay_back(
    tx: Tx, keys: Keyring, exception_id: uuid.UUID, *, by: Officer, reason: str
) -> Asked:
    """Ask that the money goes back to its payer. Another officer approves. Raises as
    `ask_to_allocate` does."""
    return ask(tx, keys, PAY_BACK, by=by, params={}, reason=reason, subject_id=exception_id)


def paid_back(
    tx: Tx, exception_id: uuid.UUID, provider_txid: str, *, by: Officer
) -> PaymentException:
    """It was sent back, by this transaction of the provider's: booked once. Raises
    NoSuchException, ExceptionEnded, CannotPost where that transaction moved something else."""
    found, tenant_id = exceptions.get(tx, exception_id), _tenant_id(tx)
    if not provider_txid.strip():
        raise CannotPost("Say by which transaction it was sent back.")
    exceptions.settle(tx, exception_id, "pay_back")
    booked = movements.debit_once(
        tx,
        tenant_id=tenant_id,
        wallet=found.wallet,
        provider_txid=provider_txid.strip(),
        source=Source.STATEMENT,
        amount=found.amount,
        happened_at=clock.now(),  # not in the arrival's day, which may be closed
        takes=[Line(_refunds(tx, tenant_id, found.currency), -found.amount_minor)],
        kind="money_paid_back",
        detail={"officer": by.name, "exception": str(found.id)},
    )
    if isinstance(booked, movements.AlreadyCredited):
        raise CannotPost("That transaction is booked already.")
    return exceptions.get(tx, exception_id)


def dismiss(tx: Tx, exception_id: uuid.UUID, *, by: Officer, reason: str) -> PaymentException:
    """Nothing is to be done: it never came, or it is booked elsewhere. Money in suspense cannot be
    dismissed. Raises NoSuchException, OwnedByAnother, ExceptionEnded, CannotPost."""
    found = exceptions.require_mine(tx, exception_id, by)
    movement = movements.find(tx, wallet=found.wallet, provider_txid=found.provider_txid)
    if movement is not None and not movement.is_allocated:
        raise CannotPost("This money is here: allocate it, or pay it back.")
    exceptions.settle(tx, exception_id, "dismiss")
    exceptions.note(tx, by, "dismiss exception", exception_id, reason)
    return exceptions.get(tx, exception_id)


def check_parts(parts: Sequence[Part], found: PaymentException) -> None:
    """Raises WrongParts."""
    if not 0 < len(parts) <= PARTS_MAXIMUM:
        raise WrongParts(f"Money is split into 1 to {PARTS_MAXIMUM} parts.")
    if any(part.amount_minor <= 0 for part in parts):
        raise WrongParts("Each part is above nothing.")
    total_minor = sum(part.amount_minor for part in parts)
    if total_minor != found.amount_minor:
        said, is_so = (written(one, found.currency) for one in (total_minor, found.amount_minor))
        raise WrongParts(f"The parts add up to {said}, and it is {is_so}.")


def _booked(tx: Tx, keys: Keyring, tenant_id: uuid.UUID, found: PaymentException) -> Movement:
    """The exception's movement; booked now if nobody has. Raises CannotPost."""
    booked = movements.credit_once(
        tx,
        tenant_id=tenant_id,
        wallet=found.wallet,
        provider_txid=found.provider_txid,
        source=Source.SMS,
        amount=found.amount,
        happened_at=found.happened_at,
        text_id=found.text_id,
    )
    if isinstance(booked, movements.AlreadyCredited) and not booked.agrees:
        raise CannotPost("Another amount is booked under this id: find out which is right.")
    return booked.movement


def _credit_text(tx: Tx, found: PaymentException) -> None:
    if found.text_id is not None:
        text_inbox.end(tx, found.text_id, "credit", [found.reason, "by_officers"])


def _refunds(tx: Tx, tenant_id: uuid.UUID, currency: str) -> uuid.UUID:
    """The account of what is promised back to payers."""
    account = ledger.account_id(tenant_id, REFUNDS, currency)
    ledger.open_account(tx, id=account, kind=REFUNDS, currency=currency, owner_id=tenant_id)
    return account


def _tenant_id(tx: Tx) -> uuid.UUID:
    row = tx.one("SELECT current_tenant()")
    assert row is not None
    found: uuid.UUID = row[0]
    return found
