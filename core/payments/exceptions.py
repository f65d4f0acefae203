"""Exceptions: money that a person has to look at. A queue with states, ages and owners.

    open ◄──► claimed ──► allocated      whose it is was decided by two
                 ├──────► to_pay_back ──► paid_back
                 └──────► dismissed      it never came, or it is booked elsewhere; open again where
                                         its money is booked into suspense after all

What changes money is asked for by one officer and approved by another (`allocations`); one
officer claims an exception and releases it again.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson

from core.approvals.requests import Officer
from core.audit.trail import record
from core.db.connection import Row
from core.db.database import Tx
from core.lifecycle import Lifecycle
from core.payments.matching import Suggestion
from core.payments.text_errors import ExceptionEnded, NoSuchException, OwnedByAnother
from values.ids import uuid7
from values.money import Money

EXCEPTION: Final = Lifecycle(
    "payment_exception",
    initial="open",
    transitions=[
        ["claim", "open", "claimed"],
        ["release", "claimed", "open"],
        ["allocate", ["open", "claimed"], "allocated"],
        ["promise", ["open", "claimed"], "to_pay_back"],
        ["pay_back", "to_pay_back", "paid_back"],
        ["dismiss", ["open", "claimed"], "dismissed"],
        ["reopen", "dismissed", "open"],  # its money was seen after all
    ],
)
OPEN: Final = ("open", "claimed", "to_pay_back")
LISTED_MAXIMUM: Final = 500


@dataclass(frozen=True, slots=True)
class PaymentException:
    """One of them. `movement_id` None: it is not booked. `suggestions` are ids and reasons."""

    id: uuid.UUID
    text_id: uuid.UUID | None
    movement_id: uuid.UUID | None
    wallet: str
    provider_txid: str
    amount_minor: int
    currency: str
    happened_at: datetime
    reason: str
    suggestions: Sequence[dict[str, Any]] = field(repr=False)
    state: str
    owner: str | None
    created_at: datetime

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)


@dataclass(frozen=True, slots=True)
class Found:
    """What is to be looked at: the money, and why nobody but a person can say whose it is."""

    wallet: str
    provider_txid: str
    amount: Money
    happened_at: datetime
    reason: str
    text_id: uuid.UUID | None = None
    movement_id: uuid.UUID | None = None
    suggestions: tuple[Suggestion, ...] = ()


_COLUMNS = (
    "id, text_id, movement_id, wallet, provider_txid, amount_minor, currency, happened_at, reason,"
    " suggestions, state, owner, created_at"
)
_SELECT = f"SELECT {_COLUMNS} FROM payment_exception WHERE tenant_id = current_tenant()"


def open_one(tx: Tx, found: Found) -> None:
    """Put it into the queue, once for each movement. One that was there before, and whose money is
    booked by now and waits in suspense, waits in the queue with what was booked."""
    row = tx.one(
        "INSERT INTO payment_exception (tenant_id, id, text_id, movement_id, wallet, provider_txid,"
        " amount_minor, currency, happened_at, reason, suggestions) VALUES (current_tenant(), %s,"
        " %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, wallet, provider_txid) DO NOTHING RETURNING id",
        (
            *(uuid7(), found.text_id, found.movement_id, found.wallet, found.provider_txid),
            *(found.amount.amount_minor, found.amount.currency, found.happened_at, found.reason),
            orjson.dumps([one.to_data() for one in found.suggestions]).decode(),
        ),
    )
    if row is None and found.movement_id is not None:
        values = (
            *(found.movement_id, found.amount.amount_minor, found.amount.currency),
            *(found.wallet, found.provider_txid),
        )
        tx.execute(_JOIN, values)
        tx.execute(_REOPEN, values)


_BOOKED = "movement_id = %s, amount_minor = %s, currency = %s"
_JOIN = (
    f"UPDATE payment_exception SET {_BOOKED} WHERE tenant_id = current_tenant()"
    " AND wallet = %s AND provider_txid = %s AND movement_id IS NULL"
)
_REOPEN = EXCEPTION.advance(
    "reopen",
    sets=f"{_BOOKED}, owner = NULL, claimed_at = NULL, ended_at = NULL",
    where="wallet = %s AND provider_txid = %s",
)


def listed(
    tx: Tx,
    *,
    settled: bool = False,
    owner: str = "",
    beyond: uuid.UUID | None = None,
    limit: int = LISTED_MAXIMUM,
) -> list[PaymentException]:
    """The exceptions that somebody has to look at, the oldest first; with `settled` all others,
    the newest first. `owner` narrows them to one officer's; `beyond` is the last of the page
    before."""
    states = f"state {'NOT ' if settled else ''}IN {OPEN}"
    order = "id DESC" if settled else "created_at, id"
    further = ""
    if beyond is not None:
        further = " AND id < %(beyond)s" if settled else f" AND (created_at, id) > ({_PLACE})"
    rows = tx.all(
        f"{_SELECT} AND {states} AND (%(owner)s = '' OR owner = %(owner)s){further}"
        f" ORDER BY {order} LIMIT %(limit)s",
        {"owner": owner, "beyond": beyond, "limit": limit},
    )
    return [_exception(row) for row in rows]


_PLACE = (
    "SELECT created_at, id FROM payment_exception WHERE tenant_id = current_tenant()"
    " AND id = %(beyond)s"
)


def get(tx: Tx, exception_id: uuid.UUID) -> PaymentException:
    """One of them, whatever has become of it. Raises NoSuchException."""
    row = tx.one(f"{_SELECT} AND id = %s", (exception_id,))
    if row is None:
        raise NoSuchException
    return _exception(row)


def settle_known(tx: Tx) -> int:
    """End those whose money was given to its owner elsewhere: by the provider's own word, say.
    Answers how many."""
    return tx.execute(
        EXCEPTION.advance(
            "dismiss",
            sets="ended_at = now()",
            where="EXISTS (SELECT 1 FROM provider_movement m WHERE m.tenant_id ="
            " payment_exception.tenant_id AND m.wallet = payment_exception.wallet"
            " AND m.provider_txid = payment_exception.provider_txid AND m.state = 'allocated'"
            # Of another amount, one of the two is wrong: that is for a person to see.
            " AND m.amount_minor = payment_exception.amount_minor"
            " AND m.currency = payment_exception.currency)",
        )
    ).rowcount


def claim(tx: Tx, exception_id: uuid.UUID, *, by: Officer) -> PaymentException:
    """Take it on. By its owner again it is nothing. Raises NoSuchException, OwnedByAnother,
    ExceptionEnded."""
    taken = tx.one(
        EXCEPTION.advance(
            "claim", sets="owner = %s, claimed_at = now()", where="id = %s", returning="id"
        ),
        (by.name, exception_id),
    )
    if taken is None:
        require_mine(tx, exception_id, by)
    else:
        note(tx, by, "claim exception", exception_id)
    return get(tx, exception_id)


def release(tx: Tx, exception_id: uuid.UUID, *, by: Officer) -> PaymentException:
    """Give it back to the queue. Raises as `claim` does."""
    require_mine(tx, exception_id, by)
    tx.execute(_RELEASE, (exception_id,))
    note(tx, by, "release exception", exception_id)
    return get(tx, exception_id)


def take_back(tx: Tx, exception_id: uuid.UUID, *, by: Officer, reason: str) -> PaymentException:
    """Put what another has taken on into the queue again, for a reason: who owns it is away, say.
    Raises NoSuchException, ExceptionEnded."""
    found = get(tx, exception_id)
    if found.state not in ("open", "claimed"):
        raise ExceptionEnded(found.state)
    released = tx.one(_RELEASE, (exception_id,))
    if released is not None:
        note(tx, by, "take back exception", exception_id, reason)
    return get(tx, exception_id)


_RELEASE = EXCEPTION.advance(
    "release", sets="owner = NULL, claimed_at = NULL", where="id = %s", returning="id"
)


def require_mine(tx: Tx, exception_id: uuid.UUID, by: Officer) -> PaymentException:
    """It waits, and nobody else has taken it on. Raises NoSuchException, OwnedByAnother,
    ExceptionEnded."""
    found = get(tx, exception_id)
    if found.state not in ("open", "claimed"):
        raise ExceptionEnded(found.state)
    if found.owner not in (None, by.name):
        raise OwnedByAnother(str(found.owner))
    return found


def settle(
    tx: Tx, exception_id: uuid.UUID, trigger: str, *, movement_id: uuid.UUID | None = None
) -> None:
    """Take a step that ends it. Raises ExceptionEnded where somebody was faster."""
    done = tx.one(
        EXCEPTION.advance(
            trigger,
            sets="ended_at = now(), movement_id = coalesce(movement_id, %s)",
            where="id = %s",
            returning="id",
        ),
        (movement_id, exception_id),
    )
    if done is None:
        raise ExceptionEnded(get(tx, exception_id).state)


def _exception(row: Row) -> PaymentException:
    return PaymentException(*row)


def note(tx: Tx, by: Officer, verb: str, exception_id: uuid.UUID, reason: str = "") -> None:
    """Write an officer's word about one into the audit trail."""
    record(tx, by.actor, verb, exception_id, {"via": by.via, "reason": reason})
