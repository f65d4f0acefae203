"""Bookings of the tenant's own: asked for by one officer and posted when another approves.

Float that a super-agent bought comes from settlement, fees that were paid out go there, and what
was booked wrongly is corrected. A booking is an entry like any other (`ledger.post`), is never
changed, and is reversed by another entry, once.
"""

import uuid
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from core.approvals.kinds import Done, Kind, Request, Shown
from core.bookings import accounts
from core.bookings.accounts import Account
from core.bookings.errors import (
    AlreadyReversed,
    NoSuchBooking,
    NotEnough,
    OnHold,
    SameAccount,
)
from core.bookings.messages import BookedIn, BookedOut, FloatBookedIn, FloatBookedOut
from core.db.database import Tx
from core.messaging.notices import write_notice
from core.money import ledger
from core.money.errors import FrozenAccount, InsufficientFunds
from core.money.ledger import Line
from core.security.keyring import Keyring
from values import clock
from values.currencies import written
from values.messages import Message
from values.money import Money

LIFE_S: Final = 48 * 60 * 60
BOOKING: Final = "booking"
REVERSAL: Final = "booking_reversal"


@dataclass(frozen=True, slots=True)
class Move:
    """An amount from one account to another; what is positive is given to the account's holder."""

    source_id: uuid.UUID
    target_id: uuid.UUID
    amount: Money

    @property
    def params(self) -> dict[str, Any]:
        """As a request keeps it."""
        return {
            "source": str(self.source_id),
            "target": str(self.target_id),
            "amount_minor": self.amount.amount_minor,
            "currency": self.amount.currency,
        }


class _Booking(Kind):
    """What the two kinds have in common: an entry from one account to another."""

    life_s: ClassVar[int] = LIFE_S

    def move(self, request: Request) -> Move:
        """What is moved, as the request keeps it."""
        params = request.params
        return Move(
            uuid.UUID(params["source"]),
            uuid.UUID(params["target"]),
            Money(int(params["amount_minor"]), str(params["currency"])),
        )

    def entry_key(self, request: Request) -> str:
        """The idempotency key of its entry."""
        return f"{self.name}:{request.id}"

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Raises NoSuchAccount and SameAccount."""
        self._accounts(tx, keys, self.move(request))

    def show(self, tx: Tx, keys: Keyring, request: Request) -> Shown:
        move = self.move(request)
        amount = move.amount
        source, target = self._accounts(tx, keys, move)
        moved = {source: -amount.amount_minor, target: amount.amount_minor}
        return Shown(
            f"{self.name.replace('_', ' ')}: {written(amount.amount_minor, amount.currency)}"
            f" from {source.name} to {target.name}",
            {one.name: written(one.balance_minor, one.currency) for one in moved},
            {one.name: written(one.balance_minor + by, one.currency) for one, by in moved.items()},
        )

    def do(self, tx: Tx, keys: Keyring, request: Request) -> Done:
        move = self.move(request)
        source, target = self._accounts(tx, keys, move)
        minor, currency = move.amount.amount_minor, move.amount.currency
        try:
            posted = ledger.post(
                tx,
                key=self.entry_key(request),
                kind=self.name,
                lines=[Line(source.id, -minor), Line(target.id, minor)],
                currency=currency,
                actor_id=None,
                detail={
                    "reason": request.reason,
                    "requested_by": request.requested_by,
                    "request": str(request.id),
                },
            )
        except InsufficientFunds as short:
            available = written(int(short.params["available_minor"]), currency)
            raise NotEnough(source.name, available) from short
        except FrozenAccount:
            raise OnHold from None
        if not posted.was_new:
            raise AlreadyReversed
        for account, amount_minor in ((source, -minor), (target, minor)):
            _text(tx, account, amount_minor, posted)
        return Done({"reference": posted.reference, "entry": str(posted.entry_id)})

    def _accounts(self, tx: Tx, keys: Keyring, move: Move) -> tuple[Account, Account]:
        if move.source_id == move.target_id:
            raise SameAccount
        return accounts.find(tx, keys, move.source_id), accounts.find(tx, keys, move.target_id)


class Booking(_Booking):
    name: ClassVar[str] = BOOKING


class Reversal(_Booking):
    """The same amount back. Its entry's key is the booking's, so that it is posted once."""

    name: ClassVar[str] = REVERSAL

    def entry_key(self, request: Request) -> str:
        return f"{REVERSAL}:{request.subject_id}"

    def asked(self, tx: Tx, keys: Keyring, request: Request) -> None:
        """Raises AlreadyReversed, too."""
        row = tx.one(
            "SELECT 1 FROM entry WHERE tenant_id = current_tenant() AND key = %s",
            (self.entry_key(request),),
        )
        if row is not None:
            raise AlreadyReversed
        super().asked(tx, keys, request)


BOOK: Final = Booking()
REVERSE: Final = Reversal()


def booked(tx: Tx, reference: str) -> tuple[uuid.UUID, Move]:
    """A booking by its receipt's reference: the entry's id, and the move that reverses it. Raises
    NoSuchBooking."""
    rows = tx.all(
        "SELECT e.id, r.params FROM approval_request r JOIN entry e"
        " ON e.tenant_id = r.tenant_id AND e.id::text = r.result ->> 'entry'"
        " WHERE r.tenant_id = current_tenant() AND r.kind = %s AND r.state = 'approved'"
        " AND r.result ->> 'reference' = %s",
        (BOOKING, reference.strip().upper()),
    )
    if len(rows) != 1:
        raise NoSuchBooking
    entry_id, params = rows[0]
    amount = Money(int(params["amount_minor"]), str(params["currency"]))
    back = Move(uuid.UUID(params["target"]), uuid.UUID(params["source"]), amount)
    return entry_id, back


def _text(tx: Tx, account: Account, amount_minor: int, posted: ledger.Posted) -> None:
    """Tell a person whose money was moved; the tenant's own accounts have nobody to tell."""
    if account.owner_id is None:
        return
    moved = Money(abs(amount_minor), account.currency)
    balance = Money(posted.balances[account.id], account.currency)
    at, reference = clock.now(), posted.reference
    message: Message
    if account.kind == ledger.FLOAT:
        kind = FloatBookedIn if amount_minor > 0 else FloatBookedOut
        message = kind(amount=moved, float=balance, at=at, reference=reference)
    else:
        other = BookedIn if amount_minor > 0 else BookedOut
        message = other(amount=moved, balance=balance, at=at, reference=reference)
    write_notice(tx, account.owner_id, message, entry_id=posted.entry_id)
